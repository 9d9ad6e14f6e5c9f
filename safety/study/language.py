"""The small language of the rules: durations, comparisons, days of a cycle. Parsed, never run.

Each type reads one short text of a study file and prints back as that text.
"""

from __future__ import annotations

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

Operator = Literal["<", "<=", ">", ">=", "="]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
IN_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly"}
HOURS_A_DAY = 24
MAX_SHOWN = 80  # characters of a wrong text in an error
WHOLE = 100  # percent
MAX_DAYS = 3650  # ten years: no cycle, window or follow-up of a dose-finding study is longer
MAX_HOURS = MAX_DAYS * HOURS_A_DAY
MAX_CYCLE = 365  # times the longest cycle: still a date
MAX_NUMBER = 1e12  # above every limit of a value in a unit in use (10*6/L has thousands)
_SIGN = r"(?P<sign><=|>=|<|>|=)"
_NUMBER = r"\d+(?:\.\d+)?"


class _Text(ABC):
    """A value written as a text: `parse` reads it, `str` writes it."""

    pattern = ""
    example = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a text says. Raises ValueError that shows an example."""
        match = re.fullmatch(cls.pattern, text.strip())
        if match is None:
            shown = text[:MAX_SHOWN]
            raise ValueError(f"{shown!r} cannot be read; write it as {cls.example}")
        return cls._of(match)

    @classmethod
    @abstractmethod
    def _of(cls, match: re.Match[str]) -> Self:
        """Return the value that a text matching the pattern stands for."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _read(cls, value: Any) -> Self:
        match value:
            case cls():
                return value
            case str() | int() | float() if value is not True and value is not False:
                return cls.parse(str(value))
        raise ValueError(f"a text is expected, as {cls.example}")

    @classmethod
    def __get_pydantic_json_schema__(cls, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        pattern = re.sub(r"\?P<\w+>", "", cls.pattern)
        return {"type": ["string", "integer"], "pattern": f"^{pattern}$", "examples": [cls.example]}


@dataclass(frozen=True, slots=True)
class Duration(_Text):
    """`72h` or `7d`. Hours are clock time; days are counted as the protocol counts days."""

    amount: int
    unit: Literal["h", "d"]

    pattern = r"(?P<amount>\d+)(?P<unit>[hd])"
    example = '"72h" or "7d"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        in_hours = match["unit"] == "h"
        most, unit = (MAX_HOURS, "hours") if in_hours else (MAX_DAYS, "days")
        return cls(_whole(match["amount"], most, unit), "h" if in_hours else "d")

    @property
    def hours(self) -> int:
        return self.amount * (HOURS_A_DAY if self.unit == "d" else 1)

    @property
    def whole_days(self) -> int:
        """Days, a begun one counted whole."""
        return -(-self.hours // HOURS_A_DAY)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class DurationTest(_Text):
    """`>=7d`: how long a condition lasts."""

    sign: Operator
    limit: Duration

    pattern = _SIGN + r"\s*(?P<amount>\d+)(?P<unit>[hd])"
    example = '">=7d" or "<=72h"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        if match["sign"] == "=":
            raise ValueError("a duration is bounded, not matched exactly; write >= or <=")
        return cls(_sign(match["sign"]), Duration.parse(match["amount"] + match["unit"]))

    @property
    def wants_long(self) -> bool:
        return self.sign in {">", ">="}

    def __str__(self) -> str:
        return f"{self.sign}{self.limit}"


@dataclass(frozen=True, slots=True)
class GradeTest(_Text):
    """`3` (exactly), `>=3`, `<=1` or `2-3`: an interval of CTCAE grades."""

    low: int
    high: int

    pattern = r"(?:>=(?P<min>[0-5])|<=(?P<max>[0-5])|(?P<from>[0-5])-(?P<to>[0-5])|(?P<only>[0-5]))"
    example = '">=3", "3" or "2-3"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        if match["min"]:
            return cls(int(match["min"]), 5)
        if match["max"]:
            return cls(0, int(match["max"]))
        if match["only"]:
            return cls(int(match["only"]), int(match["only"]))
        low, high = int(match["from"]), int(match["to"])
        if low > high:
            raise ValueError(f"grades {low}-{high} are the wrong way round")
        return cls(low, high)

    def __str__(self) -> str:
        if self.low == self.high:
            return str(self.low)
        if self.high == 5:
            return f">={self.low}"
        return f"<={self.high}" if self.low == 0 else f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class Limit(_Text):
    """`> 3 x ULN`, `< 1.0 10*9/L` or `> 2 x baseline`: a bound of a value and what it refers to."""

    sign: Operator
    number: float
    of: str  # ULN, LLN, baseline, or a UCUM unit

    pattern = _SIGN + rf"\s*(?P<number>{_NUMBER})\s+(?P<of>x (?:ULN|LLN|baseline)|\S+)"
    example = '"< 1.0 10*9/L", "> 3 x ULN" or "> 2 x baseline"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        return cls.of_match(match)

    @classmethod
    def of_match(cls, match: re.Match[str]) -> Self:
        """Return the limit in a text that also says something else."""
        number = float(match["number"])
        if number > MAX_NUMBER:
            raise ValueError(f"a limit is at most {MAX_NUMBER:g}; write it in a larger unit")
        return cls(_sign(match["sign"]), number, match["of"].removeprefix("x "))

    @property
    def is_relative(self) -> bool:
        return self.of in {"ULN", "LLN", "baseline"}

    def __str__(self) -> str:
        return f"{self.sign} {self.number:g} {'x ' if self.is_relative else ''}{self.of}"


@dataclass(frozen=True, slots=True)
class ValueTest(_Text):
    """`NEUT < 1.0 10*9/L` or `ALT|AST > 3 x ULN`: any of some tests beyond a limit.

    A test is a --TESTCD of blood or of no specimen, or `PROT/URINE`. Results whose unit does not
    convert to the limit's are of another kind (a dipstick is no amount a day) and do not count.
    """

    tests: tuple[str, ...]
    limit: Limit

    pattern = r"(?P<tests>[A-Z0-9]+(?:/URINE)?(?:\|[A-Z0-9]+(?:/URINE)?)*)\s+" + Limit.pattern
    example = '"NEUT < 1.0 10*9/L" or "ALT|AST > 3 x ULN"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        return cls(tuple(match["tests"].split("|")), Limit.of_match(match))

    def __str__(self) -> str:
        return f"{'|'.join(self.tests)} {self.limit}"


@dataclass(frozen=True, slots=True)
class CycleDays(_Text):
    """`C1D2-C1D7`, `C1D28` or, of any cycle, `D1-D14`. Days count from the cycle's day 1."""

    cycle: int | None
    first: int
    last: int

    pattern = r"(?:C(?P<cycle>\d+))?D(?P<first>\d+)(?:-(?:C(?P<again>\d+))?D(?P<last>\d+))?"
    example = '"C1D2-C1D7", "C1D28" or "D1-D14"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        cycle, again = match["cycle"], match["again"]
        first = _whole(match["first"], MAX_DAYS, "days of a cycle")
        last = _whole(match["last"] or match["first"], MAX_DAYS, "days of a cycle")
        number = _whole(cycle, MAX_CYCLE, "cycles") if cycle else None
        if number == 0:
            raise ValueError("cycles count from 1")
        if again is not None and again != cycle:
            raise ValueError("both days must be of one cycle; days may exceed its length (C1D28)")
        if first < 1 or last < first:
            raise ValueError("days count from 1 and the first comes first")
        return cls(number, first, last)

    @property
    def days(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        prefix = f"C{self.cycle}" if self.cycle else ""
        end = "" if self.last == self.first else f"-{prefix}D{self.last}"
        return f"{prefix}D{self.first}{end}"


@dataclass(frozen=True, slots=True)
class Share(_Text):
    """`>=25%` of what was planned."""

    sign: Operator
    percent: float

    pattern = _SIGN + rf"\s*(?P<percent>{_NUMBER})%"
    example = '">=25%"'

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        percent = float(match["percent"])
        if percent > WHOLE:
            raise ValueError("a share is at most 100%")
        return cls(_sign(match["sign"]), percent)

    def __str__(self) -> str:
        return f"{self.sign}{self.percent:g}%"


def _sign(text: str) -> Operator:
    return next(s for s in ("<", "<=", ">", ">=", "=") if s == text)


def _whole(digits: str, most: int, unit: str) -> int:
    """Return a whole number. Raises ValueError above `most`; digits are never too many to read."""
    significant = digits.lstrip("0") or "0"
    if len(significant) > len(str(most)) or int(significant) > most:
        raise ValueError(f"more than {most} {unit}: no study is that long; write a smaller number")
    return int(significant)
