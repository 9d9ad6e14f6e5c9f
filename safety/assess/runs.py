"""Runs: stretches of time a condition held, with bounds of their length from irregular samples.

A condition starts at the first value that shows it (what came before is shown, not added):
lower bound = last qualifying - first qualifying day + 1, upper = first recovered - first
qualifying day (reference, section 3.2, "Duration logic"). Hours are elapsed clock time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile, groupby, pairwise, takewhile

from safety.assess.facts import Source
from safety.assess.moments import Moment, Span, elapsed
from safety.assess.truth import Truth, any_of
from safety.study.language import DurationTest


@dataclass(frozen=True, slots=True)
class Point:
    """One sample: whether it shows the condition, and the grades it may have (0 if ungraded)."""

    when: Moment
    truth: Truth
    source: Source
    lowest: int = 0
    highest: int = 0
    missing: tuple[str, ...] = ()
    settles_by: date | None = None
    predose_cycle: int | None = None
    symptomatic: bool | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive points none of which surely lacks the condition.

    recovered: the first later moment it surely lacked it; None if no such sample is there.
    before: the last earlier one. What lies between it and the first point is not counted.
    """

    points: tuple[Point, ...]
    recovered: Moment | None
    recovery: Source | None
    before: Moment | None = None

    @property
    def truth(self) -> Truth:
        return any_of(p.truth for p in self.points)

    @property
    def sure(self) -> tuple[Point, ...]:
        """The longest stretch of points that surely show it; the first of equal ones."""
        stretches = [
            tuple(points)
            for surely, points in groupby(self.points, lambda p: p.truth is Truth.MET)
            if surely
        ]
        return max(stretches, key=_days, default=())

    @property
    def first(self) -> Point:
        """The first point that surely shows it; else the first that may."""
        return next((p for p in self.points if p.truth is Truth.MET), self.points[0])

    @property
    def last_sure(self) -> Point:
        return next((p for p in reversed(self.points) if p.truth is Truth.MET), self.points[-1])

    @property
    def gaps(self) -> str:
        """What no sample shows: how far samples lie apart, and what was before the first."""
        moments = [p.when.first_day for p in self.points]
        moments += [self.recovered.first_day] if self.recovered else []
        widest = max((b - a).days for a, b in pairwise(moments)) if len(moments) > 1 else 0
        parts = [f"samples up to {widest} days apart"] if widest > 1 else []
        parts += [f"last without it {self.before.first_day}"] if self.before else []
        return ", ".join(parts)

    def days(self, since: Moment | None = None) -> Span:
        """Bounds of its length in days, from its own start or a given one."""
        sure = self._sure_from(since)
        low = 0
        if sure:
            low = (sure[-1].when.first_day - (since or sure[0].when).last_day).days + 1
        begin = since or self.points[0].when
        if self.recovered is None:
            return Span(max(low, 0), None)
        high = (self.recovered.last_day - begin.first_day).days
        return Span(max(low, 0), max(high, low, 0))

    def hours(self, since: Moment | None = None) -> Span:
        """Bounds of its length in hours."""
        sure = self._sure_from(since)
        low = elapsed(since or sure[0].when, sure[-1].when) if sure else Span(0.0, None)
        if self.recovered is None:
            return Span(low.low, None, low.low_open)
        whole = elapsed(since or self.points[0].when, self.recovered)
        return Span(low.low, whole.high, low.low_open, whole.high_open)

    def _sure_from(self, since: Moment | None) -> tuple[Point, ...]:
        """Points that surely show it: the longest stretch, or that which begins at a moment."""
        if since is None:
            return self.sure
        later = dropwhile(lambda p: p.when < since, self.points)
        return tuple(takewhile(lambda p: p.truth is Truth.MET, later))


def _days(points: Sequence[Point]) -> int:
    return (points[-1].when.first_day - points[0].when.first_day).days


def runs(points: Iterable[Point]) -> list[Run]:
    """Return the runs of a series of samples in any order; samples of one moment count as one."""
    ordered = sorted(points, key=lambda p: (p.when, _STRENGTH[p.truth], p.source))
    found: list[Run] = []
    current: list[Point] = []
    before: Moment | None = None
    for point in _of_one_moment(ordered):
        if point.truth is not Truth.NOT_MET:
            current.append(point)
            continue
        if current:
            found.append(Run(tuple(current), point.when, point.source, before))
            current = []
        before = point.when
    if current:
        found.append(Run(tuple(current), None, None, before))
    return found


_STRENGTH = {Truth.MET: 0, Truth.UNKNOWN: 1, Truth.NOT_MET: 2}


def _of_one_moment(ordered: list[Point]) -> Iterable[Point]:
    """Of samples of one moment the worst counts: a repeat does not cancel what was seen."""
    last: Moment | None = None
    for point in ordered:
        if point.when != last:
            yield point
        last = point.when


def check(test: DurationTest, span: Span) -> Truth:
    """Return whether a length of time with these bounds passes a test."""
    limit = test.limit.hours if test.limit.unit == "h" else test.limit.amount
    at_least = test.sign in {">", ">="}
    strict = test.sign in {">", "<"}
    if at_least:
        surely = span.low > limit or (span.low == limit and (not strict or span.low_open))
        never = _ends_before(span, limit, or_at=strict)
    else:
        surely = _ends_before(span, limit, or_at=not strict)
        never = span.low > limit or (span.low == limit and (strict or span.low_open))
    if surely:
        return Truth.MET
    return Truth.NOT_MET if never else Truth.UNKNOWN


def _ends_before(span: Span, limit: float, *, or_at: bool) -> bool:
    if span.high is None:
        return False
    return span.high < limit or (span.high == limit and (or_at or span.high_open))


def settling_day(test: DurationTest, start: Moment) -> date:
    """Return the last day on which a sample decides the test, whatever it shows."""
    if test.limit.unit == "h" and start.is_timed:
        return (start.latest + timedelta(hours=test.limit.amount)).date()
    if test.limit.unit == "h":  # of dates only an end a day earlier is surely in time
        return start.first_day + timedelta(days=max(test.limit.whole_days - 1, 0))
    extra = {">=": -1, ">": 0, "<=": 0, "<": -1}[test.sign]
    return start.first_day + timedelta(days=test.limit.amount + extra)


def in_words(span: Span, unit: str) -> str:
    """Return bounds in words, e.g. `1 to 7 days` or `at least 8 days`."""
    low = f"{span.low:g}"
    if span.high is None:
        return f"at least {low} {_name(unit, span.low)}"
    name = _name(unit, span.high)
    return f"{low} {name}" if span.low == span.high else f"{low} to {span.high:g} {name}"


def _name(unit: str, number: float) -> str:
    return "h" if unit == "h" else "day" if number == 1 else "days"
