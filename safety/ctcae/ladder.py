"""Climb one ladder: from positions on its scales to grade, possible grades and reasons.

The grade is the highest one met. A higher grade that cannot be judged makes the value not
gradable; counting limits exceeded would be wrong where a local limit crosses an absolute one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from safety.ctcae.criteria import BASELINE_REFS, OUTSIDE_REFS, Clause, Ladder, caveats, facts
from safety.ctcae.reasons import Reason
from safety.ctcae.scales import BaselineState, Bools, FactState
from safety.ctcae.truth import (
    ABOVE_ULN,
    BELOW_LLN,
    Joint,
    Truth,
    Undecided,
    condition_truth,
    constant,
    lacks_baseline,
    numeric_truth,
    side,
    unknown,
)

Policy = Literal["number_only", "worst_case"]
NOT_GRADABLE = -1
EVERY_GRADE = 0b11111


@dataclass(frozen=True, slots=True)
class Reading:
    """How one climb takes what is not known.

    without_baseline: leave out what needs a missing baseline (D09, D10) instead of not knowing.
    policy: how unknown facts are taken; None leaves them unknown.
    """

    without_baseline: bool
    policy: Policy | None


EITHER_WAY = [Undecided(b, i) for b in (False, True) for i in (False, True)]


@dataclass(slots=True)
class Rungs:
    """Result of a ladder, one entry a row.

    grade: 0-4, or -1 for not gradable. possible, numeric: bit g set = grade g is still allowed,
    by all that is unknown and by unknown numbers alone. criterion: row of the criteria, or "".
    """

    grade: npt.NDArray[np.int8]
    possible: npt.NDArray[np.uint8]
    numeric: npt.NDArray[np.uint8]
    reasons: npt.NDArray[np.uint64]
    criterion: npt.NDArray[np.object_]

    def one(self, row: int) -> Rungs:
        """Return a single row."""
        at = slice(row, row + 1)
        return Rungs(self.grade[at], self.possible[at], self.numeric[at], self.reasons[at],
                     self.criterion[at])  # fmt: skip

    def flag(self, where: Bools, reason: Reason) -> None:
        """Add a reason to some rows."""
        self.reasons[where] |= np.uint64(reason)


class _Climb:
    """Truth of the grades of one ladder under one reading."""

    def __init__(self, size: int) -> None:
        self.top_true = np.zeros(size, np.int8)
        self.top_unknown = np.zeros(size, np.int8)
        self.criterion = np.full(size, "", object)
        self._reached = np.zeros(size, np.uint8)

    def add(self, grade: int, truth: Truth, row_id: str) -> None:
        better = truth.true & (grade > self.top_true)
        self.criterion[better] = row_id
        self.top_true[better] = grade
        self.top_unknown[truth.unknown & (grade > self.top_unknown)] = grade
        self._reached[~truth.false] |= np.uint8(1 << grade)

    def possible(self) -> npt.NDArray[np.uint8]:
        """Grades still allowed: the highest certain one and every uncertain one above it."""
        certain = self.top_true.astype(np.uint8)
        at_or_above = np.left_shift(np.uint8(EVERY_GRADE), certain) & np.uint8(EVERY_GRADE)
        return ((self._reached | (certain == 0)) & at_or_above).astype(np.uint8)


def climb(ladder: Ladder, unit: str, joint: Joint, policy: Policy) -> Rungs:
    """Grade every row of a joint by one ladder whose limits are read in `unit`."""
    # D09: where nothing is known of the baseline, the clauses for a normal one are read
    as_normal = joint.supposing(Undecided(baseline=False))
    grading = _climb(ladder, unit, as_normal, Reading(True, policy))
    by_number = _possible(ladder, unit, joint, Reading(False, "number_only"))
    by_all = _possible(ladder, unit, joint, Reading(False, None))
    readable = _readable(ladder, unit, joint)
    by_number[~readable] |= grades_of(ladder)
    # D28: a grade that is certain stands; below it, what a missing limit may hide is never 0
    blocked = (grading.top_unknown > grading.top_true) | ~readable
    grade = np.where(blocked, NOT_GRADABLE, grading.top_true).astype(np.int8)
    rungs = Rungs(
        grade=grade,
        possible=by_number | (by_all & _from_lowest(by_number)),
        numeric=by_number,
        reasons=np.zeros(joint.size, np.uint64),
        criterion=np.where(grade > 0, grading.criterion, ""),
    )
    _explain(ladder, unit, joint, rungs)
    _only_suggest(ladder, rungs)
    return rungs


def _possible(ladder: Ladder, unit: str, joint: Joint, reading: Reading) -> npt.NDArray[np.uint8]:
    """Grades allowed under any supposition about what nobody knows."""
    found = np.zeros(joint.size, np.uint8)
    for undecided in EITHER_WAY:
        found |= _climb(ladder, unit, joint.supposing(undecided), reading).possible()
    return found


def grades_of(ladder: Ladder) -> np.uint8:
    """Return the grades a ladder can give, 0 included, as a set of bits."""
    return np.uint8(sum({1 << c.grade for c in ladder.clauses} | {1}))


def _from_lowest(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bits at and above the lowest one set: the number is a lower bound, facts only raise (D01)."""
    lowest = mask & (~mask + np.uint8(1))
    return ~(lowest - np.uint8(1))


