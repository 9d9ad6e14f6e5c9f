"""mg per intake under a subject's dose level: fixed, by body surface, then by renal function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Sample, Source
from safety.ctcae.units import conversion
from safety.study.treatment import DoseRule, Drug, RenalStep

WEIGHT, HEIGHT, CLEARANCE = ("WEIGHT", "kg"), ("HEIGHT", "cm"), ("CRTCLRE", "mL/min")


@dataclass(frozen=True, slots=True)
class Dose:
    """mg per intake; 0: the rule says not to give it; None: not known, and `missing` says why.

    notes: what was supposed, as a query.
    """

    mg: float | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Source, ...] = ()


class Reading(NamedTuple):
    """A value between two bounds, both of which it may have."""

    low: float
    high: float
    sources: tuple[Source, ...]


def body_surface(weight_kg: float, height_cm: float) -> float:
    """Return the body surface in m2 (Mosteller 1987: root of height x weight / 3600)."""
    return math.sqrt(height_cm * weight_kg / 3600)


def lower(drug: Drug, mg: float, steps: int = 1) -> float | None:
    """Return the dose some steps further down the ladder; None below its floor: discontinue.

    A dose between two steps of the ladder goes to the next lower one first.
    """
    if steps < 1:
        return mg
    below = [step for step in drug.steps if step < mg]
    return below[steps - 1] if len(below) >= steps else None


def level_dose(case: Case, drug: str, day: date) -> Dose:
    """Return mg per intake of a drug under the assigned level, by what was known on a day.

    Raises ValueError if the study has no treatment, KeyError if the drug is none of it.
    """
    treatment = case.study.treatment
    if treatment is None:
        raise ValueError(f"study {case.study.studyid} has no treatment: no dose is planned")
    ladder = treatment.drugs[drug]
    wanted = case.facts.level.strip().upper()
    level = next((lv for lv in treatment.levels if lv.id.upper() == wanted), None)
    if level is None:
        ids = ", ".join(lv.id for lv in treatment.levels)
        return Dose(None, (f"dose level: {case.facts.level or 'blank'!r} is none of {ids}",))
    rule = level.doses[drug]
    dose = _before_renal_steps(case, rule, day)
    if dose.mg is None or not rule.renal:
        return dose
    return _after_renal_steps(case, ladder, rule.renal, dose, day)


def _before_renal_steps(case: Case, rule: DoseRule, day: date) -> Dose:
    if rule.fixed is not None:
        return Dose(rule.fixed)
    weight = newest(case, WEIGHT, day)
    # adults do not grow: a height measured later serves as well
    height = newest(case, HEIGHT, day) or newest(case, HEIGHT, case.as_of)
    if weight is None or height is None:
        lacking = [n for n, r in (("weight", weight), ("height", height)) if r is None]
        return Dose(None, tuple(f"{name} on or before {day}" for name in lacking))
    sources = (*weight.sources, *height.sources)
    smallest = body_surface(weight.low, height.low)
    largest = body_surface(weight.high, height.high)
    return _same_at_both(
        lambda surface: _of_surface(rule, surface), smallest, largest, "body surface", sources
    )


def _of_surface(rule: DoseRule, surface: float) -> float:
    if rule.per_m2 is None:
        return next(b.mg for b in rule.bsa_bands if b.below is None or surface < b.below)
    mg = rule.per_m2 * surface
    if rule.round_to is not None:
        mg = math.floor(mg / rule.round_to + 0.5) * rule.round_to
    return mg if rule.at_most is None else min(mg, rule.at_most)


def _after_renal_steps(
    case: Case, drug: Drug, steps: list[RenalStep], dose: Dose, day: date
) -> Dose:
    found = newest(case, CLEARANCE, day)
    if found is None:
        note = f"no creatinine clearance on or before {day}: no renal reduction was planned"
        return replace(dose, notes=(*dose.notes, note))
    sources = (*dose.evidence, *found.sources)
    mg = dose.mg or 0.0
    return _same_at_both(
        lambda clearance: _of_clearance(drug, steps, mg, clearance),
        found.low, found.high, "creatinine clearance", sources,
    )  # fmt: skip


def _of_clearance(drug: Drug, steps: list[RenalStep], mg: float, clearance: float) -> float:
    below = [s for s in steps if clearance < s.below]
    if not below:
        return mg
    step = min(below, key=lambda s: s.below)
    return 0.0 if step.not_given else lower(drug, mg, step.lower_by) or 0.0


def _same_at_both(
    dose_of: Callable[[float], float],
    low: float,
    high: float,
    what: str,
    sources: tuple[Source, ...],
) -> Dose:
    """Return the dose if every value between two bounds asks for the same one."""
    smallest, largest = dose_of(low), dose_of(high)
    if smallest == largest and math.isfinite(smallest):
        return Dose(smallest, evidence=sources)
    return Dose(None, (f"exact {what}: it lies between {low:.4g} and {high:.4g}",), (), sources)


def newest(case: Case, what: tuple[str, str], day: date) -> Reading | None:
    """Return the newest value of a test, in a unit, on or before a day; None if there is none."""
    test, unit = what
    samples = [
        s
        for s in case.facts.samples
        if s.test == test and s.when.last_day <= day and conversion(test, s.unit, unit) is not None
    ]
    if not samples:
        return None
    return _reading(max(samples, key=lambda s: (s.when.latest, s.when.earliest, s.source)), unit)


def _reading(sample: Sample, unit: str) -> Reading | None:
    how = conversion(sample.test, sample.unit, unit)
    if how is None or math.isnan(sample.low) or math.isnan(sample.high):
        return None
    low, high = (bound * how.factor + how.offset for bound in (sample.low, sample.high))
    if sample.low_open:
        low = math.nextafter(low, math.inf)
    if sample.high_open:
        high = math.nextafter(high, -math.inf)
    return Reading(max(low, 0.0), high, (sample.source,))
