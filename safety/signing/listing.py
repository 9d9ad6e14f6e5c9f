"""Proposals of a study for people: what waits, what became of the others, and who signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from safety.decisions.decision import Decision
from safety.signing import proposal as proposed
from safety.signing.proposal import CONFIRMED, PROPOSAL, Proposal
from safety.signing.signature import Signature, of_study

COLUMNS = ["PROPOSAL", "KIND", "USUBJID", "LEVEL", "STATEMENT", "NEXT", "REASON", "STATE",
           "PROPOSED_BY", "PROPOSED_AT", "ENDED_BY", "ENDED_AT", "ENDED_FOR", "SNAPSHOT",
           "MEETING", "DECISION"]  # fmt: skip
UNSIGNED = "Not signed: recorded by command"


def listing(connection: Connection, study: str) -> pd.DataFrame:
    """Return the proposals of a study, newest first; ids are whole."""
    rows = [
        (p.proposal_id, p.kind, p.usubjid, p.doselvl, p.statement, p.next_level, p.reason, p.state,
         p.proposed_by, p.proposed_at, p.ended_by, p.ended_at, p.ended_for, p.snapshot_id,
         p.meeting_id or "", p.decision_id or "")
        for p in reversed(proposed.proposals(connection, study))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def shown(connection: Connection, study: str, prefix: str) -> dict[str, Any]:
    """Return all of one proposal, with its signatures; WrongUseError for none."""
    of = proposed.find(connection, study, prefix)
    return asdict(of) | {"signatures": told(proposed.signed(connection, of))}


def told(found: list[tuple[Signature, bool]]) -> list[dict[str, Any]]:
    """Return signatures as JSON has them, each with whether it is valid."""
    return [asdict(signature) | {"valid": is_valid} for signature, is_valid in found]


def of_decisions(
    connection: Connection, study: str, known: Iterable[Decision]
) -> dict[str, list[dict[str, Any]]]:
    """Return the signatures of decisions by id, oldest first; none of one that nobody signed.

    A decision that is not what was signed voids them.
    """
    of = {p.decision_id: p for p in proposed.proposals(connection, study, state=CONFIRMED)}
    by_object: dict[str, list[Signature]] = {}
    for each in of_study(connection, study, PROPOSAL):
        by_object.setdefault(each.object_id, []).append(each)
    return {
        made.decision_id: _held(of[made.decision_id], made, by_object)
        for made in known
        if made.decision_id in of
    }


def _held(
    of: Proposal, made: Decision, by_object: Mapping[str, list[Signature]]
) -> list[dict[str, Any]]:
    is_same = proposed.rests_on(of, made)
    found = by_object.get(of.proposal_id, [])
    return told([(each, is_same and proposed.is_valid(of, each)) for each in found])


def names(signatures: list[dict[str, Any]]) -> str:
    """Return the printed names of who signed, "" if nobody did."""
    return "; ".join(s["printed_name"] + ("" if s["valid"] else " (VOID)") for s in signatures)


def in_words(signatures: list[dict[str, Any]]) -> str:
    """Return who signed a decision, or that nobody did."""
    if not signatures:
        return UNSIGNED
    return "Signed by " + " and ".join(_named(each) for each in signatures)


def _named(signature: dict[str, Any]) -> str:
    void = "" if signature["valid"] else ", VOID: this is not what was signed"
    return f"{signature['printed_name']} ({signature['meaning']}, {signature['at']}{void})"
