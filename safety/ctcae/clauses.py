"""Evaluate clauses on whole columns with three truth values.

A `Truth` is a pair of boolean arrays; a row with neither true nor false is unknown. Unknown is
never false: it is what keeps a missing limit from looking like grade 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae.criteria import BASELINE_REFS, OUTSIDE_REFS, Bound, Clause

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TOLERANCE = 1e-12  # D25: relative, so that a unit conversion does not move a value over a limit


class BaselineState:
    """Codes of column BASESTATE: what is known of a record's baseline (D06-D10)."""

    MISSING, NORMAL, ABNORMAL, HIGH_WITHOUT_VALUE, RANGE_MISSING, NOT_APPLICABLE = range(6)


class Truth(NamedTuple):
    """Three-valued result of a comparison, one entry a row."""

    true: Bools
    false: Bools

    @property
    def unknown(self) -> Bools:
        return ~(self.true | self.false)

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.true & other.true, self.false | other.false)


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one analyte in one unit; all arrays have the same length."""

    value: Floats
    lln: Floats
    uln: Floats
    base: Floats
    base_state: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.value)

    def assuming_normal_baseline(self) -> Block:
        """D09: where nothing is known of the baseline, read the clauses for a normal one."""
        state = self.base_state
        undecided = (state == BaselineState.MISSING) | (state == BaselineState.RANGE_MISSING)
        assumed = np.where(undecided, BaselineState.NORMAL, state).astype(np.int8)
        return replace(self, base_state=assumed)


def constant(size: int, value: bool) -> Truth:
    """A truth that is the same on every row."""
    return Truth(np.full(size, value), np.full(size, not value))


def unknown(size: int) -> Truth:
    """A truth that nobody knows."""
    return Truth(np.zeros(size, bool), np.zeros(size, bool))


Operands = tuple[Floats, Floats, Floats]  # measured quantity, limit, scale of the operands


def _absolute(factor: float, b: Block) -> Operands:
    return b.value, np.full(len(b), factor), np.abs(b.value)


def _times(limit: Callable[[Block], Floats]) -> Callable[[float, Block], Operands]:
    """The value against a multiple of a limit."""
    return lambda factor, b: (b.value, factor * limit(b), np.abs(b.value))


def _beyond(limit: Callable[[Block], Floats], sign: int) -> Callable[[float, Block], Operands]:
    """How far the value lies above (sign 1) or below (-1) a limit."""
    return lambda factor, b: (
        sign * (b.value - limit(b)),
        np.full(len(b), factor),
        np.abs(b.value) + np.abs(limit(b)),
    )


def _percent(sign: int) -> Callable[[float, Block], Operands]:
    """Percent increase (sign 1) or decrease (-1) from baseline."""

    def operands(factor: float, b: Block) -> Operands:
        base = np.where(b.base > 0, b.base, np.nan)
        change = sign * 100.0 * (b.value - base) / base
        return change, np.full(len(b), factor), np.full(len(b), 100.0)

    return operands


_OPERANDS: dict[str, Callable[[float, Block], Operands]] = {
    "ABS": _absolute,
    "xULN": _times(lambda b: b.uln),
    "xLLN": _times(lambda b: b.lln),
    "xBASE": _times(lambda b: np.where(b.base > 0, b.base, np.nan)),
    "ULN+": _beyond(lambda b: b.uln, 1),
    "LLN-": _beyond(lambda b: b.lln, -1),
    "BASE+": _beyond(lambda b: b.base, 1),
    "BASE-": _beyond(lambda b: b.base, -1),
    "PCTINC": _percent(1),
    "PCTDEC": _percent(-1),
}


def _side(bound: Bound | None, b: Block, above: bool) -> Truth:
    if bound is None:
        return constant(len(b), True)
    if bound.ref == "xMI_CUTOFF":  # not in CTCAE, but it lies above ULN
        with np.errstate(invalid="ignore"):
            below = b.value <= b.uln
        never = np.zeros(len(b), bool)
        return Truth(never, below) if above else Truth(below, never)
    if bound.ref in OUTSIDE_REFS:
        return unknown(len(b))
    quantity, limit, scale = _OPERANDS[bound.ref](bound.factor, b)
    slack = TOLERANCE * np.maximum(scale, np.abs(limit))
    known = np.isfinite(quantity) & np.isfinite(limit)
    distance = quantity - limit if above else limit - quantity
    with np.errstate(invalid="ignore"):
        met = distance >= -slack if bound.inclusive else distance > slack
    return Truth(met & known, ~met & known)


def _baseline_holds(clause: Clause, b: Block) -> Truth:
    """Whether the clause's baseline condition holds (D06-D09, D16)."""
    state = b.base_state
    normal = (state == BaselineState.NORMAL) | (state == BaselineState.NOT_APPLICABLE)
    abnormal = (state == BaselineState.ABNORMAL) | (state == BaselineState.HIGH_WITHOUT_VALUE)
    if clause.baseline == "baseline_abnormal":
        return Truth(abnormal, normal)
    if clause.baseline == "baseline_normal":
        return Truth(normal, abnormal)
    if clause.baseline == "no_baseline":
        return Truth(np.isnan(b.base), ~np.isnan(b.base))
    if clause.baseline == "abnormal":  # D16: the value itself is below LLN
        return _side(Bound(1.0, "xLLN", False), b, above=False)
    return constant(len(b), True)


def compare(clause: Clause, b: Block) -> Truth:
    """Compare one numeric clause with every row, its baseline condition included.

    A record at or before baseline is never compared with a baseline that is itself (D07).
    """
    sides = _side(clause.lower, b, above=True) & _side(clause.upper, b, above=False)
    met = sides & _baseline_holds(clause, b)
    if clause.baseline == "baseline_abnormal":
        met = Truth(met.true, met.false | _ruled_out_by_uln(clause, b))
    if clause.refs & BASELINE_REFS:
        itself = b.base_state == BaselineState.NOT_APPLICABLE
        # an alternative falls away; a condition joined by AND (D41) stays unknown
        gone = np.zeros(len(b), bool) if clause.joined else itself
        met = Truth(met.true & ~itself, (met.false & ~itself) | gone)
    return met


def _ruled_out_by_uln(clause: Clause, b: Block) -> Bools:
    """Rows where no abnormal (above ULN) baseline could meet the clause: value <= factor x ULN."""
    if clause.lower is None:
        return np.zeros(len(b), bool)
    by_uln = _side(Bound(clause.lower.factor, "xULN", False), b, above=True)
    return by_uln.false & (b.base_state == BaselineState.MISSING)


def lacks_baseline(clause: Clause, b: Block) -> Bools:
    """Rows whose missing baseline leaves the clause out of the grade (D09, D10).

    A baseline known to be high but not its value (D09) and a condition joined by AND (D41) are
    not left out: they stay unknown and block the grade.
    """
    if clause.joined or not clause.refs & BASELINE_REFS:
        return np.zeros(len(b), bool)
    return (
        np.isnan(b.base)
        & (b.base_state != BaselineState.NOT_APPLICABLE)
        & (b.base_state != BaselineState.HIGH_WITHOUT_VALUE)
        & (b.base_state != BaselineState.ABNORMAL)
    )
