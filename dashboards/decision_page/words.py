"""Words for actions, states and outcomes of a dose design, in the language of the request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards.i18n import mark, t
from safety.escalation.fan import Square

ACTIONS = {
    "escalate": mark("escalate to {level}"),
    "stay": mark("stay at {level}"),
    "de-escalate": mark("de-escalate to {level}"),
    "complete": mark("end the trial of doses: the MTD is {level}"),
    "stop": mark("stop: no level is safe"),
    "end": mark("end the trial of doses: no MTD was found"),
}
STATUS = {
    "ready": mark("Ready: nobody is open."),
    "robust": mark("Robust: whatever becomes of those who are open, it stays the same."),
    "followed": mark(
        "Not robust, but the design weighs how long those who are open were followed."
    ),
    "waiting": mark("Not robust: those who are open can still change what the design says."),
    "paused": mark("A rule stops enrolment until the committee signs."),
    "stopped": mark("The committee has stopped enrolment."),
}
NOTHING = {
    "waiting": mark("No recommendation yet"),
    "paused": mark("No recommendation while enrolment is paused"),
    "stopped": mark("Enrolment is stopped"),
}
COLOURS = {
    "ready": "green", "robust": "green", "followed": "yellow", "waiting": "yellow",
    "paused": "red", "stopped": "red",
}  # fmt: skip
OUTCOMES = {
    "DLT": mark("DLT"), "NO_DLT": mark("no DLT"), "EXCLUDED": mark("not evaluable"),
}  # fmt: skip


def verb(action: str, level: str) -> str:
    """Return an action in words: "escalate to L2"."""
    return t(ACTIONS[action], level=level)


def named(levels: Sequence[str], level: int | None) -> str:
    """Return the name of a level by its index, "" for none."""
    return "" if level is None else levels[level]


def turns(levels: Sequence[str], square: Square) -> str:
    """Return what a square of the fan leads to."""
    said = [verb(action, named(levels, level)) for action, level in square.turns]
    return t(" or ").join(said)


def span(numbers: tuple[int, int]) -> str:
    """Return "2" or "0-2"."""
    low, high = numbers
    return str(low) if low == high else f"{low}-{high}"


def can_be(outcomes: Sequence[str]) -> str:
    """Return what somebody can become."""
    return t(" or ").join(t(OUTCOMES[each]) for each in outcomes)


def by_day(day: date | None) -> str:
    """Return by when something settles; that no date is known is said."""
    return day.isoformat() if day else t("no date: it waits for an answer")
