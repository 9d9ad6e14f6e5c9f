"""Spans of days in which something is so, and what was said of them day by day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import takewhile
from typing import NamedTuple

ALWAYS = "9999-12-31"  # end of what still is so


class Span(NamedTuple):
    """Days from `first` up to, not with, `last` (YYYY-MM-DD)."""

    first: str
    last: str = ALWAYS

    def meets(self, other: Span) -> bool:
        return self.first < other.last and other.first < self.last

    def holds(self, day: str) -> bool:
        return self.first <= day < self.last


class Course(NamedTuple):
    """What was said of a true span; of days, only those that were run.

    late: its days before it was first said (all of them: it never was). dropped: its days after
    that on which it was not said. early: days right before it on which it was said already.
    """

    truth: Span
    days: tuple[str, ...]
    late: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    early: tuple[str, ...] = ()

    @property
    def never(self) -> bool:
        return self.late == self.days


def span(first: str, last: str) -> Span:
    """Return the span of two texts of a truth file; "" for last: it still is so."""
    return Span(first, last or ALWAYS)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for one in sorted(s for s in spans if s.first < s.last):
        if found and one.first <= found[-1].last:
            found[-1] = Span(found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return found


def days_between(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def days_of(spans: Iterable[Span], days: Iterable[str]) -> tuple[str, ...]:
    """Return those of some days that lie in a span."""
    several = list(spans)
    return tuple(d for d in days if any(s.holds(d) for s in several))


def over(days: Sequence[str]) -> Span:
    """Return the span from the first to the last of some days, with both."""
    return Span(days[0], (date.fromisoformat(days[-1]) + timedelta(days=1)).isoformat())


def courses(truth: Sequence[Span], said: Collection[str], days: Sequence[str]) -> list[Course]:
    """Return what was said of each merged true span that has a day that was run.

    said: days on which it was said. days: every day that was run, in order.
    """
    true = days_of(truth, days)
    return [_course(one, true, said, days) for one in truth if days_of([one], days)]


def _course(one: Span, true: Collection[str], said: Collection[str], days: Sequence[str]) -> Course:
    inside = days_of([one], days)
    late = tuple(takewhile(lambda d: d not in said, inside))
    dropped = tuple(d for d in inside[len(late) :] if d not in said)
    before = days[: days.index(inside[0])]
    early = () if late else _up_to(before, true, said)
    return Course(one, inside, late, dropped, early)


def _up_to(before: Sequence[str], true: Collection[str], said: Collection[str]) -> tuple[str, ...]:
    """Return the last days of `before` on which something not true was said without a break.

    What was true before them was not said too early, only not taken back: none.
    """
    run = tuple(takewhile(lambda d: d in said and d not in true, reversed(before)))
    rest = before[: len(before) - len(run)]
    return () if rest and rest[-1] in true and rest[-1] in said else run[::-1]
