"""Climb one ladder: from the truth of its clauses to grade, possible grades and reasons.

The grade is the highest one met. A higher grade that cannot be judged makes the value not
gradable; counting limits exceeded would be wrong where a local limit crosses an absolute one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from safety.ctcae.clauses import (
    BaselineState,
    Block,
    Bools,
    Truth,
    compare,
    constant,
    lacks_baseline,
    unknown,
)
from safety.ctcae.criteria import BASELINE_REFS, OUTSIDE_REFS, Clause, Ladder, facts
from safety.ctcae.reasons import Reason

Policy = Literal["number_only", "worst_case"]
Known = Mapping[str, npt.NDArray[np.int8]]  # fact -> 1 present, 0 absent, -1 unknown
NOT_GRADABLE = -1


@dataclass(frozen=True, slots=True)
class Reading:
    """How one climb takes what is not known.

    assume_normal: leave out what needs a missing baseline (D09, D10) instead of not knowing.
    policy: how unknown facts are taken; None leaves them unknown.
    """

    assume_normal: bool
    policy: Policy | None


@dataclass(slots=True)
class Rungs:
    """Result of a ladder, one entry a row.

    grade: 0-4, or -1 for not gradable. possible, numeric: bit g set = grade g is still allowed,
    by all that is unknown and by unknown numbers alone. criterion: index into `row_ids`, or -1.
    """

    grade: npt.NDArray[np.int8]
    possible: npt.NDArray[np.uint8]
    numeric: npt.NDArray[np.uint8]
    reasons: npt.NDArray[np.uint32]
    criterion: npt.NDArray[np.int16]
    row_ids: list[str]


class _Climb:
    """Truth of the grades of one ladder under one reading."""

    def __init__(self, size: int) -> None:
        self.top_true = np.zeros(size, np.int8)
        self.top_unknown = np.zeros(size, np.int8)
        self.criterion = np.full(size, -1, np.int16)
        self._reached = np.zeros(size, np.uint8)

    def add(self, grade: int, truth: Truth, criterion: int) -> None:
        better = truth.true & (grade > self.top_true)
        self.criterion[better] = criterion
        self.top_true[better] = grade
        self.top_unknown[truth.unknown & (grade > self.top_unknown)] = grade
        self._reached[~truth.false] |= np.uint8(1 << grade)

    def possible(self) -> npt.NDArray[np.uint8]:
        """Grades still allowed: the highest certain one and every uncertain one above it."""
        certain = self.top_true.astype(np.uint8)
        at_or_above = np.left_shift(np.uint8(0x1F), certain) & np.uint8(0x1F)
        return ((self._reached | (certain == 0)) & at_or_above).astype(np.uint8)


def climb(ladder: Ladder, unit: str, b: Block, known: Known, policy: Policy) -> Rungs:
    """Grade every row of a block by one ladder whose limits are read in `unit`."""
    grading = _climb(ladder, unit, b, known, Reading(True, policy))
    by_number = _climb(ladder, unit, b, known, Reading(False, "number_only")).possible()
    by_all = _climb(ladder, unit, b, known, Reading(False, None)).possible()
    blocked = (grading.top_unknown > grading.top_true) | ~_readable(ladder, unit, b)
    rungs = Rungs(
        grade=np.where(blocked, NOT_GRADABLE, grading.top_true).astype(np.int8),
        possible=by_number | (by_all & _from_lowest(by_number)),
        numeric=by_number,
        reasons=np.zeros(len(b), np.uint32),
        criterion=grading.criterion,
        row_ids=[c.row_id for c in _in_order(ladder, unit)],
    )
    _explain(ladder, unit, b, rungs)
    if ladder.assign == "suggest":  # D45
        shown = rungs.grade > 0
        rungs.grade[shown] = NOT_GRADABLE
        _flag(rungs, shown, Reason.NOT_NUMERIC_IN_THIS_VERSION)
    return rungs


def _from_lowest(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bits at and above the lowest one set: the number is a lower bound, facts only raise (D01)."""
    lowest = mask & (~mask + np.uint8(1))
    return ~(lowest - np.uint8(1))


def _in_order(ladder: Ladder, unit: str) -> list[Clause]:
    """First clause of each alternative, then each fact that stands alone: the criterion index."""
    heads = [a[0] for _, a in _alternatives(ladder, unit)]
    return heads + _standing(ladder, unit)


def _alternatives(ladder: Ladder, unit: str) -> list[tuple[int, tuple[Clause, ...]]]:
    found = ladder.alternatives(unit)
    return [(g, a) for g in sorted(found) for a in found[g] if any(c.numeric for c in a)]


