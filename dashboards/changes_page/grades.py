"""Grades that crossed 3: upwards as an alarm, downwards as something that was taken away. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from safety.snapshots.change import Change

SEVERE = 3
TABLES = ("grade", "event_grade")


def crossed(change: Change) -> bool:
    """Return whether the highest grade that a row may have went over or under grade 3."""
    if change.table not in TABLES:
        return False
    was, now = _states(change)
    return (_top(was) >= SEVERE) != (_top(now) >= SEVERE)


def _states(change: Change) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return a row before and after, empty where there was none."""
    row = dict(change.row)
    if change.what == "new":
        return {}, row
    if change.what == "gone":
        return row, {}
    return row | {cell.column: cell.before for cell in change.cells}, row


def _top(row: Mapping[str, Any]) -> int:
    """Return the highest grade that a row may have, -1 if it says none."""
    grade = row.get("ATOXGR")
    if grade is not None and not pd.isna(grade):
        return int(grade)
    text = row.get("POSSIBLE") or row.get("NUMPOSS") or ""
    return max((int(part) for part in str(text).split("|") if part.isdigit()), default=-1)
