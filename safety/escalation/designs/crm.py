"""CRM: the next level is the one whose modelled DLT rate is nearest the target.

O'Quigley, Pepe & Fisher 1990. Empiric model: rate at level i = skeleton_i ** exp(b), b normal with
mean 0; the posterior mean of b is plugged in (Cheung 2011, Dose Finding by the Continual
Reassessment Method). The skeleton, the rates before any subject, comes from indifference intervals
(Lee & Cheung 2009) unless given. Two restrictions: no level is skipped, and a level is closed as in
BOIN by its own subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log, sqrt
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from safety.escalation.designs.boin import Boin
from safety.escalation.designs.interval import shown
from safety.escalation.designs.model import Counts, Judged, ModelDesign, listed
from safety.escalation.posterior import Posterior

Floats = NDArray[np.float64]
VARIANCE = 1.34  # of b: the least informative usual one (O'Quigley & Shen 1996)
HALFWIDTH = 0.2  # of the indifference interval, as a part of the target; 0.06 at a target of 0.30
SPAN = 10  # standard deviations of b on either side: what lies beyond is below rounding
POINTS = 801  # an even grid, on which such an integrand converges faster than any power of its step


@dataclass(frozen=True, slots=True)
class Crm(ModelDesign):
    """skeleton: DLT rate by level before any subject, rising. cutoff: of Pr(p > target), as BOIN.

    Raise ValueError for a skeleton that does not rise between 0 and 1.
    """

    name: ClassVar[str] = "crm"
    citation: ClassVar[str] = (
        "O'Quigley J, Pepe M, Fisher L. Continual reassessment method: a practical design for "
        "phase 1 clinical trials in cancer. Biometrics 1990;46:33-48"
    )

    skeleton: tuple[float, ...]
    cutoff: float = 0.95

    def __post_init__(self) -> None:
        """Raise ValueError for rates out of order."""
        ends = (0.0, *self.skeleton, 1.0)
        if not self.skeleton or any(a >= b for a, b in pairwise(ends)):
            raise ValueError(f"skeleton {self.skeleton} does not rise between 0 and 1")
        if not 0 < self.target < 1:
            raise ValueError(f"a target of {self.target} is no rate between 0 and 1")

    @classmethod
    def usual(cls, target: float, levels: int) -> Crm:
        """Return the design with the usual skeleton: the middle level is the MTD beforehand.

        With an even number of levels it is the lower of the two middle ones.
        """
        return cls(target, getprior(HALFWIDTH * target, target, (levels + 1) // 2, levels))

    @property
    def levels(self) -> int:
        return len(self.skeleton)

    def mean(self, counts: Counts) -> float:
        """Return the posterior mean of b."""
        grid = _grid(self.skeleton)
        likelihood = [c.y for c in counts] @ grid.log_dlt
        likelihood += [c.n - c.y for c in counts] @ grid.log_none
        weights = np.exp(likelihood - likelihood.max()) * grid.prior
        return float(weights @ grid.b / weights.sum())

    def judge(self, counts: Counts) -> Judged:
        """Score a level by how near its rate lies to the target, the estimate of b plugged in."""
        return _judged(self, counts)


@dataclass(frozen=True, slots=True)
class _Grid:
    """b: [points]. prior: its density, not normed. log_dlt, log_none: log p, log 1-p by level."""

    b: Floats
    prior: Floats
    log_dlt: Floats
    log_none: Floats


@lru_cache(maxsize=64)
def _grid(skeleton: tuple[float, ...]) -> _Grid:
    reach = SPAN * sqrt(VARIANCE)
    b = np.linspace(-reach, reach, POINTS)
    log_dlt = np.log(np.array(skeleton))[:, None] * np.exp(b)
    return _Grid(b, np.exp(-b * b / (2 * VARIANCE)), log_dlt, np.log(-np.expm1(log_dlt)))


@lru_cache(maxsize=65536)
def _judged(design: Crm, counts: Counts) -> Judged:
    power = exp(design.mean(counts))
    rates = tuple(rate**power for rate in design.skeleton)
    open_levels = Boin(design.target, design.cutoff).open_levels(counts)
    why = f"estimated DLT rates {listed(rates)} by level, to be near {design.target:.3f}"
    for count in counts[open_levels : open_levels + 1]:
        above = Posterior.of(count).above(design.target)
        why += (
            f"; closed from the level with {shown(count)}, "
            f"Pr(rate > {design.target:.3f}) = {above:.3f} is above {design.cutoff:.2f}"
        )
    scores = tuple(-abs(rate - design.target) for rate in rates)
    return Judged(scores, open_levels, rates, why)


def getprior(halfwidth: float, target: float, nu: int, levels: int) -> tuple[float, ...]:
    """Return the skeleton of Lee & Cheung 2009 (Clin Trials 6:227-238) for the empiric model.

    nu: number of the level, from 1, that is the MTD beforehand. Between two neighbours the model
    changes its mind where their rates are target -/+ halfwidth. Raise ValueError for a halfwidth
    that leaves 0 to 1, or an MTD that is none of the levels.
    """
    if not 0 < halfwidth < min(target, 1 - target):
        raise ValueError(f"a halfwidth of {halfwidth:g} around {target:g} leaves 0 to 1")
    if not 1 <= nu <= levels:
        raise ValueError(f"level {nu} is none of {levels}")
    ratio = log(target + halfwidth) / log(target - halfwidth)
    return tuple(target ** (ratio ** (level - nu)) for level in range(1, levels + 1))
