"""What a design is asked: subjects and DLTs of each dose level, and the level the trial is at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """Evaluable subjects of one dose level whose outcome is final, and the DLTs among them."""

    n: int = 0
    y: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for counts that cannot be."""
        if not 0 <= self.y <= self.n:
            raise ValueError(f"{self.y} DLTs among {self.n} subjects cannot be")

    def plus(self, n: int, y: int) -> Count:
        """Return the count with more subjects."""
        return Count(self.n + n, self.y + y)


@dataclass(frozen=True, slots=True)
class State:
    """counts: by level, from the lowest dose to the highest. at: index of the current level."""

    counts: tuple[Count, ...]
    at: int

    def __post_init__(self) -> None:
        """Raise ValueError for a level that is none."""
        if not 0 <= self.at < len(self.counts):
            raise ValueError(f"level {self.at} is none of {len(self.counts)}")

    @property
    def here(self) -> Count:
        return self.counts[self.at]

    @property
    def top(self) -> int:
        """Index of the highest level."""
        return len(self.counts) - 1

    @property
    def tried(self) -> int:
        """Index of the highest level that somebody was treated at, or that the trial is at."""
        return max([self.at, *(i for i, count in enumerate(self.counts) if count.n)])

    @property
    def total(self) -> int:
        return sum(count.n for count in self.counts)


def state(pairs: Sequence[tuple[int, int]], at: int) -> State:
    """Return a state from (n, y) by level."""
    return State(tuple(Count(n, y) for n, y in pairs), at)
