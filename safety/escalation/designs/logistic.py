"""Two-parameter Bayesian logistic regression of the DLT rate on the dose, by quadrature.

logit p = log(alpha) + beta * log(dose / reference), (log alpha, log beta) bivariate normal
(Neuenschwander, Branson & Gsponer 2008). No simulation: the same counts always give the same
numbers. log alpha is integrated by Gauss-Legendre in short panels, which meet wherever the rate at
a dose crosses a limit of the interval, so that every panel lies on one side of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, pi, sqrt

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

from safety.escalation.state import Count

Floats = NDArray[np.float64]
SPAN = 6  # standard deviations of the prior on either side: 2e-9 lies beyond
SLOPES, PANELS, NODES = 61, 16, 6  # points of log beta; panels of log alpha, points in each


@dataclass(frozen=True, slots=True)
class Prior:
    """Normal prior of (log alpha, log beta): means, standard deviations and their correlation."""

    means: tuple[float, float]
    deviations: tuple[float, float]
    correlation: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError for figures that no bivariate normal distribution has."""
        if min(self.deviations) <= 0 or not -1 < self.correlation < 1:
            raise ValueError(f"{self.deviations} and {self.correlation} are no normal prior")


@dataclass(frozen=True, slots=True)
class Model:
    """doses: rising, in any unit. interval: DLT rates between which a dose is right."""

    doses: tuple[float, ...]
    reference: float
    prior: Prior
    interval: tuple[float, float]

    def __post_init__(self) -> None:
        """Raise ValueError for doses or limits out of order."""
        steps = (0.0, *self.doses)
        if not self.doses or any(a >= b for a, b in pairwise(steps)):
            raise ValueError(f"doses {self.doses} do not rise from above 0")
        if self.reference <= 0:
            raise ValueError(f"a reference dose of {self.reference:g} is not above 0")
        if not 0 < self.interval[0] < self.interval[1] < 1:
            raise ValueError(f"interval {self.interval} does not rise between 0 and 1")


@dataclass(frozen=True, slots=True)
class Fit:
    """By dose: posterior probability that the rate is under, in and over the interval; its mean."""

    under: tuple[float, ...]
    inside: tuple[float, ...]
    over: tuple[float, ...]
    mean: tuple[float, ...]


def fit(model: Model, counts: Sequence[Count]) -> Fit:
    """Return the posterior after counts, one for each dose."""
    grid = _grid(model)
    tally = np.array([part for c in counts for part in (c.y, c.n)], dtype=float)
    used = 2 * max((i + 1 for i, c in enumerate(counts) if c.n), default=0)
    log_likelihood = tally[:used] @ grid.terms[:used]
    mass = grid.prior * np.exp(log_likelihood - log_likelihood.max())
    mass /= mass.sum()
    panels = mass.reshape(-1, NODES).sum(axis=1)
    under, over = grid.under @ panels, grid.over @ panels
    parts = (under, 1 - under - over, over, grid.rate @ mass)
    return Fit(*(tuple(part.tolist()) for part in parts))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Points by log beta, panel and log alpha, in a row.

    prior [points]: weight of a point. terms [2 * doses, points]: what a DLT and what a subject at
    a dose add to the log-likelihood. rate [doses, points]: DLT rate. under, over [doses, panels]:
    1 where the rate at a dose is under, or over, the interval.
    """

    prior: Floats
    terms: Floats
    rate: Floats
    under: Floats
    over: Floats


@lru_cache(maxsize=16)
def _grid(model: Model) -> _Grid:
    x = np.log(np.array(model.doses) / model.reference)
    (mean, mean_slope), (sd, sd_slope) = model.prior.means, model.prior.deviations
    z = np.linspace(-SPAN, SPAN, SLOPES)
    beta = np.exp(mean_slope + sd_slope * z)
    centre = mean + model.prior.correlation * sd * z
    spread = sd * sqrt(1 - model.prior.correlation**2)
    limits = np.array([log(p / (1 - p)) for p in model.interval])
    cuts = limits[:, None, None] - x[:, None] * beta  # log alpha that gives the limit at a dose
    ends = _ends(cuts, centre, spread)
    points, width = _points(ends)
    weight = width * _density((points - centre[:, None, None]) / spread)
    middle = (ends[:, 1:] + ends[:, :-1]) / 2
    under, over = middle < cuts[0][..., None], middle > cuts[1][..., None]
    logit = (points + (x[:, None] * beta)[..., None, None]).reshape(len(x), -1)
    log_none = -np.logaddexp(0, logit)
    return _Grid(
        prior=(weight * _density(z)[:, None, None]).ravel(),
        terms=np.stack([logit, log_none], axis=1).reshape(2 * len(x), -1),
        rate=np.exp(logit + log_none),
        under=under.reshape(len(x), -1).astype(float),
        over=over.reshape(len(x), -1).astype(float),
    )


def _ends(cuts: Floats, centre: Floats, spread: float) -> Floats:
    """Return the ends of the panels [log beta, panels + 1], rising: even ones, and all cuts."""
    even = centre[:, None] + np.linspace(-SPAN, SPAN, PANELS + 1) * spread
    inner = np.clip(cuts.reshape(-1, len(centre)).T, even[:, :1], even[:, -1:])
    return np.sort(np.concatenate([even, inner], axis=1), axis=1)


def _points(ends: Floats) -> tuple[Floats, Floats]:
    """Return points and their weights [log beta, panel, log alpha]."""
    nodes, weights = leggauss(NODES)
    middle, half = (ends[:, 1:] + ends[:, :-1]) / 2, (ends[:, 1:] - ends[:, :-1]) / 2
    return middle[..., None] + half[..., None] * nodes, half[..., None] * weights


def _density(z: Floats) -> Floats:
    return np.exp(-z * z / 2) / sqrt(2 * pi)
