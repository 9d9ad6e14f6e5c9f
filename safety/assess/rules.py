"""One rule on one subject: which of its occurrences count, with window, attribution, exceptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from safety.assess.attribution import is_related
from safety.assess.case import Case
from safety.assess.moments import on
from safety.assess.occurrence import Occurrence
from safety.assess.truth import Truth, all_of, any_of
from safety.assess.window import DltWindow, Place, inside
from safety.study.dlt import DltRule

Judge = Callable[..., tuple[Occurrence, ...]]  # conditions.occurrences


@dataclass(frozen=True, slots=True)
class Judged:
    """One occurrence under one rule: its truth with window, attribution and exceptions."""

    rule: DltRule
    occurrence: Occurrence
    truth: Truth
    place: Place

    @property
    def counts(self) -> Truth:
        """Whether it is an event of the window; `truth` alone says so of any time."""
        return all_of([self.truth, inside(self.place)])


def applicable(case: Case) -> list[DltRule]:
    """Return the rules in force for the subject, in the order of the study file."""
    return [r for r in case.study.dose_limiting.rules if r.applies_to(case.first_dose)]


def judge_rule(rule: DltRule, case: Case, window: DltWindow, judge: Judge) -> tuple[Judged, ...]:
    """Return every occurrence of a rule's condition, judged.

    judge: `conditions.occurrences`, which in turn asks here for the conditions `rule: ...`.
    """
    found = judge(rule.when, case, worsened_by=rule.scope.worsened_by)
    exceptions = [
        e
        for r in applicable(case)
        if r.id in rule.unless
        for e in judge(r.when, case, worsened_by=r.scope.worsened_by)
    ]
    return tuple(_judged(o, rule, exceptions, case, window) for o in found)


def _judged(
    occurrence: Occurrence,
    rule: DltRule,
    exceptions: list[Occurrence],
    case: Case,
    window: DltWindow,
) -> Judged:
    """Judge an occurrence but for its place, which decides whether it counts or is late."""
    scope = rule.scope
    place: Place = window.place(occurrence) if scope.in_window else "inside"
    parts = [occurrence.truth]
    if scope.related:
        parts.append(is_related(occurrence.related))
    excepted, why = _excepted(occurrence, exceptions, case)
    parts.append(~excepted)
    truth = all_of(parts)
    if truth is Truth.UNKNOWN and excepted is Truth.UNKNOWN:
        occurrence = occurrence.doubted(*why.missing, settles_by=why.settles_by, is_open=why.open)
    return Judged(rule, occurrence, truth, place)


def _excepted(
    occurrence: Occurrence, exceptions: list[Occurrence], case: Case
) -> tuple[Truth, Occurrence]:
    """Return whether an exception takes an event out, and what is missing where nobody knows."""
    same = [e for e in exceptions if _is_same_event(occurrence, e, case)]
    truth = any_of(e.truth for e in same)
    doubts = [e for e in same if e.truth is Truth.UNKNOWN]
    if not doubts:
        return truth, occurrence
    days = [e.settles_by for e in doubts if e.settles_by is not None]
    why = replace(
        doubts[0],
        missing=tuple(dict.fromkeys(m for e in doubts for m in e.missing)),
        settles_by=max(days, default=None),
        open=any(e.open for e in doubts),
    )
    return truth, why


def _is_same_event(event: Occurrence, exception: Occurrence, case: Case) -> bool:
    """Whether an exception speaks of this event: the same term at the same time."""
    if not set(event.terms) & set(exception.terms):
        return False
    today = on(case.as_of)
    ends = event.end or today, exception.end or today
    return event.onset.first_day <= ends[1].last_day and (
        exception.onset.first_day <= ends[0].last_day
    )
