"""Alerts about toxwatch's own work, which come from no snapshot: to the data engineers, in P4.

RUN: a step of a run failed. WATCHDOG: what should move stands still. OUTBOX: what should leave
does not. Each is written in a transaction of its own or in that of `tick`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from safety.alerts import ledger
from safety.alerts.fact import AlertFact
from safety.alerts.voice import Voice
from safety.audit import key
from safety.settings import Settings
from safety.store import tables
from safety.study.model import Study

RUN, WATCHDOG, OUTBOX = "RUN", "WATCHDOG", "OUTBOX"
TIER = "P4"


def replace(
    connection: Connection, speaker: Voice, rule: str, facts: Iterable[AlertFact], at: str
) -> int:
    """Write all that holds of a rule, and clear what else is known; return how many are told."""
    owns = frozenset({rule})
    return ledger.add(connection, speaker, facts, snapshot_id=None, at=at, owns=owns)


def standing(connection: Connection, study: Study, rule: str) -> list[AlertFact]:
    """Return the alerts of a rule whose condition holds, as they were told."""
    table = tables.alert
    query = select(table).where(
        table.c.study == study.studyid, table.c.rule == rule, table.c.condition == "holds"
    )
    return [
        AlertFact(
            r["usubjid"], r["rule"], r["episode"], r["tier"], r["level"], bool(r["verified"]),
            r["title"], r["body"],
        )
        for r in connection.execute(query.order_by(table.c.episode)).mappings()
    ]  # fmt: skip


def voice(settings: Settings, study: Study) -> Voice:
    """Return with what the alerts of a study are written here."""
    return Voice(study, settings.alert_channel, key.trail(settings))
