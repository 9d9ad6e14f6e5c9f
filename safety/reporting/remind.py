"""Reminders of reports that are owed: at shares of their time, when due, and each day after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from safety.alerts import messages, recipients
from safety.alerts.fact import AlertFact
from safety.alerts.messages import Message
from safety.alerts.voice import Voice
from safety.reporting import facts, ledger
from safety.reporting.clock import DUE, begins, moment, stage
from safety.reporting.kinds import Clocks, Kind, clocks, usual
from safety.reporting.obligation import OPEN, Change, Obligation
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock
from safety.study.model import Study
from safety.study.reporting import Reporting

ROLES = ("medical_monitor", "safety_lead")
REMIND = "remind"
# Numbers of these messages: apart from the revisions of the alert that they are about.
FROM = 1_000_000_000


def remind(connection: Connection, voice: Voice, now: datetime) -> int:
    """Put what is due to be told of open reports, each stage once; return how many were told of.

    Called in a transaction. Of several stages that passed since the last call the newest is told.
    A study that says nothing of reports any more is still told of those it owes.
    """
    study, rules = voice.study, clocks(voice.study)
    lock(connection, f"study {study.studyid}")  # a snapshot or a person may change the same ones
    warn_at = (study.reporting or Reporting()).warn_at
    found = [
        (o, reached)
        for o in ledger.obligations(connection, study.studyid)
        if o.state == OPEN and (reached := _stage(o, rules, warn_at, now)) > o.warned
    ]
    changes = [
        Change(replace(o, warned=reached, revision=o.revision + 1), o, REMIND, _words(reached))
        for o, reached in found
    ]
    ids = ledger.write(connection, voice.trail, changes, snapshot_id="", at=stamp(now))
    for number, change in zip(ids, changes, strict=True):
        message = _message(connection, change.now, study, rules, FROM + number, now)
        messages.put(connection, message, hearers(study), voice.mail_channel, voice.trail)
    return len(changes)


def hearers(study: Study) -> list[str]:
    """Return who is reminded: monitors and safety lead, or the recipients where there are none."""
    named = [address for role in ROLES for address in recipients.in_role(study, role)]
    return list(dict.fromkeys(named)) or list(study.alerts.recipients)


def kind_of(o: Obligation, rules: Clocks) -> Kind:
    """Return the kind of a report, also of one that its study has switched off since."""
    return rules.kinds.get(o.kind) or usual()[o.kind]


def _stage(o: Obligation, rules: Clocks, warn_at: Iterable[int], now: datetime) -> int:
    begin = begins(rules, kind_of(o, rules), o.aware)
    return stage(begin, moment(o.due_at), now, warn_at)


def _words(reached: int) -> str:
    if reached < DUE:
        return f"{reached} % of the time has passed"
    days = reached - DUE
    return "due" if days == 0 else f"overdue since {days} day{'s' if days > 1 else ''}"


def _message(
    connection: Connection, o: Obligation, study: Study, rules: Clocks, number: int, now: datetime
) -> Message:
    kind, words = kind_of(o, rules), _words(o.warned)
    there = moment(o.due_at).astimezone(rules.zone)
    lines = [
        f"Report of {o.said['term']} (onset {o.said['onset']}): {kind.text}",
        f"To {kind.recipient}",
        f"Due {there:%Y-%m-%d %H:%M} {rules.zone.key} ({o.due_at}): {words}",
        f"Day 0 is {o.aware_on}",
        *(f"In doubt: {doubt}" for doubt in o.said["doubts"]),
        *([] if o.said["present"] else ["The newest data have no such event; it is still owed"]),
        f"Obligation {o.obligation_id[:12]}; record what is done: toxwatch reporting submit",
        *([study.notice] if study.notice else []),
    ]
    subject = f"{facts.TIER} {study.studyid} {o.usubjid}: report {words}, {kind.text}"
    about = _alert_id(connection, o, study)
    return Message(
        study.studyid, about, REMIND, number, facts.TIER, subject, "\n".join(lines), stamp(now)
    )


def _alert_id(connection: Connection, o: Obligation, study: Study) -> str:
    """Return the id of the event's alert, "" if there is none."""
    fact = AlertFact(o.usubjid, facts.RULE, o.said["episode"], facts.TIER, 0, True, "", "")
    alert_id = fact.alert_id(study.studyid)
    known = select(tables.alert.c.alert_id).where(tables.alert.c.alert_id == alert_id)
    return str(connection.scalar(known) or "")
