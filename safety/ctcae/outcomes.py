"""Everything a ladder can answer, worked out once: one entry for each way a row can lie.

A row is fully described by its positions on the scales of the ladder, the state of its baseline
and what is known of the facts the data can tell. There are some hundreds of such ways. Their
grade, possible grades, reasons and criterion are found by climbing the ladder on all of them at
once; after that a row only needs the number of its way (`code`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from safety.ctcae.criteria import ASKED_FACTS, BASELINE_REFS, OUTSIDE_REFS, Ladder, Ref, facts
from safety.ctcae.ladder import NOT_GRADABLE, Policy, Rungs, climb
from safety.ctcae.reasons import Reason
from safety.ctcae.scales import BaselineState, Block, Codes, FactState, Scale, place, scales
from safety.ctcae.truth import ABOVE_ULN, BELOW_LLN, Joint, uln_that_rules_out
from safety.ctcae.units import Conversion

_FACT_REASONS = {
    "symptomatic": Reason.SYMPTOMS_UNKNOWN,
    "on_anticoagulation": Reason.ANTICOAGULATION_UNKNOWN,
}


_NOBODY_TOLD = np.zeros(0, np.int8)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The answers of one ladder under one policy, its limits stated in one unit.

    The code of a row is the mixed-radix number of its positions, baseline state and facts.
    """

    ladder: Ladder
    scales: tuple[Scale, ...]
    uses_baseline: bool
    asked: tuple[str, ...]
    unit_known: bool
    rungs: Rungs

    def __len__(self) -> int:
        return len(self.rungs.grade)

    def code(self, b: Block, to_criterion: Conversion) -> Codes:
        """Return the code of every row; rows without a value get any."""
        places = [place(scale, b, to_criterion) for scale in self.scales]
        sizes = [scale.size for scale in self.scales]
        if self.uses_baseline:
            places.append(b.base_state)
            sizes.append(BaselineState.COUNT)
        for name in self.asked:
            places.append(b.facts.get(name, _NOBODY_TOLD))
            sizes.append(FactState.COUNT)
        code = places[0].astype(np.int16)
        stride = 1
        for size, column in zip(sizes, places[1:], strict=False):
            stride *= size
            if column is not _NOBODY_TOLD:
                code += column * np.int16(stride)
        return code


@lru_cache(maxsize=4096)
def outcomes(ladder: Ladder, unit: str, policy: Policy, *, unit_known: bool = True) -> Outcomes:
    """Return the outcomes of a ladder whose limits are read in `unit`.

    unit_known False: limits stated in a unit cannot be compared, multiples of a limit can (D29).
    """
    scales_ = tuple(_scales(ladder, unit).values())
    clauses = ladder.in_unit(unit)
    uses_baseline = any(
        c.refs & BASELINE_REFS or c.baseline.startswith("baseline_") for c in clauses if c.numeric
    )
    following = {fact for c in clauses if c.fact for fact, _ in facts()[c.fact].follows}
    asked = tuple(name for name in ASKED_FACTS if name in following)
    joint = _every_way(scales_, uses_baseline, asked, unit_known=unit_known)
    rungs = climb(ladder, unit, joint, policy)
    _union_over_unknown_facts(ladder, asked, joint, rungs)
    return Outcomes(ladder, scales_, uses_baseline, asked, unit_known, rungs)


def _scales(ladder: Ladder, unit: str) -> dict[Ref, Scale]:
    bounds = [(ABOVE_ULN, True)] if ladder.direction == "high" else [(BELOW_LLN, False)]
    for clause in ladder.in_unit(unit):
        sides = [(clause.lower, True), (clause.upper, False)]
        bounds += [(b, low) for b, low in sides if b is not None and b.ref not in OUTSIDE_REFS]
        if clause.refs & {"xMI_CUTOFF"}:
            bounds.append((ABOVE_ULN, True))
        by_uln = uln_that_rules_out(clause)
        if by_uln is not None:
            bounds.append((by_uln, True))
        if clause.baseline == "abnormal":  # D16
            bounds.append((BELOW_LLN, False))
    return scales(bounds)


