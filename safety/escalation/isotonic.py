"""The MTD at the end of a trial of doses: the level whose isotonic DLT rate is nearest the target.

Rates that may not fall with the dose are the weighted least-squares fit, here by its min-max
formula (Barlow et al. 1972, Statistical Inference under Order Restrictions), which takes many
trials at once. Estimates, weights and ties as Liu & Yuan 2015 select (R package BOIN): among levels
with the same rate the higher one if that is below the target, the lower one if it is above.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safety.escalation.state import Count

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SHRINK = 0.05  # DLTs, and subjects without, that every level is given: no rate is 0 or 1
TIE = 1e-10  # added per level: far below any difference of rates, far above rounding


def select(counts: Sequence[Count], target: float, open_levels: int) -> int | None:
    """Return the index of the MTD among the levels treated and not eliminated, None for none."""
    n, y = _arrays(counts)
    chosen = int(select_many(n, y, np.array([open_levels]), target)[0])
    return None if chosen < 0 else chosen


def select_many(n: ArrayLike, y: ArrayLike, open_levels: ArrayLike, target: float) -> Ints:
    """Return the index of the MTD of every trial, -1 for none.

    n, y: subjects and DLTs [trials, levels]. open_levels [trials]: levels below it may be chosen.
    """
    fitted = pooled_many(n, y, open_levels)
    ranks = np.cumsum(~np.isnan(fitted), axis=1) * TIE
    distance = np.abs(fitted + ranks - target)
    nearest = np.argmin(np.where(np.isnan(fitted), np.inf, distance), axis=1)
    return np.where(np.isnan(fitted).all(axis=1), -1, nearest).astype(np.int64)


def pooled(counts: Sequence[Count], open_levels: int) -> tuple[float | None, ...]:
    """Return the isotonic DLT rate by level, None where nobody was treated or it is eliminated."""
    n, y = _arrays(counts)
    fitted = pooled_many(n, y, np.array([open_levels]))[0]
    return tuple(None if np.isnan(rate) else float(rate) for rate in fitted)


def pooled_many(n: ArrayLike, y: ArrayLike, open_levels: ArrayLike) -> Floats:
    """Return the isotonic DLT rates [trials, levels], NaN where nobody was treated or closed."""
    subjects, dlts = np.asarray(n, dtype=float), np.asarray(y, dtype=float)
    levels = np.arange(subjects.shape[1])
    fits = (subjects > 0) & (levels < np.asarray(open_levels)[:, None])
    a, b = dlts + SHRINK, subjects - dlts + SHRINK
    precision = np.where(fits, (a + b) ** 2 * (a + b + 1) / (a * b), 0.0)
    return np.where(fits, _min_max(a / (a + b), precision), np.nan)


def _min_max(rates: Floats, weights: Floats) -> Floats:
    """At level k, the highest over i <= k of the lowest over j >= k of the mean rate of i to j."""
    fitted = np.full_like(rates, -np.inf)
    for i in range(rates.shape[1]):
        weight = np.cumsum(weights[:, i:], axis=1)
        mean = np.cumsum((weights * rates)[:, i:], axis=1) / np.where(weight > 0, weight, np.nan)
        lowest = np.fmin.accumulate(mean[:, ::-1], axis=1)[:, ::-1]
        fitted[:, i:] = np.fmax(fitted[:, i:], lowest)
    return fitted


def _arrays(counts: Sequence[Count]) -> tuple[Ints, Ints]:
    return np.array([[c.n for c in counts]]), np.array([[c.y for c in counts]])
