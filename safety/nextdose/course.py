"""Where the trial of doses is: who was treated in which order, and what the committee decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from safety.decisions.decision import DOSE, Decision, decisions
from safety.decisions.stored import Stored
from safety.store import tables
from safety.store.read import Snapshot
from safety.study.escalation import Escalation

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """The treated subjects in the order of their first doses, and the dose decisions so far."""

    rows: list[Row]
    first_doses: Mapping[str, str]
    decisions: list[Decision]

    def last_dose(self) -> str:
        return self.first_doses.get(self.rows[-1]["USUBJID"], "") if self.rows else ""

    def decided(self) -> Decision | None:
        """Return the newest dose decision that says where to go, if nobody was treated since."""
        found = [d for d in self.decisions if d.next_level]
        return found[-1] if found and self.last_dose() <= found[-1].at[:10] else None

    def visit(self, level: str) -> set[str]:
        """Return who was treated at a level since the trial came to it."""
        decided, found = self.decided(), set[str]()
        if decided is not None and decided.next_level != decided.doselvl:
            return found
        for row in reversed(self.rows):
            if row["DOSELVL"] != level:
                break
            found.add(row["USUBJID"])
        return found


def course(connection: Connection, state: Stored, shot: Snapshot, placed: Sequence[Row]) -> Course:
    """Return the course that a snapshot tells. placed: verdicts of treated subjects."""
    first_doses = {row["USUBJID"]: str(row["TRTSDT"] or "") for row in state.rows("exposure")}
    ordered = sorted(placed, key=lambda r: (first_doses.get(r["USUBJID"], ""), r["USUBJID"]))
    known = _until(connection, shot)
    made = [
        d for d in decisions(connection, shot.study)
        if d.kind == DOSE and d.snapshot_id in known
    ]  # fmt: skip
    return Course(ordered, first_doses, made)


def _until(connection: Connection, shot: Snapshot) -> frozenset[str]:
    """Return the snapshots up to one: decisions on later ones are none of its."""
    t = tables.snapshot.c
    query = select(t.snapshot_id).where(t.study == shot.study, t.seq <= shot.seq)
    return frozenset(connection.scalars(query))


def current(course: Course, levels: Sequence[str], start: str) -> tuple[int, str]:
    """Return the level of the next subject: of the newest dose decision, or of the last treated."""
    to_levels = [d for d in course.decisions if d.next_level in levels]
    if course.decided() is not None and to_levels:
        newest = to_levels[-1]
        if newest.at[:10] >= course.last_dose():
            return levels.index(newest.next_level), said(newest)
    if not course.rows:
        return levels.index(start), "nobody was treated yet"
    why = f"the newest subject was treated there, {course.last_dose()}"
    return levels.index(course.rows[-1]["DOSELVL"]), why


def said(decision: Decision) -> str:
    """Return who decided, and when."""
    return f"decided {decision.at[:10]} by {decision.actor}"


def not_before(escalation: Escalation, first_doses: Sequence[str]) -> date | None:
    """Return when the second subject of a new level may be treated at the earliest."""
    if len(first_doses) != 1 or not first_doses[0] or not escalation.stagger.amount:
        return None
    return date.fromisoformat(first_doses[0][:10]) + timedelta(escalation.stagger.whole_days)
