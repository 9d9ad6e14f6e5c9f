"""Sessions: found for every request, ended by the person, by an admin or by the clock."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event, select, update
from sqlalchemy.exc import OperationalError

from safety.accounts.account import ACTIVE
from safety.accounts.session import (
    ABSOLUTE_HOURS,
    ENDED,
    IDLE_MINUTES,
    SIGNED_OUT,
    USUAL,
    Limits,
    Opened,
    Session,
    id_of,
    limits_of,
)
from safety.accounts.signin import RefusedError, confirm, confirm_oidc, sign_in, sign_in_oidc
from safety.accounts.stored import person, shared
from safety.accounts.written import end_sessions, writing
from safety.settings import Settings
from safety.stamp import stamp
from safety.store.engine import writer
from safety.store.tables import account, session

__all__ = [
    "ABSOLUTE_HOURS", "ENDED", "IDLE_MINUTES", "SIGNED_OUT", "Limits", "Opened", "Refused",
    "RefusedError", "Session", "active", "confirm", "confirm_oidc", "end", "end_all", "find",
    "limits_of", "sign_in", "sign_in_oidc",
]  # fmt: skip

Refused = RefusedError
SEEN_EVERY = timedelta(minutes=1)
PATIENCE_MS = 100  # a page does not wait longer for a run that writes, only to say it was seen


def find(db_url: str, token: str, now: datetime, limits: Limits = USUAL) -> Session | None:
    """Return the session of a token with who asks, or None if there is none any more.

    Grants are read anew, so a role that was taken away is gone at once. When it was last seen is
    written at most once a minute.
    """
    with shared(db_url).connect() as connection:
        row = _row(connection, id_of(token))
        if row is None or limits.is_over(row["created_at"], row["seen_at"], now):
            return None
        asks = person(connection, row["account_id"])
    if asks is None or asks.account.state != ACTIVE:
        return None
    seen_at = row["seen_at"]
    if now - datetime.fromisoformat(seen_at) >= SEEN_EVERY:
        seen_at = stamp(now)
        _touch(db_url, row["session_id"], seen_at)
    return Session(
        row["session_id"], asks, row["method"], row["created_at"], row["auth_at"], seen_at
    )


def end(settings: Settings, session_id: str, now: datetime, why: str = SIGNED_OUT) -> bool:
    """End a session; return whether it was open. Its person does it."""
    with writing(settings) as desk:
        of = select(account.c.username).join(session, session.c.account_id == account.c.account_id)
        actor = desk.connection.scalar(of.where(session.c.session_id == session_id)) or ""
        this = session.c.session_id == session_id
        return end_sessions(desk, why, stamp(now), this, actor=actor) == 1


def end_all(
    settings: Settings, account_id: str, now: datetime, why: str = ENDED,
    *, by: str = "", reason: str = "", keep: str = "",
) -> int:  # fmt: skip
    """End the sessions of an account but `keep`, the id of one; return how many were open.

    by: who does it, "" for the person itself.
    """
    with writing(settings) as desk:
        name = select(account.c.username).where(account.c.account_id == account_id)
        actor = by or desk.connection.scalar(name) or ""
        these = (session.c.account_id == account_id, session.c.session_id != keep)
        return end_sessions(desk, why, stamp(now), *these, actor=actor, reason=reason)


def active(
    connection: Connection, account_id: str, now: datetime | None = None, limits: Limits = USUAL
) -> list[Opened]:
    """Return the sessions of an account that nobody has ended, newest first.

    now: leave out those that are over by then too.
    """
    c = session.c
    query = select(*(c[f.name] for f in fields(Opened))).where(c.account_id == account_id)
    rows = connection.execute(query.where(c.ended_at == "").order_by(c.created_at.desc()))
    found = [Opened(*row) for row in rows]
    return [s for s in found if now is None or not limits.is_over(s.created_at, s.seen_at, now)]


def _row(connection: Connection, session_id: str) -> dict[str, Any] | None:
    query = select(session).where(session.c.session_id == session_id, session.c.ended_at == "")
    found = connection.execute(query).mappings().one_or_none()
    return dict(found) if found else None


def _touch(db_url: str, session_id: str, at: str) -> None:
    """Write when a session was last seen; while a run keeps the database, the next request does."""
    engine = writer(db_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _be_impatient)
    this = (session.c.session_id == session_id) & (session.c.seen_at < at)
    try:
        with engine.begin() as connection:
            connection.execute(update(session).where(this).values(seen_at=at))
    except OperationalError:
        return
    finally:
        engine.dispose()


def _be_impatient(connection: Any, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
