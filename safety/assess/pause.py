"""Immediate-pause rules: what stops enrolment at once, over all subjects (section 3.7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from safety.assess.attribution import is_related
from safety.assess.case import Case, make_case
from safety.assess.clip import clip
from safety.assess.conditions import occurrences
from safety.assess.facts import Facts
from safety.assess.result import Pause, SubjectAssessment
from safety.assess.truth import Truth
from safety.study.conditions import Death
from safety.study.dlt import PauseRule
from safety.study.model import Study

Found = Sequence[SubjectAssessment]
Cases = Mapping[str, Case]


def pauses(
    found: Found, facts: Mapping[str, Facts], study: Study, as_of: date
) -> tuple[Pause, ...]:
    """Return every pause rule that fired, with the level it holds and the subjects behind it."""
    cases = {u: make_case(clip(f, as_of), study, as_of) for u, f in facts.items()}
    return tuple(
        pause for rule in study.dose_limiting.pause for pause in _judge(rule)(rule, found, cases)
    )


def _judge(rule: PauseRule) -> Callable[[PauseRule, Found, Cases], list[Pause]]:
    if rule.rule is not None:
        return _by_rule
    if rule.related_deaths is not None:
        return _by_deaths
    if rule.same_soc_events is not None:
        return _by_organ_class
    if rule.dlts is not None:
        return _by_first_subjects
    return _by_boundary


def _by_rule(rule: PauseRule, found: Found, _: Cases) -> list[Pause]:
    """Any subject for whom a DLT rule is met, in the window or after it."""
    hit = [
        s for s in found
        if any(r.id == rule.rule and r.state == "met" for r in [*s.rules, *s.late])
    ]  # fmt: skip
    return _by_level(rule, hit)


def _by_level(rule: PauseRule, hit: Sequence[SubjectAssessment]) -> list[Pause]:
    levels = sorted({s.dose_level for s in hit})
    return [
        Pause(rule.id, rule.text, level, tuple(s.usubjid for s in hit if s.dose_level == level))
        for level in levels
    ]


def _by_deaths(rule: PauseRule, found: Found, cases: Cases) -> list[Pause]:
    dead = [s for s in found if _related_death(cases[s.usubjid])]
    return _by_level(rule, dead) if len(dead) >= (rule.related_deaths or 1) else []


def _related_death(case: Case) -> bool:
    deaths = occurrences(Death(death=True), case)
    return any(o.truth is Truth.MET and is_related(o.related) is Truth.MET for o in deaths)


def _by_organ_class(rule: PauseRule, found: Found, cases: Cases) -> list[Pause]:
    """Enough related events of one system organ class, over all subjects."""
    by_class: dict[str, Counter[str]] = defaultdict(Counter)
    for subject in found:
        for o in occurrences(rule.toxicity, cases[subject.usubjid], worsened_by=1):
            after = o.onset.last_day >= (cases[subject.usubjid].first_dose or date.max)
            if after and o.truth is Truth.MET and is_related(o.related) is Truth.MET:
                for soc in o.socs:
                    by_class[soc][subject.usubjid] += 1
    return [
        Pause(rule.id, f"{rule.text} ({soc})", "", tuple(sorted(who)))
        for soc, who in sorted(by_class.items())
        if who.total() >= (rule.same_soc_events or 2)
    ]


def _by_first_subjects(rule: PauseRule, found: Found, cases: Cases) -> list[Pause]:
    """Enough DLTs among the first subjects treated at a level."""
    fired = []
    for level in sorted({s.dose_level for s in found}):
        treated = [
            s for s in found
            if s.dose_level == level and cases[s.usubjid].first_dose is not None
        ]  # fmt: skip
        treated.sort(key=lambda s: (cases[s.usubjid].first_dose or date.max, s.usubjid))
        hit = [s for s in treated[: rule.in_first] if s.verdict == "DLT"]
        if len(hit) >= (rule.dlts or 1):
            fired.append(Pause(rule.id, rule.text, level, tuple(s.usubjid for s in hit)))
    return fired


def _by_boundary(rule: PauseRule, found: Found, _: Cases) -> list[Pause]:
    """DLTs at a level at or above the elimination boundary for its evaluable subjects."""
    evaluable = [s for s in found if s.dose_level == rule.eliminated_at and s.evaluable]
    hit = [s for s in evaluable if s.verdict == "DLT"]
    limits = [limit for n, limit in rule.boundary.items() if n <= len(evaluable)]
    if not limits or len(hit) < max(limits):
        return []
    return [Pause(rule.id, rule.text, rule.eliminated_at or "", tuple(s.usubjid for s in hit))]
