"""Writing to the trail, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from safety.audit.chain import START, Entry, row_of
from safety.failpoints import reached
from safety.store import tables
from safety.store.engine import lock


@dataclass(frozen=True, slots=True)
class Trail:
    """Adds entries to the chains; holds the key, which is never in the database.

    older: keys that were used before it, oldest first; with them old entries are verified.
    """

    key: bytes = field(repr=False)
    older: tuple[bytes, ...] = field(default=(), repr=False)

    def append(self, connection: Connection, entries: Iterable[Entry], at: str) -> None:
        """Add entries in their order. at: UTC, ISO 8601. They are there if the transaction is."""
        by_study: dict[str, list[Entry]] = {}
        for entry in entries:
            by_study.setdefault(entry.study, []).append(entry)
        for study in sorted(by_study):  # always in one order: two writers never wait crosswise
            self._append(connection, study, by_study[study], at)

    def _append(self, connection: Connection, study: str, entries: list[Entry], at: str) -> None:
        lock(connection, f"audit {study}")
        number, head = head_of(connection, study)
        rows = []
        for entry in entries:
            number += 1
            rows.append(row_of(entry, at, number, head, self.key))
            head = rows[-1]["hash"]
        connection.execute(insert(tables.audit), rows)
        reached("audit")


def head_of(connection: Connection, study: str) -> tuple[int, str]:
    """Return number and hash of the newest entry of a chain; (0, START) of an empty one."""
    table = tables.audit
    query = select(table.c.number, table.c.hash).where(table.c.study == study)
    found = connection.execute(query.order_by(table.c.number.desc()).limit(1)).first()
    return (found.number, found.hash) if found else (0, START)
