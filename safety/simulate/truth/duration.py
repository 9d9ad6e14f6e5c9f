"""Spells of a term at or above a grade, and how long they lasted, as bounds.

A spell begins at the first documented day at the grade. lower = last such day - first + 1, upper =
first recovered day - first (section 3.2 of the trial reference). An adverse event documents every
day from its start to its end, one without an end every day until today; the day after its end it
is recovered, unless a change of grade follows. A value that shows recovery ends an adverse event
of its term that has no end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safety.simulate.model import Day, Grade
from safety.simulate.truth.case import HOURS, Event, Point

Answer = bool | None  # None: cannot be said


@dataclass(frozen=True, slots=True)
class Spell:
    """first, last: first and last day on which it was documented; recovered: None not yet.

    hours: of first, last and recovered where only timed samples tell of it, else None.
    certain: whether some value or event surely has the grade. visit: of a sample of the first
    day that shows it, "" where only an event does.
    """

    term: str
    first: Day
    last: Day
    recovered: Day | None
    worst: Grade
    grades: frozenset[Grade]
    certain: bool = True
    visit: str = ""
    hours: tuple[float, float, float | None] | None = None

    @property
    def lower(self) -> int:
        return self.last - self.first + 1

    @property
    def upper(self) -> int | None:
        return None if self.recovered is None else self.recovered - self.first

    def covers(self, first: Day, last: Day | None) -> bool:
        """Return whether it was there on one of the days; it lasts until recovery is shown."""
        after = self.recovered is not None and first >= max(self.recovered, self.last + 1)
        return not after and (last is None or last >= self.first)


def at_least(spell: Spell, days: int) -> Answer:
    """Return whether a spell lasted `days` days or longer."""
    if spell.lower >= days:
        return True
    return False if spell.upper is not None and spell.upper < days else None


def within_hours(spell: Spell, hours: int) -> Answer:
    """Return whether a spell was over within `hours`; days without time widen the interval."""
    if spell.hours is not None:
        first, last, over = spell.hours
        if last - first > hours:
            return False
        return True if over is not None and over - first <= hours else None
    if (spell.last - spell.first - 1) * HOURS >= hours:
        return False
    over_at = None if spell.recovered is None else (spell.recovered - spell.first) * HOURS
    return True if over_at is not None and over_at <= hours else None


@dataclass(frozen=True, slots=True)
class _Mark:
    """What one day says. kind: on (at the grade), still (not recovered), maybe, off."""

    day: Day
    hour: float | None
    kind: str
    least: Grade
    visit: str = ""


def spells(
    term: str,
    points: Iterable[Point],
    events: Sequence[Event],
    grade: Grade,
    now: Day,
    to: Grade | None = None,
) -> tuple[Spell, ...]:
    """Return the spells of a term at `grade` or above; recovered means at `to` or below.

    to: one grade below `grade` if None. points: of this term, in order of time.
    """
    target = grade - 1 if to is None else to
    marks = _marks(tuple(points), events, grade, target, now)
    found: list[list[_Mark]] = []
    unsure: list[_Mark] = []
    current: list[_Mark] = []
    for mark in marks:
        if current:
            if mark.kind == "maybe":
                continue
            current.append(mark)
            if mark.kind == "off":
                found.append(current)
                current = []
        elif mark.kind == "on":
            current = [mark]
        elif mark.kind == "maybe":
            unsure.append(mark)
    sure = tuple(_spell(term, x) for x in [*found, *([current] if current else [])])
    doubtful = tuple(
        Spell(term, m.day, m.day, None, grade, frozenset({grade}), False, m.visit) for m in unsure
    )
    return tuple(sorted((*sure, *doubtful), key=lambda s: s.first))


def _spell(term: str, marks: list[_Mark]) -> Spell:
    off = marks[-1] if marks[-1].kind == "off" else None
    there = [m for m in marks if m.kind != "off"]
    worst = [m.least for m in there]
    first, last = there[0], there[-1]
    visit = next((m.visit for m in there if m.day == first.day and m.visit), "")
    hours = None
    if first.hour is not None and last.hour is not None and (off is None or off.hour is not None):
        hours = first.hour, last.hour, None if off is None else off.hour
    return Spell(
        term, first.day, last.day, None if off is None else max(off.day, last.day), max(worst),
        frozenset(worst), True, visit, hours,
    )  # fmt: skip


def _marks(
    points: tuple[Point, ...], events: Sequence[Event], grade: Grade, to: Grade, now: Day
) -> list[_Mark]:
    told = [e for e in events if e.grade > to and e.start <= now]
    closed = [(e.start, min(e.end, now)) for e in told if e.end is not None]
    shown = [_of_point(p, grade, to) for p in points]
    marks = [
        m for m in shown
        if m and (m.kind != "off" or not any(a <= m.day <= b for a, b in closed))
    ]  # fmt: skip
    for event in told:
        marks += _of_event(event, points, grade, to, now)
        if event.end is not None and event.end < now and not _goes_on(event, events, to):
            marks.append(_Mark(max(event.end, event.start) + 1, None, "off", 0))
    return sorted(marks, key=_order)


def _of_point(p: Point, grade: Grade, to: Grade) -> _Mark | None:
    if p.least > to:
        return _Mark(p.day, p.hour, "on" if p.least >= grade else "still", p.least, p.visit)
    if p.most <= to:
        return _Mark(p.day, p.hour, "off", 0, p.visit)
    return _Mark(p.day, p.hour, "maybe", 0, p.visit) if p.most >= grade else None


def _of_event(
    event: Event, points: tuple[Point, ...], grade: Grade, to: Grade, now: Day
) -> list[_Mark]:
    """Return what an event says of its first and last day so far."""
    kind = "on" if event.grade >= grade else "still"
    if event.end is None:
        over = [p.day for p in points if p.most <= to and p.day > event.start]
        over = [day for day in over if not _again(points, day, to)]
        end = min(over) - 1 if over else now
    else:
        end = max(event.start, min(event.end, now))
    return [_Mark(day, None, kind, event.grade) for day in (event.start, end)]


def _again(points: tuple[Point, ...], day: Day, to: Grade) -> bool:
    """Return whether a sample of the day shows the grade all the same."""
    return any(p.day == day and p.least > to for p in points)


def _order(mark: _Mark) -> tuple[Day, int, float]:
    """Samples of a day go by time; what an event says of a day goes before them."""
    timed = mark.hour is not None
    return mark.day, 1 if timed or mark.kind == "off" else 0, mark.hour or 0.0


def _goes_on(event: Event, events: Sequence[Event], to: Grade) -> bool:
    """Return whether another event takes over when this one ends."""
    end = event.start if event.end is None else event.end
    return any(
        e is not event and e.grade > to and e.start <= end + 1 and (e.end is None or e.end > end)
        for e in events
    )
