"""Clauses with three truth values, read from positions on scales.

A `Truth` is a pair of boolean arrays; a row with neither true nor false is unknown. Unknown is
never false: it is what keeps a missing limit from looking like grade 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae.criteria import BASELINE_REFS, OUTSIDE_REFS, Bound, Clause, Ref
from safety.ctcae.scales import BaselineState, Bools, Codes, FactState, Scale, cut_of

ABOVE_ULN = Bound(1.0, "xULN", inclusive=False)
BELOW_LLN = Bound(1.0, "xLLN", inclusive=False)


class Truth(NamedTuple):
    """Three-valued result of a comparison, one entry a row."""

    true: Bools
    false: Bools

    @property
    def unknown(self) -> Bools:
        return ~(self.true | self.false)

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.true & other.true, self.false | other.false)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.true | other.true, self.false & other.false)


def constant(size: int, value: bool) -> Truth:
    """A truth that is the same on every row."""
    return Truth(np.full(size, value), np.full(size, not value))


def unknown(size: int) -> Truth:
    """A truth that nobody knows."""
    return Truth(np.zeros(size, bool), np.zeros(size, bool))


class Undecided(NamedTuple):
    """What is supposed where it is unknown; None leaves it unknown.

    baseline: whether one that nobody judged was above its ULN. infarction: whether a value above
    ULN reaches the maker's level of myocardial infarction. One of both always holds.
    """

    baseline: bool | None = None
    infarction: bool | None = None


NOTHING_SUPPOSED = Undecided()


@dataclass(frozen=True, slots=True)
class Joint:
    """Rows as positions on every scale of a ladder, with baseline and facts.

    unit_known: whether limits stated in a unit can be compared at all (D29).
    """

    size: int
    scales: Mapping[Ref, Scale]
    positions: Mapping[Ref, Codes]
    base_state: npt.NDArray[np.int8]
    facts: Mapping[str, npt.NDArray[np.int8]]
    unit_known: bool
    undecided: Undecided = NOTHING_SUPPOSED

    def supposing(self, undecided: Undecided) -> Joint:
        """Return the same rows under a supposition about what nobody knows."""
        return replace(self, undecided=undecided)

    def unplaced(self, ref: Ref) -> Bools:
        """Rows whose position on a scale nobody can tell."""
        if ref not in self.scales:
            return np.zeros(self.size, bool)
        return self.positions[ref] == self.scales[ref].unknown

    def without_baseline(self) -> Bools:
        """Rows whose baseline value is missing or cannot be used."""
        absent = np.zeros(self.size, bool)
        for ref in self.scales:
            if ref in BASELINE_REFS:
                absent |= self.unplaced(ref)
        return absent


def side(bound: Bound | None, joint: Joint, *, is_lower: bool) -> Truth:
    """Compare rows with one bound of a clause."""
    if bound is None:
        return constant(joint.size, True)
    if bound.ref == "xMI_CUTOFF":  # not in CTCAE, but it lies above ULN
        above = side(ABOVE_ULN, joint, is_lower=True)
        supposed = joint.undecided.infarction
        reached = above & (unknown(joint.size) if supposed is None else constant(
            joint.size, supposed))  # fmt: skip
        return reached if is_lower else Truth(reached.false, reached.true)
    if bound.ref in OUTSIDE_REFS:
        return unknown(joint.size)
    scale, position = joint.scales[bound.ref], joint.positions[bound.ref]
    known = position != scale.unknown
    passed = position >= scale.passed_at(cut_of(bound, is_lower=is_lower))
    return Truth(known & passed, known & ~passed) if is_lower else (
        Truth(known & ~passed, known & passed)
    )  # fmt: skip


def numeric_truth(clause: Clause, joint: Joint) -> Truth:
    """Compare rows with a numeric clause, its baseline condition included.

    A record at or before baseline is never compared with a baseline that is itself (D07).
    """
    if clause.unit and not joint.unit_known:
        return unknown(joint.size)
    met = side(clause.lower, joint, is_lower=True) & side(clause.upper, joint, is_lower=False)
    met &= condition_truth(clause, joint)
    if clause.baseline == "baseline_abnormal":
        met = Truth(met.true, met.false | _ruled_out_by_uln(clause, joint))
    if clause.refs & BASELINE_REFS:
        itself = joint.base_state == BaselineState.NOT_APPLICABLE
        # an alternative falls away; a condition joined by AND (D41) stays unknown
        gone = np.zeros(joint.size, bool) if clause.joined else itself
        met = Truth(met.true & ~itself, (met.false & ~itself) | gone)
    if not clause.covers:
        met = Truth(np.zeros(joint.size, bool), met.false)
    return met


def condition_truth(clause: Clause, joint: Joint) -> Truth:
    """Whether the clause's condition on baseline or anticoagulation holds (D06-D09, D15, D16)."""
    state, supposed = joint.base_state, joint.undecided.baseline
    normal = (state == BaselineState.NORMAL) | (state == BaselineState.NOT_APPLICABLE)
    abnormal = (state == BaselineState.ABNORMAL) | (state == BaselineState.HIGH_WITHOUT_VALUE)
    open_ = (state == BaselineState.MISSING) | (state == BaselineState.RANGE_MISSING)
    if supposed is not None:
        normal, abnormal = normal | (open_ & (not supposed)), abnormal | (open_ & supposed)
    if clause.baseline == "baseline_abnormal":
        return Truth(abnormal, normal)
    if clause.baseline == "baseline_normal":
        return Truth(normal, abnormal)
    if clause.baseline == "no_baseline":
        absent = joint.without_baseline() | (state == BaselineState.NOT_APPLICABLE)
        return Truth(absent, ~absent)
    if clause.baseline == "abnormal":  # D16: the value itself is below LLN
        return side(BELOW_LLN, joint, is_lower=False)
    if clause.baseline == "not_on_anticoagulation":  # D15: unknown is taken as not
        on = joint.facts["on_anticoagulation"] == FactState.PRESENT
        return Truth(~on, on)
    return constant(joint.size, True)


def _ruled_out_by_uln(clause: Clause, joint: Joint) -> Bools:
    """Rows where no abnormal (above ULN) baseline could meet the clause: value <= factor x ULN."""
    bound = uln_that_rules_out(clause)
    if bound is None:
        return np.zeros(joint.size, bool)
    below = side(bound, joint, is_lower=True).false
    return below & (joint.base_state == BaselineState.MISSING)


def uln_that_rules_out(clause: Clause) -> Bound | None:
    """Return the multiple of ULN up to which a clause for abnormal baselines cannot be met."""
    if clause.baseline != "baseline_abnormal" or clause.lower is None:
        return None
    return Bound(clause.lower.factor, "xULN", inclusive=False)


def lacks_baseline(clause: Clause, joint: Joint) -> Bools:
    """Rows whose missing baseline leaves the clause out of the grade (D09, D10).

    A baseline known to be high but not its value (D09) and a condition joined by AND (D41) are
    not left out: they stay unknown and block the grade.
    """
    if clause.joined or not clause.refs & BASELINE_REFS:
        return np.zeros(joint.size, bool)
    state = joint.base_state
    return (
        joint.without_baseline()
        & (state != BaselineState.NOT_APPLICABLE)
        & (state != BaselineState.HIGH_WITHOUT_VALUE)
        & (state != BaselineState.ABNORMAL)
    )
