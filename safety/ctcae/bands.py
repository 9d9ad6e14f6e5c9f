"""Which values have which grade, for drawing: found by asking the ladder itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safety.ctcae.criteria import Ladder
from safety.ctcae.outcomes import outcomes
from safety.ctcae.plan import SAME
from safety.ctcae.scales import BaselineState, Block, value_at


@dataclass(frozen=True, slots=True)
class Band:
    """Values from `low` to `high` (infinite at the ends) have `grade`, -1 for not gradable."""

    low: float
    high: float
    grade: int


def bands(
    ladder: Ladder,
    unit: str,
    *,
    lln: float = np.nan,
    uln: float = np.nan,
    base: float = np.nan,
    base_state: int = BaselineState.MISSING,
) -> list[Band]:
    """Return the bands of a ladder for given limits, lowest first; equal neighbours are merged.

    Limits and the result are in `unit`, one the ladder is stated in. Limits that are not usable
    (D38) are given as NaN.
    """
    table = outcomes(ladder, unit, "number_only")
    one = _block(np.array([0.0]), lln, uln, base, base_state)
    found = (float(value_at(s, c, one, SAME)[0]) for s in table.scales for c in s.cuts)
    cuts = sorted({v for v in found if np.isfinite(v) and v > 0})
    edges = [0.0, *cuts]
    middles = [(a + b) / 2 for a, b in zip(edges, cuts, strict=False)]
    points = np.array([*middles, edges[-1] * 2 + 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        codes = table.code(_block(points, lln, uln, base, base_state), SAME)
    return _merged([
        Band(low, high, int(table.rungs.grade[code]))
        for low, high, code in zip(edges, [*cuts, np.inf], codes, strict=True)
    ])  # fmt: skip


def _block(values: np.ndarray, lln: float, uln: float, base: float, base_state: int) -> Block:
    size = len(values)
    return Block(
        values, np.full(size, lln), np.full(size, uln), np.full(size, base),
        np.full(size, base_state, np.int8), {},
    )  # fmt: skip


def _merged(found: list[Band]) -> list[Band]:
    kept: list[Band] = []
    for band in found:
        if kept and kept[-1].grade == band.grade:
            kept[-1] = Band(kept[-1].low, band.high, band.grade)
        else:
            kept.append(band)
    return kept
