"""Designs that decide by a model of the DLT rate over all levels, fitted to all subjects.

The model scores every level; the next level is the best among those that are open and that can be
reached without skipping one nobody was treated at. Before anybody is treated no model speaks: the
level to start at is the protocol's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from safety.escalation.advice import Action, Advice, Row
from safety.escalation.state import Count, State

Counts = tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says. scores: by level, the highest is the best. open_levels: as in Advice.

    rates: estimated DLT rate by level. why: the numbers by level, in words.
    """

    scores: tuple[float, ...]
    open_levels: int
    rates: tuple[float, ...]
    why: str

    def best(self, levels: tuple[int, ...]) -> int | None:
        """Return the level of `levels`, rising, that is open and scores highest; None for none."""
        open_ones = (i for i in levels if i < self.open_levels)
        return max(open_ones, key=self.scores.__getitem__, default=None)


@dataclass(frozen=True, slots=True)
class ModelDesign(ABC):
    """target: the DLT rate sought, between 0 and 1."""

    name: ClassVar[str]
    citation: ClassVar[str]

    target: float

    @property
    @abstractmethod
    def levels(self) -> int:
        """How many dose levels the model knows."""

    @abstractmethod
    def judge(self, counts: Counts) -> Judged:
        """Return what the model says after counts, one for each level."""

    def best(self, counts: Counts, levels: tuple[int, ...]) -> int | None:
        """Return the best open level of `levels`, which rise; None if none is open.

        A design may hold it lower than the scores say.
        """
        return self.judge(counts).best(levels)

    def advise(self, state: State) -> Advice:
        """Return the best level in reach. Raise ValueError for levels that are not the model's."""
        self._check(state.counts)
        if not state.total:
            return Advice("stay", state.at, self.levels, "nobody is evaluable yet")
        judged, within = self.judge(state.counts), range(reach(state) + 1)
        level = self.best(state.counts, tuple(within))
        if level is None:
            return Advice("stop", None, 0, f"{judged.why}; the lowest level is closed")
        why = judged.why
        if level < (judged.best(tuple(within)) or 0):
            why += "; with fewer DLTs it would go no higher"
        elif level == within[-1] < (judged.best(tuple(range(self.levels))) or 0):
            why += "; a higher level would be better, but none is skipped"
        return Advice(_action(state.at, level), level, judged.open_levels, why)

    def row(self, n: int) -> Row:
        """Return the decisions at the lowest level after n subjects, nobody treated elsewhere.

        Nothing lies below it: what leaves it is its elimination, which is a de-escalation too.
        """
        rest = (Count(),) * (self.levels - 1)
        ways = [self.advise(State((Count(n, y), *rest), 0)) for y in range(n + 1)]
        up = [y for y, way in enumerate(ways) if way.action == "escalate"]
        out = min((y for y, way in enumerate(ways) if not way.open_levels), default=None)
        return Row(n, max(up, default=None), out, out)

    def select(self, counts: Counts) -> int | None:
        """Return the best level among those treated and open, None for none."""
        self._check(counts)
        return self.best(counts, tuple(i for i, count in enumerate(counts) if count.n))

    def _check(self, counts: Counts) -> None:
        if len(counts) != self.levels:
            raise ValueError(f"{len(counts)} levels, but the model is for {self.levels}")


def reach(state: State) -> int:
    """Return the highest level that skips none: one above the highest with evaluable subjects.

    That is never below the level the trial is at, where nobody may be evaluable yet.
    """
    treated = [i for i, count in enumerate(state.counts) if count.n]
    return min(state.top, max(state.at, treated[-1] + 1)) if treated else state.at


def _action(at: int, level: int) -> Action:
    if level == at:
        return "stay"
    return "escalate" if level > at else "de-escalate"


def listed(values: Iterable[float]) -> str:
    """Return probabilities by level in words."""
    return ", ".join(f"{value:.3f}" for value in values)
