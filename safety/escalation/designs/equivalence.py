"""The range of DLT rates that count as the target: what mTPI-2 and i3+3 compare with."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass

from safety.escalation.designs.interval import IntervalDesign


@dataclass(frozen=True, slots=True)
class EquivalenceDesign(IntervalDesign, ABC):
    """below, above: how far the equivalence interval reaches from the target."""

    below: float = 0.05
    above: float = 0.05

    def __post_init__(self) -> None:
        """Raise ValueError for an interval that is empty or leaves 0 to 1."""
        IntervalDesign.__post_init__(self)
        if not 0 < self.low < self.target < self.high < 1:
            raise ValueError(
                f"{self.low:g} to {self.high:g} is no interval around {self.target:g} within 0 to 1"
            )

    @property
    def low(self) -> float:
        return self.target - self.below

    @property
    def high(self) -> float:
        return self.target + self.above
