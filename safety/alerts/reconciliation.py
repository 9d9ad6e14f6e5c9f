"""Whether every alert was told and everything told has an alert: each count must be 0.

It reads the tables as they are and shares no code with what writes them, but for what a message
and a copy are called.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from safety.alerts import clocks, fallback
from safety.alerts.claim import LEASE
from safety.alerts.messages import DEAD, PENDING, SENT
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import reader

TIERS = ("P1", "P2", "P3", "P4")
URGENT = ("P1", "P2")
TELLING = ("raise", "worsen", "lower", "clear", "return")  # kinds of messages, actions of alerts
ABOUT_NONE = ("digest", "remind")  # kinds of messages that need no alert
# What was told has that long to be told, where its study sets no other clock.
PATIENCE = {"P1": timedelta(minutes=15), "P2": timedelta(hours=1)}
WITHIN_REACH = LEASE
box, log = tables.outbox, tables.delivery_log
alert, event = tables.alert, tables.alert_event
Count = Callable[[Connection, ColumnElement[bool]], int]


def counts(db_url: str, now: datetime | None = None, studyid: str = "") -> dict[str, int]:
    """Return by name how many do not reconcile. Units: alerts or messages.

    now: without it every urgent message that is not sent counts as late. studyid: "" for all.
    """
    with ExitStack() as stack:
        engine = reader(db_url)
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())

        def count(query: Select[Any], study: Any) -> int:
            chosen = query.where(study == studyid) if studyid else query
            return connection.scalar(select(func.count()).select_from(chosen.subquery())) or 0

        return {
            "alerts_without_message": count(_untold(), alert.c.study),
            "messages_without_alert": count(_groundless(), box.c.study),
            "urgent_messages_late": count(select(box.c.id).where(_late(now)), box.c.study),
            "sent_without_log": count(_unlogged(), box.c.study),
            "logged_sent_but_not_sent": count(_unmarked(), box.c.study),
            "dead_without_another_way": _abandoned(connection, studyid),
        }


def _untold() -> Select[Any]:
    """Alerts of which something that somebody had to be told has no message."""
    singly = [tier for tier in TIERS if clocks.is_told_singly(tier)]
    message = exists().where(
        box.c.alert_id == event.c.alert_id, box.c.revision == event.c.revision,
        box.c.kind.in_(TELLING),
    )  # fmt: skip
    told = select(event.c.alert_id).where(
        event.c.action.in_(TELLING), event.c.state_after == "open", event.c.tier.in_(singly),
        ~message,
    )  # fmt: skip
    never = ~exists().where(event.c.alert_id == alert.c.alert_id)
    return select(alert.c.alert_id).where(or_(alert.c.alert_id.in_(told), never))


def _groundless() -> Select[Any]:
    """Messages about no alert, or of a revision that their alert never had."""
    known = exists().where(alert.c.alert_id == box.c.alert_id, alert.c.revision >= box.c.revision)
    none = and_(box.c.alert_id.is_(None), box.c.kind.notin_(ABOUT_NONE))
    of_alert = and_(box.c.alert_id.is_not(None), box.c.kind.in_(TELLING), ~known)
    return select(box.c.id).where(or_(none, of_alert))


def _late(now: datetime | None) -> ColumnElement[bool]:
    """Whether an urgent message waits longer than its tier allows, quiet hours not counted."""
    waits = box.c.state == PENDING
    if now is None:
        return and_(waits, box.c.tier.in_(URGENT))
    ages = [
        and_(
            box.c.tier == tier,
            box.c.created_at <= stamp(now - patience),
            box.c.not_before <= stamp(now - patience),
        )
        for tier, patience in PATIENCE.items()
    ]
    of_the_future = and_(box.c.tier.in_(URGENT), box.c.created_at > stamp(now + WITHIN_REACH))
    return and_(waits, or_(*ages, of_the_future))


def _unlogged() -> Select[Any]:
    entry = exists().where(log.c.outbox_id == box.c.id, log.c.outcome == "sent")
    return select(box.c.id).where(box.c.state == SENT, ~entry)


def _unmarked() -> Select[Any]:
    entry = exists().where(log.c.outbox_id == box.c.id, log.c.outcome == "sent")
    return select(box.c.id).where(box.c.state != SENT, entry)


def _abandoned(connection: Connection, studyid: str) -> int:
    """Count urgent messages that were refused and that no other channel has."""
    dead = select(box).where(box.c.state == DEAD, box.c.tier.in_(URGENT))
    rows = connection.execute(dead.where(box.c.study == studyid) if studyid else dead).mappings()
    refused = [dict(row) for row in rows]
    if not refused:
        return 0
    recipients = set(connection.scalars(select(box.c.recipient).distinct()))
    alive = set(connection.scalars(select(box.c.key).where(box.c.state != DEAD)))
    return sum(alive.isdisjoint(fallback.keys(row, recipients)) for row in refused)
