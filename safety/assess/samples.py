"""Measured values against limits: an interval of values, a limit with what it refers to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from safety.assess.case import Case
from safety.assess.facts import Sample
from safety.assess.moments import Moment
from safety.assess.runs import Point
from safety.assess.truth import Truth, all_of
from safety.ctcae.units import conversion
from safety.study.conditions import Value
from safety.study.language import COMPARE, Limit, ValueTest

URINE = "/URINE"


def of_tests(tests: Iterable[str], case: Case) -> Iterator[Sample]:
    """Yield the samples of some tests, by time."""
    wanted = set(tests)
    yield from sorted(
        (s for s in case.facts.samples if s.test in wanted), key=lambda s: (s.when, s.source)
    )


def comparable(samples: Iterable[Sample], limit: Limit) -> Iterator[Sample]:
    """Yield the samples that a limit can be held against, in the limit's unit.

    Results of another kind (a dipstick and an amount a day) are left out; results of an unknown
    unit stay, for they may be of this one, with values nobody knows.
    """
    for sample in samples:
        if limit.is_relative:
            yield sample
            continue
        if sample.unit == limit.of:
            yield sample
            continue
        if not sample.unit:
            yield replace(sample, low=-math.inf, high=math.inf)
            continue
        step = conversion(sample.test.removesuffix(URINE), sample.unit, limit.of)
        if step is not None:
            yield replace(
                sample,
                low=sample.low * step.factor + step.offset,
                high=sample.high * step.factor + step.offset,
                unit=limit.of,
            )


def holds(sample: Sample, limit: Limit) -> Truth:
    """Return whether a value lies beyond a limit; unknown if what it refers to is missing."""
    bound = limit.number * _reference(sample, limit)
    if math.isnan(bound) or math.isnan(sample.low) or math.isnan(sample.high):
        return Truth.UNKNOWN
    compare = COMPARE[limit.sign]
    at_low, at_high = compare(sample.low, bound), compare(sample.high, bound)
    if sample.low_open and sample.low == bound:
        at_low = compare(math.nextafter(bound, math.inf), bound)
    if sample.high_open and sample.high == bound:
        at_high = compare(math.nextafter(bound, -math.inf), bound)
    if at_low and at_high:
        return Truth.MET
    return Truth.UNKNOWN if at_low or at_high else Truth.NOT_MET


def _reference(sample: Sample, limit: Limit) -> float:
    return {"ULN": sample.uln, "LLN": sample.lln, "baseline": sample.base}.get(limit.of, 1.0)


def holds_with_baseline(sample: Sample, limit: Limit, abnormal: Limit | None) -> Truth:
    """Return whether a limit is passed, and a second one too where the baseline was above ULN."""
    first = holds(sample, limit)
    if abnormal is None or math.isnan(sample.base) or first is Truth.NOT_MET:
        return first
    if math.isnan(sample.base_uln):  # whether it was abnormal is not known: both must agree
        second = holds(sample, abnormal)
        return first if second is Truth.MET else all_of([first, Truth.UNKNOWN])
    if sample.base > sample.base_uln:
        return all_of([first, holds(sample, abnormal)])
    return first


def points(condition: Value, case: Case) -> dict[str, list[Point]]:
    """Return the judged values after the first dose, by test."""
    found: dict[str, list[Point]] = {}
    limit = condition.value.limit
    for sample in comparable(of_tests(condition.value.tests, case), limit):
        if sample.predose:
            continue
        truth = holds_with_baseline(sample, limit, condition.if_baseline_abnormal)
        if condition.up_to is not None:
            upper = [holds(s, condition.up_to) for s in comparable([sample], condition.up_to)]
            truth = all_of([truth, *upper])
        missing: tuple[str, ...] = ()
        if truth is Truth.UNKNOWN:
            missing = (f"{sample.source.text} against {limit}",)
        found.setdefault(sample.test, []).append(
            Point(
                sample.when, truth, sample.source, missing=missing,
                predose_cycle=sample.predose_cycle,
            )
        )  # fmt: skip
    return found


def all_hold_first(tests: list[ValueTest], case: Case, *, after: Moment) -> Moment | None:
    """Return the first moment after another at which all of some values hold, on one day."""
    if not tests:
        return None
    days: list[dict[date, Moment]] = []
    for test in tests:
        good: dict[date, Moment] = {}
        for sample in comparable(of_tests(test.tests, case), test.limit):
            if sample.when > after and holds(sample, test.limit) is Truth.MET:
                good.setdefault(sample.when.first_day, sample.when)
        days.append(good)
    common = set.intersection(*(set(d) for d in days))
    return max(d[min(common)] for d in days) if common else None


def newest(
    test: ValueTest, case: Case, first: date, last: date, before: Moment | None = None
) -> list[Sample]:
    """Return the comparable samples of the newest day between two dates (and before a moment)."""
    found = [
        s
        for s in comparable(of_tests(test.tests, case), test.limit)
        if first <= s.when.first_day
        and s.when.last_day <= last
        and (before is None or s.when.earliest <= before.latest)
    ]
    if not found:
        return []
    day = max(s.when.first_day for s in found)
    return [s for s in found if s.when.first_day == day]
