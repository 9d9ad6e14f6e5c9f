"""Which bands of grades subjects have in common: a band is drawn only where it says for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from safety.ctcae.bands import Band, bands
from safety.ctcae.criteria import Ladder, ladders_by_test
from safety.ctcae.scales import BaselineState

LIMITS = ["ANRLO", "ANRHI", "BASE", "BASESTATE"]
DIGITS = 6  # of an edge: limits that differ by less are one limit


@dataclass(frozen=True, slots=True)
class Common:
    """Bands that most subjects share. subjects: who have them; others: whose limits differ.

    Bands of several terms of one test stand together, e.g. those of low and of high values.
    """

    bands: tuple[Band, ...]
    subjects: int
    others: int

    @property
    def holds_for_all(self) -> bool:
        return self.others == 0


def ladders(
    version: str, code: str, specimens: Iterable[Any], terms: Iterable[str]
) -> list[Ladder]:
    """Return the ladders of a test and its terms; none for values of several specimens."""
    known = {"" if pd.isna(s) else str(s) for s in specimens}
    if len(known) != 1:
        return []
    wanted = set(terms)
    return [x for x in ladders_by_test(version).get((code, known.pop()), ()) if x.term in wanted]


def of_one(ladder: Ladder, unit: str, limits: Any) -> tuple[Band, ...]:
    """Return the bands for a value's limits (LIMITS), in the unit that they and it are in."""
    low, high = _positive(limits.ANRLO), _positive(limits.ANRHI)
    usable = not low > high
    state = limits.BASESTATE
    return tuple(bands(
        ladder, unit, lln=low if usable else np.nan, uln=high if usable else np.nan,
        base=np.nan if pd.isna(limits.BASE) else float(limits.BASE),
        base_state=BaselineState.MISSING if pd.isna(state) else int(state),
    ))  # fmt: skip


def _positive(number: Any) -> float:
    return float(number) if pd.notna(number) and number > 0 else np.nan


def common(rows: pd.DataFrame, found: list[Ladder], unit: str, *, multiple: bool) -> Common:
    """Return the bands that most subjects have.

    rows: USUBJID, GUNIT, UCUM and LIMITS, one row a value. multiple: as multiples of the ULN. A
    value that was converted has its limits in another unit; it tells of no bands.
    """
    told = rows[rows["GUNIT"].eq(unit) & rows["UCUM"].eq(unit)]
    unlike = rows["USUBJID"].nunique() - told["USUBJID"].nunique()
    memory: dict[Any, tuple[Band, ...] | None] = {}
    by_subject: dict[str, set[tuple[Band, ...] | None]] = {}
    for limits in told[["USUBJID", *LIMITS]].drop_duplicates().itertuples(index=False):
        key = tuple(None if pd.isna(x) else x for x in limits[1:])
        if key not in memory:
            memory[key] = _bands(found, unit, limits, multiple=multiple)
        by_subject.setdefault(limits.USUBJID, set()).add(memory[key])
    one = Counter(next(iter(s)) for s in by_subject.values() if len(s) == 1)
    shared, count = next(iter((one - Counter({None: one[None]})).most_common(1)), ((), 0))
    return Common(shared or (), count, len(by_subject) - count + unlike)


def _bands(
    found: list[Ladder], unit: str, limits: Any, *, multiple: bool
) -> tuple[Band, ...] | None:
    """Return the bands of all ladders for one value; None where it has no multiple of the ULN."""
    every = [b for ladder in found for b in of_one(ladder, unit, limits)]
    upper = _positive(limits.ANRHI) if multiple else 1.0
    if np.isnan(upper):
        return None
    return tuple(
        Band(round(b.low / upper, DIGITS), round(b.high / upper, DIGITS), b.grade)
        for b in every
        if b.grade > 0
    )
