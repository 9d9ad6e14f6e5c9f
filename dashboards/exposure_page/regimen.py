"""What the study file plans: the days of each drug in a cycle, and how its cycles are named."""

from __future__ import annotations

import re
from typing import NamedTuple

from dashboards.view import View
from safety.displays.days import CYCLE_VISIT
from safety.study.treatment import CYCLE


class Planned(NamedTuple):
    """Days of a cycle on which a drug is due, both included, and the days of a cycle."""

    drug: str
    first: int
    last: int
    length: int


def cycle_visit(view: View) -> str:
    """Return how the first visit of a cycle is named: a pattern with its number as the one group.

    Of names in capitals, as `safety.displays` compares them.
    """
    if view.study is None or view.study.treatment is None:
        return CYCLE_VISIT
    before, after = view.study.treatment.cycle_start_visit.upper().split(CYCLE.upper())
    return rf"{re.escape(before)}(\d+){re.escape(after)}"


def planned(view: View) -> tuple[Planned, ...]:
    """Return the planned days of each drug; none where the study file has no treatment."""
    treatment = view.study.treatment if view.study else None
    if treatment is None:
        return ()
    length = treatment.cycle_length.whole_days
    return tuple(
        Planned(name, drug.schedule.days.first, drug.schedule.days.last, length)
        for name, drug in treatment.drugs.items()
    )


def spellings(view: View) -> dict[str, str]:
    """Return the study file's name of a drug by each way in which dose records spell it."""
    treatment = view.study.treatment if view.study else None
    if treatment is None:
        return {}
    return {spelt: name for name, drug in treatment.drugs.items() for spelt in drug.names}


def recorded(view: View, drug: str) -> str:
    """Return how dose records spell a drug; "" where there are several ways, or none is known."""
    found = [spelt for spelt, name in spellings(view).items() if name == drug]
    return found[0] if len(found) == 1 else ""
