"""Expected against actual."""

from __future__ import annotations

from safety.assess.case import Case
from safety.assess.result import Deviation, Trigger


def deviations(case: Case, triggers: tuple[Trigger, ...]) -> tuple[Deviation, ...]:
    """Return what was done against what the rules expected."""
    del case, triggers
    return ()
