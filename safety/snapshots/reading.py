"""The rows that the way from one snapshot to another wrote or closed; never a whole table."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table, select
from sqlalchemy.sql.elements import ColumnElement

from safety.snapshots.change import Change, Row, along
from safety.store.tables import BITEMPORAL, FOREVER


@dataclass(frozen=True, slots=True)
class Moved:
    """What differs between two snapshots, and what each snapshot on the way did to a row."""

    changes: list[Change]
    steps: list[Change]


def moved(connection: Connection, study: str, low: int, high: int) -> Moved:
    """Return what of all tables differs between the snapshots `low` and `high`, low <= high."""
    found = [changes(connection, name, study, low, high) for name in BITEMPORAL]
    return Moved([c for each in found for c in each.changes], [c for m in found for c in m.steps])


def changes(connection: Connection, name: str, study: str, low: int, high: int) -> Moved:
    """Return what of one table differs. low, high: sequences of snapshots of the study."""
    table = BITEMPORAL[name]
    closed = (table.c.tx_to > low) & (table.c.tx_to <= high)
    written = (table.c.tx_from > low) & (table.c.tx_from <= high)
    # asked for apart: by the index, one of few closed rows, the other of few that are current
    since = (table.c.tx_to > high) & (table.c.tx_to < FOREVER)
    versions = [
        row
        for those in (closed, written & since, written & (table.c.tx_to == FOREVER))
        for row in _rows(connection, table, study, those)
    ]
    return Moved(*along(name, versions, low, high))


def _rows(
    connection: Connection, table: Table, study: str, those: ColumnElement[bool]
) -> list[Row]:
    names = [column.name.upper() for column in table.columns]
    found = connection.execute(select(table).where(table.c.study == study, those))
    return [dict(zip(names, row, strict=True)) for row in found]
