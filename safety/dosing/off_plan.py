"""Doses against the plan itself: above the level, raised again, on other days, after a long break.

Faults 43 and 44 of the data reference; limits of delay from the study file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from safety.assess.moments import DAY
from safety.assess.occurrence import merged_evidence
from safety.assess.result import Deviation, Trigger
from safety.assess.truth import Truth
from safety.dosing.actual import Actual
from safety.dosing.delay import delay
from safety.dosing.dose import level_dose
from safety.dosing.plan import planned
from safety.study.language import Duration

OVERDOSE = 1.10  # of the planned daily dose (fault 43)
LEVEL, LADDER, SCHEDULE = "dose level", "dose ladder", "schedule"
LONGEST_DELAY, LONGEST_BREAK = "maximum delay", "maximum interruption"


def off_plan(actual: Actual, triggers: list[Trigger]) -> Iterator[Deviation]:
    """Yield what of one drug was not taken as planned. triggers: of this drug, that are met."""
    yield from _above_level(actual)
    yield from _raised_again(actual)
    yield from _wrong_days(actual)
    yield from _late_cycles(actual)
    yield from _late_courses(actual, triggers)
    yield from _long_breaks(actual)


def _above_level(actual: Actual) -> Iterator[Deviation]:
    case, drug = actual.case, actual.drug
    daily = actual.rules.schedule.intakes_a_day
    start = level_dose(case, drug, case.first_dose or case.as_of).mg
    for cycle in sorted(case.cycles):
        doses = [mg for mg in (start, planned(case, cycle, drug).mg) if mg]
        if not doses:
            continue
        limit = max(doses) * daily
        above = [d for d in actual.cycle_days(cycle) if _total(actual, d) > limit * OVERDOSE]
        for days in actual.stretches(above):
            total = max(_total(actual, d) for d in days)
            yield Deviation(
                "dose_above_level", drug, days[0],
                f"{drug}: {limit:g} mg a day at level {case.facts.level}",
                f"{actual.in_words(days)}, up to {total:g} mg a day", LEVEL, actual.evidence(days),
            )  # fmt: skip


def _total(actual: Actual, day: date) -> float:
    return actual.taken[day].total or 0.0


def _raised_again(actual: Actual) -> Iterator[Deviation]:
    """A dose above a reduced one, where a drug is not to be raised after a reduction."""
    if actual.rules.re_escalation:
        return
    highest, reduced, since = 0.0, float("inf"), date.max
    raised: list[date] = []
    for day, dose in actual.taken.items():
        if dose.mg is None:
            continue
        if dose.mg < min(highest, reduced):
            if not raised:
                reduced, since = dose.mg, day
        elif dose.mg > reduced:
            raised.append(day)
        highest = max(highest, dose.mg)
    if raised:
        yield Deviation(
            "dose_above_level", actual.drug, raised[0],
            f"{actual.drug}: {reduced:g} mg at most after the reduction of {since}",
            actual.in_words(raised), LADDER, actual.evidence(raised),
        )  # fmt: skip


def _wrong_days(actual: Actual) -> Iterator[Deviation]:
    """Doses on days without a planned one; not judged where nobody told when cycles began."""
    case = actual.case
    length = actual.treatment.cycle_length.whole_days
    told = "visit" in case.facts.delivered or bool(case.facts.visits)
    for cycle, start in sorted(case.cycles.items()):
        known = length if not told else None
        off = [
            d
            for d in actual.cycle_days(cycle)
            if d not in actual.planned[cycle] and (known is None or d < start + known * DAY)
        ]
        for days in _runs(off):
            schedule = actual.rules.schedule
            yield Deviation(
                "wrong_day", actual.drug, days[0],
                f"{actual.drug} on days {schedule.days} of a cycle (cycle {cycle} began {start})",
                actual.in_words(days), SCHEDULE, actual.evidence(days),
            )  # fmt: skip


def _runs(days: list[date]) -> Iterator[list[date]]:
    """Yield days that follow each other."""
    group: list[date] = []
    for day in days:
        if group and day > group[-1] + DAY:
            yield group
            group = []
        group.append(day)
    if group:
        yield group


def _late_cycles(actual: Actual) -> Iterator[Deviation]:
    """A cycle that began, with this drug, later than is allowed after toxicity."""
    case, drug = actual.case, actual.drug
    for cycle in sorted(case.cycles):
        limit = _limit_of(cycle, actual)
        late = delay(case, cycle) if cycle > 1 else None
        days = actual.cycle_days(cycle)
        if limit is None or late is None or not days or late.toxicity is Truth.NOT_MET:
            continue
        if late.days > limit.whole_days:
            yield Deviation(
                "max_delay_exceeded", drug, days[0],
                f"cycle {cycle} within {limit} of {late.planned}, or the drug responsible stopped",
                f"{late.days} days late; {actual.in_words(days[:1])}", LONGEST_DELAY,
                merged_evidence(late.evidence, actual.evidence(days[:1])),
            )  # fmt: skip


def _limit_of(cycle: int, actual: Actual) -> Duration | None:
    rules = actual.case.study.modification
    if rules is None:
        return None
    gates = [g for g in rules.gates if g.before == "cycle" and actual.drug in g.drugs]
    limits = [g.max_delay for g in gates if g.max_delay is not None]
    if cycle > 2 and rules.max_delay_later_cycles is not None:
        return rules.max_delay_later_cycles
    return min(limits, key=lambda d: d.hours, default=None)


def _late_courses(actual: Actual, triggers: list[Trigger]) -> Iterator[Deviation]:
    """A course that a gate held, begun although it was to be omitted by then."""
    rules = actual.case.study.modification
    gates = {g.id: g for g in rules.gates if g.before == "course"} if rules else {}
    for trigger in triggers:
        gate = gates.get(trigger.rule)
        if gate is None or gate.max_delay is None:
            continue
        at = actual.case.cycle_of(trigger.on)
        days = [d for d in actual.cycle_days(at[0]) if d >= trigger.on] if at else []
        last = trigger.on + gate.max_delay.whole_days * DAY
        if days and days[0] > last:
            yield Deviation(
                "max_delay_exceeded", actual.drug, days[0],
                f"{actual.drug} begun by {last}: {gate.otherwise}",
                actual.in_words(days), gate.id,
                merged_evidence(trigger.evidence, actual.evidence(days)),
            )  # fmt: skip


def _long_breaks(actual: Actual) -> Iterator[Deviation]:
    """A drug taken again after too long an interruption, from the first skipped dose on."""
    longest = actual.rules.max_interruption
    if longest is None:
        return
    for before, after in pairwise(actual.taken):
        skipped = [d for d in actual.skipped if before < d < after]
        if skipped and (after - min(skipped)).days > longest.whole_days:
            yield Deviation(
                "max_delay_exceeded", actual.drug, after,
                f"{actual.drug} interrupted for {longest} at most, else discontinued",
                f"not taken from {min(skipped)}, {actual.in_words([after])}", LONGEST_BREAK,
                actual.evidence([before, after]),
            )  # fmt: skip
