"""DLT rules on one subject: met, not met or not to be judged, with the argument of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from safety.assess.case import Case
from safety.assess.conditions import occurrences
from safety.assess.moments import study_day
from safety.assess.occurrence import merged_evidence
from safety.assess.result import AssessmentDone, RuleResult
from safety.assess.rules import Judged, applicable, judge_rule
from safety.assess.surveillance import needed
from safety.assess.truth import Truth
from safety.assess.window import DltWindow, settles
from safety.study.conditions import judged_by, parts_of
from safety.study.dlt import DltRule


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules say: results by rule, those of late events, and every judged occurrence."""

    results: tuple[RuleResult, ...]
    late: tuple[RuleResult, ...]
    judged: tuple[Judged, ...]
    queries: tuple[str, ...]


def judge(case: Case, window: DltWindow, done: tuple[AssessmentDone, ...]) -> Outcome:
    """Judge every rule that applies to the subject."""
    rules = applicable(case)
    judged = [j for rule in rules for j in judge_rule(rule, case, window, occurrences)]
    results = [
        _result(rule, [j for j in judged if j.rule is rule], case, window, done) for rule in rules
    ]
    late = [
        _argument(rule, truth, events, case)
        for rule in rules
        if rule.kind == "dose_limiting" and rule.scope.in_window
        for truth, events in [_late([j for j in judged if j.rule is rule])]
        if events
    ]
    counted = [j for j in judged if j.rule.kind == "dose_limiting"]
    asked = [q for j in counted if j.truth is not Truth.NOT_MET for q in j.occurrence.queries]
    return Outcome(tuple(results), tuple(late), tuple(judged), tuple(dict.fromkeys(asked)))


def _late(judged: list[Judged]) -> tuple[Truth, list[Judged]]:
    """Return the events after the window that would be, or else may have been, dose-limiting."""
    after = [j for j in judged if j.place == "after"]
    met = [j for j in after if j.truth is Truth.MET]
    if met:
        return Truth.MET, met
    doubts = [j for j in after if j.truth is Truth.UNKNOWN and not j.occurrence.waiting]
    return Truth.UNKNOWN, doubts


def _result(
    rule: DltRule,
    judged: list[Judged],
    case: Case,
    window: DltWindow,
    done: tuple[AssessmentDone, ...],
) -> RuleResult:
    met = [j for j in judged if j.counts is Truth.MET]
    if met:
        return _argument(rule, Truth.MET, met, case)
    unclear = [j for j in judged if j.counts is Truth.UNKNOWN and not j.occurrence.waiting]
    if unclear:
        return _argument(rule, Truth.UNKNOWN, unclear, case)
    return _silence(rule, judged, case, window, done)


def _silence(
    rule: DltRule,
    judged: list[Judged],
    case: Case,
    window: DltWindow,
    done: tuple[AssessmentDone, ...],
) -> RuleResult:
    """Return what it means that nothing speaks for a rule: not met only if somebody looked."""
    if window.is_open:
        waiting = f"the window is open: {window.text}"
        return _silent(rule, Truth.UNKNOWN, (waiting,), settles(case, window), is_open=True)
    waiting_for = [j.occurrence for j in judged if j.counts is Truth.UNKNOWN]
    if waiting_for:
        asked = tuple(m for o in waiting_for for m in o.missing)
        days = [o.settles_by for o in waiting_for if o.settles_by is not None]
        return _silent(rule, Truth.UNKNOWN, asked, max(days, default=None), is_open=True)
    unread = tuple(f"{kind} records were not delivered" for kind in _not_delivered(rule, case))
    due = needed(rule.needs, done, "due")
    missing = [*needed(rule.needs, done, "missing"), *needed(rule.needs, done, "not_due")]
    if due and not unread:
        asked = tuple(f"{a.assessment} of {a.window} is due" for a in due)
        return _silent(rule, Truth.UNKNOWN, asked, max(a.due_by for a in due), is_open=True)
    if unread or missing:
        skipped = [f"{a.assessment} of {a.window} was not done: nobody looked" for a in missing]
        return _silent(rule, Truth.UNKNOWN, (*unread, *skipped))
    return _silent(rule, Truth.NOT_MET)


def _not_delivered(rule: DltRule, case: Case) -> list[str]:
    """Return the kinds of record a rule is judged by that were not delivered."""
    kinds = {kind for part in parts_of(rule.when) for kind in judged_by(part)}
    return sorted(kind for kind in kinds if not case.looked_at(kind))


def _silent(
    rule: DltRule,
    truth: Truth,
    missing: tuple[str, ...] = (),
    by: date | None = None,
    *,
    is_open: bool = False,
) -> RuleResult:
    return RuleResult(rule.id, rule.kind, truth.value, missing=missing, settles_by=by, open=is_open)


def _argument(rule: DltRule, truth: Truth, judged: Iterable[Judged], case: Case) -> RuleResult:
    rows = sorted(judged, key=lambda j: (j.occurrence.onset, j.occurrence.terms))
    found = [j.occurrence for j in rows]
    missing = [m for o in found for m in o.missing]
    missing += [_unclear(j) for j in rows if j.place == "unclear"]
    days = [o.settles_by for o in found if o.settles_by is not None]
    start = case.first_dose
    # of a partial date days before the first dose are no possibility
    days_of_onset = [max(o.onset.first_day, start) for o in found if start and not o.standing]
    onset = min(days_of_onset, default=None)
    return RuleResult(
        id=rule.id,
        kind=rule.kind,
        state=truth.value,
        evidence=merged_evidence(*(o.evidence for o in found)),
        missing=tuple(dict.fromkeys(missing)) if truth is Truth.UNKNOWN else (),
        settles_by=max(days, default=None) if truth is Truth.UNKNOWN else None,
        onset_day=study_day(onset, start) if onset and start else None,
        terms=tuple(dict.fromkeys(t for o in found for t in o.terms)),
        duration="; ".join(dict.fromkeys(o.duration for o in found if o.duration)),
        open=truth is Truth.UNKNOWN and any(o.open for o in found),
    )


def _unclear(judged: Judged) -> str:
    onset = judged.occurrence.onset
    if onset.is_one_day:
        return f"time of onset on {onset}: before or after the first dose of the next cycle"
    return f"date of onset: {onset} lies inside and outside the window"
