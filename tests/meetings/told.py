"""Meetings without a database: events in, a meeting out."""

from __future__ import annotations

from typing import Any

from safety.meetings.life import Event, Meeting, folded

ADVISED = {"design": "boin", "status": "ready", "action": "escalate", "level": "L2",
           "why": "0 of 3 with DLT"}  # fmt: skip
PLANNED = [("plan", {"title": "Cohort 1", "planned_on": "2024-04-02"}),
           ("agenda", {"text": "Dose of the next cohort"})]  # fmt: skip
OPENED = [*PLANNED, ("open", {"snapshot_id": "s1"})]


def there(username: str, role: str = "committee", *, present: bool = True):
    name = f"Dr {username.upper()}"
    return "attendance", {"username": username, "name": name, "role": role, "present": present}


def form(item: int = 1, **changes: Any):
    return "recommendation", {"item": item, "option": "escalate", "level": "L2", "deviation": "",
                              "rationale": "no DLT", "advised": ADVISED, "deviates": False,
                              "by": "a"} | changes  # fmt: skip


def vote(username: str, vote: str = "for", item: int = 1):
    return "vote", {"item": item, "vote": vote, "username": username}


def conflict(username: str, text: str = "owns shares", item: int = 0):
    return "conflict", {"username": username, "text": text, "item": item}


def meeting(*events: tuple[str, dict[str, Any]]) -> Meeting:
    """The meeting after events, one a minute."""
    return folded("m1", "T1", [
        Event(kind, "Dr A (a)", f"2024-04-02T08:{minute:02}:00+00:00", body)
        for minute, (kind, body) in enumerate(events)
    ])  # fmt: skip


HELD = [*OPENED, there("a", "chair"), there("b"), form(), vote("a"), vote("b", "against")]
