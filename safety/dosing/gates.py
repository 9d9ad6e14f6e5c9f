"""Gates: what must hold before a cycle or a course begins, judged as often as it was due.

A gate that does not hold is a hold of its drugs until the first day on which all of it held; one
that cannot be judged is shown as such, with what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from safety.assess.attribution import is_related
from safety.assess.case import Case
from safety.assess.conditions import occurrences
from safety.assess.facts import Source
from safety.assess.moments import DAY, Moment
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.result import Trigger
from safety.assess.truth import Truth, all_of, any_of
from safety.dosing.actual import days_taken
from safety.dosing.ladder import SAME
from safety.dosing.ledger import told
from safety.dosing.readings import Reading, Span, read
from safety.study.conditions import Toxicity
from safety.study.modification import Gate, Requirement


class Due(NamedTuple):
    """A cycle or course of a drug: the day it was due, and that of its first dose, if given."""

    cycle: int
    planned: date
    given: date | None


@dataclass(frozen=True, slots=True)
class Check:
    """A gate on one day."""

    truth: Truth
    evidence: tuple[Source, ...]
    missing: tuple[str, ...]
    failed: tuple[str, ...]


def gate_triggers(case: Case) -> tuple[Trigger, ...]:
    """Return the gates that did not hold, or cannot be judged, by gate and drug."""
    rules = case.study.modification
    return tuple(
        trigger
        for gate in (rules.gates if rules else [])
        for drug in gate.drugs
        for due in _dues(gate, drug, case)
        for trigger in _of_due(gate, drug, due, case)
    )


def _dues(gate: Gate, drug: str, case: Case) -> list[Due]:
    """Return what of a drug was due by now and before treatment ended."""
    found = _cycles(case) if gate.before == "cycle" else _courses(drug, case)
    over = case.treatment_ended
    return [
        d
        for d in found
        if d.given is not None
        or (d.planned <= case.as_of and (over is None or d.planned < over))
    ]  # fmt: skip


def _cycles(case: Case) -> list[Due]:
    """Cycles from the second on: those that began, and the next one."""
    if not case.cycles:
        return []
    found = []
    for cycle in [c for c in sorted(case.cycles) if c > 1] + [max(case.cycles) + 1]:
        start, planned = case.cycles.get(cycle), case.planned_start(cycle)
        if planned is not None or start is not None:
            due = min(d for d in (planned, start) if d is not None)
            found.append(Due(cycle, due, start))
    return found


def _courses(drug: str, case: Case) -> list[Due]:
    """Courses of a drug, in every cycle that was not over before it."""
    treatment = case.study.treatment
    if treatment is None:
        return []
    found, doses = [], days_taken(case, treatment, drug)
    for cycle, start in sorted(case.cycles.items()):
        planned = start + (treatment.drugs[drug].schedule.days.first - 1) * DAY
        after = min((s for s in case.cycles.values() if s > start), default=None)
        given = [d for d in doses if d >= planned and (after is None or d < after)]
        if after is None or planned < after:
            found.append(Due(cycle, planned, min(given, default=None)))
    return found


def _of_due(gate: Gate, drug: str, due: Due, case: Case) -> Iterator[Trigger]:
    """Yield the gate on the day it was due, and again on the day of the first dose if later."""
    shut_until: date | None = due.planned
    if due.given is None or due.given > due.planned:
        check = _check(gate, drug, _span(gate, due, due.planned, case), due, case)
        if check.truth is Truth.NOT_MET or (check.truth is Truth.UNKNOWN and due.given is None):
            trigger = _trigger(gate, drug, due, due.planned, check, case)
            yield trigger
            shut_until = trigger.until if check.truth is Truth.NOT_MET else due.planned
    if due.given is None or shut_until is None or shut_until > due.given:
        return
    before = _first_dose_of(drug, due.given, case)
    span = _span(gate, due, due.given, case, before)
    check = _check(gate, drug, span, due, case)
    if check.truth is not Truth.MET:
        yield _trigger(gate, drug, due, due.given, check, case)


def _first_dose_of(drug: str, day: date, case: Case) -> Moment | None:
    """Return when on a day a drug was first taken, if the records tell the time."""
    rows = told(case, drug).get(day, ())
    starts = [r.record.start for r in rows if r.record.taken and r.record.start.first_day == day]
    return min(starts, default=None)


def _span(gate: Gate, due: Due, day: date, case: Case, before: Moment | None = None) -> Span:
    """Return the days whose samples are valid for a gate on a day."""
    first = day - timedelta(days=gate.look_back.whole_days)
    if gate.samples is not None and due.cycle in case.cycles:
        first = case.cycles[due.cycle] + (gate.samples.first - 1) * DAY
    return Span(first, day, before=before)


def _trigger(gate: Gate, drug: str, due: Due, day: date, check: Check, case: Case) -> Trigger:
    failing = check.truth is Truth.NOT_MET
    wanted = [n.text for n in gate.requires if _applies(n, drug)]
    recheck = f"; check again every {gate.recheck}" if gate.recheck else ""
    return Trigger(
        rule=gate.id,
        drug=drug,
        action="hold",
        on=day,
        resume=f"all of it holds: {', '.join(wanted)}",
        next_dose=SAME,
        until=_opened(gate, drug, due, day, case) if failing else None,
        wins=failing,
        state="met" if failing else "not_evaluable",
        evidence=check.evidence,
        missing=check.missing,
        advice=gate.otherwise + recheck,
        text=f"{gate.text}, cycle {due.cycle}: " + ("; ".join(check.failed) or "not to be judged"),
    )


def _opened(gate: Gate, drug: str, due: Due, day: date, case: Case) -> date | None:
    """Return the first later day on which all of a gate held, by samples since it was due."""
    first = _span(gate, due, due.planned, case).first
    for later in _news(case, day):
        check = _check(gate, drug, Span(first, later), due, case)
        if check.truth is Truth.MET:
            return later
    return None


def _news(case: Case, after: date) -> list[date]:
    """Return the later days on which something was measured, or an event ended."""
    days = {s.when.last_day for s in case.facts.samples}
    days |= {r.end.last_day for r in case.facts.reports if r.end is not None}
    return sorted(d for d in days if after < d <= case.as_of)


def _applies(need: Requirement, drug: str) -> bool:
    return not need.drugs or drug in need.drugs


def _check(gate: Gate, drug: str, span: Span, due: Due, case: Case) -> Check:
    found = [
        (need, _requirement(need, span, due, case))
        for need in gate.requires
        if _applies(need, drug)
    ]
    failing = [r for _, r in found if r.truth is Truth.NOT_MET]
    return Check(
        all_of(r.truth for _, r in found),
        merged_evidence(*(r.evidence for r in (failing or [r for _, r in found]))),
        tuple(f"{n.text}: {m}" for n, r in found if r.truth is Truth.UNKNOWN for m in r.missing),
        tuple(f"{n.text}: {f}" for n, r in found if r.truth is Truth.NOT_MET for f in r.failed),
    )


def _requirement(need: Requirement, span: Span, due: Due, case: Case) -> Reading:
    if need.no is not None:
        return _absent(need, need.no, span, due, case)
    found = read(need.values, case, span)
    if found.truth is Truth.MET or not need.or_values:
        return found
    other = read(need.or_values, case, span)
    allowed = _where(need, case)
    both = all_of([other.truth, allowed])
    evidence = merged_evidence(found.evidence, other.evidence)
    if not other.sampled or (both is Truth.NOT_MET and found.sampled):
        return found  # what was not taken, or does not apply, makes up for nothing
    if both is Truth.MET:
        return Reading(both, True, evidence)
    if not found.sampled:
        return Reading(both, True, evidence, (*found.missing, *other.missing), other.failed)
    missing = (*found.missing, *other.missing)
    missing += ("whether other limits apply",) if allowed is Truth.UNKNOWN else ()
    return Reading(any_of([found.truth, both]), True, evidence, missing, found.failed)


def _where(need: Requirement, case: Case) -> Truth:
    if need.where is None:
        return Truth.MET
    return any_of(o.truth for o in occurrences(need.where, case))


def _absent(need: Requirement, no: Toxicity, span: Span, due: Due, case: Case) -> Reading:
    """Return whether a toxicity that may be related to a drug is absent on the span's last day."""
    if not case.looked_at("adverse_event"):
        return Reading(Truth.UNKNOWN, False, missing=("adverse events (not delivered)",))
    worse = 1 if need.or_baseline else 0
    found = [
        (o, *_present(o, span, due))
        for o in occurrences(no, case, worsened_by=worse)
        if not o.related or is_related(o.related) is not Truth.NOT_MET
    ]
    here = [row for row in found if row[1] is not Truth.NOT_MET]
    truth = ~any_of(t for _, t, _ in here)
    return Reading(
        truth,
        sampled=True,
        evidence=merged_evidence(*(o.evidence for o, _, _ in here)),
        missing=tuple(dict.fromkeys(m for _, t, ms in here if t is Truth.UNKNOWN for m in ms)),
        failed=tuple(_name(o) for o, t, _ in here if t is Truth.MET),
    )


def _present(o: Occurrence, span: Span, due: Due) -> tuple[Truth, tuple[str, ...]]:
    """Return whether a toxicity is there on the last day of a span, before that day's dose."""
    day = span.last
    begun = o.onset.last_day < day or o.predose_cycle == due.cycle
    if o.onset.first_day > day or (o.end is not None and o.end.last_day <= day):
        return Truth.NOT_MET, ()
    if not begun and (o.reported or not o.onset.is_one_day):
        return Truth.UNKNOWN, (f"whether {_name(o)} began before the dose of {day}",)
    if o.end is not None and o.end.first_day <= day:
        return Truth.UNKNOWN, (f"whether {_name(o)} ended before {day}",)
    if not o.reported and o.known_until.last_day < span.first:
        return Truth.UNKNOWN, (f"a newer value for {_name(o)}, last seen on {o.known_until}",)
    return o.truth, o.missing


def _name(o: Occurrence) -> str:
    return f"{' and '.join(o.terms)} since {o.onset}"
