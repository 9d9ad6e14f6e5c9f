"""What mail does not take goes another way too, as a message of its own.

A P1 that waits for a quarter of an hour, a P2 that waits for an hour after its time has come, and
either if it was refused for good. What already is on the other channel goes nowhere else: there is
no message about a message about a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from safety.alerts import messages
from safety.alerts.claim import LEASE
from safety.alerts.messages import BATCH, DEAD, PENDING, PREFIXES
from safety.audit.trail import Trail
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock
from safety.versioning import digest

# How long what is urgent may wait, by tier: within it somebody is to be told.
PATIENCE = {"P1": timedelta(minutes=15), "P2": timedelta(hours=1)}
WORDS = {"P1": "15 minutes", "P2": "an hour"}
table = tables.outbox
COPIED = ("study", "alert_id", "kind", "revision", "tier", "subject")


def put(connection: Connection, channel: str, trail: Trail, now: datetime) -> int:
    """Put a copy on `channel` of each message that needs one; return how many are new."""
    if channel == "none":
        return 0
    lock(connection, "fallback")  # of two dispatchers one finds the copies of the other
    needed = connection.execute(
        select(table).where(is_stuck(now), table.c.channel != channel).order_by(table.c.id)
    )
    made = [_copy(dict(row), channel, now) for row in needed.mappings()]
    copies = {copy["key"]: copy for copy in made}
    known = _known(connection, list(copies))
    new = [copy for name, copy in copies.items() if name not in known]
    if new:
        messages.write(connection, new, trail)
    return len(new)


def _known(connection: Connection, wanted: list[str]) -> set[str]:
    """Return which keys there are already."""
    found: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        these = table.c.key.in_(wanted[start : start + BATCH])
        found.update(connection.scalars(select(table.c.key).where(these)))
    return found


def is_stuck(now: datetime) -> ColumnElement[bool]:
    """Whether a message must be told another way. What the future wrote is as old as can be."""
    late = [and_(table.c.tier == tier, _is_late(now, now - PATIENCE[tier])) for tier in PATIENCE]
    return or_(
        and_(table.c.state == PENDING, or_(*late)),
        and_(table.c.state == DEAD, table.c.tier.in_(list(PATIENCE))),
    )


def _is_late(now: datetime, limit: datetime) -> ColumnElement[bool]:
    waited = and_(table.c.created_at <= stamp(limit), table.c.not_before <= stamp(limit))
    return or_(waited, table.c.created_at > stamp(now + LEASE))


def key(row: Mapping[str, Any], recipient: str) -> str:
    """Return the key of a copy. A chat or a webhook gets one of a message to several people."""
    told = (row["study"], row["alert_id"] or "", row["kind"], str(row["revision"]), recipient)
    return digest("fallback", *told)[:40]


def keys(row: Mapping[str, Any], recipients: Iterable[str]) -> set[str]:
    """Return the keys that a copy may have. recipients: all that the outbox knows."""
    shared = {to for to in recipients if to.startswith(PREFIXES)}
    return {key(row, to) for to in {row["recipient"], *shared}}


def _copy(row: Mapping[str, Any], channel: str, now: datetime) -> dict[str, Any]:
    recipient = channel if channel.startswith(PREFIXES) else row["recipient"]
    why = "refused it" if row["state"] == DEAD else f"has not taken it for {WORDS[row['tier']]}"
    return {name: row[name] for name in COPIED} | {
        "key": key(row, recipient), "thread": row["key"], "channel": channel,
        "recipient": recipient, "body": f"Told this way because {row['channel']} {why}.\n\n"
        f"{row['body']}", "state": PENDING, "attempts": 0, "last_error": "",
        "created_at": stamp(now), "not_before": "",
    }  # fmt: skip
