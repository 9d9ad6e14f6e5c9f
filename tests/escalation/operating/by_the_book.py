"""3+3-confirm6 as a protocol tells it, every outcome with its probability: no code of the design's.

What `exact` is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb

Tally = dict[int, tuple[int, int]]  # (subjects, DLTs) by level


@dataclass
class Book:
    """selected: probability by level, -1 for none. subjects: expected by level."""

    truth: tuple[float, ...]
    confirm_top: bool = True
    selected: dict[int, float] = field(default_factory=dict)
    subjects: dict[int, float] = field(default_factory=dict)

    def run(self) -> Book:
        self._up(0, {}, 1.0)
        return self

    def _three(self, d: int, tally: Tally, chance: float) -> list[tuple[int, Tally, float]]:
        """Three subjects at d: their DLTs, the tally after them, the probability."""
        self.subjects[d] = self.subjects.get(d, 0) + 3 * chance
        p, (n, y) = self.truth[d], tally.get(d, (0, 0))
        return [
            (x, {**tally, d: (n + 3, y + x)}, chance * comb(3, x) * p**x * (1 - p) ** (3 - x))
            for x in range(4)
        ]

    def _up(self, d: int, tally: Tally, chance: float) -> None:
        for x, after, share in self._three(d, tally, chance):
            if x == 0:
                self._passed(d, after, share)
            elif x == 1:
                for more, six, part in self._three(d, after, share):
                    (self._passed if more == 0 else self._down)(d, six, part)
            else:
                self._down(d, after, share)

    def _passed(self, d: int, tally: Tally, chance: float) -> None:
        if d + 1 < len(self.truth):
            self._up(d + 1, tally, chance)
        elif tally[d][0] == 6 or not self.confirm_top:
            self._select(d, chance)
        else:
            self._confirm(d, tally, chance)

    def _confirm(self, d: int, tally: Tally, chance: float) -> None:
        for _, six, share in self._three(d, tally, chance):
            if six[d][1] <= 1:
                self._select(d, share)
            else:
                self._down(d, six, share)

    def _down(self, d: int, tally: Tally, chance: float) -> None:
        below = d - 1
        if below < 0 or tally[below][0] == 6:
            self._select(below, chance)
        else:
            self._confirm(below, tally, chance)

    def _select(self, d: int, chance: float) -> None:
        self.selected[d] = self.selected.get(d, 0) + chance
