"""BOIN: stay while the DLT rate lies between two boundaries that minimise wrong decisions.

Liu & Yuan 2015. With `extrasafe` the lowest level is eliminated, and the trial stopped, already
above the cutoff less 0.05 (R package BOIN).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import ClassVar

from safety.escalation.advice import TOLERANCE
from safety.escalation.designs.interval import IntervalDesign, Step, shown
from safety.escalation.state import Count

SAFE, TOXIC = 0.6, 1.4  # of the target, as Liu & Yuan 2015 recommend
OFFSET = 0.05  # of the cutoff, at the lowest level


@dataclass(frozen=True, slots=True)
class Boin(IntervalDesign):
    """p_saf: highest rate that is too low. p_tox: lowest that is too high. extrasafe: see above."""

    name: ClassVar[str] = "boin"
    citation: ClassVar[str] = (
        "Liu S, Yuan Y. Bayesian optimal interval designs for phase I clinical trials. "
        "J R Stat Soc C 2015;64:507-523"
    )

    p_saf: float | None = None  # 0.6 of the target unless said
    p_tox: float | None = None  # 1.4 of the target unless said
    extrasafe: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for rates out of order."""
        IntervalDesign.__post_init__(self)
        if not 0 < self.too_low < self.target < self.too_high < 1:
            raise ValueError(
                f"{self.too_low:g}, {self.target:g} and {self.too_high:g} (p_saf, target, p_tox) "
                "must rise between 0 and 1"
            )

    @property
    def too_low(self) -> float:
        return SAFE * self.target if self.p_saf is None else self.p_saf

    @property
    def too_high(self) -> float:
        return TOXIC * self.target if self.p_tox is None else self.p_tox

    @property
    def lambda_e(self) -> float:
        """The highest DLT rate that escalates."""
        return _boundary(self.too_low, self.target)

    @property
    def lambda_d(self) -> float:
        """The lowest DLT rate that de-escalates."""
        return _boundary(self.target, self.too_high)

    @property
    def lowest_cutoff(self) -> float:
        """The cutoff at the lowest level: lower with `extrasafe`."""
        return self.cutoff - OFFSET if self.extrasafe else self.cutoff

    def judge(self, count: Count) -> tuple[Step, str]:
        """Compare the DLT rate with both boundaries, which belong to their decisions."""
        rate, low, high = count.y / count.n, self.lambda_e, self.lambda_d
        if rate <= low + TOLERANCE:
            return 1, f"{shown(count)} is at most {low:.3f}"
        if rate >= high - TOLERANCE:
            return -1, f"{shown(count)} is at least {high:.3f}"
        return 0, f"{shown(count)} is between {low:.3f} and {high:.3f}"


def _boundary(p: float, q: float) -> float:
    """Return the rate at which p and q are equally likely, p < q."""
    return log((1 - p) / (1 - q)) / log(q * (1 - p) / (p * (1 - q)))
