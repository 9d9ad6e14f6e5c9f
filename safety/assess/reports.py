"""Grade trajectories of reported events: rows of one term that follow each other are one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from safety.assess.facts import Report
from safety.assess.moments import Moment, Span, elapsed, on
from safety.assess.truth import Truth, any_of


@dataclass(frozen=True, slots=True)
class ReportRun:
    """Rows at or above a grade without a gap. end: None while the event goes on at that grade."""

    rows: tuple[Report, ...]
    truth: Truth
    as_of: date

    @property
    def start(self) -> Moment:
        return self.rows[0].start

    @property
    def end(self) -> Moment | None:
        ends = [r.end for r in self.rows]
        known = [e for e in ends if e is not None]
        return max(known) if len(known) == len(ends) else None

    @property
    def known_until(self) -> Moment:
        return self.end or max(on(self.as_of), self.start)

    def days(self, end: Moment | None = None) -> Span:
        """Bounds of its length: end - start + 1 days; open while it goes on."""
        last = end or self.end
        if last is None:
            return Span(max((self.as_of - self.start.last_day).days + 1, 1), None)
        low = (last.first_day - self.start.last_day).days + 1
        return Span(max(low, 1), max((last.last_day - self.start.first_day).days + 1, 1))

    def hours(self, end: Moment | None = None) -> Span:
        """Bounds of its length in hours, to its own end or a given one."""
        last = end or self.end
        if last is not None:
            return elapsed(self.start, last)
        so_far = elapsed(self.start, on(self.as_of))
        return Span(so_far.low, None, so_far.low_open)


def report_runs(reports: Iterable[Report], at_least: int, as_of: date) -> list[ReportRun]:
    """Return the runs of rows that are, or may be, at or above a grade, by start."""
    rows = [r for r in reports if r.highest >= at_least]
    rows.sort(key=lambda r: (r.start, r.source))
    found: list[list[Report]] = []
    for row in rows:
        if found and _follows(found[-1], row):
            found[-1].append(row)
        else:
            found.append([row])
    return [ReportRun(tuple(run), _truth(run, at_least), as_of) for run in found]


def _truth(rows: list[Report], at_least: int) -> Truth:
    return any_of(Truth.MET if r.lowest >= at_least else Truth.UNKNOWN for r in rows)


def _follows(run: list[Report], row: Report) -> bool:
    """A change of grade is a new row that begins when the one before ends; gaps are not closed."""
    ends = [r.end for r in run]
    if any(e is None for e in ends):
        return True
    last = max(e for e in ends if e is not None).last_day
    same_group = bool(row.group) and any(r.group == row.group for r in run)
    return row.start.first_day <= last + timedelta(days=1 if same_group else 0)
