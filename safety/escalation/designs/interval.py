"""Designs that decide at a level by its own subjects and DLTs alone, with elimination of levels.

A level is eliminated, and all above it, once at least 3 subjects make it likely that its DLT rate
lies above the target: Pr(p > target) > 0.95 under a flat prior (Liu & Yuan 2015).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from safety.escalation import isotonic
from safety.escalation.advice import Action, Advice, Row
from safety.escalation.posterior import Posterior
from safety.escalation.state import Count, State

Step = Literal[-1, 0, 1]  # levels to move
FEWEST = 3  # subjects that a level must have before it can be eliminated
ACTIONS: dict[Step, Action] = {1: "escalate", 0: "stay", -1: "de-escalate"}


@dataclass(frozen=True, slots=True)
class Matrix:
    """Decisions by [n, y], n and y from 0 to the same highest number; y > n: stay, not eliminated.

    decision: levels to move (1, 0, -1) where the level is not eliminated. eliminate: whether it is.
    """

    decision: NDArray[np.int8]
    eliminate: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class IntervalDesign(ABC):
    """target: the DLT rate sought. cutoff: of Pr(p > target), above which a level is eliminated."""

    name: ClassVar[str]
    citation: ClassVar[str]

    target: float
    cutoff: float = 0.95

    def __post_init__(self) -> None:
        """Raise ValueError for figures that are no probabilities."""
        if not 0 < self.target < 1:
            raise ValueError(f"a target of {self.target} is no rate between 0 and 1")
        if not 0 < self.cutoff < 1:
            raise ValueError(f"a cutoff of {self.cutoff} is no probability between 0 and 1")

    @abstractmethod
    def judge(self, count: Count) -> tuple[Step, str]:
        """Return the levels to move, and the rule in words, for a level with subjects."""

    @property
    def lowest_cutoff(self) -> float:
        """The cutoff at the lowest level, where elimination ends the trial."""
        return self.cutoff

    def eliminates(self, count: Count, *, lowest: bool) -> bool:
        """Return whether the counts of a level close it, and all above; lowest: whether it is."""
        cutoff = self.lowest_cutoff if lowest else self.cutoff
        return count.n >= FEWEST and Posterior.of(count).above(self.target) > cutoff

    def open_levels(self, counts: Sequence[Count]) -> int:
        """Return how many levels, from the lowest, are not eliminated."""
        closed = (i for i, c in enumerate(counts) if self.eliminates(c, lowest=i == 0))
        return next(closed, len(counts))

    def advise(self, state: State) -> Advice:
        """Return the next level: one up, the same or one down, or the highest open one."""
        open_levels = self.open_levels(state.counts)
        if state.at >= open_levels:
            return self._leave(state, open_levels)
        step, why = self._step(state.here)
        to = state.at + step
        if to > state.top:
            return Advice("stay", state.at, open_levels, f"{why}; there is no higher level")
        if to == open_levels:
            why = f"{why}; but {self._elimination(state, open_levels)}"
            return Advice("stay", state.at, open_levels, why)
        if to < 0:
            return Advice("stay", state.at, open_levels, f"{why}; there is no lower level")
        return Advice(ACTIONS[step], to, open_levels, why)

    def row(self, n: int, *, lowest: bool = False) -> Row:
        """Return the decisions after n subjects at a level; lowest: at the lowest level.

        To eliminate is to de-escalate too.
        """
        counts = [Count(n, y) for y in range(n + 1)]
        out = [c.y for c in counts if self.eliminates(c, lowest=lowest)]
        down = [c.y for c in counts if self._step(c)[0] < 0] + out
        up = [c.y for c in counts if self._step(c)[0] > 0 and c.y not in out]
        return Row(n, max(up, default=None), min(down, default=None), min(out, default=None))

    def matrix(self, max_n: int, *, lowest: bool = False) -> Matrix:
        """Return the decisions for all counts up to max_n; lowest: at the lowest level."""
        decision = np.zeros((max_n + 1, max_n + 1), dtype=np.int8)
        eliminate = np.zeros((max_n + 1, max_n + 1), dtype=np.bool_)
        for n in range(max_n + 1):
            for y in range(n + 1):
                decision[n, y] = self._step(Count(n, y))[0]
                eliminate[n, y] = self.eliminates(Count(n, y), lowest=lowest)
        return Matrix(decision, eliminate)

    def select(self, counts: tuple[Count, ...]) -> int | None:
        """Return the index of the MTD: isotonic, among the levels treated and not eliminated."""
        return isotonic.select(counts, self.target, self.open_levels(counts))

    def _step(self, count: Count) -> tuple[Step, str]:
        if not count.n:
            return 0, "nobody evaluable at this level yet"
        return self.judge(count)

    def _leave(self, state: State, open_levels: int) -> Advice:
        """The trial is at a closed level: down to the highest open one, or stop."""
        why = self._elimination(state, open_levels)
        if not open_levels:
            return Advice("stop", None, 0, f"{why}; no level is left")
        return Advice("de-escalate", open_levels - 1, open_levels, why)

    def _elimination(self, state: State, index: int) -> str:
        count = state.counts[index]
        above = Posterior.of(count).above(self.target)
        cutoff = self.cutoff if index else self.lowest_cutoff
        return (
            f"{_place(index - state.at)} is eliminated: {shown(count)}, "
            f"Pr(rate > {self.target:.3f}) = {above:.3f} is above {cutoff:.2f}"
        )


def shown(count: Count) -> str:
    """Return DLTs, subjects and rate in words."""
    return f"{count.y} of {count.n} with DLT ({count.y / count.n:.3f})"


def _place(distance: int) -> str:
    """Name a level by where the trial is: studies number their levels each in its own way."""
    if not distance:
        return "this level"
    where = "above" if distance > 0 else "below"
    return f"the level {abs(distance)} {where}"
