"""Expected against actual: what was dosed although a rule, a gate or the plan said otherwise.

One deviation per drug, rule and stretch of days. A dose on the day a rule fired is none: it may
have been taken before anyone knew. Doses that are not told of for certain, and triggers of which
something is missing (whether they fired, or when), are not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from safety.assess.case import Case
from safety.assess.moments import DAY
from safety.assess.occurrence import merged_evidence
from safety.assess.result import Deviation, Trigger
from safety.dosing.actual import Actual
from safety.dosing.ladder import mg_of
from safety.dosing.off_plan import off_plan
from safety.dosing.resume import is_seen_in_data
from safety.study.modification import Modification

Kind = Literal["missed_hold", "dose_inside_hold", "missed_reduction", "gate_failed",
               "missed_discontinuation"]  # fmt: skip


def deviations(case: Case, triggers: tuple[Trigger, ...]) -> tuple[Deviation, ...]:
    """Return every deviation, by day and drug. triggers: those of the same case."""
    treatment, rules = case.study.treatment, case.study.modification
    if treatment is None or case.first_dose is None:
        return ()
    found: list[Deviation] = []
    for drug in treatment.drugs:
        actual = Actual(case, treatment, drug)
        own = [t for t in triggers if t.drug == drug and t.state == "met" and not t.missing]
        if rules is not None:
            for trigger in own:
                found += _against(trigger, own, actual, rules)
        found += off_plan(actual, own)
    return tuple(sorted(found, key=lambda d: (d.on, d.drug, d.kind, d.rule, d.actual)))


def _against(
    trigger: Trigger, others: list[Trigger], actual: Actual, rules: Modification
) -> Iterator[Deviation]:
    gates = {g.id for g in rules.gates}
    if trigger.action == "discontinue":
        yield from _discontinuation(trigger, actual)
    elif trigger.rule in gates:
        yield from _gate(trigger, others, actual)
    elif trigger.action == "hold" and trigger.wins:
        yield from _hold(trigger, actual, ends_in_data=_ends_in_data(trigger, rules))
    yield from _reduction(trigger, actual)


def _ends_in_data(trigger: Trigger, rules: Modification) -> bool:
    return any(r.id == trigger.rule and is_seen_in_data(r.resume) for r in rules.rules)


def _deviation(
    kind: Kind, trigger: Trigger, actual: Actual, days: list[date], expected: str
) -> Deviation:
    evidence = merged_evidence(trigger.evidence, actual.evidence(days))
    words = actual.in_words(days)
    return Deviation(kind, trigger.drug, days[0], expected, words, trigger.rule, evidence)


def _discontinuation(trigger: Trigger, actual: Actual) -> Iterator[Deviation]:
    days = [d for d in actual.taken if d > trigger.on]
    if days:
        expected = f"no {trigger.drug} any more after {trigger.on}"
        yield _deviation("missed_discontinuation", trigger, actual, days, expected)


def _gate(trigger: Trigger, others: list[Trigger], actual: Actual) -> Iterator[Deviation]:
    """Doses from the day of a gate on: it is judged before the dose. The next one is its own."""
    later = [t.on for t in others if t.rule == trigger.rule and t.on > trigger.on]
    ends = [d for d in (trigger.until, min(later, default=None)) if d is not None]
    days = [d for d in _from(actual, trigger.on) if not ends or d < min(ends)]
    for stretch in list(actual.stretches(days))[:1]:
        expected = f"no {trigger.drug} before the gate is passed{_seen(trigger)}: {trigger.text}"
        yield _deviation("gate_failed", trigger, actual, stretch, expected)


def _seen(trigger: Trigger) -> str:
    return f" (seen on {trigger.until})" if trigger.until else " (not seen yet)"


def _from(actual: Actual, day: date) -> list[date]:
    return [d for d in actual.taken if d >= day]


def _hold(trigger: Trigger, actual: Actual, *, ends_in_data: bool) -> Iterator[Deviation]:
    """Doses in a hold: without a stop, or again too early.

    Where no data show that dosing may go on (an agreement), going on after a stop is no deviation.
    """
    until = trigger.until
    days = [d for d in _from(actual, trigger.on + DAY) if until is None or d < until]
    for stretch in actual.stretches(days):
        stopped = actual.is_interrupted(trigger.on, stretch[0])
        if stopped and not ends_in_data:
            return
        expected = f"{trigger.drug} on hold from {trigger.on}; to resume: {trigger.resume}"
        kind: Kind = "dose_inside_hold" if stopped else "missed_hold"
        yield _deviation(kind, trigger, actual, stretch, expected + _seen(trigger))


def _reduction(trigger: Trigger, actual: Actual) -> Iterator[Deviation]:
    """The old dose, where the first dose that a reduction applies to should have been lower."""
    allowed = mg_of(trigger.next_dose)
    begin = _lower_from(trigger, actual)
    if allowed is None or begin is None:
        return
    days = _until_lowered(_from(actual, begin), allowed, actual)
    if days:
        expected = f"{trigger.drug}: {trigger.next_dose} at most from {begin}"
        yield _deviation("missed_reduction", trigger, actual, days, expected)


def _until_lowered(days: Iterable[date], allowed: float, actual: Actual) -> list[date]:
    found: list[date] = []
    for day in days:
        mg = actual.taken[day].mg
        if mg is not None and mg <= allowed:
            break
        if mg is not None:
            found.append(day)
    return found


def _lower_from(trigger: Trigger, actual: Actual) -> date | None:
    """Return the day from which a lower dose is due: when a hold ends, or with the next course."""
    if trigger.action == "hold":
        if trigger.until is not None:
            return max(trigger.until, trigger.on + DAY)
        again = (d for d in _from(actual, trigger.on + DAY) if _stopped(trigger, d, actual))
        return min(again, default=None)
    if trigger.action != "reduce":
        return None
    cycles = actual.case.cycles
    current = max(c for c, start in cycles.items() if start <= trigger.on)
    if any(d <= trigger.on for d in actual.cycle_days(current)):
        return min((s for s in cycles.values() if s > trigger.on), default=None)
    return trigger.on + DAY


def _stopped(trigger: Trigger, day: date, actual: Actual) -> bool:
    return actual.is_interrupted(trigger.on, day)
