"""i3+3: compare the DLT rate, and the rate with one DLT fewer, with the equivalence interval.

The second look is for small cohorts, in which one DLT carries the rate from below the interval to
above it: then the level is kept. Elimination as in BOIN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from safety.escalation.advice import TOLERANCE
from safety.escalation.designs.equivalence import EquivalenceDesign
from safety.escalation.designs.interval import Step, shown
from safety.escalation.state import Count


@dataclass(frozen=True, slots=True)
class I3P3(EquivalenceDesign):
    """The interval includes its ends."""

    name: ClassVar[str] = "i3+3"
    citation: ClassVar[str] = (
        "Liu M, Wang SJ, Ji Y. The i3+3 design for phase I clinical trials. "
        "J Biopharm Stat 2020;30:294-304"
    )

    def judge(self, count: Count) -> tuple[Step, str]:
        """Compare with the interval, first the rate, then the rate with one DLT fewer."""
        rate, fewer = count.y / count.n, (count.y - 1) / count.n
        interval = f"{self.low:.3f} to {self.high:.3f}"
        if rate < self.low - TOLERANCE:
            return 1, f"{shown(count)} is below {interval}"
        if rate <= self.high + TOLERANCE:
            return 0, f"{shown(count)} is within {interval}"
        if fewer < self.low - TOLERANCE:
            why = f"one DLT fewer ({fewer:.3f}) would be below"
            return 0, f"{shown(count)} is above {interval}, but {why}"
        return -1, f"{shown(count)} is above {interval}"
