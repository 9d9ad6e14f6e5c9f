"""The state of a study in a snapshot, read from the database for the basis of a decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from safety.decisions.basis import Row
from safety.store.tables import BITEMPORAL

BATCH = 500  # values in one question


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows as they stand in the snapshot `seq`."""

    connection: Connection
    study: str
    seq: int

    def rows(self, table: str, column: str = "", values: Collection[str] = ()) -> list[Row]:
        """Return the rows of a table; of those whose column has one of the values, if given."""
        if not column:
            return self._rows(table)
        wanted = sorted(values)
        batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
        return [row for batch in batches for row in self._rows(table, column, batch)]

    def _rows(self, name: str, column: str = "", values: Collection[str] = ()) -> list[Row]:
        table = BITEMPORAL[name]
        query = select(table).where(
            table.c.study == self.study, table.c.tx_from <= self.seq, table.c.tx_to > self.seq
        )
        if column:
            query = query.where(table.c[column.lower()].in_(values))
        names = [each.name.upper() for each in table.columns]
        return [dict(zip(names, row, strict=True)) for row in self.connection.execute(query)]
