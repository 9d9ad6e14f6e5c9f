"""Where a value lies among the limits of a ladder, on whole columns at once.

A *scale* is one reference (a number, the ULN, the LLN, the baseline) with every limit the ladder
draws on it, in order. The *position* of a value is how many of them it has passed. Positions are
all the arithmetic there is: what they mean is looked up (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae.criteria import Bound, Ref
from safety.ctcae.units import Conversion

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int16]
Places = npt.NDArray[np.int8]

TOLERANCE = 1e-12  # D25: relative, so that a unit conversion does not move a value over a limit


class BaselineState:
    """What is known of a record's baseline (D06-D10)."""

    MISSING, NORMAL, ABNORMAL, HIGH_WITHOUT_VALUE, RANGE_MISSING, NOT_APPLICABLE = range(6)
    COUNT = 6


class FactState:
    """What is known of a clinical fact that the data can tell."""

    UNKNOWN, ABSENT, PRESENT = range(3)
    COUNT = 3


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one test in one unit; every array has the same length.

    value, lln, uln, base: in that unit, NaN for missing or unusable; base_state: BaselineState;
    facts: FactState by name of the fact, absent names being unknown on every row.
    """

    value: Floats
    lln: Floats
    uln: Floats
    base: Floats
    base_state: npt.NDArray[np.int8]
    facts: dict[str, npt.NDArray[np.int8]]

    def __len__(self) -> int:
        return len(self.value)

    def take(self, index: npt.NDArray[np.int64] | slice) -> Block:
        """Return the rows of an index, repeated as often as they are in it."""
        return Block(
            self.value[index],
            self.lln[index],
            self.uln[index],
            self.base[index],
            self.base_state[index],
            {name: column[index] for name, column in self.facts.items()},
        )


class Cut(NamedTuple):
    """A limit that a value passes by reaching it (inclusive) or by exceeding it."""

    factor: float
    exclusive: bool  # sorts after the inclusive cut of the same factor


@dataclass(frozen=True, slots=True)
class Scale:
    """Limits on one reference, ascending; `unknown` is the position nobody can tell."""

    ref: Ref
    cuts: tuple[Cut, ...]

    @property
    def unknown(self) -> int:
        return len(self.cuts) + 1

    @property
    def size(self) -> int:
        return len(self.cuts) + 2

    def passed_at(self, cut: Cut) -> int:
        """Return the lowest position at which a value has passed a cut of this scale."""
        return self.cuts.index(cut) + 1


def scales(bounds: Iterable[tuple[Bound, bool]]) -> dict[Ref, Scale]:
    """Return the scales that decide bounds, each given with whether it is a lower bound."""
    found: dict[Ref, set[Cut]] = {}
    for bound, is_lower in bounds:
        found.setdefault(bound.ref, set()).add(cut_of(bound, is_lower=is_lower))
    return {ref: Scale(ref, tuple(sorted(cuts))) for ref, cuts in found.items()}


def cut_of(bound: Bound, *, is_lower: bool) -> Cut:
    """Return the cut that decides a bound: `> x` and `<= x` share one, `>= x` and `< x` another.

    So neighbouring clauses meet without gap or overlap (D03, D05), and a value at ULN or LLN is on
    the side the printed sign says (D02). Nothing is rounded before it (D26).
    """
    return Cut(bound.factor, exclusive=bound.inclusive != is_lower)


class _Ratio(NamedTuple):
    """The value against multiples of a limit; needs no unit."""

    limit: Floats
    multiple: Callable[[float], float]


class _Plain(NamedTuple):
    """A quantity against numbers, with the rounding slack of its operands."""

    quantity: Floats
    slack: Floats | float
    in_unit: bool  # the numbers are in the unit of the criterion


def _readings(ref: Ref, b: Block, *, once: bool) -> _Ratio | _Plain:
    """Return what is compared; once: only with the limit itself, which may then be 0."""
    if ref in ("xULN", "xLLN"):
        return _Ratio(b.uln if ref == "xULN" else b.lln, float)
    if ref in ("xBASE", "PCTINC"):
        base = b.base if once else _positive(b.base)
        return _Ratio(base, float if ref == "xBASE" else lambda percent: 1.0 + percent / 100.0)
    if ref == "PCTDEC":
        base = _positive(b.base)
        return _Plain(100.0 * (base - b.value) / base, 100.0 * TOLERANCE, in_unit=False)
    if ref == "ABS":
        return _Plain(b.value, 0.0, in_unit=True)
    limit = {"ULN+": b.uln, "LLN-": b.lln}.get(ref, b.base)
    difference = b.value - limit if ref.endswith("+") else limit - b.value
    return _Plain(difference, TOLERANCE * (np.abs(b.value) + np.abs(limit)), in_unit=True)


def _positive(base: Floats) -> Floats:
    """The baseline, or NaN where a multiple of it would mean nothing."""
    return np.where(base > 0, base, np.nan)


def place(scale: Scale, b: Block, to_criterion: Conversion) -> Places:
    """Return the position of every row on a scale.

    Limits are converted to the unit of the rows, not the rows to the unit of the limits (D23).
    Rows without a value are placed anywhere; the caller leaves them out.
    """
    reading = _readings(scale.ref, b, once={c.factor for c in scale.cuts} == {1.0})
    if isinstance(reading, _Ratio):
        passed = (
            b.value > reading.limit * (reading.multiple(c.factor) * (1.0 + TOLERANCE))
            if c.exclusive
            else b.value >= reading.limit * (reading.multiple(c.factor) * (1.0 - TOLERANCE))
            for c in scale.cuts
        )
        return _count(passed, np.isnan(reading.limit), scale.unknown)
    plain = (_passes(c, reading, scale.ref, to_criterion) for c in scale.cuts)
    unknown = None if scale.ref == "ABS" else np.isnan(reading.quantity)
    return _count(plain, unknown, scale.unknown)


def _passes(cut: Cut, reading: _Plain, ref: Ref, to_criterion: Conversion) -> Bools:
    limit = cut.factor
    if reading.in_unit:
        offset = to_criterion.offset if ref == "ABS" else 0.0
        limit = (limit - offset) / to_criterion.factor
    slack = (
        np.maximum(reading.slack, TOLERANCE * abs(limit))
        if ref != "ABS"
        else (TOLERANCE * abs(limit))
    )
    if cut.exclusive:
        return reading.quantity > limit + slack
    return reading.quantity >= limit - slack


def _count(passed: Iterable[Bools], unknown: Bools | None, unknown_position: int) -> Places:
    """Add up the cuts each row has passed."""
    first, *others = passed
    position = first.view(np.int8)
    for one in others:
        position += one.view(np.int8)
    if unknown is not None and unknown.any():
        position[unknown] = unknown_position
    return position


def value_at(scale: Scale, cut: Cut, b: Block, to_criterion: Conversion) -> Floats:
    """Return the value, in the unit of the rows, that lies exactly at a cut; NaN if unknown."""
    number = np.full(len(b), cut.factor)
    step = number / to_criterion.factor
    return {
        "ABS": (number - to_criterion.offset) / to_criterion.factor,
        "xULN": number * b.uln,
        "xLLN": number * b.lln,
        "xBASE": number * _positive(b.base),
        "ULN+": b.uln + step,
        "LLN-": b.lln - step,
        "BASE+": b.base + step,
        "BASE-": b.base - step,
        "PCTINC": _positive(b.base) * (1.0 + number / 100.0),
        "PCTDEC": _positive(b.base) * (1.0 - number / 100.0),
    }.get(scale.ref, np.full(len(b), np.nan))


class Limits(NamedTuple):
    """Reference limits that can be used, and the rows whose limit was there but cannot (D38)."""

    lln: Floats
    uln: Floats
    lln_lost: Bools
    uln_lost: Bools


def usable_limits(lln: Floats, uln: Floats) -> Limits:
    """Return limits with NaN where they cannot be used (D38).

    A limit of zero or less is no limit; of a reversed pair nobody knows which one is right.
    """
    lln_lost, uln_lost = lln <= 0, uln <= 0
    reversed_ = (lln > uln) & ~lln_lost & ~uln_lost
    if reversed_.any():
        lln_lost, uln_lost = lln_lost | reversed_, uln_lost | reversed_
    if lln_lost.any():
        lln = np.where(lln_lost, np.nan, lln)
    if uln_lost.any():
        uln = np.where(uln_lost, np.nan, uln)
    return Limits(lln, uln, lln_lost, uln_lost)
