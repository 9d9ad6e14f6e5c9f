"""What waits, what was sent and what is dead, for people; and how a dead message gets on its way.

Subjects and texts of messages are not shown here: that is what the alert pages are for.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select, update

from safety.alerts import breaker, outcome
from safety.alerts.messages import DEAD, PENDING
from safety.audit import key as keys
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.signed import Signed
from safety.store import tables
from safety.store.engine import reader, writer

SHOWN = (
    "key", "study", "tier", "kind", "channel", "recipient", "state", "attempts", "created_at",
    "not_before", "sent_at", "last_error",
)  # fmt: skip
ALL = "all"
table = tables.outbox


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages, most severe and oldest first, and the channels that do not answer."""

    messages: pd.DataFrame
    resting: list[breaker.Breaker]


def listing(db_url: str, state: str = PENDING) -> Outbox:
    """Return the messages in a state, `all` for every one."""
    query = select(*(table.c[name] for name in SHOWN))
    if state != ALL:
        query = query.where(table.c.state == state)
    with ExitStack() as stack:
        engine = reader(db_url)
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())
        rows = connection.execute(query.order_by(table.c.tier, table.c.created_at, table.c.id))
        found = pd.DataFrame([dict(row) for row in rows.mappings()], columns=list(SHOWN))
        return Outbox(found.fillna({"sent_at": ""}), breaker.opened(connection))


def retry(settings: Settings, key: str, signed: Signed, now: datetime) -> list[str]:
    """Let dead messages be sent after all; return their keys.

    key: of a message or how it begins, `all` for every dead one. Raises WrongUseError, and changes
    nothing, for what is not dead.
    """
    trail = keys.trail(settings)
    with ExitStack() as stack:
        engine = writer(settings.db_url)
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.begin())
        rows = _dead(connection, key)
        for row in rows:
            again = {"state": PENDING, "lease_until": "", "leased_by": ""}
            connection.execute(update(table).where(table.c.id == row["id"]).values(again))
            told = outcome.log_row(row, "retry", f"{signed.by}: {signed.reason}", now)
            who = {"actor": signed.by, "reason": signed.reason}
            outcome.write_log(connection, trail, row["study"], told, **who)
    return [row["key"] for row in rows]


def _dead(connection: Connection, key: str) -> list[dict[str, Any]]:
    query = select(table).order_by(table.c.id).with_for_update()
    which = table.c.state == DEAD if key == ALL else table.c.key.startswith(key, autoescape=True)
    rows = [dict(row) for row in connection.execute(query.where(which)).mappings()]
    if not rows:
        raise WrongUseError(f"no message {key}: see `toxwatch alerts outbox --state dead`.")
    if key != ALL and len(rows) > 1:
        raise WrongUseError(f"{len(rows)} messages begin with {key}: give more of the key.")
    if rows[0]["state"] != DEAD:
        raise WrongUseError(f"message {key} is {rows[0]['state']}: only a dead one is tried again.")
    return rows
