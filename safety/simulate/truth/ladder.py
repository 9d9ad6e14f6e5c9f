"""Whether a drug has a lower dose left (reference dose_modification.md, 1)."""

from __future__ import annotations

from safety.simulate.model import Day
from safety.simulate.truth.case import Case

STEPS = {
    "surufatinib": (250.0, 200.0, 150.0),
    "temozolomide": (300.0, 250.0, 200.0, 150.0),
    "s1": (60.0, 50.0, 40.0),
}
MOST_REDUCTIONS = 2


def is_lowest(case: Case, drug: str, on: Day) -> bool:
    """Return whether one step below the dose taken last is below the ladder, or a third one."""
    taken = sorted(
        (d for d in case.doses if d.drug == drug and d.taken > 0 and d.day <= on),
        key=lambda d: d.day,
    )
    if not taken:
        return False
    start, last = taken[0].due_mg, taken[-1].taken_mg
    below = [s for s in STEPS[drug] if s < min(start, last)]
    return not below or sum(max(below) <= s < start for s in STEPS[drug]) > MOST_REDUCTIONS
