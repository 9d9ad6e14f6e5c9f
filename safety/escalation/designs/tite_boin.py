"""TITE-BOIN: BOIN that may decide while subjects of the current level are still followed.

Yuan, Lin, Li, Nie & Warren 2018. A pending subject counts as the DLTs expected of them: with DLT
times even over the window, (1 - part of the window followed) * p / (1 - p), where p is the mean
rate among the subjects who are final, under a Beta(target / 2, 1 - target / 2) prior. The rate so
estimated meets the boundaries of BOIN. As the paper's tables have it, a level is left downwards
only once the DLTs seen reach the target rate; pending subjects count as subjects without DLT for
elimination; and while more than half of the level is pending, nobody is enrolled unless it is left
downwards whatever the pending subjects turn out to be. Only the current level may have pending
subjects that count here; those of other levels are left out, as final ones only are in the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from safety.escalation.advice import TOLERANCE, Advice
from safety.escalation.designs.boin import Boin
from safety.escalation.designs.interval import Step, shown
from safety.escalation.state import Count, State


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Total follow-up of the pending subjects, in windows, at which the decision changes.

    escalate_from: least with which it escalates. deescalate_to: most with which it de-escalates.
    None: with no follow-up; 0 or less, or all that there can be: whatever the follow-up.
    """

    escalate_from: float | None
    deescalate_to: float | None


@dataclass(frozen=True, slots=True)
class TiteBoin(Boin):
    """most_pending: part of the subjects of a level above which enrolment waits."""

    name: ClassVar[str] = "tite-boin"
    citation: ClassVar[str] = (
        "Yuan Y, Lin R, Li D, Nie L, Warren KE. Time-to-event Bayesian optimal interval design to "
        "accelerate phase I trials. Clin Cancer Res 2018;24:4921-4930"
    )

    most_pending: float = 0.5

    def advise_pending(self, state: State, follow_up: Sequence[float]) -> Advice | None:
        """Return what to do while subjects of the current level are pending; None: wait.

        state: final subjects only, as in `advise`. follow_up: for each pending subject of the
        current level, the part of the window followed without DLT. None pending: as `advise`.
        Raise ValueError for a part outside 0 to 1.
        """
        if not follow_up:
            return self.advise(state)
        if not all(0 <= part <= 1 for part in follow_up):
            raise ValueError(f"parts of the window {tuple(follow_up)} are not all from 0 to 1")
        full = _enrolled(state, len(follow_up))
        if self._waits(full, len(follow_up)):
            return None
        followed = _Followed(
            self.target, self.cutoff, self.p_saf, self.p_tox, self.extrasafe, self.most_pending,
            tuple(follow_up),
        )  # fmt: skip
        return followed.advise(full)

    def changes(self, count: Count, pending: int) -> FollowUp:
        """Return the follow-up that decides at a level. count: pending subjects included."""
        prior = self.target / 2
        mean = (count.y + prior) / (count.n - pending + 1)
        odds = mean / (1 - mean)  # DLTs expected of a subject not followed at all
        up = pending - (self.lambda_e * count.n - count.y) / odds
        down = pending - (self.lambda_d * count.n - count.y) / odds
        reached = count.y >= self.target * count.n - TOLERANCE
        return FollowUp(
            escalate_from=up if up <= pending + TOLERANCE else None,
            deescalate_to=min(down, pending) if reached and down >= -TOLERANCE else None,
        )

    def _waits(self, full: State, pending: int) -> bool:
        here = full.here
        if pending <= self.most_pending * here.n + TOLERANCE:
            return False
        leaves = here.y >= self.lambda_d * here.n - TOLERANCE
        return not leaves and full.at < self.open_levels(full.counts)


@dataclass(frozen=True, slots=True)
class _Followed(TiteBoin):
    """BOIN asked about a level whose last subjects are pending. follow_up: parts of the window."""

    follow_up: tuple[float, ...] = ()

    def judge(self, count: Count) -> tuple[Step, str]:
        """Compare the total follow-up with what would change the decision."""
        pending, total = len(self.follow_up), sum(self.follow_up)
        why = f"{shown(count)}, {pending} pending with {total:.2f} windows followed"
        at = self.changes(count, pending)
        if at.escalate_from is not None and total >= at.escalate_from - TOLERANCE:
            return 1, f"{why}, at least {max(at.escalate_from, 0):.2f}"
        if at.deescalate_to is not None and total <= at.deescalate_to + TOLERANCE:
            return -1, f"{why}, at most {at.deescalate_to:.2f}"
        return 0, f"{why}, between escalation and de-escalation"


def _enrolled(state: State, pending: int) -> State:
    """Return the state with the pending subjects counted at the current level, without DLT."""
    counts = list(state.counts)
    counts[state.at] = state.here.plus(pending, 0)
    return State(tuple(counts), state.at)
