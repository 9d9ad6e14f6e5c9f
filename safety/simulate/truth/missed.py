"""Doses of cycle 1: planned, received and missed, by drug and by mg."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safety.simulate.model import Day, Dose
from safety.simulate.truth.case import Case
from safety.simulate.truth.window import LENGTH, TOXICITY, related_on

A_QUARTER = 0.25  # T2
# Intakes of a cycle by drug: once a day for 21 and 5 days, twice a day for 14 days (section 1).
PLANNED = {"surufatinib": 21, "temozolomide": 5, "s1": 28}


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the planned mg of cycle 1 was received, and missed because of toxicity."""

    received: float
    missed_for_toxicity: float


def cycle_1(case: Case) -> Mapping[str, tuple[Dose, ...]]:
    """Return the doses of study days 1 to 21 by drug, in order."""
    end = (
        LENGTH if case.second_cycle is None else min(LENGTH, case.study_day(case.second_cycle) - 1)
    )
    doses = sorted(case.doses, key=lambda d: d.day)
    mine = [d for d in doses if d.day <= case.now and 1 <= case.study_day(d.day) <= end]
    return {drug: tuple(d for d in mine if d.drug == drug) for drug in PLANNED}


def shares(case: Case) -> Mapping[str, Share]:
    """Return the shares by drug."""
    return {
        drug: Share(
            sum(d.taken * d.taken_mg for d in doses) / planned,
            sum(lost(d) for d in doses if for_toxicity(case, d)) / planned,
        ) if planned else Share(0.0, 0.0)
        for drug, doses in cycle_1(case).items()
        for planned in [_planned(drug, doses)]
    }  # fmt: skip


def crossed(case: Case) -> Iterator[tuple[str, Day]]:
    """Yield the drugs of which a quarter was missed for toxicity, and the day that made it so."""
    for drug, doses in cycle_1(case).items():
        missed, planned = 0.0, _planned(drug, doses)
        for dose in doses:
            if lost(dose) > 0 and for_toxicity(case, dose):
                missed += lost(dose)
                if missed >= A_QUARTER * planned - 1e-9:
                    yield drug, dose.day
                    break


def lost(dose: Dose) -> float:
    """Return the mg that were due and not taken."""
    return max(0.0, dose.due * dose.due_mg - dose.taken * dose.taken_mg)


def for_toxicity(case: Case, dose: Dose) -> bool:
    """Return whether a dose was missed for related toxicity; no reason counts as toxicity."""
    return dose.reason in {"", TOXICITY} and related_on(case, dose.day)


def _planned(drug: str, doses: tuple[Dose, ...]) -> float:
    return PLANNED[drug] * max((d.due_mg for d in doses), default=0.0)
