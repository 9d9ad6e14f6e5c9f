"""Alerts, what happened to them, and what is sent of it: written in the transaction of its cause.

Whoever writes alerts of a study waits for whoever does already: a snapshot never overwrites what a
person did meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from safety.alerts import clocks, heard, messages, recipients, wording
from safety.alerts.fact import AlertFact
from safety.alerts.known import alerts
from safety.alerts.life import Source, advance
from safety.alerts.states import Alert, Change
from safety.alerts.voice import Voice
from safety.audit import record
from safety.audit.chain import Entry
from safety.audit.record import MACHINE
from safety.failpoints import reached
from safety.store import tables
from safety.store.engine import lock

FIXED = frozenset({"alert_id", "study", "usubjid", "rule", "episode", "first_snapshot",
                   "created_at"})  # fmt: skip
KINDS = {"reopen": "return", "unsuppress": "return"}  # message of an act; else it has its name
WITHDRAWS = frozenset({"clear", "lower"})  # who was told more must hear it, however long ago
EVENT = ("alert_id", "revision", "condition", "tier", "level", "verified", "title", "body")


def add(
    connection: Connection,
    voice: Voice,
    facts: Iterable[AlertFact],
    *,
    snapshot_id: str | None,
    at: str,
    owns: frozenset[str] | None = None,
) -> int:
    """Write what facts change, and put the messages about it; return how many changes are told.

    snapshot_id: from which the facts are, None for those of operations. at: UTC, ISO 8601. owns:
    rules of which an alert that is not among the facts is gone; None: all but those of operations.
    The same facts a second time write nothing.
    """
    study = voice.study.studyid
    hold(connection, study)
    source = Source(study, snapshot_id, at, owns)
    changes = advance(alerts(connection, study), facts, source)
    return write(connection, voice, changes, at=at, snapshot_id=snapshot_id)


def hold(connection: Connection, study: str) -> None:
    """Keep others that write alerts of a study waiting until this transaction ends."""
    lock(connection, f"study {study}")


def write(
    connection: Connection,
    voice: Voice,
    changes: Sequence[Change],
    *,
    at: str,
    snapshot_id: str | None,
    actor: str = MACHINE,
) -> int:
    """Write alerts as they are now, an event and an entry of the trail each, and the messages."""
    timed = [_timed(change, voice) for change in changes]
    if not timed:
        return 0
    _write(connection, timed)
    reached("alerts")
    told = {"actor": actor, "at": at, "snapshot_id": snapshot_id}
    events = record.insert_rows(connection, tables.alert_event, [_event(c) | told for c in timed])
    entries = [
        entry
        for change, event in zip(timed, events, strict=True)
        for entry in _entries(change, event)
    ]
    voice.trail.append(connection, entries, at)
    single = [c for c in timed if _singly(c)]
    before = heard.before(connection, [c.alert.alert_id for c in single if c.action in WITHDRAWS])
    put = [_message(c, voice, at, before.get(c.alert.alert_id, heard.NOBODY)) for c in single]
    messages.put_all(connection, put, voice.mail_channel, voice.trail)
    return sum(bool(c.told) for c in timed)


def _timed(change: Change, voice: Voice) -> Change:
    """Return a change with the time by which somebody must acknowledge what is told."""
    if not change.told:
        return change
    due = clocks.due_at(voice.study, change.told, change.alert.told_at)
    return replace(change, alert=replace(change.alert, due_at=due))


def _write(connection: Connection, changes: Iterable[Change]) -> None:
    table = tables.alert
    new = [asdict(c.alert) for c in changes if c.before is None]
    if new:
        connection.execute(insert(table), new)
    old = [
        {"this": c.alert.alert_id}
        | {f"new_{name}": v for name, v in asdict(c.alert).items() if name not in FIXED}
        for c in changes
        if c.before is not None
    ]
    if old:
        names = [c.name for c in table.columns if c.name not in FIXED]
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        query = update(table).where(table.c.alert_id == bindparam("this")).values(values)
        connection.execute(query, old)


def _event(change: Change) -> dict[str, Any]:
    row = asdict(change.alert)
    return {name: row[name] for name in EVENT} | {
        "action": change.action, "reason": change.reason, "state_after": change.alert.state,
        "state_before": change.before.state if change.before else "",
    }  # fmt: skip


def _entries(change: Change, event: dict[str, Any]) -> list[Entry]:
    """Return what the trail keeps of a change: the alert, and the event that was added."""
    study, action, now = change.alert.study, change.action, asdict(change.alert)
    by: dict[str, str] = {
        "actor": event["actor"], "reason": change.reason,
        "snapshot_id": event["snapshot_id"] or "",
    }  # fmt: skip
    if change.before is None:
        entry = record.added(tables.alert, now, study, action, **by)
    else:
        entry = record.changed(tables.alert, asdict(change.before), now, study, action, **by)
    return [entry, record.added(tables.alert_event, event, study, action, **by)]


def _singly(change: Change) -> bool:
    return change.told != "" and clocks.is_told_singly(change.told)


def _message(
    change: Change, voice: Voice, at: str, before: heard.Heard
) -> tuple[messages.Message, list[str]]:
    """Return what is told of a change, and to whom: all who hear of it now or heard before."""
    study, alert = voice.study, change.alert
    message = messages.Message(
        study.studyid, alert.alert_id, KINDS.get(change.action, change.action), alert.revision,
        change.told, wording.subject(change), wording.body(change, study.timezone), at,
        not_before=clocks.not_before(study, change.told, at), opens=change.before is None,
    )  # fmt: skip
    tiers = {*_tiers(alert, change.before, change.told), *before.tiers}
    to = [address for tier in sorted(tiers) for address in recipients.of(study, tier)]
    still = [address for address in recipients.everybody(study) if address in before.addresses]
    return message, list(dict.fromkeys([*to, *still]))


def _tiers(alert: Alert, before: Alert | None, told: str) -> list[str]:
    return sorted({told, alert.tier, *([before.tier] if before else [])})
