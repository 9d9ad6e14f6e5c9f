"""Pocock-type continuous monitoring: one pointwise level at every look, exact over all of them.

Ivanova, Qaqish and Schell, Biometrics 2005;61:540-545. At n subjects it stops from the fewest
events y with P(Bin(n, p0) >= y) <= alpha, where alpha is the largest level with which a trial
whose true rate is p0 is stopped with probability phi at most.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import bdtrc

from safety.escalation.advice import TOLERANCE
from safety.escalation.posterior import Posterior
from safety.escalation.state import Count
from safety.escalation.stopping.boundary import Boundary, Floats, crossing
from safety.escalation.stopping.looks import AFTER_EVERY, Looks
from safety.escalation.stopping.rule import UNIFORM, Prior


@dataclass(frozen=True, slots=True)
class Pocock:
    """rate: p0, which is acceptable. false_stop: phi. planned: subjects phi is kept over.

    Beyond the planned number the same level goes on, so that a trial that grew is still watched.
    """

    rate: float
    false_stop: float
    planned: int
    looks: Looks = AFTER_EVERY
    citation: str = "Ivanova, Qaqish and Schell 2005"

    @property
    def limit(self) -> float:
        return self.rate

    @property
    def prior(self) -> Prior:
        """The rule needs none; what is displayed beside it starts from a uniform one."""
        return UNIFORM

    @property
    def alpha(self) -> float | None:
        """The largest pointwise level, None if every level stops too often."""
        return _largest(self.rate, self.false_stop, self.looks.until(self.planned))

    def boundary(self, n_max: int) -> Boundary:
        """Return the fewest events that stop, by subjects at a look."""
        return _at_level(self.rate, self.alpha, self.looks.until(n_max))

    def exceeding(self, n: int, y: int) -> float:
        """Return Pr(rate > p0) under a uniform prior; for display, the rule does not ask it."""
        return Posterior.of(Count(n, y), UNIFORM).above(self.rate)


@lru_cache(maxsize=64)
def _largest(rate: float, false_stop: float, looks: tuple[int, ...]) -> float | None:
    """The boundary changes only where alpha meets a tail; the chance of crossing grows with it."""
    if not looks:
        return None
    levels = sorted({float(t) for n in looks for t in _tails(rate, n)})
    fits = bisect_right(
        levels, false_stop,
        key=lambda alpha: crossing(_at_level(rate, alpha, looks), rate, looks[-1]).probability,
    )  # fmt: skip
    return levels[fits - 1] if fits else None


def _at_level(rate: float, alpha: float | None, looks: tuple[int, ...]) -> Boundary:
    return Boundary(tuple((n, _stop(_tails(rate, n), alpha)) for n in looks))


def _stop(tails: Floats, alpha: float | None) -> int | None:
    """Return the fewest events whose tail is at most alpha, None if no number of events is."""
    if alpha is None:
        return None
    enough = np.flatnonzero(tails <= alpha * (1.0 + TOLERANCE))
    return int(enough[0]) + 1 if enough.size else None


def _tails(rate: float, n: int) -> Floats:
    """Return P(Bin(n, rate) >= y) for y = 1..n."""
    tails: Floats = bdtrc(np.arange(n), n, rate)
    return tails
