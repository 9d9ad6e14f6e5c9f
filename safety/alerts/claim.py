"""Which message is next: it is leased to one dispatcher, and to another once the lease is over.

Most severe first, then oldest. A lease is compared with the clock of whoever asks. What lies
further ahead than a lease can last was written by a clock that was set back since, and is over: a
wrong clock never makes a message wait longer than a lease. A clock that leaps ahead ends leases
early: what is being sent just then may be sent twice, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from safety.alerts import breaker
from safety.alerts.messages import PENDING
from safety.stamp import stamp
from safety.store import tables

LEASE = timedelta(seconds=120)  # a letter takes 90 at most, in steps of 30
table = tables.outbox


@dataclass(frozen=True, slots=True)
class Asker:
    """Who claims, when, and what it has tried without success in this pass."""

    name: str
    now: datetime
    tried: Collection[int] = ()


def next_message(connection: Connection, asker: Asker) -> dict[str, Any] | None:
    """Lease the next message and return its row as it is then; None if nothing can be sent.

    Channels that do not answer come last, each with one message when its probe is due: the one
    that was tried least, so that no message that cannot be sent stands before all others.
    """
    working = table.c.channel.notin_(breaker.resting())
    found = _first(connection, asker, working, (table.c.tier, table.c.created_at, table.c.id))
    if found is not None:
        return _leased(connection, asker, found)
    for known in breaker.opened(connection):
        if known.is_due(asker.now):
            found = _probe(connection, asker, known)
            if found is not None:
                return _leased(connection, asker, found)
    return None


def _probe(connection: Connection, asker: Asker, known: breaker.Breaker) -> Any:
    least = (table.c.attempts, table.c.tier, table.c.created_at, table.c.id)
    found = _first(connection, asker, table.c.channel == known.channel, least)
    if found is None or not breaker.take_probe(connection, known, asker.now):
        return None
    return found


def _first(connection: Connection, asker: Asker, which: ColumnElement[bool], order: Any) -> Any:
    query = (
        select(table)
        .where(which, is_free(asker.now), table.c.id.notin_(list(asker.tried)))
        .order_by(*order)
        .limit(1)
        .with_for_update(skip_locked=True)  # nothing on SQLite, where a writer is alone
    )
    return connection.execute(query).mappings().first()


def is_free(now: datetime) -> ColumnElement[bool]:
    """Whether a message waits to be sent, its time has come, and nobody is sending it."""
    moment, horizon = stamp(now), stamp(now + LEASE)
    return and_(
        table.c.state == PENDING,
        or_(table.c.lease_until <= moment, table.c.lease_until > horizon),
        or_(table.c.not_before <= moment, table.c.created_at > horizon),
    )


def _leased(connection: Connection, asker: Asker, row: Any) -> dict[str, Any]:
    """Write down who sends it until when, and count the attempt: a process that dies made one."""
    leased = {
        "lease_until": stamp(asker.now + LEASE), "leased_by": asker.name,
        "attempts": row["attempts"] + 1,
    }  # fmt: skip
    connection.execute(update(table).where(table.c.id == row["id"]).values(leased))
    return dict(row) | leased
