"""Measured values against limits: an interval of values, a limit with what it refers to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Sample
from safety.assess.moments import Moment
from safety.assess.runs import Point
from safety.assess.truth import Truth, all_of
from safety.ctcae.units import conversion
from safety.study.conditions import Value
from safety.study.language import COMPARE, Limit, ValueTest

URINE = "/URINE"
DIGITS = 12  # more than any laboratory writes, fewer than floating point garbles


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
    bound = _decimal(limit.number * _reference(sample, limit))
    low, high = _decimal(sample.low), _decimal(sample.high)
    if math.isnan(bound) or math.isnan(low) or math.isnan(high):
        return Truth.UNKNOWN
    compare = COMPARE[limit.sign]
    at_low, at_high = compare(low, bound), compare(high, bound)
    if sample.low_open and low == bound:
        at_low = compare(math.nextafter(bound, math.inf), bound)
    if sample.high_open and high == bound:
        at_high = compare(math.nextafter(bound, -math.inf), bound)
    if limit.sign == "=" and low < bound < high:
        return Truth.UNKNOWN
    if at_low and at_high:
        return Truth.MET
    return Truth.UNKNOWN if at_low or at_high else Truth.NOT_MET


def _decimal(number: float) -> float:
    """Return a number as it is written: 3 x 0.7 is 2.1."""
    return float(f"{number:.{DIGITS}g}")


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


class Reached(NamedTuple):
    """When some values were all within their limits, and when they were last seen not to be."""

    when: Moment | None
    not_yet: Moment | None


def all_hold_first(tests: list[ValueTest], case: Case, *, after: Moment) -> Reached:
    """Return the first day after a moment on which every result of some tests lies within.

    A day counts only with a result of every test; its last result is when.
    """
    days: dict[date, dict[int, list[tuple[Moment, Truth]]]] = {}
    for n, test in enumerate(tests):
        for sample in comparable(of_tests(test.tests, case), test.limit):
            if sample.when.earliest >= after.latest and sample.when != after:
                of_day = days.setdefault(sample.when.first_day, {})
                of_day.setdefault(n, []).append((sample.when, holds(sample, test.limit)))
    not_yet: Moment | None = None
    for day in sorted(days):
        results = [r for found in days[day].values() for r in found]
        last = max(when for when, _ in results)
        if len(days[day]) == len(tests) and all(t is Truth.MET for _, t in results):
            return Reached(last, not_yet)
        if any(t is Truth.NOT_MET for _, t in results):
            not_yet = last
    return Reached(None, not_yet)


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
