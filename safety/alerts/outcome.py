"""What became of an attempt: one transaction with the message, the log, the channel and the trail.

A message is sent once in the ledger. A copy that a process without its lease has sent meanwhile is
kept in the log as `again`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from safety.alerts import breaker
from safety.alerts.messages import DEAD, PENDING, SENT
from safety.audit import record
from safety.audit.trail import Trail
from safety.stamp import stamp
from safety.store import tables

PAUSE = timedelta(seconds=60)  # of a message whose recipient cannot take it now
table = tables.outbox


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. reply: what was answered; waits, counts: as in NotSentError."""

    kind: Literal["sent", "failed", "dead"]
    reply: str
    waits: bool = False
    counts: bool = False


def keep(
    connection: Connection, trail: Trail, row: Mapping[str, Any], outcome: Outcome, at: datetime
) -> None:
    """Write down how the attempt of a leased row ended. Doing it again changes nothing."""
    log = tables.delivery_log
    this = (log.c.outbox_id == row["id"]) & (log.c.attempt == row["attempts"])
    if connection.scalar(select(log.c.id).where(this)) is not None:
        return
    name = _moved(connection, row, outcome, at)
    told = log_row(row, name, outcome.reply, at)
    write_log(connection, trail, row["study"], told)
    if outcome.counts:
        breaker.failed(connection, row["channel"], outcome.reply, at)
    else:
        breaker.worked(connection, row["channel"])


def log_row(row: Mapping[str, Any], name: str, reply: str, at: datetime) -> dict[str, Any]:
    """Return a row of the log about a row of the outbox."""
    return {
        "outbox_id": row["id"], "attempt": row["attempts"], "outcome": name, "reply": reply,
        "at": stamp(at),
    }  # fmt: skip


def write_log(
    connection: Connection, trail: Trail, study: str, row: dict[str, Any], **who: str
) -> None:
    """Add a row to the log and its entry to the trail. who: actor and reason of the entry."""
    (kept,) = record.insert_rows(connection, tables.delivery_log, [row])
    entry = record.added(tables.delivery_log, kept, study, row["outcome"], **who)
    trail.append(connection, [entry], row["at"])


def _moved(connection: Connection, row: Mapping[str, Any], outcome: Outcome, at: datetime) -> str:
    """Write the new state of a message; return what the log calls it."""
    this = table.c.id == row["id"]
    free = {"lease_until": "", "leased_by": ""}
    if outcome.kind == "sent":
        sent = {"state": SENT, "sent_at": stamp(at), "last_error": ""} | free
        first = connection.execute(update(table).where(this, table.c.state != SENT).values(sent))
        return "sent" if first.rowcount else "again"
    waiting = update(table).where(this, table.c.state == PENDING)
    if outcome.kind == "dead":
        connection.execute(waiting.values({"state": DEAD, "last_error": outcome.reply} | free))
    else:
        connection.execute(waiting.values(last_error=outcome.reply))
        pause = {"lease_until": stamp(at + PAUSE), "leased_by": ""} if outcome.waits else free
        mine = table.c.leased_by == row["leased_by"]
        connection.execute(waiting.where(mine).values(pause))
    return outcome.kind
