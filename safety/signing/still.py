"""Whether a proposal can still be signed: ground, scope and meeting are as they were."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from safety.decisions import decision as decided
from safety.decisions.basis import collect
from safety.decisions.decision import SHORT
from safety.decisions.ground import Ground
from safety.decisions.moves import moves
from safety.decisions.questions import MOST, said
from safety.decisions.stored import Stored
from safety.errors import WrongUseError
from safety.signing.proposal import PROPOSAL, WAITING, Proposal, content_of, is_valid, proposals
from safety.signing.signature import Signature, sha256_of, signatures
from safety.store import tables
from safety.store.read import Snapshot


def require(connection: Connection, usubjid: str, on: Ground) -> None:
    """Raise WrongUseError, with what moved, if the newest snapshot calls the ground in question."""
    table = tables.snapshot.c
    query = select(table.seq, table.snapshot_id, table.as_of).where(table.study == on.shot.study)
    newest = connection.execute(query.order_by(table.seq.desc()).limit(1)).one()
    if newest.seq == on.shot.seq:
        return
    now = collect(usubjid, Stored(connection, on.shot.study, newest.seq), on.basis)
    found = [said(asdict(move)) for move in moves(usubjid, on.basis, now)]
    if not found:
        return
    more = f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    raise WrongUseError(
        f"what this rests on is not so any more in snapshot {newest.snapshot_id[:SHORT]} (as of "
        f"{newest.as_of}): {'; '.join(found[:MOST])}{more}. Look at it again and propose anew on "
        "that snapshot. Nothing was signed."
    )


def require_as_signed(of: Proposal, on: Ground) -> None:
    """Raise WrongUseError unless everything that the author signed is found again.

    The cells of the snapshot, its hashes, and what the design says of it: another dose decision
    since, or another version of this program, may have changed that.
    """
    content = content_of(on, of.said, of.reason, of.meeting_id or "")
    if sha256_of(content) == of.content_sha256:
        return
    signed_ = signed(of)
    other = [name for name in content if content[name] != signed_.get(name)]
    told = ", ".join("the recommendation" if name == "quoted" else name for name in other)
    raise WrongUseError(
        f"it is not as its author signed it any more: {told}. Refuse or withdraw it, look again "
        "and propose anew. Nothing was signed."
    )


def require_undecided(connection: Connection, of: Proposal) -> None:
    """Raise WrongUseError if the scope was decided since somebody proposed this."""
    known = decided.decisions(connection, of.study)
    later = [d for d in known if d.scope == of.scope and d.at >= of.proposed_at]
    if later:
        raise WrongUseError(
            f"{later[-1].about} was decided by {later[-1].actor} at {later[-1].at}, after this was "
            "proposed: look at that decision and propose anew. Nothing was signed."
        )


def require_only(connection: Connection, made: Proposal) -> None:
    """Raise WrongUseError if a proposal of the same scope waits already."""
    waiting = proposals(connection, made.study, state=WAITING)
    for other in waiting:
        if other.scope == made.scope:
            raise WrongUseError(
                f"proposal {other.proposal_id[:SHORT]} of {other.proposed_by}, "
                f"{other.proposed_at}, waits for the same: it is to be confirmed, refused or "
                "withdrawn first."
            )


def require_meeting(connection: Connection, study: str, meeting_id: str, shot: Snapshot) -> None:
    """Raise WrongUseError for a meeting (not "") that is not open on the snapshot."""
    if not meeting_id:
        return
    table = tables.meeting.c
    query = select(table.state, table.snapshot_id).where(
        table.study == study, table.meeting_id == meeting_id
    )
    found = connection.execute(query).first()
    if found is None:
        raise WrongUseError(f"{study} has no meeting {meeting_id[:SHORT]}.")
    if found.state != "open":
        raise WrongUseError(f"the meeting is {found.state}: only in an open one is proposed.")
    if found.snapshot_id != shot.snapshot_id:
        raise WrongUseError(
            f"the meeting looks at snapshot {found.snapshot_id[:SHORT]}, not at "
            f"{shot.snapshot_id[:SHORT]}: propose on that one, or bind the meeting anew."
        )


def require_no_conflict(connection: Connection, meeting_id: str | None, username: str) -> None:
    """Raise WrongUseError for who declared a conflict of interest on the whole of a meeting."""
    table = tables.meeting_event.c
    query = select(table.body).where(table.meeting_id == meeting_id, table.kind == "conflict")
    for text in connection.scalars(query):
        said_ = json.loads(text)
        if said_["username"] == username and said_["text"] and not said_["item"]:
            raise WrongUseError(
                "you declared a conflict of interest on the whole meeting: you neither propose nor "
                "confirm in it. Nothing was signed."
            )


def author(connection: Connection, of: Proposal) -> Signature:
    """Return the signature of who proposed; raise WrongUseError if there is no valid one."""
    found = [s for s in signatures(connection, PROPOSAL, of.proposal_id) if s.meaning == "author"]
    if len(found) != 1 or not is_valid(of, found[0]):
        raise WrongUseError(
            f"proposal {of.proposal_id[:SHORT]} is not what its author signed: somebody changed "
            "it past toxwatch. Run `toxwatch audit verify`. Nothing was signed."
        )
    return found[0]


def signed(of: Proposal) -> dict[str, Any]:
    """Return what the author signed."""
    content: dict[str, Any] = json.loads(of.content)
    return content
