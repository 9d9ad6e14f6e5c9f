"""An alert that nobody acknowledged in time goes up the chain of roles, one role at a time.

After each step the same clock runs again. Only an open alert goes up: who acknowledged, resolved
or suppressed it has taken it over. At the end of the chain it stays overdue in every digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from safety.alerts import clocks, ledger, messages, recipients, wording
from safety.alerts.known import alerts
from safety.alerts.messages import Message
from safety.alerts.states import CRITICAL, OPEN, Alert, Change
from safety.alerts.voice import Voice
from safety.stamp import stamp
from safety.store import tables
from safety.study.model import Study

ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Step:
    """Where an alert goes: to whom, how far up the chain that is, and what is said of it."""

    to: list[str]
    reached: int  # roles of the chain that were told or that nobody has
    said: str


def escalate(connection: Connection, voice: Voice, now: datetime) -> int:
    """Take every overdue alert of a study one step up; return how many went.

    In the transaction of the caller. A second call does nothing until the clock has run again.
    """
    study, at = voice.study, stamp(now)
    ledger.hold(connection, study.studyid)
    column = tables.alert.c
    waiting = alerts(connection, study.studyid, column.state == OPEN, column.due_at != "")
    latest = {tier: _latest(study, tier, now) for tier in {a.tier for a in waiting}}
    going = [
        a for a in waiting
        if not at < a.due_at <= latest[a.tier]
        and a.step < len(clocks.clock(study, a.tier).escalate)
    ]  # fmt: skip
    if not going:
        return 0
    steps = [next_step(study, a.tier, a.step) for a in going]
    changes = [_change(study, a, s, at) for a, s in zip(going, steps, strict=True)]
    before = _times(connection, [a.alert_id for a in going])
    ledger.write(connection, voice, changes, at=at, snapshot_id=None)
    told = [
        (_message(study, change, before.get(change.alert.alert_id, 0) + 1, at), step.to)
        for change, step in zip(changes, steps, strict=True)
    ]
    messages.put_all(connection, told, voice.mail_channel, voice.trail)
    return len(going)


def _latest(study: Study, tier: str, now: datetime) -> str:
    """Return by when what is told now must be acknowledged: no clock reaches further.

    A time after it was set by a clock that was ahead, or before the study shortened its own: it is
    due. What was lowered was told in the most urgent tier, and waits by the clock of that.
    """
    told = stamp(now + clocks.SKEW)
    return max(clocks.due_at(study, each, told) for each in {CRITICAL, tier})


def next_step(study: Study, tier: str, step: int) -> Step:
    """Return who hears next of an alert that went `step` roles up.

    A role that nobody has in the study is passed over. Where nobody is left, those hear again who
    hear of the tier.
    """
    chain = clocks.clock(study, tier).escalate
    for index, role in enumerate(chain[step:], start=step):
        to = recipients.in_role(study, role)
        if to:
            said = f"It goes to the {_words(role)}.{_missing(chain[step:index])}"
            return Step(to, index + 1, said)
    said = f"It is told again to all who hear of {tier}.{_missing(chain[step:])}"
    return Step(recipients.of(study, tier), len(chain), said)


def _missing(roles: Sequence[str]) -> str:
    if not roles:
        return ""
    return f" The study names nobody as {' or '.join(_words(role) for role in roles)}."


def _words(role: str) -> str:
    return role.replace("_", " ")


def _change(study: Study, alert: Alert, step: Step, at: str) -> Change:
    said = f"Nobody acknowledged it by {clocks.here(study, alert.due_at)}. {step.said}"
    due = clocks.due_at(study, alert.tier, at)
    return Change(replace(alert, step=step.reached, due_at=due), alert, ESCALATE, said)


def _times(connection: Connection, alert_ids: Sequence[str]) -> dict[str, int]:
    """Return how often alerts went up before: it tells two such messages of one apart."""
    table = tables.alert_event
    query = select(table.c.alert_id, func.count()).where(
        table.c.alert_id.in_(alert_ids), table.c.action == ESCALATE
    )
    return dict(connection.execute(query.group_by(table.c.alert_id)).all())


def _message(study: Study, change: Change, nth: int, at: str) -> Message:
    alert = change.alert
    lines = [change.reason, "", alert.body, "", *wording.asked(change, study.timezone)]
    return Message(
        study.studyid, alert.alert_id, ESCALATE, nth, alert.tier,
        wording.marked(alert.title, "not acknowledged"), "\n".join(lines), at,
        not_before=clocks.not_before(study, alert.tier, at),
    )  # fmt: skip
