"""Whether a result and its reference range can be true in the unit they came with.

The limits are those of `safety/ctcae/data/plausible.csv`: wide, so that no value a patient can have
falls outside. What does is named and kept from grading; it is never converted by guess (faults 19,
21, 46, 47 and 48).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from safety.ctcae.plausible import (
    limits_of_other_unit,
    plausible_range,
    suspect,
    usual_units,
)
from safety.intake import texts

KIND = ["PARAMCD", "SPEC", "UCUM"]
READ = ["AVAL", "COMPARATOR", "ANRLO", "ANRHI"]


def implausible(frame: pd.DataFrame) -> pd.Series[str]:
    """Return what is wrong with exact results (and lower bounds) that nobody can have.

    "" for a plausible one; missing without a number, a known unit or limits for the test.
    """
    told = texts.nothing(frame.index)
    judged = frame[frame["AVAL"].notna() & ~frame["COMPARATOR"].isin(["<", "<="])]
    for (code, specimen, unit), rows in _kinds(judged):
        expected = plausible_range(code, specimen, unit)
        if expected is None:
            continue
        values = rows["AVAL"].to_numpy(np.float64)
        odd = suspect(code, specimen, unit, values)
        odd &= rows["COMPARATOR"].eq("").to_numpy() | (values > expected[1])
        told[rows.index] = ""
        told[rows.index[odd]] = [
            _implausible(code, specimen, unit, value, expected) for value in values[odd]
        ]
    return told


def _implausible(
    code: str, specimen: str, unit: str, value: float, expected: tuple[float, float]
) -> str:
    said = f"{code} {value:g} {unit}: possible is {expected[0]:g} to {expected[1]:g} {unit}"
    likely = [u for u in usual_units(code, specimen, value) if u != unit]
    return f"{said}; usual would be {value:g} {' or '.join(likely)}" if likely else said


def wrong_range(frame: pd.DataFrame) -> pd.Series[str]:
    """Return what is wrong with reference ranges: swapped, or in another unit than the value.

    "" for a range that may be right; missing for a row without limits.
    """
    low, high = frame["ANRLO"], frame["ANRHI"]
    told = texts.nothing(frame.index)
    told[low.notna() | high.notna()] = ""
    for (code, specimen, unit), rows in _kinds(frame[high.notna()]):
        low_, high_ = (rows[c].to_numpy(np.float64) for c in ("ANRLO", "ANRHI"))
        other = limits_of_other_unit(code, specimen, unit, low_, high_)
        wrong = other != ""
        told[rows.index[wrong]] = [
            f"range {_range(lo, hi)} {unit} of {code}: usual would be {u}"
            for lo, hi, u in zip(low_[wrong], high_[wrong], other[wrong], strict=True)
        ]
    swapped = low.gt(high)
    told[swapped] = [
        f"range {_range(lo, hi)}: the lower limit is above the upper one"
        for lo, hi in zip(low[swapped], high[swapped], strict=True)
    ]
    return told


def _range(low: float, high: float) -> str:
    return f"up to {high:g}" if np.isnan(low) else f"{low:g} to {high:g}"


def _kinds(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    """Yield test, specimen and unit of results, with their rows; those of no known unit not."""
    known = frame.loc[frame["UCUM"].ne("") & frame["PARAMCD"].notna(), [*KIND, *READ]]
    for kind, rows in known.groupby(KIND, sort=False):
        code, specimen, unit = (str(part) for part in kind)
        yield (code, specimen, unit), rows
