"""The one table that every format is written from: laboratory results of two subjects."""

from __future__ import annotations

from typing import NamedTuple

from tests import build

Cell = str | None
WITH_TEXT = "VISIT"  # a column that no rule reads: text beyond ASCII stands in it
VALUE, UNIT, DAY, SUBJECT, LOW = "LBORRES", "LBORRESU", "LBDTC", "USUBJID", "LBORNRLO"


class Table(NamedTuple):
    """Names of columns, and the cells of every row in their order."""

    head: list[str]
    rows: list[list[Cell]]

    def at(self, column: str) -> int:
        """Return where a column stands."""
        return self.head.index(column)

    def with_cell(self, row: int, column: str, cell: Cell) -> Table:
        """Return the table with another cell."""
        rows = [list(r) for r in self.rows]
        rows[row][self.at(column)] = cell
        return Table(list(self.head), rows)

    def rearranged(self, order: list[int]) -> Table:
        """Return the table with its columns in an order."""
        return Table([self.head[i] for i in order], [[r[i] for i in order] for r in self.rows])


def table(rows: int = 40) -> Table:
    """Return results of two subjects, a key each."""
    made = [
        build.measurement(
            "NEUT", f"{1 + n / 10:.1f}", "10^9/L", f"2024-03-{1 + n % 28:02}",
            USUBJID=f"S{1 + n % 2}", LBSPEC="BLOOD", LBORNRLO="1.8", LBORNRHI="6.3",
            VISITNUM=str(n), VISIT="第二周期 µ" if n % 7 == 3 else "WEEK 1",
        )
        for n in range(rows)
    ]  # fmt: skip
    return Table(list(made[0]), [list(row.values()) for row in made])
