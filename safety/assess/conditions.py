"""Judge a condition of the rules on one subject: the interpreter of `study.conditions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from safety.assess.case import Case
from safety.assess.combine import together
from safety.assess.dosing_conditions import cycle_delay, dose_missed
from safety.assess.liver import hys_law
from safety.assess.moments import Moment, on
from safety.assess.occurrence import Occurrence
from safety.assess.outcomes import death, declared
from safety.assess.rules import applicable, judge_rule
from safety.assess.toxicity_judge import toxicity
from safety.assess.truth import Truth
from safety.assess.values import at_baseline, value
from safety.assess.window import dlt_window
from safety.study import conditions as c
from safety.study.feeds import RecordKind
from safety.study.parts import Part

Occurrences = tuple[Occurrence, ...]


def occurrences(condition: Any, case: Case, *, worsened_by: int = 0) -> Occurrences:
    """Return every occurrence of a condition that is met or cannot be judged, by onset.

    worsened_by: grades above the baseline's that a toxicity must reach to count.
    """
    key = id(condition), worsened_by
    known = case.memo.get(key)
    if known is not None:
        return known[1]
    judge = _JUDGES.get(type(condition))
    if judge is None:
        raise TypeError(f"{type(condition).__name__} is no condition")
    found = sorted(
        judge(condition, case, worsened_by), key=lambda o: (o.onset, o.terms, o.evidence)
    )
    case.memo[key] = condition, tuple(found)  # the condition is kept, so its id stays its own
    return tuple(found)


def _toxicity(condition: c.Toxicity, case: Case, worsened_by: int) -> Occurrences:
    return toxicity(condition, case, worsened_by, partial(occurrences, worsened_by=worsened_by))


def _all(condition: c.AllOf, case: Case, worsened_by: int) -> Occurrences:
    parts = [occurrences(part, case, worsened_by=worsened_by) for part in condition.all]
    return together(condition, parts, case)


def _any(condition: c.AnyOf, case: Case, worsened_by: int) -> Occurrences:
    return tuple(
        o for part in condition.any for o in occurrences(part, case, worsened_by=worsened_by)
    )


def _of_rule(rule_id: str, case: Case) -> Occurrences:
    """Return what another rule counts: in the window, related and without exception."""
    window = dlt_window(case)
    if window is None:
        return ()
    judged = [
        j
        for r in applicable(case)
        if r.id == rule_id
        for j in judge_rule(r, case, window, occurrences)
    ]
    return tuple(
        replace(j.occurrence, truth=j.counts) for j in judged if j.counts is not Truth.NOT_MET
    )


def _courses(wanted: str, kind: RecordKind, case: Case) -> Occurrences:
    facts = case.facts
    known = facts.medications if kind == "medication" else facts.procedures
    matching = [x for x in known if wanted in {x.name.upper(), x.category.upper()}]
    found = []
    for course in matching:
        start = course.start or on(case.as_of)
        missing = () if course.start else (f"date of {course.source.text}",)
        found.append(
            Occurrence(
                truth=Truth.MET if course.start else Truth.UNKNOWN,
                onset=start,
                known_until=course.end or start,
                end=course.end,
                until=course.end or (on(case.known_until) if kind == "medication" else start),
                terms=(course.name,),
                evidence=(course.source,),
                missing=missing,
            )
        )
    if not found and not case.looked_at(kind):
        return (_unknown(case, f"records of {wanted.lower()} ({kind} was not delivered)"),)
    return tuple(found)


def _history(wanted: str, case: Case) -> Occurrences:
    found = [h for h in case.facts.history if h.name.upper() == wanted]
    if found:
        begin = on(case.first_dose or case.as_of)
        sources = tuple(h.source for h in found)
        return (Occurrence(Truth.MET, begin, begin, None, standing=True, evidence=sources),)
    if case.looked_at("history"):
        return ()
    return (_unknown(case, f"medical history of {wanted.lower()} (not delivered)"),)


def _unknown(case: Case, missing: str) -> Occurrence:
    begin: Moment = on(case.first_dose or case.as_of)
    return Occurrence(Truth.UNKNOWN, begin, begin, None, standing=True, missing=(missing,))


_JUDGES: dict[type[Part], Callable[[Any, Case, int], Occurrences]] = {
    c.Toxicity: _toxicity,
    c.Value: lambda condition, case, _: value(condition, case),
    c.AtBaseline: lambda condition, case, _: at_baseline(condition, case),
    c.Medication: lambda condition, case, _: _courses(condition.medication, "medication", case),
    c.Procedure: lambda condition, case, _: _courses(condition.procedure, "procedure", case),
    c.History: lambda condition, case, _: _history(condition.history, case),
    c.HysLaw: lambda condition, case, _: hys_law(condition, case),
    c.CycleDelay: lambda condition, case, _: cycle_delay(condition, case),
    c.DoseMissed: lambda condition, case, _: dose_missed(condition, case),
    c.Death: lambda _, case, __: death(case),
    c.Declared: lambda _, case, __: declared(case),
    c.RuleMet: lambda condition, case, _: _of_rule(condition.rule, case),
    c.AllOf: _all,
    c.AnyOf: _any,
}
