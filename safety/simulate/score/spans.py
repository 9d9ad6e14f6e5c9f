"""Spans of days in which something is so, and how two lists of them agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
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


class Hit(NamedTuple):
    """A true span that was said. delay, early: days after and before its first day."""

    truth: Span
    delay: int
    early: int


class Agreement(NamedTuple):
    """How what was said agrees with what is true."""

    hits: tuple[Hit, ...]
    missed: tuple[Span, ...]
    false: tuple[Span, ...]


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


def agree(truth: Sequence[Span], said: Sequence[Span]) -> Agreement:
    """Compare merged spans: a true one is a hit if something said meets it."""
    hits, missed = [], []
    for one in truth:
        meeting = [s for s in said if s.meets(one)]
        if not meeting:
            missed.append(one)
            continue
        first = min(s.first for s in meeting)
        gap = days_between(one.first, first)
        before = [t for t in truth if t < one and any(s.meets(t) for s in meeting)]
        # what was true before and true again was not said too early, only not taken back
        hits.append(Hit(one, max(gap, 0), 0 if before else max(-gap, 0)))
    false = tuple(s for s in said if not any(s.meets(t) for t in truth))
    return Agreement(tuple(hits), tuple(missed), false)
