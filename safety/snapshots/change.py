"""What differs between two states of a table: rows that are new, changed or gone, and their cells.

Pure: frames in, `Change` objects out. A row is known by its key. Where a row stands in a file
(`tables.UNHASHED`) is no content: it makes no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
    "triggers": ("pause", "monitor", "trigger", "deviation", "dose_account", "exposure"),
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
    """A value that moved; None for a missing one.

    seq: of the snapshot that gave it its newer value, or closed the row; 0 if not known.
    """

    column: str
    before: str | float | None
    after: str | float | None
    seq: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is new, changed or gone, with the cells that moved.

    usubjid: "" for what concerns the study. seq: of the snapshot that last moved a cell, 0 if not
    known. row: the newer row, of a gone one the last; its columns are in upper case.
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
        cells = tuple(Cell(c.column, c.after, c.before, c.seq) for c in self.cells)
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


def along(
    table: str, versions: Iterable[Row], low: int, high: int
) -> tuple[list[Change], list[Change]]:
    """Return what differs between the snapshots `low` and `high`, and each step on the way.

    versions: rows with TX_FROM and TX_TO that were written or closed after `low` and written up to
    `high`. A step is what one snapshot did to a row; a cell of the difference tells the step that
    gave it its last value.
    """
    lives: dict[str, list[Row]] = {}
    for row in sorted(versions, key=lambda v: int(v["TX_FROM"])):
        lives.setdefault(str(row["KEY"]), []).append(row)
    net, steps = [], []
    for life in lives.values():
        own = [change for change in _steps(table, life, low, high) if change.cells]
        steps += own
        net += own if len(own) == 1 else _net(table, life, low, high)
    return sorted(net, key=lambda c: (c.usubjid, c.key)), steps


def _steps(table: str, life: list[Row], low: int, high: int) -> Iterator[Change]:
    """Yield what each snapshot did to a row. life: its versions, oldest first."""
    for was, now, after in zip([{}, *life], life, [*life[1:], {}], strict=False):
        if now["TX_FROM"] > low:
            follows = was.get("TX_TO") == now["TX_FROM"]
            what: What = "changed" if follows else "new"
            yield _change(table, what, was if follows else {}, now)
        if now["TX_TO"] <= high and after.get("TX_FROM") != now["TX_TO"]:
            yield _change(table, "gone", now, {})


def _net(table: str, life: list[Row], low: int, high: int) -> list[Change]:
    """Return the difference of the first and the last state of a row, if there is one."""
    first, last = life[0], life[-1]
    was, now = (first if first["TX_FROM"] <= low else {}), (last if last["TX_TO"] > high else {})
    if not now:
        gone = [_change(table, "gone", was, {})] if was else []
        seq = int(last["TX_TO"])
        ends = [(c, tuple(replace(cell, seq=seq) for cell in c.cells)) for c in gone]
        return [replace(c, cells=cells, seq=seq, row=last) for c, cells in ends]
    change = _change(table, "changed" if was else "new", was, now)
    cells = tuple(replace(cell, seq=_since(cell.column, life)) for cell in change.cells)
    seq = max((cell.seq for cell in cells), default=0)
    return [replace(change, cells=cells, seq=seq)] if cells else []


def _since(column: str, life: list[Row]) -> int:
    """Return the sequence that gave a cell the value it has in the last version."""
    newest = life[-1]
    for older in reversed(life[:-1]):
        is_same = plain(older.get(column)) == plain(newest.get(column))
        if older["TX_TO"] != newest["TX_FROM"] or not is_same:
            break
        newest = older
    return int(newest["TX_FROM"])


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
    seq = int((now.get("TX_FROM") if now else was.get("TX_TO")) or 0)
    cells = [
        Cell(name, plain(was.get(name)), plain(now.get(name)), seq)
        for name in row
        if name not in NO_CONTENT and was.get(name) != now.get(name)
    ]
    return Change(
        table, str(row["KEY"]), str(row.get("USUBJID") or ""), what,
        tuple(c for c in cells if c.before != c.after), seq, row,
    )  # fmt: skip
