"""Death not clearly due to progression or another cause, and toxicities the committee declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from safety.assess.attribution import drugs_of, is_related, of_reports
from safety.assess.case import Case
from safety.assess.facts import Report
from safety.assess.moments import Moment, on
from safety.assess.occurrence import Occurrence
from safety.assess.truth import Truth

FATAL = 5


def death(case: Case) -> tuple[Occurrence, ...]:
    """Return a death, or a report that may be one. Its cause must be documented to take it out."""
    fatal = [r for r in case.facts.reports if r.fatal or r.lowest == FATAL]
    if fatal:
        return _reported(fatal, case)
    if case.facts.death is not None:
        return _unexplained(case)
    seen = _last_seen_alive(case)
    progression = _progression(case)
    perhaps = [
        r
        for r in case.facts.reports
        if r.highest == FATAL
        and r.term.casefold() not in progression
        and (seen is None or seen <= r.start.last_day)
    ]
    return tuple(_of([r], case).doubted(f"grade of {r.source.text}") for r in perhaps)


def _last_seen_alive(case: Case) -> date | None:
    """Return the last day on which something was measured, taken or attended."""
    facts = case.facts
    days = [s.when.first_day for s in facts.samples]
    days += [v.when.first_day for v in facts.visits if v.when is not None]
    days += [(i.end or i.start).first_day for i in facts.intakes if i.taken]
    return max(days, default=None)


def _reported(fatal: list[Report], case: Case) -> tuple[Occurrence, ...]:
    progression = _progression(case)
    others = [r for r in fatal if r.term.casefold() not in progression]
    if not others:
        return ()
    found = _of(others, case)
    return () if is_related(found.related) is Truth.NOT_MET else (found,)


def _progression(case: Case) -> set[str]:
    return {t.casefold() for t in case.study.dose_limiting.cause_of_death.terms}


def _of(reports: list[Report], case: Case) -> Occurrence:
    told = of_reports(reports, case.study)
    ends = [r.end for r in reports if r.end is not None]
    return Occurrence(
        truth=Truth.MET,
        onset=_onset(reports, case),
        known_until=max(ends) if ends else max(r.start for r in reports),
        end=None,
        terms=tuple(sorted({r.term for r in reports})),
        socs=tuple(sorted({r.soc for r in reports})),
        low=max(r.lowest for r in reports),
        high=FATAL,
        related=told.related,
        unattributed=told.unattributed,
        reported=True,
        evidence=tuple(sorted(r.source for r in reports)),
        queries=told.queries,
    )


def _onset(reports: list[Report], case: Case) -> Moment:
    """The beginning of the fatal event; the death itself where the event began before treatment."""
    begin = min(r.start for r in reports)
    ends = [r.end for r in reports if r.end is not None]
    died = case.facts.death or max(ends, default=None)
    before = case.first_dose is not None and begin.first_day < case.first_dose
    return died if before and died is not None else begin


def _unexplained(case: Case) -> tuple[Occurrence, ...]:
    """A death no adverse event tells of: progression only if the disposition says so."""
    died = case.facts.death or on(case.as_of)
    if died_of_progression(case):
        return ()
    source = case.facts.source
    found = Occurrence(
        truth=Truth.MET,
        onset=died,
        known_until=died,
        end=None,
        terms=("Death",),
        low=FATAL,
        high=FATAL,
        related=dict.fromkeys(drugs_of(case.study), Truth.MET),
        unattributed=True,
        evidence=(source,) if source is not None else (),
        queries=("death without a fatal adverse event: cause not documented, taken as related",),
    )
    deaths = tuple(d.source for d in case.facts.dispositions if d.name.upper() == "DEATH")
    return (replace(found, evidence=tuple(sorted({*found.evidence, *deaths}))),)


def died_of_progression(case: Case) -> bool:
    """Return whether progression was recorded by the day of a death that no event explains."""
    died, causes = case.facts.death, case.study.dose_limiting.cause_of_death.dispositions
    return died is not None and any(
        d.name.upper() in causes and (d.when is None or d.when.first_day <= died.last_day)
        for d in case.facts.dispositions
    )


def declared(case: Case) -> tuple[Occurrence, ...]:
    """Return what the committee declared and signed; unsigned it cannot be judged."""
    found = []
    for d in case.facts.declarations:
        onset = d.onset or on(case.first_dose or case.as_of)
        occurrence = Occurrence(
            Truth.MET, onset, onset, None, terms=(d.text,), evidence=(d.source,)
        )
        if not d.signed_by:
            occurrence = occurrence.doubted(f"signature of the declaration {d.source.record}")
        found.append(occurrence)
    return tuple(found)
