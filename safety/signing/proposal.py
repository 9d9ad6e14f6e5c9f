"""A proposal as the database has it: what one person wants decided, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, select

from safety.decisions.decision import SHORT, Decision
from safety.decisions.ground import Ground
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.signing.signature import Signature, bound, sha256_of, signatures, valid
from safety.store import tables

PROPOSAL = "proposal"  # as object_type of a signature
WAITING, CONFIRMED, REFUSED, WITHDRAWN = "waiting", "confirmed", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """proposed_by, ended_by: usernames. ended_for: reason of who ended it. content: canonical JSON.

    "" where there is none yet; meeting_id and decision_id are None then.
    """

    proposal_id: str
    study: str
    kind: str
    usubjid: str
    doselvl: str
    statement: str
    next_level: str
    reason: str
    content: str
    content_sha256: str
    snapshot_id: str
    meeting_id: str | None
    state: str
    proposed_by: str
    proposed_at: str
    ended_by: str
    ended_at: str
    ended_for: str
    decision_id: str | None
    revision: int

    @property
    def said(self) -> Statement:
        return Statement(self.kind, self.statement, self.usubjid, self.doselvl, self.next_level)

    @property
    def scope(self) -> tuple[str, str, str]:
        """What only one proposal at a time may wait for."""
        return self.kind, self.usubjid, self.doselvl


def content_of(on: Ground, said: Statement, reason: str, meeting_id: str) -> dict[str, Any]:
    """Return all that the author signs. The basis is told by its sha256, the decision keeps it."""
    return bound(on.shot) | {
        "kind": said.kind, "usubjid": said.usubjid, "doselvl": said.doselvl,
        "statement": said.text.strip(), "next_level": said.next_level, "reason": reason,
        "meeting_id": meeting_id, "quoted": on.quoted, "basis_sha256": sha256_of(on.basis),
    }  # fmt: skip


def answer_to(content: Mapping[str, Any], meaning: str, reason: str) -> dict[str, Any]:
    """Return all that the second person signs: what the author signed, the answer and its reason.

    meaning: confirm or refuse.
    """
    return {**content, "answer": meaning, "answer_reason": reason}


def signed_content(of: Proposal, signature: Signature) -> dict[str, Any]:
    """Return what a signature of a proposal must be a signature of."""
    content: dict[str, Any] = json.loads(of.content)
    if signature.meaning == "author":
        return content
    return answer_to(content, signature.meaning, of.ended_for)


def is_valid(of: Proposal, signature: Signature) -> bool:
    """Return whether a signature of a proposal holds, and the proposal is what was signed."""
    content = json.loads(of.content)
    told = {"kind": of.kind, "usubjid": of.usubjid, "doselvl": of.doselvl, "reason": of.reason,
            "statement": of.statement, "next_level": of.next_level, "study": of.study,
            "snapshot_id": of.snapshot_id, "meeting_id": of.meeting_id or ""}  # fmt: skip
    is_as_signed = all(content.get(name) == value for name, value in told.items())
    return is_as_signed and valid(signature, signed_content(of, signature))


def rests_on(of: Proposal, made: Decision) -> bool:
    """Return whether a decision is the one that a proposal says."""
    content = json.loads(of.content)
    told = {"kind": made.kind, "usubjid": made.usubjid, "doselvl": made.doselvl,
            "statement": made.statement, "next_level": made.next_level, "quoted": made.quoted,
            "reason": made.reason, "study": made.study, "snapshot_id": made.snapshot_id,
            "basis_sha256": sha256_of(made.basis)}  # fmt: skip
    return all(content.get(name) == value for name, value in told.items())


def proposals(connection: Connection, study: str, **equal: str) -> list[Proposal]:
    """Return the proposals of a study, oldest first. equal: column = value."""
    table = tables.proposal
    query = select(*(table.c[f.name] for f in fields(Proposal))).where(
        table.c.study == study, *(table.c[name] == value for name, value in equal.items())
    )
    rows = connection.execute(query.order_by(table.c.proposed_at, table.c.proposal_id)).mappings()
    return [Proposal(**row) for row in rows]


def find(connection: Connection, study: str, prefix: str) -> Proposal:
    """Return the proposal whose id begins so; raise WrongUseError for none or several."""
    known = proposals(connection, study)
    found = [p for p in known if prefix and p.proposal_id.startswith(prefix)]
    if len(found) != 1:
        what = "several proposals begin" if found else "no proposal begins"
        listed = ", ".join(p.proposal_id[:SHORT] for p in found or known)
        raise WrongUseError(f"{study}: {what} with {prefix!r}; there are: {listed or 'none'}.")
    return found[0]


def signed(connection: Connection, of: Proposal) -> list[tuple[Signature, bool]]:
    """Return the signatures of a proposal, oldest first, and whether each is valid."""
    found = signatures(connection, PROPOSAL, of.proposal_id)
    return [(each, is_valid(of, each)) for each in found]
