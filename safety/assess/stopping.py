"""Whom a stopping rule counts: subjects at risk, those with an event, those nobody can judge yet.

A subject without an event counts once the DLT window is over: somebody treated yesterday is no
sign of safety. One with an event counts at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from safety.assess.attribution import is_related
from safety.assess.case import Case, make_case
from safety.assess.clip import clip
from safety.assess.conditions import occurrences
from safety.assess.facts import Facts
from safety.assess.result import SubjectAssessment
from safety.assess.truth import Truth, known
from safety.assess.window import dlt_window
from safety.study.conditions import Death, judged_by
from safety.study.model import Study
from safety.study.stopping import StoppingRule

# waiting: too early to tell. open: an event that may count, or records that are missing.
# apart: not treated or not evaluable.
Standing = Literal["event", "none", "open", "waiting", "apart"]
DEATH = Death(death=True)


@dataclass(frozen=True, slots=True)
class Monitored:
    """What one monitor counts at one level (several or all: as named, or empty).

    at_risk: subjects counted, by first dose; usubjids: those of them with an event. waiting and
    open are not counted: treated, without an event so far, and in the DLT window; and those of
    whom nobody can tell whether they had one.
    """

    id: str
    text: str
    level: str
    at_risk: tuple[str, ...]
    usubjids: tuple[str, ...]
    open: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def n(self) -> int:
        return len(self.at_risk)

    @property
    def y(self) -> int:
        return len(self.usubjids)

    @property
    def events(self) -> tuple[bool, ...]:
        """Whether each subject counted had an event, by first dose."""
        return tuple(u in self.usubjids for u in self.at_risk)


def monitors(
    found: Sequence[SubjectAssessment], facts: Mapping[str, Facts], study: Study, as_of: date
) -> tuple[Monitored, ...]:
    """Return what every monitor of the study counts, by level where it watches each."""
    cases = {u: make_case(clip(f, as_of), study, as_of) for u, f in facts.items()}
    ordered = sorted(found, key=lambda s: (cases[s.usubjid].first_dose or date.max, s.usubjid))
    return tuple(
        _counted(rule, level, [s for s in ordered if s.dose_level in members], cases)
        for rule in study.stopping
        for level, members in _groups(rule, found, study)
    )


def _groups(
    rule: StoppingRule, found: Iterable[SubjectAssessment], study: Study
) -> list[tuple[str, set[str]]]:
    """Return what each count is called and the levels in it; no level with subjects is left out."""
    if isinstance(rule.levels, list):
        return [(", ".join(rule.levels), set(rule.levels))]
    planned = [level.id for level in study.treatment.levels] if study.treatment else []
    every = list(dict.fromkeys([*planned, *sorted({s.dose_level for s in found})]))
    return [("", set(every))] if rule.levels == "all" else [(level, {level}) for level in every]


def _counted(
    rule: StoppingRule,
    level: str,
    subjects: Sequence[SubjectAssessment],
    cases: Mapping[str, Case],
) -> Monitored:
    standing = {s.usubjid: _standing(rule, s, cases[s.usubjid]) for s in subjects}

    def those(*kinds: Standing) -> tuple[str, ...]:
        return tuple(u for u, kind in standing.items() if kind in kinds)

    return Monitored(
        rule.id, rule.text, level, those("event", "none"), those("event"), those("open"),
        those("waiting"),
    )  # fmt: skip


def _standing(rule: StoppingRule, subject: SubjectAssessment, case: Case) -> Standing:
    window = dlt_window(case)
    if window is None:
        return "apart"
    if rule.dlt:
        return _by_verdict(subject)
    truths = set(_truths(rule, case))
    if Truth.MET in truths:
        return "event"
    if Truth.UNKNOWN in truths or not _looked_at(rule, case):
        return "open"
    return "waiting" if window.is_open else "none"


def _by_verdict(subject: SubjectAssessment) -> Standing:
    """As the dose decision counts: who is evaluable, once the verdict is final."""
    if subject.verdict == "DLT":
        return "event"
    if subject.evaluable is False:
        return "apart"
    if subject.verdict == "PENDING":
        return "waiting"
    return "none" if subject.verdict == "NO_DLT" and subject.evaluable else "open"


def _truths(rule: StoppingRule, case: Case) -> Iterable[Truth]:
    """Yield whether each event of a subject counts: after the first dose, and related if asked."""
    worsened_by = 1 if rule.toxicity is not None else 0
    for o in occurrences(rule.toxicity or DEATH, case, worsened_by=worsened_by):
        after = o.onset.last_day >= (case.first_dose or date.max)
        related = is_related(o.related) if rule.related else Truth.MET
        yield o.truth & related & known(after)


def _looked_at(rule: StoppingRule, case: Case) -> bool:
    """Return whether the records were delivered without which silence means nothing."""
    return all(case.looked_at(kind) for kind in judged_by(rule.toxicity or DEATH))