def _standing(ladder: Ladder, unit: str) -> list[Clause]:
    return [c for c in ladder.in_unit(unit) if c.fact_role in ("or", "sole")]


def _climb(ladder: Ladder, unit: str, b: Block, known: Known, reading: Reading) -> _Climb:
    size = len(b)
    result = _Climb(size)
    block = b.assuming_normal_baseline() if reading.assume_normal else b
    off = np.zeros(size, bool)
    alternatives = _alternatives(ladder, unit)
    for index, (grade, clauses) in enumerate(alternatives):
        truth = constant(size, True)
        for clause in clauses:
            truth &= _clause_truth(clause, block, known, reading)
        off |= ~truth.false
        result.add(grade, truth, index)
    # D01: a fact that is enough by itself raises a value that is off; one that meets no numeric
    # clause shows no event, so no fact can raise it.
    for index, clause in enumerate(_standing(ladder, unit), start=len(alternatives)):
        fact = _fact_truth(clause, size, known, reading)
        result.add(clause.grade, Truth(fact.true & off, fact.false | ~off), index)
    return result


def _clause_truth(clause: Clause, b: Block, known: Known, reading: Reading) -> Truth:
    number = compare(clause, b)
    if reading.assume_normal:
        lost = lacks_baseline(clause, b)
        number = Truth(number.true & ~lost, number.false | lost)
    if clause.fact_role != "and":
        return number
    return number & _fact_truth(clause, len(b), known, reading)


def _fact_truth(clause: Clause, size: int, known: Known, reading: Reading) -> Truth:
    default = _default(clause, size, reading.policy)
    column = known.get(clause.fact)
    if column is None:
        return default
    open_ = column == -1
    return Truth(
        (column == 1) | (open_ & default.true),
        (column == 0) | (open_ & default.false),
    )


def _default(clause: Clause, size: int, policy: Policy | None) -> Truth:
    """An unknown fact: only one that qualifies a number may be taken as present."""
    if policy is None:
        return unknown(size)
    if clause.fact_role != "and":
        return constant(size, False)
    return constant(size, policy == "worst_case" or facts()[clause.fact].present_by_default)


def _readable(ladder: Ladder, unit: str, b: Block) -> Bools:
    """Rows on which at least one numeric clause could be read: else 0 would be a guess."""
    found = np.zeros(len(b), bool)
    for _, clauses in _alternatives(ladder, unit):
        for clause in clauses:
            own = clause.refs & BASELINE_REFS
            itself = (b.base_state == BaselineState.NOT_APPLICABLE) & bool(own)
            found |= ~lacks_baseline(clause, b) & ~itself
    return found


def _explain(ladder: Ladder, unit: str, b: Block, rungs: Rungs) -> None:
    """Add the reasons that depend on the outcome."""
    state, blocked = b.base_state, rungs.grade == NOT_GRADABLE
    clauses = [c for _, a in _alternatives(ladder, unit) for c in a]
    limit = b.uln if ladder.direction == "high" else b.lln
    _flag(rungs, blocked & np.isnan(limit) & _limit_used(clauses, ladder), Reason.RANGE_MISSING)
    if any(c.refs & OUTSIDE_REFS for c in clauses):
        _flag(rungs, blocked, Reason.OUTSIDE_DATA_NEEDED)
    if any(c.refs & BASELINE_REFS or c.baseline == "baseline_normal" for c in clauses):
        missing = np.isnan(b.base) & (state != BaselineState.NOT_APPLICABLE)
        high = state == BaselineState.HIGH_WITHOUT_VALUE
        _flag(rungs, missing & ~high, Reason.BASELINE_MISSING)
        _flag(rungs, high, Reason.BASELINE_HIGH_WITHOUT_VALUE)
        _flag(rungs, state == BaselineState.RANGE_MISSING, Reason.BASELINE_RANGE_MISSING)
        _flag(rungs, state == BaselineState.NOT_APPLICABLE, Reason.BASELINE_RECORD)
    with np.errstate(invalid="ignore"):
        inside = b.value >= b.lln if ladder.direction == "low" else b.value <= b.uln
    _flag(rungs, inside & (rungs.grade > 0), Reason.WITHIN_REFERENCE_RANGE)  # D04
    _flag(rungs, rungs.possible != rungs.numeric, Reason.FACTS_UNKNOWN)


def _flag(rungs: Rungs, where: Bools, reason: Reason) -> None:
    rungs.reasons[where] |= np.uint32(reason)


def _limit_used(clauses: list[Clause], ladder: Ladder) -> bool:
    used = {"xULN", "ULN+"} if ladder.direction == "high" else {"xLLN", "LLN-"}
    return any(c.refs & used for c in clauses)
