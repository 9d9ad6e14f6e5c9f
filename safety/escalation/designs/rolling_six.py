"""Rolling six: up to six subjects of a level at once, decided from how many are still open.

Skolnik JM, Barrett JS, Jayaraman B, Patel D, Adamson PC. Shortening the timeline of pediatric phase
I trials: the rolling six design. J Clin Oncol 2008;26:190-195, table 1.

Two DLTs are too many. Three to five subjects, none open and no DLT: the level passes. Six, at most
one with a DLT or still open: it passes; with more open, nobody is enrolled until it is settled.
In all other cases the next subject is given the same level. The MTD is a level of six subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from safety.escalation.advice import Advice, Row
from safety.escalation.designs.six import SIX, Verdict, mtd, way
from safety.escalation.state import Count, State

FEWEST, TOO_MANY = 3, 2


@dataclass(frozen=True, slots=True)
class RollingSix:
    """target: not used by the rules; for comparison only."""

    name: ClassVar[str] = "rolling6"
    citation: ClassVar[str] = "Skolnik JM et al. J Clin Oncol 2008;26:190-195"

    target: float

    def advise(self, state: State) -> Advice:
        """Return what the rules say once nobody is open; `complete` with the MTD."""
        return way(state, [_verdict(c, 0) for c in state.counts])

    def advise_pending(self, state: State, pending_here: int) -> Advice | None:
        """Return where the next subject goes, None to enrol nobody until an open one is settled.

        pending_here: subjects of the current level that are still open; they are not in the state,
        and nobody may be open at another level.
        """
        verdicts = [
            _verdict(c, pending_here if i == state.at else 0) for i, c in enumerate(state.counts)
        ]
        found = way(state, verdicts)
        is_full = state.here.n + pending_here >= SIX
        return None if pending_here and is_full and found.action == "stay" else found

    def row(self, n: int) -> Row:
        """Return the decisions after n subjects none of whom is open."""
        if not 1 < n <= SIX:
            return Row(n, None, None, None)
        passing = [y for y in range(n + 1) if _verdict(Count(n, y), 0) == "passes"]
        return Row(n, max(passing, default=None), TOO_MANY, TOO_MANY)

    def select(self, counts: tuple[Count, ...]) -> int | None:
        """Return the MTD if the rules reached one."""
        tried = State(counts, 0).tried
        return mtd(self.advise(State(counts, tried)))


def _verdict(count: Count, pending: int) -> Verdict:
    if count.y >= TOO_MANY:
        return "too toxic"
    if count.n + pending >= SIX:
        return "passes" if count.y + pending <= 1 else "undecided"
    settled = count.n >= FEWEST and not pending
    return "passes" if settled and not count.y else "undecided"
