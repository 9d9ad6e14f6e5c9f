"""What the committee has adjudicated: it counts in place of the verdict that the rules propose.

The engine proposes, people decide. An adjudication that newer data call in question decides no
longer: the subject is open between what was adjudicated and what the rules say now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from safety.decisions.decision import ADJUDICATION, decisions, questions
from safety.escalation.subjects import OUTCOMES, Outcome
from safety.store import tables
from safety.store.read import Snapshot

# How a statement begins that says what a subject counts as; another one changes no count.
COUNTS_AS: Mapping[str, Outcome] = {
    "DLT": "DLT", "not a DLT": "NO_DLT", "not evaluable": "EXCLUDED",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adjudged:
    """What a subject was adjudicated as. said: by whom and when. asked: newer data question it."""

    outcome: Outcome
    said: str
    asked: bool

    def stands(self, before: Outcome | None) -> Outcome | None:
        """Return what the subject counts as. before: as the rules have it."""
        return before if self.asked else self.outcome

    def can_be(self, before: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        """Return what it can become. before: as the rules and open questions have it."""
        if not self.asked:
            return (self.outcome,)
        return tuple(each for each in OUTCOMES if each in {self.outcome, *before})

    def why(self, before: tuple[str, ...]) -> tuple[str, ...]:
        """Return why it is open, in words."""
        return (f"{self.said}, and called in question since", *before) if self.asked else ()


def adjudged(connection: Connection, shot: Snapshot) -> dict[str, Adjudged]:
    """Return by subject the newest adjudication that a snapshot knows, if it says what counts."""
    t = tables.snapshot.c
    query = select(t.snapshot_id).where(t.study == shot.study, t.seq <= shot.seq)
    known = frozenset(connection.scalars(query))
    asked = questions(connection, shot.study)
    found: dict[str, Adjudged] = {}
    for made in decisions(connection, shot.study):  # the oldest first: a newer one takes its place
        if made.kind != ADJUDICATION or made.snapshot_id not in known:
            continue
        found.pop(made.usubjid, None)
        word = made.statement.partition(":")[0].strip()
        if word in COUNTS_AS:
            since = [q for q in asked.get(made.decision_id, []) if q.snapshot_id in known]
            said = f"adjudicated as {word} {made.at[:10]} by {made.actor}"
            found[made.usubjid] = Adjudged(COUNTS_AS[word], said, bool(since and since[-1].cells))
    return found
