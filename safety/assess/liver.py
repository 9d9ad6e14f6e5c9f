"""Hy's law by time: aminotransferase and bilirubin raised within some days, no cholestasis.

Not from whole-trial maxima: each pair of values is dated, its alkaline phosphatase looked up
between the two, and an abnormal baseline judged by its own multiple. Source: FDA guidance on
drug-induced liver injury (2009); study rule L1.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from safety.assess.attribution import attribute_test, drugs_of
from safety.assess.case import Case
from safety.assess.facts import Source
from safety.assess.moments import on
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.runs import Point
from safety.assess.samples import comparable, holds, of_tests, points
from safety.assess.truth import Truth, all_of, any_of
from safety.study.conditions import HysLaw, Value


def hys_law(condition: HysLaw, case: Case) -> tuple[Occurrence, ...]:
    """Return the pairs that are or may be a case, one a day of onset: the surest of that day."""
    pairs = sorted(
        _pairs(condition, case), key=lambda o: (o.truth is Truth.UNKNOWN, o.onset, o.evidence)
    )
    by_day: dict[date, Occurrence] = {}
    for pair in pairs:
        by_day.setdefault(pair.onset.first_day, pair)
    return tuple(by_day[day] for day in sorted(by_day))


def _pairs(condition: HysLaw, case: Case) -> Iterator[Occurrence]:
    alt = points(
        Value(
            value=condition.aminotransferase,
            if_baseline_abnormal=condition.aminotransferase_abnormal_baseline,
        ),
        case,
    )
    bili = points(
        Value(
            value=condition.bilirubin, if_baseline_abnormal=condition.bilirubin_abnormal_baseline
        ),
        case,
    )
    within = timedelta(days=condition.within.whole_days)
    for test, raised in alt.items():
        for a in raised:
            for b in (p for series in bili.values() for p in series):
                both = all_of([a.truth, b.truth])
                apart = abs(a.when.first_day - b.when.first_day)
                if both is not Truth.NOT_MET and apart <= within:
                    yield from _judged(test, a, b, both, condition, case)


def _judged(
    test: str, a: Point, b: Point, both: Truth, condition: HysLaw, case: Case
) -> Iterator[Occurrence]:
    first, last = sorted([a.when, b.when])
    absent, evidence = _no_cholestasis(condition, case, first.first_day, last.last_day)
    truth = all_of([both, absent])
    if truth is Truth.NOT_MET:
        return
    missing = [*a.missing, *b.missing]
    if absent is Truth.UNKNOWN:
        name = "|".join(condition.cholestasis_absent.tests)
        missing.append(f"{name} between {first.first_day} and {last.last_day}")
    told = attribute_test(test, a.source, first, case)
    yield Occurrence(
        truth=truth,
        onset=first,
        known_until=last,
        end=on(last.last_day),
        terms=("Hy's law",),
        related=told.related or dict.fromkeys(drugs_of(case.study), Truth.MET),
        unattributed=told.unattributed,
        evidence=merged_evidence((a.source, b.source), evidence),
        missing=tuple(missing) if truth is Truth.UNKNOWN else (),
        queries=told.queries,
        predose_cycle=(a if a.when == first else b).predose_cycle,
    )


def _no_cholestasis(
    condition: HysLaw, case: Case, first: date, last: date
) -> tuple[Truth, tuple[Source, ...]]:
    """Return whether any value from the first to the second of a pair is free of cholestasis.

    Between the two the lowest counts: an alarm is not given up for one raised value.
    """
    test = condition.cholestasis_absent
    found = [
        s
        for s in comparable(of_tests(test.tests, case), test.limit)
        if first <= s.when.first_day and s.when.last_day <= last and not s.predose
    ]
    if not found:
        return Truth.UNKNOWN, ()
    return any_of(holds(s, test.limit) for s in found), tuple(s.source for s in found)
