"""What the designs of up to six subjects a level share: the way from level to level.

Each says of a level alone what its counts mean (`Verdict`); where the trial goes from there is the
same for all of them: up while levels pass, down from one that is too toxic, and the MTD is a level
of six subjects, with one that is too toxic above it or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from safety.escalation.advice import Advice
from safety.escalation.state import Count, State

# tolerable: six treated, as many DLTs as the MTD may have, too many for going on upwards
Verdict = Literal["undecided", "passes", "tolerable", "too toxic"]
SIX = 6


def way(state: State, verdicts: Sequence[Verdict], confirm_top: bool = True) -> Advice:
    """Return where the trial goes.

    verdicts: of each level. confirm_top: the highest level needs six subjects to be the MTD, not
    only to pass.
    """
    closed = next((i for i, v in enumerate(verdicts) if v == "too toxic"), len(verdicts))
    if closed == 0:
        return Advice("stop", None, 0, f"{_told(state.counts[0])} at the lowest level: too toxic")
    if state.at >= closed:
        return _down(state, closed)
    if _is_mtd(state, verdicts, closed, confirm_top):
        return Advice("complete", state.at, closed, f"{_told(state.here)}: the MTD")
    if verdicts[state.at] == "passes" and state.at + 1 < closed:
        why = f"{_told(state.here)}: the level passes"
        return Advice("escalate", state.at + 1, closed, why)
    return Advice("stay", state.at, closed, _waiting(state, closed))


def _down(state: State, closed: int) -> Advice:
    """From a level that is closed: below it is the MTD if six were treated there."""
    below, too_toxic = state.counts[closed - 1], state.counts[closed]
    if below.n >= SIX:
        why = f"{_told(below)} under a level that is too toxic: the MTD"
        return Advice("complete", closed - 1, closed, why)
    why = f"{_told(too_toxic)}: too toxic"
    return Advice("de-escalate", closed - 1, closed, why)


def _is_mtd(state: State, verdicts: Sequence[Verdict], closed: int, confirm_top: bool) -> bool:
    here, is_highest = verdicts[state.at], state.at + 1 == closed
    if here == "tolerable":
        return True
    if not is_highest or here != "passes":
        return False
    is_top = state.at == state.top
    return state.here.n >= SIX or (is_top and not confirm_top)


def _waiting(state: State, closed: int) -> str:
    here = _told(state.here)
    if state.at + 1 == closed <= state.top:
        return f"{here}: the level above is too toxic, six subjects confirm the MTD"
    if state.at == state.top and not state.here.y:
        return f"{here}: six subjects confirm the highest level"
    return f"{here}: more subjects decide"


def _told(count: Count) -> str:
    return f"{count.y} of {count.n} with a DLT"


def mtd(advice: Advice) -> int | None:
    """Return the level that is the MTD by an advice, None while the trial is not complete."""
    return advice.level if advice.action == "complete" else None
