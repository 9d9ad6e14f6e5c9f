"""When dosing may go on after a hold: in words, and the first day on which it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from safety.assess.case import Case
from safety.assess.moments import Moment
from safety.assess.samples import URINE
from safety.assess.toxicities import TermRecords, term_records
from safety.assess.truth import Truth
from safety.ctcae.criteria import ladders_by_test
from safety.dosing.readings import Span, days_of, read
from safety.study.conditions import Toxicity
from safety.study.language import ValueTest
from safety.study.modification import Resume


def in_words(resume: Resume | None) -> str:
    """Return what must be seen before dosing goes on."""
    if resume is None:
        return ""
    improved = []
    if resume.grade is not None:
        improved.append(f"grade {resume.grade}")
    if resume.or_baseline:
        improved.append("the baseline grade")
    if resume.or_values:
        improved.append(_all(resume.or_values))
    parts = [" or ".join(improved)] if improved else []
    if resume.values:
        parts.append(_all(resume.values))
    if resume.next_cycle:
        parts.append("not before the next cycle")
    if resume.within is not None:
        parts.append(f"within {resume.within}, otherwise {resume.otherwise}")
    return "; ".join([*parts, resume.text] if resume.text else parts)


def _all(tests: Iterable[ValueTest]) -> str:
    return " and ".join(str(t) for t in tests)


def is_seen_in_data(resume: Resume | None) -> bool:
    """Return whether data can show that dosing may go on; an agreement they cannot."""
    return resume is not None and bool(
        resume.grade or resume.values or resume.or_values or resume.next_cycle
    )


def resumable_on(
    resume: Resume | None, terms: Iterable[str], onset: Moment, on: date, case: Case
) -> date | None:
    """Return the first day, from the hold on, on which the condition to resume was seen to hold.

    terms: of the toxicity; onset: values must be newer. None: not seen, or no data can show it.
    """
    if resume is None or not is_seen_in_data(resume):
        return None
    first = _improved(resume, terms, onset, on, case)
    if first is not None and resume.next_cycle:
        later = [start for start in case.cycles.values() if start > on]
        first = max(first, min(later)) if later else None
    if first is None or not resume.values:
        return first
    for day in [first, *(d for d in days_of(resume.values, case) if d > first)]:
        if read(resume.values, case, Span(on, day, after=onset)).truth is Truth.MET:
            return day
    return None


def _improved(
    resume: Resume, terms: Iterable[str], onset: Moment, on: date, case: Case
) -> date | None:
    """Return the day from which the grade, or values in its stead, allow it."""
    if resume.grade is None and not resume.or_values:
        return on
    found = [_by_grade(resume, terms, on, case)] if resume.grade is not None else []
    found += [
        day
        for day in days_of(resume.or_values, case)
        if day >= on
        and read(resume.or_values, case, Span(day, day, after=onset)).truth is Truth.MET
    ]
    return min((day for day in found if day is not None), default=None)


def _by_grade(resume: Resume, terms: Iterable[str], on: date, case: Case) -> date | None:
    """Return the first day on which none of the terms was above the grade any more."""
    limit = resume.grade.high if resume.grade is not None else 0
    spans = [
        span
        for term in ctcae_terms(terms, case)
        for records in term_records(Toxicity(toxicity=[term]), case)
        for span in _above(records, _target(records, limit, resume), case)
    ]
    day, moved = on, bool(spans)
    while moved:
        moved = False
        for start, end in spans:
            if start <= day and end is None:
                return None
            if start <= day and end is not None and end > day:
                day, moved = end, True
    return day if spans else None


def _target(records: TermRecords, limit: int, resume: Resume) -> int:
    return max(limit, records.baseline) if resume.or_baseline else limit


def _above(records: TermRecords, target: int, case: Case) -> Iterator[tuple[date, date | None]]:
    """Yield from when to when a term was, or may have been, above a grade; None: still is."""
    for run in records.value_runs(target + 1, case):
        yield run.points[0].when.first_day, run.recovered.last_day if run.recovered else None
    for reported in records.report_runs(target + 1, case):
        yield reported.start.first_day, reported.end.last_day if reported.end else None


def ctcae_terms(terms: Iterable[str], case: Case) -> list[str]:
    """Return CTCAE terms; of a value the terms its tests are graded by."""
    found: list[str] = []
    ladders = ladders_by_test(case.study.ctcae)
    for term in terms:
        try:
            codes = ValueTest.parse(term).tests
        except ValueError:
            found.append(term)
            continue
        for code in codes:
            specimens = ["URINE"] if code.endswith(URINE) else ["BLOOD", ""]
            for specimen in specimens:
                found += [x.term for x in ladders.get((code.removesuffix(URINE), specimen), ())]
    return list(dict.fromkeys(found))
