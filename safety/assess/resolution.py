"""How long an episode took to improve: to a grade, to the baseline, or to values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from safety.assess.case import Case
from safety.assess.facts import Report
from safety.assess.moments import Moment, Span, elapsed
from safety.assess.reports import ReportRun
from safety.assess.runs import Run, settling_day
from safety.assess.samples import Reached, all_hold_first
from safety.assess.toxicities import Episode
from safety.study.conditions import Resolving
from safety.study.language import DurationTest


def resolution_spans(episode: Episode, wanted: Resolving, case: Case) -> list[tuple[Span, date]]:
    """Return bounds of the time every run took from its onset until it had improved.

    With each the last day on which a sample decides whether that was in time.
    """
    test = DurationTest("<=", wanted.within)
    target = wanted.to.high
    if wanted.or_baseline:
        target = max(target, episode.records.baseline)
    hours = wanted.within.unit == "h"
    found = [
        (_of_values(run, episode, target, case, hours=hours), run.first.when)
        for run in episode.values
    ]
    found += [
        (_of_reports(run, episode, target, case, hours=hours), run.start)
        for run in episode.reported
    ]
    return [
        (
            _sooner(span, start, all_hold_first(wanted.or_values, case, after=start), hours=hours),
            settling_day(test, start),
        )
        for span, start in found
    ]


def _of_values(run: Run, episode: Episode, target: int, case: Case, *, hours: bool) -> Span:
    """Bounds from the run's first value to the first one at or below the target grade."""
    start = run.first.when
    around = [
        r
        for r in episode.records.value_runs(target + 1, case)
        if r.points[0].when <= start <= r.points[-1].when
    ]
    longer = around[0] if around else run
    return longer.hours(start) if hours else longer.days(start)


def _of_reports(run: ReportRun, episode: Episode, target: int, case: Case, *, hours: bool) -> Span:
    """Bounds from the run's start to the day the event left every grade above the target."""
    around = [
        r
        for r in episode.records.report_runs(target + 1, case)
        if r.begin <= run.start and (r.end is None or r.end >= run.start)
    ]
    longer = replace(around[0], rows=_from(around[0], run.start)) if around else run
    return longer.hours() if hours else longer.days()


def _from(run: ReportRun, start: Moment) -> tuple[Report, ...]:
    """Rows of a run that begin at or after a moment."""
    return tuple(r for r in run.rows if r.start >= start) or run.rows


def _sooner(span: Span, start: Moment, reached: Reached, *, hours: bool) -> Span:
    """Return the bounds to the values that count as improved, if they were reached sooner.

    They may have been reached any time after they were last seen not to be.
    """
    if reached.when is None:
        return span
    seen = reached.not_yet or start
    if hours:
        low, high = elapsed(start, seen), elapsed(start, reached.when)
    else:
        first = (seen.first_day - start.last_day).days + 1
        low = Span(max(first, 1), None)
        high = Span(0, max((reached.when.last_day - start.first_day).days, 1))
    if span.high is not None and high.high is not None and span.high <= high.high:
        return Span(min(span.low, low.low), span.high, low.low_open, span.high_open)
    return Span(min(span.low, low.low), high.high, low.low_open, high.high_open)