def _every_way(
    scales_: tuple[Scale, ...], uses_baseline: bool, asked: tuple[str, ...], *, unit_known: bool
) -> Joint:
    """Every combination of positions and states, in the order of the codes."""
    sizes = [s.size for s in scales_]
    sizes += [BaselineState.COUNT] if uses_baseline else []
    sizes += [FactState.COUNT] * len(asked)
    axes = np.unravel_index(np.arange(np.prod(sizes, dtype=int)), sizes, order="F")
    size = len(axes[0])
    positions = {s.ref: axes[i].astype(np.int16) for i, s in enumerate(scales_)}
    state = axes[len(scales_)] if uses_baseline else np.full(size, BaselineState.NORMAL)
    facts_at = len(scales_) + uses_baseline
    told = {name: axes[facts_at + i].astype(np.int8) for i, name in enumerate(asked)}
    nobody = np.full(size, FactState.UNKNOWN, np.int8)
    return Joint(
        size=size,
        scales={s.ref: s for s in scales_},
        positions=positions,
        base_state=state.astype(np.int8),
        facts={name: told.get(name, nobody) for name in ASKED_FACTS},
        unit_known=unit_known,
    )


def _union_over_unknown_facts(
    ladder: Ladder, asked: tuple[str, ...], joint: Joint, rungs: Rungs
) -> None:
    """Let an unknown fact allow what either answer to it would allow."""
    stride = joint.size
    for name in reversed(asked):
        stride //= FactState.COUNT
        unknown = np.flatnonzero(joint.facts[name] == FactState.UNKNOWN)
        absent, present = unknown + stride * FactState.ABSENT, unknown + stride * FactState.PRESENT
        if name == "symptomatic":
            _symptoms_never_lower(ladder, rungs, absent, present)
        either = rungs.possible[absent] | rungs.possible[present]
        rungs.possible[unknown] = either | _bit(rungs.grade[unknown])
        matters = (rungs.possible[absent] != rungs.possible[present]) | (
            rungs.grade[absent] != rungs.grade[present]
        )
        others = rungs.reasons[absent] | rungs.reasons[present]
        rungs.reasons[unknown] &= ~np.uint64(Reason.FACTS_UNKNOWN)
        rungs.reasons[unknown] |= others & np.uint64(Reason.FACTS_UNKNOWN)
        rungs.reasons[unknown[matters]] |= np.uint64(_FACT_REASONS[name])


def _bit(grade: npt.NDArray[np.int8]) -> npt.NDArray[np.uint8]:
    """The grade as a set of one, empty for not gradable."""
    shifted = np.left_shift(1, np.maximum(grade, 0))
    return np.where(grade == NOT_GRADABLE, 0, shifted).astype(np.uint8)


def _symptoms_never_lower(
    ladder: Ladder, rungs: Rungs, absent: npt.NDArray[np.int64], present: npt.NDArray[np.int64]
) -> None:
    """Take the grade where symptoms only rule out the milder grade: the worse one is clinical.

    Below LLN, pancreatic enzymes are grade 1 if asymptomatic; with symptoms NCI's grades 2 and 3
    are no numbers, and 0 would be a guess.
    """
    free, told = rungs.possible[absent], rungs.possible[present]
    graded, milder = rungs.grade[present], rungs.grade[absent]
    lower = (graded >= 0) & ((_top(free) > _top(told)) | (graded < milder))
    at = present[lower]
    rungs.grade[at] = NOT_GRADABLE
    rungs.criterion[at] = ""
    exist = sum(1 << g for g in ladder.existing if g <= 4)
    ruled_out = free[lower] & ~told[lower] & 0b11110
    lowest = (ruled_out & (~ruled_out + np.uint8(1))).astype(np.uint8)
    rungs.possible[at] = told[lower] | (~(lowest - np.uint8(1)) & np.uint8(exist))
    certain = milder[lower] > 0  # the number is off: 0 is no answer
    rungs.possible[at[certain]] &= ~np.uint8(1)
    rungs.reasons[at] |= np.uint64(Reason.FACTS_UNKNOWN)
    rungs.reasons[at] |= rungs.reasons[absent[lower]] & np.uint64(Reason.RANGE_MISSING)


def _top(possible: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Highest grade of sets, 0 for none."""
    return np.floor(np.log2(np.maximum(possible, 1))).astype(np.int64)
