"""Entries of rows: what a row of a table was and is, as the trail keeps it.

Of every row of an audited table the trail tells what was written: the columns of a new row, those
that a change wrote, nothing of one that is gone. Of a long text it keeps the sha256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert

from safety.audit.chain import Entry
from safety.versioning import canonical_json

MACHINE = "toxwatch"
MAX_TEXT = 120  # characters; of a longer text the sha256 is kept
HASH = "_sha256"
SECRET = frozenset({"password"})  # never in the trail, which many read, however short
Row = Mapping[Any, Any]  # column -> value


def kept(row: Row) -> dict[str, Any]:
    """Return columns as the trail keeps them: `<name>_sha256` in place of a long text."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, str) and (len(value) > MAX_TEXT or name in SECRET):
            told[name + HASH] = hashlib.sha256(value.encode()).hexdigest()
        else:
            told[name] = value
    return told


def id_of(table: Table, row: Row) -> str:
    """Return the primary key of a row as text; of several columns it is a JSON list."""
    values = [row[c.name] for c in table.primary_key.columns]
    return str(values[0]) if len(values) == 1 else canonical_json(values)


def added(
    table: Table, row: Row, study: str, action: str, *,
    actor: str = MACHINE, reason: str = "", snapshot_id: str = "",
) -> Entry:  # fmt: skip
    """Return the entry of a new row; it needs all columns, its primary key among them."""
    return Entry(
        study, actor, action, table.name, id_of(table, row), None, kept(row), reason, snapshot_id
    )


def changed(
    table: Table, before: Row, after: Row, study: str, action: str, *,
    actor: str = MACHINE, reason: str = "", snapshot_id: str = "",
) -> Entry:  # fmt: skip
    """Return the entry of a row that was changed: only what differs. Both rows are whole."""
    names = [name for name in after if before.get(name) != after[name]]
    return Entry(
        study, actor, action, table.name, id_of(table, after),
        kept({name: before.get(name) for name in names}),
        kept({name: after[name] for name in names}), reason, snapshot_id,
    )  # fmt: skip


def removed(
    table: Table, row: Row, study: str, action: str, *, actor: str = MACHINE, reason: str = ""
) -> Entry:
    """Return the entry of a row that is gone."""
    return Entry(study, actor, action, table.name, id_of(table, row), kept(row), None, reason)


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Insert rows; return them as they are in the table, with the ids it gave, in their order."""
    given = [dict(row) for row in rows]
    if not given:
        return []
    query = insert(table).returning(*table.c, sort_by_parameter_order=True)
    return [dict(row) for row in connection.execute(query, given).mappings()]
