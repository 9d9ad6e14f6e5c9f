"""A monitor against a standard that is itself uncertain.

Thall and Simon, Biometrics 1994;50:337-349: stop when Pr(p_E > p_S + delta | data) is high, with
p_S the rate under standard treatment, known from earlier data as an informative beta. As that
becomes sharp the rule tends to the monitor with a fixed limit (`beta_binomial`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import beta as beta_function
from scipy.special import betainc, betaincinv, roots_legendre

from safety.escalation.advice import TOLERANCE
from safety.escalation.posterior import Posterior
from safety.escalation.state import Count
from safety.escalation.stopping.boundary import Boundary, Floats
from safety.escalation.stopping.looks import FROM_SIX, Looks
from safety.escalation.stopping.rule import OF_THREE_IN_TEN, Prior, smallest

NODES = 120
ENDS = 5.0  # how fast the nodes thin out towards 0 and 1, where quantiles may be steep


@dataclass(frozen=True, slots=True)
class ThallSimon:
    """Stops at a look where Pr(p_E > p_S + margin | data) > probability."""

    standard: Prior
    margin: float = 0.0
    prior: Prior = OF_THREE_IN_TEN
    probability: float = 0.95
    looks: Looks = FROM_SIX
    citation: str = "Thall and Simon 1994"

    @property
    def limit(self) -> float:
        """Mean of the rate that must not be exceeded."""
        a, b = self.standard
        return a / (a + b) + self.margin

    def boundary(self, n_max: int) -> Boundary:
        """Return the fewest events that stop, by subjects at a look."""
        return smallest(
            self.looks.until(n_max),
            lambda n, y: self.exceeding(n, y) > self.probability + TOLERANCE,
        )

    def exceeding(self, n: int, y: int) -> float:
        """Return Pr(p_E > p_S + margin | y events in n subjects)."""
        rates, weights = _standard(*self.standard)
        limits = np.clip(rates + self.margin, 0.0, 1.0)
        seen = Posterior.of(Count(n, y), self.prior)
        return float(weights @ betainc(seen.b, seen.a, 1.0 - limits))


@lru_cache(maxsize=16)
def _standard(a: float, b: float) -> tuple[Floats, Floats]:
    """Return rates of the standard and their weights, for sums in place of an integral.

    The integral over p_S is one over its quantiles u in (0, 1), whatever its shape; u = I_s(e, e)
    makes it smooth at both ends, where Gauss-Legendre in s then converges fast.
    """
    nodes, weights = roots_legendre(NODES)
    s = (nodes + 1.0) / 2.0
    density = (s * (1.0 - s)) ** (ENDS - 1.0) / beta_function(ENDS, ENDS)
    return betaincinv(a, b, betainc(ENDS, ENDS, s)), weights / 2.0 * density
