"""The minutes of a meeting: the content that the chair signs. Pure, and the same each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safety.meetings.deeds import EVERYTHING
from safety.meetings.life import Body, Meeting
from safety.meetings.printed import html
from safety.signing.proposal import Proposal
from safety.signing.signature import Signature

__all__ = ["Cut", "Minutes", "content", "html"]
UNBOUND = {
    "snapshot_id": "", "as_of": "", "rule_set": "", "code_version": "", "result_hash": "",
    "record_hash": "",
}  # fmt: skip
NO_HEAD = {"title": "", "protocol": "", "notice": "", "ctcae": ""}


@dataclass(frozen=True, slots=True)
class Cut:
    """What a meeting looks at. bound: `safety.signing.signature.bound`; head: of the study file.

    quorum: members who must vote, None if the study file states none.
    """

    bound: Mapping[str, str]
    head: Mapping[str, str]
    quorum: int | None


@dataclass(frozen=True, slots=True)
class Minutes:
    """Content and signatures, each with whether it is valid. is_final: signed, and not void."""

    content: dict[str, Any]
    signatures: list[tuple[Signature, bool]]
    is_final: bool


def content(of: Meeting, cut: Cut | None, made: Sequence[Proposal]) -> dict[str, Any]:
    """Return the minutes as JSON has them. made: the proposals of the meeting.

    Only what the meeting tells, no clock: whoever signs is told by the signature.
    """
    bound, head = (cut.bound, cut.head) if cut else (UNBOUND, NO_HEAD)
    return {
        "study": of.study, **bound, "head": dict(head),
        "meeting": {"id": of.meeting_id, "title": of.title, "planned_on": of.planned_on},
        "looked_at": [{"at": at, "snapshot_id": each} for at, each in of.bindings],
        "quorum": _quorum(of, cut.quorum if cut else None),
        "agenda": [{"item": n, **item} for n, item in sorted(of.agenda.items())],
        "attendance": [_attendance(of, who) for _, who in sorted(of.attendance.items())],
        "conflicts": [dict(c) for c in of.conflicts if c["text"]],
        "recommendations": [
            _recommendation(of, n, form) for n, form in sorted(of.recommendations.items())
        ],
        "decisions": [_decision(each) for each in made],
        "actions": [dict(action) for action in of.actions],
        "notes": [dict(note) for note in of.notes],
    }  # fmt: skip


def _quorum(of: Meeting, needed: int | None) -> dict[str, Any]:
    present = len(of.voters(EVERYTHING))
    reached = None if needed is None else present >= needed
    return {"needed": needed, "present": present, "reached": reached}


def _attendance(of: Meeting, who: Body) -> dict[str, Any]:
    """Return who attended; conflict: none stated (nobody asked), none declared, or declared."""
    said = [c["text"] for c in of.conflicts if c["username"] == who["username"]]
    told = "declared" if any(said) else "none declared" if said else "not stated"
    return {**who, "conflict": told}


def _recommendation(of: Meeting, item: int, form: Body) -> dict[str, Any]:
    cast = of.cast(item)
    members = [name for name, who in sorted(of.attendance.items()) if who["present"]]
    return {
        **form,
        "about": of.agenda[item]["text"],
        "counts": {c: list(cast.values()).count(c) for c in ("for", "against", "abstain")},
        "votes": [{"username": name, "vote": vote} for name, vote in sorted(cast.items())],
        "not_voted": [name for name in of.voters(item) if name not in cast],
        "recused": [name for name in members if of.is_recused(name, item)],
    }


def _decision(of: Proposal) -> dict[str, Any]:
    return {
        "proposal_id": of.proposal_id, "kind": of.kind, "usubjid": of.usubjid,
        "doselvl": of.doselvl, "statement": of.statement, "next_level": of.next_level,
        "reason": of.reason, "state": of.state, "proposed_by": of.proposed_by,
        "ended_by": of.ended_by, "ended_for": of.ended_for, "decision_id": of.decision_id or "",
        "snapshot_id": of.snapshot_id, "content_sha256": of.content_sha256,
    }  # fmt: skip
