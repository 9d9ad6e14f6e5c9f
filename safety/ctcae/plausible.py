"""What a measurement can be: ranges outside which a value, or its unit, is suspect.

`data/plausible.csv` is wide on purpose: a value of a living patient should hardly ever fall
outside. It also holds what patients usually have and where laboratories set LLN and ULN, to
suggest a unit where none is usable. Suspicion and suggestion are for people; nothing is graded
or converted by them (fault 19).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae.rows import read_rows
from safety.ctcae.units import Conversion, conversion

Numbers = npt.NDArray[np.float64]
Interval = tuple[float, float]


class Plausible(NamedTuple):
    """One row: intervals of a test in `unit`, ends included; None where we set none."""

    unit: str
    possible: Interval
    zero: bool
    usual: Interval | None
    lln: Interval | None
    uln: Interval | None
    reported_in: tuple[str, ...]


def _interval(row: dict[str, str], name: str) -> Interval | None:
    low, high = row[f"{name}low"], row[f"{name}high"]
    return (float(low), float(high)) if low else None


@cache
def _table() -> dict[tuple[str, str], list[Plausible]]:
    table: dict[tuple[str, str], list[Plausible]] = {}
    for r in read_rows("plausible.csv"):
        row = Plausible(
            unit=r["unit"],
            possible=(float(r["low"]), float(r["high"])),
            zero=r["zero"] == "1",
            usual=_interval(r, "usual_"),
            lln=_interval(r, "lln_"),
            uln=_interval(r, "uln_"),
            reported_in=tuple(r["units"].split()),
        )
        for testcd in r["testcds"].split():
            table.setdefault((testcd, r["specimen"]), []).append(row)
    return table


def _in(interval: Interval, step: Conversion) -> Interval:
    low, high = (step.factor * end + step.offset for end in interval)
    return low, high


@cache
def _row(testcd: str, specimen: str, ucum: str) -> tuple[Plausible, Conversion] | None:
    """Return the row that speaks of this unit, and how to get from its unit to this."""
    for row in _table().get((testcd, specimen), ()):
        step = conversion(testcd, row.unit, ucum)
        if step is not None:
            return row, step
    return None


@cache
def plausible_range(testcd: str, specimen: str, ucum: str) -> Interval | None:
    """Return the lowest and highest plausible value in a UCUM unit, or None if we set none.

    The specimen is "" outside the laboratory. Instruments that count also report a plain 0 (see
    `suspect`), which need not lie in the range: platelets of 0.2 x 10*9/L are a wrong unit.
    """
    found = _row(testcd, specimen, ucum)
    return None if found is None else _in(found[0].possible, found[1])


def suspect(testcd: str, specimen: str, ucum: str, values: Numbers) -> npt.NDArray[np.bool_]:
    """Return, for values (n,) in one unit, where they are implausible.

    Never for NaN, for a test or unit without a range, or for the 0 of an instrument that counts.
    """
    found = _row(testcd, specimen, ucum)
    if found is None:
        return np.zeros(values.shape, dtype=np.bool_)
    row, step = found
    return (
        ~np.isnan(values) & ~_within(values, _in(row.possible, step)) & ~(row.zero & (values == 0))
    )


def _within(values: Numbers, interval: Interval) -> npt.NDArray[np.bool_]:
    # a converted limit may be off by its last digit
    slack = 1e-12 * max(abs(interval[0]), abs(interval[1]))
    return (values >= interval[0] - slack) & (values <= interval[1] + slack)


def likely_unit(
    testcd: str, specimen: str, value: Numbers, lln: Numbers, uln: Numbers
) -> npt.NDArray[np.object_]:
    """Suggest, for people, the unit of results that came without a usable one.

    Takes arrays (n,) with NaN for what is missing; returns UCUM codes (n,), "" where none or
    several units fit. The reference limits decide where there are any (LLN 8.1 and ULN 10.5 are
    a hemoglobin range in mmol/L); else the value must be usual in exactly one unit.
    """
    suggestion = np.full(value.shape, "", dtype=object)
    fits = np.zeros(value.shape, dtype=np.int64)
    for row in _table().get((testcd, specimen), ()):
        for ucum in row.reported_in:
            step = conversion(testcd, row.unit, ucum)
            if step is not None:
                here = _fits(row, step, value, lln, uln)
                suggestion[here] = ucum
                fits += here
    suggestion[fits != 1] = ""
    return suggestion


def _fits(
    row: Plausible, step: Conversion, value: Numbers, lln: Numbers, uln: Numbers
) -> npt.NDArray[np.bool_]:
    """Where value and limits are those of a unit."""
    nothing = np.zeros(value.shape, dtype=np.bool_)
    usual = nothing if row.usual is None else _within(value, _in(row.usual, step))
    if row.uln is None:
        return usual
    usable = (uln > 0) & ~(lln > uln)  # D38
    by_limits = _within(uln, _in(row.uln, step))
    if row.lln is not None:
        by_limits &= np.isnan(lln) | _within(lln, _in(row.lln, step))
    return np.where(usable, by_limits & _within(value, _in(row.possible, step)), usual)


def usual_units(testcd: str, specimen: str, value: float) -> tuple[str, ...]:
    """Return the UCUM units in which a value would be a usual one, for people (fault 19)."""
    return tuple(
        unit for unit, row, step in _reported(testcd, specimen) if _usual(row, step, value)
    )


def possible_units(testcd: str, specimen: str, value: float) -> tuple[str, ...]:
    """Return the UCUM units sites report a test in and in which a value is plausible."""
    number = np.array([value])
    return tuple(
        unit
        for unit, _, _ in _reported(testcd, specimen)
        if not suspect(testcd, specimen, unit, number)[0]
    )


def limits_of_other_unit(
    testcd: str, specimen: str, ucum: str, lln: Numbers, uln: Numbers
) -> npt.NDArray[np.object_]:
    """Return, for reference ranges (n,) given in a unit, the only other one whose range they are.

    "" where they may be limits in the unit itself, or in several others, or in none we know.
    """
    found = np.full(uln.shape, "", dtype=object)
    own = _row(testcd, specimen, ucum)
    if own is None or own[0].uln is None:
        return found
    fits = np.zeros(uln.shape, dtype=np.int64)
    for unit, row, step in _reported(testcd, specimen):
        if unit != ucum:
            here = _limits_fit(row, step, lln, uln)
            found[here] = unit
            fits += here
    found[(fits != 1) | _uln_fits(*own, uln)] = ""
    return found


def _reported(testcd: str, specimen: str) -> list[tuple[str, Plausible, Conversion]]:
    """Return the units sites report a test in, each with its row and how to get there."""
    rows = _table().get((testcd, specimen), ())
    steps = [(u, row, conversion(testcd, row.unit, u)) for row in rows for u in row.reported_in]
    return [(unit, row, step) for unit, row, step in steps if step is not None]


def _usual(row: Plausible, step: Conversion, value: float) -> bool:
    if row.usual is None:
        return False
    return bool(_within(np.array([value]), _in(row.usual, step))[0])


def _uln_fits(row: Plausible, step: Conversion, uln: Numbers) -> npt.NDArray[np.bool_]:
    return np.zeros(uln.shape, np.bool_) if row.uln is None else _within(uln, _in(row.uln, step))


def _limits_fit(
    row: Plausible, step: Conversion, lln: Numbers, uln: Numbers
) -> npt.NDArray[np.bool_]:
    fit = _uln_fits(row, step, uln)
    return fit if row.lln is None else fit & (np.isnan(lln) | _within(lln, _in(row.lln, step)))
