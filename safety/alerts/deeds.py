"""What a person may do with an alert: in which states, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from safety.alerts.states import (
    ACKNOWLEDGED,
    CRITICAL,
    IN_REVIEW,
    OPEN,
    RESOLVED,
    SUPPRESSED,
    Alert,
    Change,
)
from safety.errors import WrongUseError
from safety.stamp import stamp

Deed = Literal["acknowledge", "review", "resolve", "suppress", "unsuppress", "reopen", "assign"]
Outcome = Literal["confirmed", "not_confirmed", "duplicate", "data_error", "other"]
ASSIGN: Deed = "assign"  # changes the owner, not the state
MOST_DAYS = 90  # of a suppression


@dataclass(frozen=True, slots=True)
class Step:
    """In which states something may be done, and the state after it."""

    before: frozenset[str]
    after: str


def _step(after: str, *before: str) -> Step:
    return Step(frozenset(before), after)


STEPS: Mapping[Deed, Step] = {
    "acknowledge": _step(ACKNOWLEDGED, OPEN),
    "review": _step(IN_REVIEW, ACKNOWLEDGED),
    "resolve": _step(RESOLVED, ACKNOWLEDGED, IN_REVIEW),
    "suppress": _step(SUPPRESSED, OPEN, ACKNOWLEDGED, IN_REVIEW),
    "unsuppress": _step(OPEN, SUPPRESSED),
    "reopen": _step(OPEN, ACKNOWLEDGED, IN_REVIEW, RESOLVED),
}


def allowed(alert: Alert) -> list[str]:
    """Return what a person may do with an alert now."""
    return [
        *(d for d, s in STEPS.items() if alert.state in s.before and not _too_urgent(alert, d)),
        ASSIGN,
    ]


def _too_urgent(alert: Alert, deed: Deed) -> bool:
    """Return whether an alert must not be silenced: a next dose or enrolment may rest on P1."""
    return deed == "suppress" and alert.tier == CRITICAL


def done(
    alert: Alert, deed: Deed, reason: str, at: str, *,
    outcome: str = "", until: str = "", owner: str = "",
) -> Change:  # fmt: skip
    """Return what a person changes. Raises WrongUseError if its state does not allow it.

    outcome: of what is resolved. until: of a suppression, UTC. owner: to whom it is assigned. What
    is open again is told again: it is not only the one who opens it that must know.
    """
    if deed == ASSIGN:
        return Change(replace(alert, owner=owner), alert, deed, f"to {owner}: {reason}")
    step = STEPS[deed]
    if alert.state not in step.before or _too_urgent(alert, deed):
        raise WrongUseError(_refusal(alert, deed))
    now = replace(alert, state=step.after, outcome=outcome, suppressed_until=until)
    if step.after == OPEN:
        again = replace(now, revision=alert.revision + 1, step=0, told_at=at)
        return Change(again, alert, deed, reason, alert.tier)
    return Change(replace(now, due_at=""), alert, deed, reason)


def _refusal(alert: Alert, deed: Deed) -> str:
    can = ", ".join(allowed(alert))
    if alert.state in STEPS[deed].before:
        return (
            f"alert {alert.alert_id} is of {alert.tier}, which cannot be suppressed: a next dose "
            f"may rest on it. Acknowledging it ends the reminders; possible: {can}."
        )
    return f"alert {alert.alert_id} is {alert.state}: {deed} is not possible; possible: {can}."


def until(text: str, timezone: str, now: datetime) -> str:
    """Return the end of a suppression as UTC text.

    text: a time, of the study's zone if it names none, or a day: at its beginning, so that silence
    ends too early rather than too late. Raises WrongUseError for what is no time, not in the
    future, or more than 90 days from now.
    """
    try:
        moment = datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        moment = _moment(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
    if not now < moment <= now + timedelta(days=MOST_DAYS):
        raise WrongUseError(
            f"until {text}: give a time after now and at most {MOST_DAYS} days from now; whatever "
            "is silent for longer is forgotten."
        )
    return stamp(moment)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(
            f"until {text!r}: give a day or a time as 2026-12-01 or 2026-12-01T09:00."
        ) from error
