"""To which drugs a toxicity is related. What is not said counts as related, with a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Report, Source
from safety.assess.moments import Moment
from safety.assess.toxicities import Episode
from safety.assess.truth import Truth, any_of
from safety.ctcae.criteria import ladders_by_test
from safety.study.model import Study

ANY_DRUG = ""  # where a study names no drugs there is one attribution for all


class Attributed(NamedTuple):
    """Relatedness by drug; whether it was taken as related for want of a word; queries."""

    related: Mapping[str, Truth]
    unattributed: bool
    queries: tuple[str, ...]


def drugs_of(study: Study) -> tuple[str, ...]:
    """Return the drugs an event may be related to."""
    return tuple(study.treatment.drugs) if study.treatment else (ANY_DRUG,)


def attribute(episode: Episode, case: Case) -> Attributed:
    """Return what the reports of an episode say of its cause.

    Its own rows that begin after its first value can only add a drug, not take one out.
    """
    own = [row for run in episode.reported for row in run.rows]
    if own and not episode.values:
        return _combined(own, case.study)
    term, first = {episode.records.term}, min(episode.evidence)
    found = attribute_finding(term, first, episode.onset, case, episode.grades[1])
    if not own:
        return found
    later = _combined(own, case.study)
    return Attributed(
        {d: any_of([found.related[d], later.related[d]]) for d in found.related},
        found.unattributed or later.unattributed,
        tuple(dict.fromkeys([*found.queries, *later.queries])),
    )


def attribute_test(test: str, finding: Source, onset: Moment, case: Case) -> Attributed:
    """Return what is reported of the cause of a value, by the CTCAE terms its test is graded by."""
    code, _, urine = test.partition("/")
    ladders = ladders_by_test(case.study.ctcae)
    specimens = [urine] if urine else ["BLOOD", ""]
    terms = {x.term for spec in specimens for x in ladders.get((code, spec), ())}
    grades = [o.highest for o in case.facts.observations if o.term in terms and o.when == onset]
    return attribute_finding(terms, finding, onset, case, max(grades, default=0))


def attribute_finding(
    terms: set[str], finding: Source, onset: Moment, case: Case, grade: int = 0
) -> Attributed:
    """Return what reports of some terms say of the cause of a finding of a grade.

    A report speaks for what is found from its start to some days after its end, and is surely no
    worse than what it reports. One that starts after the finding does not: what was dose-limiting
    could cease to be.
    """
    near = timedelta(days=case.study.dose_limiting.reconcile_within.whole_days)
    first, names = onset.first_day, {t.casefold() for t in terms}
    speaking = [
        r
        for r in case.facts.reports
        if r.term.casefold() in names
        and r.lowest >= grade
        and r.start.first_day <= first
        and (r.end is None or r.end.last_day + near >= first)
    ]
    if speaking:
        return _combined(speaking, case.study)
    return Attributed(
        dict.fromkeys(drugs_of(case.study), Truth.MET), True, (unreported(finding, terms),)
    )


def unreported(finding: Source, terms: Iterable[str]) -> str:
    """Return the query for a finding that no reported event speaks for (fault 31)."""
    return (
        f"{finding.text} on {finding.day}: no adverse event {' or '.join(sorted(terms))} reported; "
        "attribution missing, taken as related"
    )


def _combined(reports: Iterable[Report], study: Study) -> Attributed:
    drugs, needs_cause = drugs_of(study), study.dose_limiting.unrelated_needs_cause
    told = [_told(r, drugs, needs_cause=needs_cause) for r in reports]
    return Attributed(
        {d: any_of(t.related[d] for t in told) for d in drugs},
        any(t.unattributed for t in told),
        tuple(dict.fromkeys(q for t in told for q in t.queries)),
    )


def is_related(related: Mapping[str, Truth]) -> Truth:
    """Return whether it is related to at least one drug."""
    return any_of(related.values()) if related else Truth.MET  # nothing said


def of_reports(reports: Iterable[Report], study: Study) -> Attributed:
    """Return relatedness by drug of some reports; none at all count as related."""
    rows = list(reports)
    if rows:
        return _combined(rows, study)
    return Attributed(dict.fromkeys(drugs_of(study), Truth.MET), True, ())


def _told(report: Report, drugs: tuple[str, ...], *, needs_cause: bool) -> Attributed:
    said = {d: report.related.get(d) for d in drugs}
    name = f"{report.term} ({report.source.record})"
    missing = [d for d, value in said.items() if value is None]
    if missing and not any(said.values()):
        query = f"{name}: attribution missing, taken as related"
        return Attributed({d: _known(v) for d, v in said.items()}, True, (query,))
    if not any(value is not False for value in said.values()) and needs_cause:
        if report.other_cause:
            return Attributed(dict.fromkeys(drugs, Truth.NOT_MET), False, ())
        query = f"{name}: unrelated without a documented other cause, taken as related"
        return Attributed(dict.fromkeys(drugs, Truth.MET), True, (query,))
    queries = (f"{name}: attribution missing for {', '.join(missing)}",) if missing else ()
    return Attributed({d: _known(v) for d, v in said.items()}, False, queries)


def _known(value: bool | None) -> Truth:
    """Missing counts as related (principle 4)."""
    return Truth.NOT_MET if value is False else Truth.MET
