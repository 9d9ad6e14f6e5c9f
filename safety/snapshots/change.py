"""What differs between two states of a table: rows that are new, changed or gone, and their cells.

Pure: frames in, `Change` objects out. A row is known by its key. Where a row stands in a file
(`tables.UNHASHED`) is no content: it makes no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isnan
from typing import Any, Literal

import pandas as pd

from safety.store.sync import BOOKKEEPING
from safety.store.tables import UNHASHED

What = Literal["new", "changed", "gone"]
OPPOSITE: dict[What, What] = {"new": "gone", "gone": "new", "changed": "changed"}
# the most important first: what a committee asks for
GROUPS: dict[str, tuple[str, ...]] = {
    "verdicts": ("verdict", "rule_result", "surveillance"),
    "triggers": ("pause", "trigger", "deviation", "dose_account", "exposure"),
    "grades": ("grade", "event_grade", "worst_grade", "worst_event", "episode"),
    "alerts": ("alert",),
    "queries": ("query",),
    "quarantine": ("quarantine",),
    "records": (
        "adverse_event", "measurement", "dose", "subject", "disposition", "medication",
        "procedure", "visit", "history", "declaration", "supplement",
    ),
    "checks": ("finding", "finding_row"),
}  # fmt: skip
GROUP_OF = {table: group for group, names in GROUPS.items() for table in names}
Row = Mapping[str, Any]
NO_CONTENT = {name.upper() for name in (*BOOKKEEPING, *UNHASHED)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that moved; None for a missing one."""

    column: str
    before: str | float | None
    after: str | float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is new, changed or gone, with the cells that moved.

    usubjid: "" for what concerns the study. seq: of the snapshot that wrote or closed the row, 0
    if not known. row: the newer row, of a gone one the last; its columns are in upper case.
    """

    table: str
    key: str
    usubjid: str
    what: What
    cells: tuple[Cell, ...]
    seq: int
    row: Row

    @property
    def group(self) -> str:
        return GROUP_OF[self.table]

    def reversed(self) -> Change:
        """Return what it is seen from the other side."""
        cells = tuple(Cell(c.column, c.after, c.before) for c in self.cells)
        return replace(self, what=OPPOSITE[self.what], cells=cells)


def compare(table: str, before: pd.DataFrame, after: pd.DataFrame) -> list[Change]:
    """Return what differs, by key. Frames: columns in upper case with KEY, unique in each.

    TX_TO of a row before and TX_FROM of one after, where given, tell the snapshot.
    """
    return compare_rows(table, _rows(before), _rows(after))


def compare_rows(table: str, before: Iterable[Row], after: Iterable[Row]) -> list[Change]:
    """Return the same of rows; missing cells are None, columns are in upper case."""
    old, new = ({str(row["KEY"]): row for row in rows} for rows in (before, after))
    changes = [
        *(_change(table, "new", {}, row) for key, row in new.items() if key not in old),
        *(_change(table, "gone", row, {}) for key, row in old.items() if key not in new),
        *(_change(table, "changed", old[k], new[k]) for k in new if k in old),
    ]
    return sorted((c for c in changes if c.cells), key=lambda c: (c.usubjid, c.key))


def plain(value: Any) -> str | float | None:
    """Return a cell as text or number, missing (or empty) as None: equal ones compare equal."""
    if value is None or isinstance(value, str):
        return value or None
    number = float(value)
    if isnan(number):
        return None
    return int(number) if number.is_integer() else number


def _rows(frame: pd.DataFrame) -> list[Row]:
    named = frame.astype("object").where(frame.notna(), None)
    columns = list(named.columns)
    return [dict(zip(columns, row, strict=True)) for row in named.itertuples(index=False)]


def _change(table: str, what: What, was: Row, now: Row) -> Change:
    row = now or was
    cells = [
        Cell(name, plain(was.get(name)), plain(now.get(name)))
        for name in row
        if name not in NO_CONTENT and was.get(name) != now.get(name)
    ]
    seq = now.get("TX_FROM") if now else was.get("TX_TO")
    return Change(
        table, str(row["KEY"]), str(row.get("USUBJID") or ""), what,
        tuple(c for c in cells if c.before != c.after), int(seq or 0), row,
    )  # fmt: skip
