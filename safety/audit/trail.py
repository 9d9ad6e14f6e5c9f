"""Writing to the trail, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from safety.audit.chain import HASHED, START, Entry, fits, row_of
from safety.errors import WrongUseError
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
        """Add entries in their order. at: UTC, ISO 8601. They are there if the transaction is.

        Raises WrongUseError if the newest entry was not written with one of the keys.
        """
        by_study: dict[str, list[Entry]] = {}
        for entry in entries:
            by_study.setdefault(entry.study, []).append(entry)
        for study in sorted(by_study):  # always in one order: two writers never wait crosswise
            self._append(connection, study, by_study[study], at)

    def _append(self, connection: Connection, study: str, entries: list[Entry], at: str) -> None:
        lock(connection, f"audit {study}")
        number, head = self._head(connection, study)
        rows = []
        for entry in entries:
            number += 1
            rows.append(row_of(entry, at, number, head, self.key))
            head = rows[-1]["hash"]
        connection.execute(insert(tables.audit), rows)
        reached("audit")

    def _head(self, connection: Connection, study: str) -> tuple[int, str]:
        """Return number and hash of the newest entry; of an empty chain the key must fit too."""
        c = tables.audit.c
        entry = select(*(c[name] for name in HASHED), c.hash)
        newest = _first(connection, entry.where(c.study == study).order_by(c.number.desc()))
        known = newest or _first(connection, entry.order_by(c.seq.desc()))
        if known and not any(fits(known[:-1], known.hash, k) for k in (self.key, *self.older)):
            raise WrongUseError(
                f"the newest entry of the audit trail, {known.number} of study {known.study!r}, "
                "was not written with the key of this process: with another one the trail could "
                "not be verified. Give it the file that TOXWATCH_AUDIT_KEY names where the trail "
                "is written, and start it again; if it is that file, run `toxwatch audit verify`. "
                "Nothing was written."
            )
        return (newest.number, newest.hash) if newest else (0, START)


def _first(connection: Connection, query: Select[Any]) -> Row[Any] | None:
    return connection.execute(query.limit(1)).first()


def head_of(connection: Connection, study: str) -> tuple[int, str]:
    """Return number and hash of the newest entry of a chain; (0, START) of an empty one."""
    table = tables.audit
    query = select(table.c.number, table.c.hash).where(table.c.study == study)
    found = connection.execute(query.order_by(table.c.number.desc()).limit(1)).first()
    return (found.number, found.hash) if found else (0, START)
