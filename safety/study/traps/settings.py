"""Traps of settings: what is counted twice, comes too late, or needs what the study has not."""

from __future__ import annotations

from collections.abc import Iterator

from safety.study.conditions import AtBaseline, CycleDelay, DoseMissed, History
from safety.study.dlt import DltRule
from safety.study.model import Study
from safety.study.modification import Gate
from safety.study.places import inside
from safety.study.traps.trap import Trap
from safety.study.treatment import Treatment

STANDING = (AtBaseline, History)  # true or not before the first dose


def setting_traps(study: Study) -> Iterator[Trap]:
    """Yield the traps of a study's feeds, rules, assessments and gates."""
    yield from _doses_of(study)
    for rule in study.dose_limiting.rules:
        if rule.kind == "dose_limiting":
            yield from _of_rule(rule, study)
    yield from _assessments(study)
    if study.modification is not None and study.treatment is not None:
        for gate in study.modification.gates:
            yield from _of_gate(gate, study.treatment)


def _doses_of(study: Study) -> Iterator[Trap]:
    doses = [name for f in study.feeds for name, d in f.domains.items() if d.record == "dose"]
    where = ("feed " if len(study.feeds) == 1 else "feeds ") + ", ".join(f.id for f in study.feeds)
    if len(doses) > 1:
        text = f"{' and '.join(doses)} are both doses: a dose that stands in both counts twice"
        yield Trap(where, text)
    elif not doses:
        text = "no domain is of doses (EC or EX): no first dose but that of the subject's record"
        yield Trap(where, text)


def _of_rule(rule: DltRule, study: Study) -> Iterator[Trap]:
    parts = [part for _, part in inside(rule.when)]
    leaves = [p for p in parts if not hasattr(p, "all") and not hasattr(p, "any")]
    if all(isinstance(p, STANDING) for p in leaves):
        yield Trap(f"rule {rule.id}", "asks only for what was so before treatment: no toxicity")
    for part in parts:
        if not isinstance(part, CycleDelay | DoseMissed):
            continue
        if study.treatment is None:
            yield Trap(
                f"rule {rule.id}", "asks for doses of a cycle, but the study has no treatment"
            )
        elif _begins_after_the_window(part, study, study.treatment):
            text = f"asks for cycle {part.cycle}, of which nothing lies in the window"
            yield Trap(f"rule {rule.id}", text)


def _begins_after_the_window(
    part: CycleDelay | DoseMissed, study: Study, treatment: Treatment
) -> bool:
    window = study.dose_limiting.window
    # A delay of cycle 2 is one of cycle 1's end.
    before = part.cycle - (2 if isinstance(part, CycleDelay) else 1)
    first = before * treatment.cycle_length.whole_days + 1
    return first > max(window.last_day, window.extends_to_day or 0)


def _assessments(study: Study) -> Iterator[Trap]:
    for assessment in study.dose_limiting.surveillance:
        place = f"assessment {assessment.id}"
        for window in assessment.windows:
            if study.treatment is None and (window.cycle or 1) > 1:
                text = (
                    f"{window} is never due: the study has no treatment, so no cycle {window.cycle}"
                )
                yield Trap(place, text)
            if assessment.grace.whole_days > window.days:
                text = f"the grace of {assessment.grace} is longer than {window} itself"
                yield Trap(place, text)


def _of_gate(gate: Gate, treatment: Treatment) -> Iterator[Trap]:
    if gate.samples is None:
        if gate.look_back.hours == 0:
            text = "look_back 0: only a sample of the very day of the dose opens it"
            yield Trap(f"gate {gate.id}", text)
        return
    for name in gate.drugs:
        first = treatment.drugs[name].schedule.days.first
        latest = max(first, treatment.drugs[name].schedule.latest_start or first)
        if gate.before == "course" and gate.samples.last > latest:
            text = (
                f"samples of {gate.samples} may come after the course of {name}, which begins on "
                f"day {latest} at the latest"
            )
            yield Trap(f"gate {gate.id}", text)
