"""The next lower dose of a drug: from the dose taken last, by its ladder and its limits."""

from __future__ import annotations

import re
from datetime import date

from safety.assess.case import Case
from safety.dosing.actual import days_taken
from safety.dosing.dose import level_dose, lower
from safety.study.treatment import Treatment

SAME = "same"
STOP = "discontinue"
UNKNOWN = "one step lower"  # the dose taken is not known


def one_lower(case: Case, treatment: Treatment, drug: str, day: date) -> str:
    """Return one step below the dose taken last up to a day, in words: `200 mg`.

    `discontinue` below the ladder's floor, or after as many reductions as the drug allows.
    """
    ladder = treatment.drugs[drug]
    start = level_dose(case, drug, case.first_dose or day).mg
    doses = [t.mg for d, t in days_taken(case, treatment, drug).items() if d <= day]
    last = doses[-1] if doses else level_dose(case, drug, day).mg
    if last is None:
        return UNKNOWN
    top = start or last
    found = lower(ladder, min(last, top))
    if found is None or sum(found <= s < top for s in ladder.steps) > ladder.max_reductions:
        return STOP
    return in_words(found)


def in_words(mg: float) -> str:
    return f"{mg:g} mg"


def mg_of(words: str) -> float | None:
    """Return the dose of `in_words`; None for other words."""
    found = re.fullmatch(r"([\d.]+) mg", words)
    return float(found[1]) if found else None
