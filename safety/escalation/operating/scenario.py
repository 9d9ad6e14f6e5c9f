"""What a design is tried on, and how it did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
NONE = -1  # no level was selected


@dataclass(frozen=True, slots=True)
class Scenario:
    """A trial of doses with known truth.

    truth: DLT rate by level. cohort, max_n: subjects. start: index of the first level.
    stop_n: a trial ends early once its level has so many subjects and would be given again; None:
    never.
    """

    truth: tuple[float, ...]
    cohort: int = 3
    max_n: int = 30
    start: int = 0
    stop_n: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a trial that cannot be."""
        if not self.truth or not all(0 <= p <= 1 for p in self.truth):
            raise ValueError("the truth is a DLT rate from 0 to 1 for each level")
        if not 0 <= self.start < len(self.truth):
            raise ValueError(f"there is no level {self.start + 1} to start at")
        if min(self.cohort, self.max_n) < 1 or (self.stop_n is not None and self.stop_n < 1):
            raise ValueError("cohort, largest number and early stop are at least 1 subject")

    @property
    def levels(self) -> int:
        return len(self.truth)


@dataclass(frozen=True, slots=True)
class Result:
    """Percentages of trials from 0 to 100, means per trial; lists by level.

    early_stop_pct: trials that ended before max_n. overdosing_pct: of all subjects, those treated
    at levels whose true DLT rate is above the target.
    """

    selected_pct: tuple[float, ...]
    none_pct: float
    mean_n: tuple[float, ...]
    mean_total: float
    mean_dlt: float
    early_stop_pct: float
    overdosing_pct: float


def overdosing(mean_n: tuple[float, ...], truth: tuple[float, ...], target: float) -> float:
    """Return the percentage of subjects at levels whose true rate is above the target."""
    above = sum(n for n, p in zip(mean_n, truth, strict=True) if p > target)
    return 100 * above / sum(mean_n)


def summary(n: Ints, y: Ints, selected: Ints, scenario: Scenario, target: float) -> Result:
    """Return the result of simulated trials.

    n, y: subjects and DLTs [trials, levels]. selected [trials]: index of the MTD, or NONE.
    """
    trials = len(n)
    chosen = [100 * float(np.sum(selected == k)) / trials for k in range(scenario.levels)]
    mean_n = tuple(float(mean) for mean in n.mean(axis=0))
    total = n.sum(axis=1)
    return Result(
        selected_pct=tuple(chosen),
        none_pct=100 * float(np.sum(selected == NONE)) / trials,
        mean_n=mean_n,
        mean_total=float(total.mean()),
        mean_dlt=float(y.sum(axis=1).mean()),
        early_stop_pct=100 * float(np.mean(total < scenario.max_n)),
        overdosing_pct=overdosing(mean_n, scenario.truth, target),
    )
