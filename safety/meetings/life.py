"""A meeting as its events tell it. Pure: the same events give the same meeting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safety.meetings.deeds import EVERYTHING

PLANNED, OPEN, CLOSED, CANCELLED = "planned", "open", "closed", "cancelled"
VOTING = frozenset({"chair", "committee"})  # roles of those who vote; others may attend
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A row of meeting_event; body: read from its JSON."""

    kind: str
    actor: str
    at: str
    body: Body


@dataclass(frozen=True, slots=True)
class Meeting:
    """agenda: by number. attendance: by username. recommendations: by number of the agenda.

    votes: by number of the agenda, then username. bindings: moments and ids of the snapshots that
    it looked at, the last one counts. signed: what the chair signed, with its sha256.
    """

    meeting_id: str
    study: str
    title: str = ""
    planned_on: str = ""
    state: str = PLANNED
    agenda: Mapping[int, Body] = field(default_factory=dict)
    attendance: Mapping[str, Body] = field(default_factory=dict)
    conflicts: tuple[Body, ...] = ()
    recommendations: Mapping[int, Body] = field(default_factory=dict)
    votes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    actions: tuple[Body, ...] = ()
    notes: tuple[Body, ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    ended_at: str = ""
    ended_by: str = ""
    cancelled_for: str = ""
    signed: Body = field(default_factory=dict)

    @property
    def snapshot_id(self) -> str:
        """The snapshot that it looks at, "" before it is opened."""
        return self.bindings[-1][1] if self.bindings else ""

    def is_recused(self, username: str, item: int) -> bool:
        """Return whether a person declared a conflict of interest that concerns an item."""
        return any(
            c["username"] == username and c["text"] and c["item"] in (EVERYTHING, item)
            for c in self.conflicts
        )

    def voters(self, item: int = EVERYTHING) -> list[str]:
        """Return who may vote on an item: members who are present and have no conflict there."""
        return sorted(
            name for name, who in self.attendance.items()
            if who["present"] and who["role"] in VOTING and not self.is_recused(name, item)
        )  # fmt: skip

    def cast(self, item: int) -> dict[str, str]:
        """Return the votes that count on an item, by username."""
        may, votes = self.voters(item), self.votes.get(item, {})
        return {name: votes[name] for name in may if name in votes}


def folded(meeting_id: str, study: str, events: Iterable[Event]) -> Meeting:
    """Return a meeting after its events, oldest first."""
    made = Meeting(meeting_id, study)
    for event in events:
        made = AFTER[event.kind](made, event)
    return made


def _plan(of: Meeting, event: Event) -> Meeting:
    return replace(of, title=event.body["title"], planned_on=event.body["planned_on"])


def _open(of: Meeting, event: Event) -> Meeting:
    return replace(of, state=OPEN, bindings=((event.at, event.body["snapshot_id"]),))


def _bind(of: Meeting, event: Event) -> Meeting:
    """Recommendations and votes were made on other data: they count no more."""
    bindings = (*of.bindings, (event.at, event.body["after"]))
    return replace(of, bindings=bindings, recommendations={}, votes={})


def _close(of: Meeting, event: Event) -> Meeting:
    return replace(of, state=CLOSED, signed=event.body, ended_at=event.at, ended_by=event.actor)


def _cancel(of: Meeting, event: Event) -> Meeting:
    why = event.body["reason"]
    return replace(
        of, state=CANCELLED, ended_at=event.at, ended_by=event.actor, cancelled_for=why
    )  # fmt: skip


def _agenda(of: Meeting, event: Event) -> Meeting:
    item = {"text": event.body["text"], "state": "open"}
    return replace(of, agenda={**of.agenda, len(of.agenda) + 1: item})


def _finish(of: Meeting, event: Event) -> Meeting:
    number, state = event.body["item"], event.body["state"]
    return replace(of, agenda={**of.agenda, number: {**of.agenda[number], "state": state}})


def _attend(of: Meeting, event: Event) -> Meeting:
    return replace(of, attendance={**of.attendance, event.body["username"]: event.body})


def _declare(of: Meeting, event: Event) -> Meeting:
    return replace(of, conflicts=(*of.conflicts, event.body))


def _recommend(of: Meeting, event: Event) -> Meeting:
    """Votes on the recommendation before are votes on something else."""
    number = event.body["item"]
    votes = {item: cast for item, cast in of.votes.items() if item != number}
    return replace(of, recommendations={**of.recommendations, number: event.body}, votes=votes)


def _vote(of: Meeting, event: Event) -> Meeting:
    number = event.body["item"]
    cast = {**of.votes.get(number, {}), event.body["username"]: event.body["vote"]}
    return replace(of, votes={**of.votes, number: cast})


def _act(of: Meeting, event: Event) -> Meeting:
    return replace(of, actions=(*of.actions, event.body))


def _note(of: Meeting, event: Event) -> Meeting:
    note = {"at": event.at, "by": event.actor, "text": event.body["text"]}
    return replace(of, notes=(*of.notes, note))


AFTER: dict[str, Callable[[Meeting, Event], Meeting]] = {
    "plan": _plan, "open": _open, "bind": _bind, "close": _close, "cancel": _cancel,
    "agenda": _agenda, "finish": _finish, "attendance": _attend, "conflict": _declare,
    "recommendation": _recommend, "vote": _vote, "action": _act, "note": _note,
}  # fmt: skip
