"""3+3 from counts alone, in the variant that confirms the MTD with six subjects.

Storer BE. Design and analysis of phase I clinical trials. Biometrics 1989;45:925-937.

Three subjects: none with a DLT passes, one calls three more, two are too many. Six subjects: one
passes, two are too many. The MTD is the level under one that is too toxic, or the highest, with six
subjects. Four or five (more were enrolled than planned): the places left of six count as open, so
only what holds however they turn out is decided. More than six are judged as six; the table ends
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from safety.escalation.advice import Advice, Row
from safety.escalation.designs.six import SIX, Verdict, mtd, way
from safety.escalation.state import Count, State

VARIANT = "3+3-confirm6"
THREE = 3


@dataclass(frozen=True, slots=True)
class ThreePlusThree:
    """target: not used by the rules, which aim below one in three; for comparison only.

    confirm_top: the highest level needs six subjects to be the MTD, else 0 of 3 is enough.
    two_of_six_ok: 2 of 6 may be the MTD (the trial does not go above it), else it is too toxic.
    """

    name: ClassVar[str] = "3+3"
    citation: ClassVar[str] = "Storer BE. Biometrics 1989;45:925-937"

    target: float
    confirm_top: bool = True
    two_of_six_ok: bool = False

    def advise(self, state: State) -> Advice:
        """Return what the rules say; `complete` with the MTD."""
        return way(state, [self.verdict(c) for c in state.counts], self.confirm_top)

    def verdict(self, count: Count) -> Verdict:
        """Return what the counts of a level say of it, whatever the other levels."""
        worst = count.y + max(0, SIX - count.n)
        if count.y >= self._too_many(count.n):
            return "too toxic"
        if worst <= 1 or (count.n == THREE and not count.y):
            return "passes"
        return "tolerable" if self.two_of_six_ok and count.n >= SIX else "undecided"

    def _too_many(self, n: int) -> int:
        """2 of 4 or of 5 may become the 2 of 6 that may be the MTD."""
        return 3 if self.two_of_six_ok and n > THREE else 2

    def row(self, n: int) -> Row:
        """Return the decisions after n subjects, all None where the rules have none."""
        if not 1 < n <= SIX:
            return Row(n, None, None, None)
        passing = [y for y in range(n + 1) if self.verdict(Count(n, y)) == "passes"]
        too_many = self._too_many(n)
        return Row(n, max(passing, default=None), too_many, too_many)

    def select(self, counts: tuple[Count, ...]) -> int | None:
        """Return the MTD if the rules reached one."""
        tried = State(counts, 0).tried
        return mtd(self.advise(State(counts, tried)))
