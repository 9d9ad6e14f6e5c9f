"""The rows that the way from one snapshot to another wrote or closed; never a whole table."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select
from sqlalchemy.sql.elements import ColumnElement

from safety.snapshots.change import Change, Row, compare_rows
from safety.store.tables import BITEMPORAL, FOREVER


def changes(connection: Connection, name: str, study: str, low: int, high: int) -> list[Change]:
    """Return what of a table differs between the snapshots `low` and `high`, low <= high.

    low, high: sequences of snapshots of the study.
    """
    table = BITEMPORAL[name]
    # a row that stood in one of them only: closed, or written, on the way
    closed = (table.c.tx_to > low) & (table.c.tx_to <= high) & (table.c.tx_from <= low)
    written = (table.c.tx_from > low) & (table.c.tx_from <= high)
    # asked for apart: by the index, one of few closed rows, the other of few that are current
    since = (table.c.tx_to > high) & (table.c.tx_to < FOREVER)
    before, replaced, current = (
        _rows(connection, table, study, those)
        for those in (closed, written & since, written & (table.c.tx_to == FOREVER))
    )
    return compare_rows(name, before, [*replaced, *current])


def _rows(
    connection: Connection, table: Table, study: str, those: ColumnElement[bool]
) -> list[Row]:
    names = [column.name.upper() for column in table.columns]
    found = connection.execute(select(table).where(table.c.study == study, those))
    return [dict(zip(names, row, strict=True)) for row in found]
