"""The way a first script does it: pandas, one row at a time. To compare with, not to use.

Gives the grade alone (number_only), from the same criteria, with the same three truth values.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import pandas as pd

from safety.ctcae.criteria import Bound, Clause, Ladder, facts, ladders
from safety.ctcae.results import parse_result
from safety.ctcae.units import to_ucum


def grade_rows(measurements: pd.DataFrame) -> pd.Series:
    """Return, a row, a list of grades (None: not gradable), one a ladder of its test."""
    return measurements.apply(_grade_row, axis=1)


def grade_file(path: str) -> pd.Series:
    """Read a Parquet file and grade its rows."""
    return grade_rows(pd.read_parquet(path))


@cache
def _by_test() -> dict[str, list[Ladder]]:
    found = defaultdict(list)
    for ladder in ladders():
        if ladder.specimen in ("BLOOD", "") and ladder.assign == "grade":
            found[ladder.testcd].append(ladder)
    return found


def _grade_row(row: pd.Series) -> list[int | None]:
    result = parse_result(str(row["value"]))
    value = None if result.state != "number" else result.number
    unit = to_ucum(str(row["unit"])) or ""
    return [_grade(ladder, unit, value, row) for ladder in _by_test().get(row["testcd"], ())]


def _grade(ladder: Ladder, unit: str, value: float | None, row: pd.Series) -> int | None:
    if value is None:
        return None
    alternatives = ladder.alternatives(unit)
    for grade in sorted(alternatives, reverse=True):
        truths = [
            _all([_holds(clause, value, row) for clause in clauses if clause.numeric])
            for clauses in alternatives[grade]
            if any(clause.numeric for clause in clauses)
        ]
        if any(truth is True for truth in truths):
            return grade
        if any(truth is None for truth in truths):
            return None
    return 0


def _all(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _holds(clause: Clause, value: float, row: pd.Series) -> bool | None:
    if clause.fact_role == "and" and not facts()[clause.fact].present_by_default:
        return False
    high = row["bnrind"] == "HIGH"
    if clause.baseline == "baseline_normal" and high:
        return False
    if clause.baseline == "baseline_abnormal" and not high:
        return False
    return _all([_side(clause.lower, value, row, 1), _side(clause.upper, value, row, -1)])


def _side(bound: Bound | None, value: float, row: pd.Series, sign: int) -> bool | None:
    if bound is None:
        return True
    limit = _limit(bound, row)
    if limit is None:
        return None if "BASE" not in bound.ref and "PCT" not in bound.ref else False
    quantity = sign * (value - limit) * (-1 if bound.ref in ("LLN-", "BASE-", "PCTDEC") else 1)
    return quantity >= 0 if bound.inclusive else quantity > 0


def _limit(bound: Bound, row: pd.Series) -> float | None:
    near: Any = 0.0
    if "ULN" in bound.ref:
        near = row["uln"]
    elif "LLN" in bound.ref:
        near = row["lln"]
    elif bound.ref != "ABS":
        near = row["base"]
    if pd.isna(near):
        return None
    if bound.ref == "ABS":
        return bound.factor
    if bound.ref.startswith("x"):
        return bound.factor * float(near)
    step = bound.factor if bound.ref in ("ULN+", "BASE+") else -bound.factor
    if bound.ref.startswith("PCT"):
        return float(near) * (1 + (1 if bound.ref == "PCTINC" else -1) * bound.factor / 100)
    return float(near) + step