def _only_suggest(ladder: Ladder, rungs: Rungs) -> None:
    """Take the grade of what a number may at most suggest; keep it among the possible ones."""
    if ladder.assign == "suggest":  # D45
        shown = rungs.grade > 0
        rungs.flag(shown, Reason.NOT_NUMERIC_IN_THIS_VERSION)
    elif ladder.assign == "diagnosis":  # D46
        shown = np.ones(len(rungs.grade), bool)
        rungs.flag(shown, Reason.DIAGNOSIS_NOT_ASSIGNED)
        rungs.possible |= np.uint8(1)
        rungs.numeric |= np.uint8(1)
    else:
        return
    rungs.grade[shown] = NOT_GRADABLE
    rungs.criterion[shown] = ""


def _alternatives(ladder: Ladder, unit: str) -> list[tuple[int, tuple[Clause, ...]]]:
    found = ladder.alternatives(unit)
    return [(g, a) for g in sorted(found) for a in found[g] if any(c.numeric for c in a)]


def standing(ladder: Ladder, unit: str) -> list[Clause]:
    """Clauses whose fact is enough by itself for their grade."""
    return [c for c in ladder.in_unit(unit) if c.fact_role in ("or", "sole")]


def _climb(ladder: Ladder, unit: str, joint: Joint, reading: Reading) -> _Climb:
    result = _Climb(joint.size)
    off = constant(joint.size, False)
    for grade, clauses in _alternatives(ladder, unit):
        truth = constant(joint.size, True)
        for clause in clauses:
            truth &= _clause_truth(clause, joint, reading)
        off |= truth
        result.add(grade, truth, clauses[0].row_id)
    # D01: a fact that is enough by itself raises a value that is off; one that meets no numeric
    # clause shows no event, so no fact can raise it.
    for clause in standing(ladder, unit):
        truth = off & _fact_truth(clause, joint, reading)
        result.add(clause.grade, truth, clause.row_id)
    return result


def _clause_truth(clause: Clause, joint: Joint, reading: Reading) -> Truth:
    number = numeric_truth(clause, joint)
    if reading.without_baseline:
        lost = lacks_baseline(clause, joint)
        number = Truth(number.true & ~lost, number.false | lost)
    if clause.fact_role != "and":
        return number
    return number & _fact_truth(clause, joint, reading)


def _fact_truth(clause: Clause, joint: Joint, reading: Reading) -> Truth:
    """A fact as the data tell it, directly or by what follows from it; else as the reading says."""
    truth = _default(clause, joint.size, reading.policy)
    for (asked, present), follows in facts()[clause.fact].follows.items():
        told = joint.facts[asked] == (FactState.PRESENT if present else FactState.ABSENT)
        truth = Truth(np.where(told, follows, truth.true), np.where(told, not follows, truth.false))
    return truth


def _default(clause: Clause, size: int, policy: Policy | None) -> Truth:
    """An unknown fact: only one that qualifies a number may be taken as present."""
    if policy is None:
        return unknown(size)
    if clause.fact_role != "and":
        return constant(size, False)
    return constant(size, policy == "worst_case" or facts()[clause.fact].present_by_default)


def _readable(ladder: Ladder, unit: str, joint: Joint) -> Bools:
    """Rows on which at least one numeric clause could be read: else 0 would be a guess."""
    found = np.zeros(joint.size, bool)
    for _, clauses in _alternatives(ladder, unit):
        for clause in clauses:
            own = clause.refs & BASELINE_REFS
            itself = (joint.base_state == BaselineState.NOT_APPLICABLE) & bool(own)
            applies = ~condition_truth(clause, joint).false
            found |= ~lacks_baseline(clause, joint) & ~itself & applies
    return found


def _explain(ladder: Ladder, unit: str, joint: Joint, rungs: Rungs) -> None:
    """Add the reasons that depend on the outcome."""
    blocked = rungs.grade == NOT_GRADABLE
    clauses = [c for _, a in _alternatives(ladder, unit) for c in a]
    refs = frozenset[str]().union(*(c.refs for c in clauses))
    for ref in ("xULN", "ULN+") if ladder.direction == "high" else ("xLLN", "LLN-"):
        if ref in refs:
            rungs.flag(blocked & joint.unplaced(ref), Reason.RANGE_MISSING)
    if refs & OUTSIDE_REFS:
        rungs.flag(blocked, Reason.OUTSIDE_DATA_NEEDED)
    if not all(c.covers for c in clauses):
        rungs.flag(blocked, Reason.POPULATION_NOT_COVERED)
    _explain_baseline(clauses, joint, rungs)
    normal = ABOVE_ULN if ladder.direction == "high" else BELOW_LLN
    inside = side(normal, joint, is_lower=ladder.direction == "high").false
    rungs.flag(inside & (rungs.grade > 0), Reason.WITHIN_REFERENCE_RANGE)  # D04
    rungs.flag(rungs.possible != rungs.numeric, Reason.FACTS_UNKNOWN)
    caveat = caveats().get((ladder.term, ladder.direction))
    if caveat:
        rungs.flag(rungs.grade > 0, Reason[caveat.upper()])


def _explain_baseline(clauses: list[Clause], joint: Joint, rungs: Rungs) -> None:
    state = joint.base_state
    if not any(c.refs & BASELINE_REFS or c.baseline == "baseline_normal" for c in clauses):
        return
    judged = any(c.baseline == "baseline_normal" for c in clauses)
    high = state == BaselineState.HIGH_WITHOUT_VALUE
    record = state == BaselineState.NOT_APPLICABLE
    rungs.flag(joint.without_baseline() & ~record & ~high, Reason.BASELINE_MISSING)
    rungs.flag(high, Reason.BASELINE_HIGH_WITHOUT_VALUE)
    rungs.flag((state == BaselineState.RANGE_MISSING) & judged, Reason.BASELINE_RANGE_MISSING)
    rungs.flag(record, Reason.BASELINE_RECORD)
