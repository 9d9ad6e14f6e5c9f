"""Hy's law by time: aminotransferase and bilirubin raised within some days, no cholestasis.

Not from whole-trial maxima: each pair of values is dated, its alkaline phosphatase looked up
between the two, and an abnormal baseline judged by its own multiple. Source: FDA guidance on
drug-induced liver injury (2009); study rule L1.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from safety.assess.attribution import attribute_test
from safety.assess.case import Case
from safety.assess.facts import Source
from safety.assess.moments import Moment, on
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.runs import Point
from safety.assess.samples import comparable, holds, of_tests, points
from safety.assess.truth import Truth, all_of, any_of
from safety.study.conditions import HysLaw, Value

Half = tuple[str, Point]  # a test, and one value of it


def hys_law(condition: HysLaw, case: Case) -> tuple[Occurrence, ...]:
    """Return the pairs that are or may be a case, one a day of onset: the surest of that day."""
    pairs = sorted(
        _pairs(condition, case),
        key=lambda o: (o.truth is Truth.UNKNOWN, o.waiting, o.onset, o.evidence),
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
    halves = [(t, p) for found in (alt, bili) for t, series in found.items() for p in series]
    within = timedelta(days=condition.within.whole_days)
    for test, raised in alt.items():
        for a in raised:
            for other, series in bili.items():
                for b in series:
                    both = all_of([a.truth, b.truth])
                    apart = abs(a.when.first_day - b.when.first_day)
                    if both is not Truth.NOT_MET and apart <= within:
                        pair = Pair((test, a), (other, b), both)
                        yield from _judged(pair, halves, condition, case)
    yield from _waiting(halves, within, case)


class Pair(NamedTuple):
    """A value of either kind, each with its test, and whether both are raised."""

    aminotransferase: Half
    bilirubin: Half
    both: Truth


def _judged(pair: Pair, halves: list[Half], condition: HysLaw, case: Case) -> Iterator[Occurrence]:
    first, second = sorted([pair.aminotransferase, pair.bilirubin], key=lambda h: h[1].when)
    last = second[1].when
    absent, evidence = _no_cholestasis(condition, case, first[1].when.first_day, last.first_day)
    truth = all_of([pair.both, absent])
    if truth is Truth.NOT_MET:
        return
    missing = [*first[1].missing, *second[1].missing]
    if absent is Truth.UNKNOWN:
        name = "|".join(condition.cholestasis_absent.tests)
        missing.append(f"{name} between {first[1].when.first_day} and {last.first_day}")
    # what had recovered when the other rose is dated by the other
    lead = second[1] if _recovered(first, halves, last) else first[1]
    told = [attribute_test(test, p.source, p.when, case) for test, p in (first, second)]
    yield Occurrence(
        truth=truth,
        onset=lead.when,
        known_until=last,
        end=on(last.last_day),
        terms=("Hy's law",),
        related={d: any_of(t.related[d] for t in told) for d in told[0].related},
        unattributed=any(t.unattributed for t in told),
        evidence=merged_evidence((first[1].source, second[1].source), evidence),
        missing=tuple(missing) if truth is Truth.UNKNOWN else (),
        queries=tuple(q for t in told for q in t.queries),
        predose_cycle=lead.predose_cycle,
    )


def _recovered(half: Half, halves: list[Half], by: Moment) -> bool:
    """Whether the test of a raised value was seen not raised before a moment."""
    test, point = half
    return any(
        t == test and p.truth is Truth.NOT_MET and point.when < p.when <= by for t, p in halves
    )


def _waiting(halves: list[Half], within: timedelta, case: Case) -> Iterator[Occurrence]:
    """Yield raised values that the other test may still join: not recovered, and not too old."""
    if case.follow_up_ended is not None:
        return
    for test, point in halves:
        last = point.when.last_day + within
        over = case.as_of > last or _recovered((test, point), halves, on(case.as_of))
        if point.truth is Truth.MET and not over:
            yield Occurrence(
                Truth.UNKNOWN, point.when, point.when, None, terms=("Hy's law",),
                evidence=(point.source,), settles_by=last, open=True, waiting=True,
                missing=(f"{point.source.text}: the other test may still rise until {last}",),
                predose_cycle=point.predose_cycle,
            )  # fmt: skip


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
