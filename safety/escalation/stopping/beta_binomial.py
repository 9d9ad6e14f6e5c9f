"""The Bayesian toxicity monitor: stop when the rate is very probably above its limit.

Thall and Simon 1994 with a fixed standard; Geller and others 2003. The rate has a beta prior, so
its posterior after y events in n subjects is Beta(a + y, b + n - y).
"""

from __future__ import annotations

from dataclasses import dataclass

from safety.escalation.advice import TOLERANCE
from safety.escalation.posterior import Posterior
from safety.escalation.state import Count
from safety.escalation.stopping.boundary import Boundary
from safety.escalation.stopping.looks import FROM_SIX, Looks
from safety.escalation.stopping.rule import OF_THREE_IN_TEN, Prior, smallest


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Stops at a look where Pr(rate > limit | data) > probability."""

    limit: float = 0.30
    prior: Prior = OF_THREE_IN_TEN
    probability: float = 0.95
    looks: Looks = FROM_SIX
    citation: str = "Thall and Simon 1994"

    def boundary(self, n_max: int) -> Boundary:
        """Return the fewest events that stop, by subjects at a look."""
        return smallest(
            self.looks.until(n_max),
            lambda n, y: self.exceeding(n, y) > self.probability + TOLERANCE,
        )

    def exceeding(self, n: int, y: int) -> float:
        """Return Pr(rate > limit | y events in n subjects)."""
        return Posterior.of(Count(n, y), self.prior).above(self.limit)
