"""mTPI-2, the Keyboard design: move towards the target from the likeliest stretch of DLT rates.

Rates from 0 to 1 are cut into keys as wide as the equivalence interval, the target key; the key at
either end may be shorter. The strongest key has the highest posterior probability per width.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count as counting
from itertools import takewhile
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from safety.escalation.advice import TOLERANCE
from safety.escalation.designs.equivalence import EquivalenceDesign
from safety.escalation.designs.interval import Step, shown
from safety.escalation.posterior import Posterior
from safety.escalation.state import Count


@dataclass(frozen=True, slots=True)
class Keyboard(EquivalenceDesign):
    """mTPI-2 and Keyboard decide alike: with a flat prior both look for the strongest key."""

    name: ClassVar[str] = "mtpi2"
    citation: ClassVar[str] = (
        "Guo W, Wang SJ, Yang S, Lynn H, Ji Y. A Bayesian interval dose-finding design addressing "
        "Ockham's razor: mTPI-2. Contemp Clin Trials 2017;58:23-33; "
        "Yan F, Mandrekar SJ, Yuan Y. Keyboard: a novel Bayesian toxicity probability interval "
        "design for phase I clinical trials. Clin Cancer Res 2017;23:3994-4003"
    )

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges of the keys from 0 to 1, rising [keys + 1]."""
        width = self.high - self.low
        left = takewhile(lambda x: x > TOLERANCE, (self.low - k * width for k in counting()))
        right = takewhile(lambda x: x < 1 - TOLERANCE, (self.high + k * width for k in counting()))
        return np.array([0.0, *reversed(list(left)), *right, 1.0])

    def judge(self, count: Count) -> tuple[Step, str]:
        """Compare the strongest key with the target key."""
        low, high = self._strongest(count)
        key = f"{shown(count)}: the likeliest rates are {low:.3f} to {high:.3f}"
        target = f"{self.low:.3f} to {self.high:.3f}"
        if high <= self.low + TOLERANCE:
            return 1, f"{key}, below {target}"
        if low >= self.high - TOLERANCE:
            return -1, f"{key}, above {target}"
        return 0, f"{key}, as sought"

    def _strongest(self, count: Count) -> tuple[float, float]:
        """Return the strongest key; of equally strong ones the most toxic, to err on its side."""
        posterior, edges = Posterior.of(count), self.edges
        strength = np.diff(betainc(posterior.a, posterior.b, edges)) / np.diff(edges)
        best = int(np.flatnonzero(strength >= strength.max() * (1 - TOLERANCE))[-1])
        return float(edges[best]), float(edges[best + 1])
