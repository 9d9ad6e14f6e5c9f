"""The grade of a value by its number alone (CTCAE v5.0, adopted decisions), from `limits.yaml`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from safety.simulate.model import Grade

CONDITION = re.compile(r"(?P<sign><|>=|>) ?(?P<number>[\d.]+)? ?(?P<of>LLN|ULN|BASE)?")
SPELLED = {
    "10*9/L": "10^9/L", "10^9/L": "10^9/L", "g/day": "g/d", "g/24h": "g/d", "g/(24.h)": "g/d",
    "Cel": "C", "{plus}": "",
}  # fmt: skip
NORMAL_ALBUMIN = 40.0  # g/L (D24)
PER_ALBUMIN = 0.02  # mmol/L calcium per g/L albumin (D24)
BELOW = 1 - 1e-9  # "<0.5" is anything up to just below


@dataclass(frozen=True, slots=True)
class Limits:
    """A value's reference range and the subject's baseline value; None where there is none."""

    low: float | None = None
    high: float | None = None
    base: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    sign: str
    number: float
    of: str

    def holds(self, value: float, limits: Limits) -> bool | None:
        """Return whether it holds; None if the limit it refers to is missing."""
        limit = self._limit(limits)
        if limit is None:
            return None
        same = math.isclose(value, limit, rel_tol=1e-12, abs_tol=1e-12)
        if self.sign == "<":
            return value < limit and not same
        return (value > limit and not same) or (same and self.sign == ">=")

    def _limit(self, limits: Limits) -> float | None:
        if not self.of:
            return self.number
        named = {"LLN": limits.low, "ULN": limits.high, "BASE": limits.base}[self.of]
        return None if named is None or named <= 0 else self.number * named


@dataclass(frozen=True, slots=True)
class Criterion:
    """One term of one test. grades[0] is what makes grade 1; an empty tuple is never met."""

    test: str
    term: str
    direction: Literal["L", "H"]
    unit: str | None
    grades: tuple[tuple[Condition, ...], ...]
    abnormal: tuple[tuple[Condition, ...], ...]

    def grade(self, value: float, limits: Limits) -> Grade | None:
        """Return the highest grade met, 0 for none, None if a missing limit leaves it open."""
        raised = None not in {limits.base, limits.high} and _above(limits.base, limits.high)
        rows = self.abnormal if self.abnormal and raised else self.grades
        answers = [
            [c.holds(value, limits) for c in row if c.of != "BASE" or limits.base is not None]
            for row in rows
        ]
        met = [grade for grade, row in enumerate(answers, 1) if True in row]
        if met:
            return max(met)
        return None if any(None in row for row in answers) else 0


def _above(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit


@cache
def criteria() -> Mapping[str, tuple[Criterion, ...]]:
    """Return the criteria by test."""
    rows = yaml.safe_load(resources.files(__package__).joinpath("limits.yaml").read_text("utf-8"))
    made = [_criterion(row) for row in rows]
    return {c.test: tuple(x for x in made if x.test == c.test) for c in made}


@cache
def tests_of() -> Mapping[str, tuple[str, ...]]:
    """Return by term the tests that show it."""
    pairs = [(c.term, test) for test, found in criteria().items() for c in found]
    return {term: tuple(test for other, test in pairs if other == term) for term, _ in pairs}


def _criterion(row: Mapping[str, object]) -> Criterion:
    return Criterion(
        test=str(row["test"]),
        term=str(row["term"]),
        direction="L" if row["direction"] == "L" else "H",
        unit=None if row.get("unit") is None else str(row["unit"]),
        grades=_conditions(row["grades"]),
        abnormal=_conditions(row.get("abnormal", [])),
    )


def _conditions(texts: object) -> tuple[tuple[Condition, ...], ...]:
    if not isinstance(texts, list):
        raise TypeError(f"limits.yaml: a list of conditions is expected, not {texts!r}")
    return tuple(
        tuple(_condition(part) for part in text.split(" or ")) if text else () for text in texts
    )


def _condition(text: str) -> Condition:
    match = CONDITION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"limits.yaml: {text!r} is no condition; write it as '> 3 ULN'")
    return Condition(match["sign"], float(match["number"] or 1), match["of"] or "")


@cache
def graded(
    criterion: Criterion, least: float, most: float, unit: str, limits: Limits
) -> tuple[Grade | None, Grade | None]:
    """Return the lowest and highest grade that a value between `least` and `most` may have.

    unit: of the value; one that the criterion is not written in is an error of the generator.
    """
    if criterion.unit is not None and SPELLED.get(unit, unit) != criterion.unit:
        raise ValueError(f"{criterion.test} comes in {unit}, its limits are in {criterion.unit}")
    ends = criterion.grade(least, limits), criterion.grade(most, limits)
    return ends if criterion.direction == "H" else (ends[1], ends[0])


@cache
def between(text: str) -> tuple[float, float] | None:
    """Return the bounds of a reported result: `0.4`, `<0.5`, `>100`, `2+`, NEGATIVE; else None."""
    said = text.strip().removesuffix("+")
    if said.upper() in {"NEGATIVE", "-"}:
        return 0.0, 0.0
    try:
        number = float(said.lstrip("<>"))
    except ValueError:
        return None
    if said.startswith("<"):
        return 0.0, number * BELOW
    return (number / BELOW, math.inf) if said.startswith(">") else (number, number)


def corrected(calcium: float, albumin: float | None) -> float:
    """Return calcium (mmol/L) corrected for albumin (g/L); as it is without albumin (D24)."""
    if albumin is None:
        return calcium
    return calcium + PER_ALBUMIN * (NORMAL_ALBUMIN - albumin)
