"""Grade trajectories of reported events: rows of one term that follow each other are one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from safety.assess.facts import Report
from safety.assess.moments import Moment, Span, elapsed, on
from safety.assess.truth import Truth, any_of


@dataclass(frozen=True, slots=True)
class ReportRun:
    """Rows that are or may be at or above a grade, without a gap.

    until: the last day of which anything is known; an event without an end went on to it.
    """

    rows: tuple[Report, ...]
    at_least: int
    until: date

    @property
    def truth(self) -> Truth:
        return any_of(self._truth(r) for r in self.rows)

    def _truth(self, row: Report) -> Truth:
        return Truth.MET if row.lowest >= self.at_least else Truth.UNKNOWN

    @property
    def sure(self) -> tuple[Report, ...]:
        """The longest stretch of rows that are surely at the grade."""
        stretches = [
            tuple(rows)
            for surely, rows in groupby(self.rows, lambda r: self._truth(r) is Truth.MET)
            if surely
        ]
        return max(stretches, key=lambda rows: self._days(rows).low, default=())

    @property
    def start(self) -> Moment:
        """When it surely began; when it may have begun if no row is sure."""
        sure = [r.start for r in self.rows if self._truth(r) is Truth.MET]
        return min(sure) if sure else self.begin

    @property
    def begin(self) -> Moment:
        """When it began at the earliest."""
        return self.rows[0].start

    @property
    def end(self) -> Moment | None:
        return _end(self.rows)

    @property
    def known_until(self) -> Moment:
        sure = self.sure or self.rows
        return _end(sure) or max(on(self.until), sure[0].start)

    def days(self) -> Span:
        """Bounds of its length: end - start + 1 days of the sure rows, and of all of them."""
        low = self._days(self.sure).low if self.sure else 0
        return Span(low, self._days(self.rows).high)

    def hours(self) -> Span:
        """Bounds of its length in hours."""
        low = self._hours(self.sure) if self.sure else Span(0.0, None)
        high = self._hours(self.rows)
        return Span(low.low, high.high, low.low_open, high.high_open)

    def _days(self, rows: Sequence[Report]) -> Span:
        start, last = rows[0].start, _end(rows)
        if last is None:
            return Span(max((self.until - start.last_day).days + 1, 1), None)
        low = (last.first_day - start.last_day).days + 1
        return Span(max(low, 1), max((last.last_day - start.first_day).days + 1, 1))

    def _hours(self, rows: Sequence[Report]) -> Span:
        last = _end(rows)
        if last is not None:
            return elapsed(rows[0].start, last)
        so_far = elapsed(rows[0].start, on(self.until))
        return Span(so_far.low, None, so_far.low_open)


def _end(rows: Sequence[Report]) -> Moment | None:
    """Return when the last row ended, None while one goes on."""
    ends = [r.end for r in rows]
    known = [e for e in ends if e is not None]
    return max(known) if len(known) == len(ends) else None


def report_runs(reports: Iterable[Report], at_least: int, until: date) -> list[ReportRun]:
    """Return the runs of rows that are, or may be, at or above a grade, by start."""
    ordered = sorted(reports, key=lambda r: (r.start, r.source))
    lower = [r for r in ordered if r.highest < at_least]
    found: list[list[Report]] = []
    for row in ordered:
        if row.highest < at_least:
            continue
        if found and _follows(found[-1], row, lower):
            found[-1].append(row)
        else:
            found.append([row])
    return [ReportRun(tuple(run), at_least, until) for run in found]


def _follows(run: list[Report], row: Report, lower: list[Report]) -> bool:
    """Rows follow each other if one begins by the day after the other ended; gaps are not closed.

    A row of a lower grade between the two says that it had improved.
    """
    last = _end(run)
    if last is None or row.start.first_day <= last.last_day:
        return True
    improved = any(last.last_day <= r.start.last_day <= row.start.first_day for r in lower)
    return row.start.first_day <= last.last_day + timedelta(days=1) and not improved
