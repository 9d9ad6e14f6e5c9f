"""Traps of drugs and doses: short holds, doses off the ladder, what is counted twice."""

from __future__ import annotations

from collections.abc import Iterator

from safety.study.conditions import DoseMissed
from safety.study.language import COMPARE
from safety.study.looked_at import value_tests
from safety.study.model import Study
from safety.study.places import inside, placed
from safety.study.traps.trap import Trap
from safety.study.treatment import DoseRule, Drug, Treatment

SHORT_HOLD = 7  # days: a hold as long as this is common and need not be a toxicity that limits
CLEARANCE = {"CRTCLRE", "CREATCLR"}


def treatment_traps(study: Study) -> Iterator[Trap]:
    """Yield the traps of a study's treatment; none if it has no treatment."""
    if study.treatment is None:
        return
    yield from _short_holds(study, study.treatment)
    yield from _doses(study.treatment)
    yield from _clearance_twice(study, study.treatment)
    for name, drug in study.treatment.drugs.items():
        if drug.attribution is None:
            yield Trap(
                f"drug {name}",
                "no attribution names its causality (a QNAM of SUPPAE): every event counts as "
                "related to it",
            )


def _short_holds(study: Study, treatment: Treatment) -> Iterator[Trap]:
    """A share of the doses may be missed within days: then a short hold is a DLT."""
    for place in placed(study):
        condition = place.condition
        if not isinstance(condition, DoseMissed):
            continue
        for name in condition.drugs or treatment.drugs:
            intakes, planned = fewest_missed(condition, treatment.drugs[name])
            days = -(-intakes // treatment.drugs[name].schedule.intakes_a_day)
            if days <= SHORT_HOLD:
                yield Trap(
                    place.name,
                    f"{intakes} of {planned} {name} doses missed for toxicity reach "
                    f"{condition.dose_missed}: a hold of {_days(days)} is dose-limiting",
                )


def fewest_missed(condition: DoseMissed, drug: Drug) -> tuple[int, int]:
    """Return how many missed intakes of a cycle fulfil a dose-intensity rule, and the planned."""
    planned = drug.schedule.days.days * drug.schedule.intakes_a_day
    share = condition.dose_missed
    reached = COMPARE[share.sign]
    counts = (k for k in range(1, planned + 1) if reached(100 * k / planned, share.percent))
    return next(counts, planned), planned


def _doses(treatment: Treatment) -> Iterator[Trap]:
    for level in treatment.levels:
        for name, rule in level.doses.items():
            drug = treatment.drugs[name]
            ladder = ", ".join(f"{s:g}" for s in drug.steps)
            for mg in _given(rule):
                if mg < min(drug.steps):
                    text = f"{name} {mg:g} mg is below the floor of its ladder ({ladder})"
                    yield Trap(f"level {level.id}", text)
                elif mg not in drug.steps:
                    text = f"{name} {mg:g} mg is no step of its ladder ({ladder})"
                    yield Trap(f"level {level.id}", text)
            yield from _renal_floor(level.id, name, rule, drug)


def _given(rule: DoseRule) -> list[float]:
    """Return the doses a rule can give; none for mg per m2, which any body may make another."""
    fixed = [] if rule.fixed is None else [rule.fixed]
    return [*fixed, *(b.mg for b in rule.bsa_bands)]


def _renal_floor(level: str, name: str, rule: DoseRule, drug: Drug) -> Iterator[Trap]:
    for step in rule.renal:
        low = [mg for mg in _given(rule) if mg in drug.steps]
        over = [mg for mg in low if drug.steps.index(mg) + step.lower_by >= len(drug.steps)]
        if step.lower_by and over:
            doses = ", ".join(f"{mg:g}" for mg in over)
            yield Trap(
                f"level {level}",
                f"{name} {doses} mg, lowered by {step.lower_by} for a clearance below "
                f"{step.below:g} mL/min, leaves the ladder: it is not given",
            )


def _clearance_twice(study: Study, treatment: Treatment) -> Iterator[Trap]:
    rules = study.modification.rules if study.modification else []
    for rule in rules:
        tests = {t for _, c in inside(rule.when) for v in value_tests(c) for t in v.tests}
        if not rule.active or rule.action != "reduce" or tests.isdisjoint(CLEARANCE):
            continue
        for name in rule.drugs:
            steps = [s for level in treatment.levels for s in level.doses[name].renal]
            if any(s.lower_by for s in steps):
                yield Trap(
                    f"modification rule {rule.id}",
                    f"the levels lower {name} for the clearance as well: a subject who begins with "
                    "a low clearance is lowered at the start, and again if this rule fires",
                )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
