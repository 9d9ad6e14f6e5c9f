"""Results and flags as sites write them, to numbers, bounds and states. Nothing is guessed."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import NamedTuple

from safety.ctcae.rows import read_rows

# Plain decimals only: decimal commas, thousands separators and words are text until a feed
# declares them (fault 25).
_DIGITS = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
PLAIN_NUMBER = rf"-?{_DIGITS}"  # without a plus: in urine +2 is two plusses
_RESULT = re.compile(rf"(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<number>[+-]?{_DIGITS})", re.ASCII)
_SIGNS = {"≤": "<=", "≥": ">="}
MISSING_TEXTS = frozenset({"", "NA", "N/A", ".", "NULL", "NONE", "NAN"})

HIGH_FLAGS = frozenset({"HIGH", "H", "HH", "HIGH HIGH"})
OTHER_FLAGS = frozenset({"NORMAL", "N", "LOW", "L", "LL", "LOW LOW"})  # D06: not above ULN
YES, NO = frozenset({"Y", "YES", "TRUE", "1"}), frozenset({"N", "NO", "FALSE", "0"})
# Tests whose urine result may be told in plusses.
DIPSTICK_TESTS = frozenset({"PROT", "GLUC"})
PLUS = "{plus}"


class Result(NamedTuple):
    """A result: number (NaN if there is none), comparator, state (number, bound or text)."""

    number: float
    comparator: str
    state: str


def parse_result(text: str) -> Result:
    """Return what a result as received says."""
    match = _RESULT.fullmatch(text.strip())
    if match is None or not math.isfinite(float(match["number"])):
        return Result(float("nan"), "", "text")
    sign = _SIGNS.get(match["sign"], match["sign"] or "")
    return Result(float(match["number"]), sign, "bound" if sign else "number")


@cache
def _dipstick() -> dict[str, Result]:
    return {
        r["text"]: Result(
            float(r["plus"]), r["comparator"], "bound" if r["comparator"] else "number"
        )
        for r in read_rows("dipstick.csv")
    }


def parse_dipstick(text: str) -> Result | None:
    """Return the plusses of a dipstick result (trace is 0.5), or None if the text is none."""
    return _dipstick().get("".join(text.upper().split()) or " ") or _dipstick().get(
        " ".join(text.upper().split())
    )
