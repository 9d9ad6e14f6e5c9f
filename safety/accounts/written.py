"""Writing accounts, grants and the end of sessions, each with its entry of the trail.

Accounts belong to no study: all of it stands in the chain "". A grant names its study in the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from safety.audit import key, record
from safety.audit.chain import Entry
from safety.audit.trail import Trail
from safety.settings import Settings
from safety.signed import Signed
from safety.store.engine import lock, writer
from safety.store.tables import account, role_grant, session

CHAIN = ""
SESSION = "session"  # of entries; the table is not held against them, it moves with every request
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """A transaction that writes of accounts, and the trail that tells of it."""

    connection: Connection
    trail: Trail = field(repr=False)

    def tell(self, at: str, *entries: Entry) -> None:
        """Add entries of one moment, UTC, ISO 8601."""
        self.trail.append(self.connection, entries, at)


@contextmanager
def writing(settings: Settings) -> Iterator[Desk]:
    """Begin a transaction in which nobody else writes of accounts; the tables are there."""
    trail = key.trail(settings)
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            lock(connection, "accounts")  # first: of two acts one is after the other
            yield Desk(connection, trail)
    finally:
        engine.dispose()


def add_account(desk: Desk, row: Row, signed: Signed) -> None:
    """Insert an account; `row` has all columns."""
    desk.connection.execute(insert(account).values(dict(row)))
    entry = record.added(account, row, CHAIN, "create", **_by(signed))
    desk.tell(signed.at, entry)


def change_account(desk: Desk, before: Row, action: str, signed: Signed, **values: Any) -> None:
    """Write columns of an account anew. before: the whole row."""
    after = {**before, **values, "revision": before["revision"] + 1}
    this = account.c.account_id == before["account_id"]
    desk.connection.execute(update(account).where(this).values(after))
    entry = record.changed(account, before, after, CHAIN, action, **_by(signed))
    desk.tell(signed.at, entry)


def add_grant(desk: Desk, account_id: str, study: str, role: str, signed: Signed) -> bool:
    """Grant a role; return False, and write nothing, where it is granted already."""
    row = {"account_id": account_id, "study": study, "role": role}
    if _grants(desk.connection, row):
        return False
    row |= {"granted_at": signed.at, "granted_by": signed.by}
    desk.connection.execute(insert(role_grant).values(row))
    desk.tell(signed.at, record.added(role_grant, row, CHAIN, "grant", **_by(signed)))
    return True


def remove_grant(desk: Desk, account_id: str, study: str, role: str, signed: Signed) -> bool:
    """Take a role away; return False, and write nothing, where it is not granted."""
    wanted = {"account_id": account_id, "study": study, "role": role}
    found = _grants(desk.connection, wanted)
    desk.connection.execute(delete(role_grant).where(*_same(wanted)))
    for row in found:
        by = _by(signed)
        desk.tell(signed.at, record.removed(role_grant, row, CHAIN, "revoke", **by))
    return bool(found)


def end_sessions(
    desk: Desk, why: str, at: str, *conditions: ColumnElement[bool], actor: str, reason: str = ""
) -> int:
    """End the open sessions that fit; return how many there were."""
    c = session.c
    query = select(c.session_id, c.account_id).where(c.ended_at == "", *conditions)
    found = desk.connection.execute(query.order_by(c.created_at, c.session_id)).all()
    ended = {"ended_at": at, "ended_for": why}
    for session_id, account_id in found:
        this = c.session_id == session_id
        desk.connection.execute(update(session).where(this).values(ended))
        after = {"account_id": account_id, "why": why}
        told_of = Entry(CHAIN, actor, "end", SESSION, session_id, None, after, reason)
        desk.tell(at, told_of)
    return len(found)


def _grants(connection: Connection, wanted: Row) -> list[dict[str, Any]]:
    found = connection.execute(select(role_grant).where(*_same(wanted))).mappings()
    return [dict(row) for row in found]


def _same(wanted: Row) -> Iterable[ColumnElement[bool]]:
    return [role_grant.c[name] == value for name, value in wanted.items()]


def _by(signed: Signed) -> dict[str, str]:
    return {"actor": signed.by, "reason": signed.reason}
