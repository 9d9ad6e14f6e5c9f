"""Toxicity: a CTCAE term at a grade, from values and from reported events, as one episode.

Both count, the worse for the alarm. A run of values and reports of the same term that lie within
some days of each other are one episode; a duration is long if any of them says so, and short only
if all of them do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from safety.assess.case import Case
from safety.assess.confirmation import confirmed, open_question
from safety.assess.facts import Observation, Report, Source
from safety.assess.moments import Moment, on
from safety.assess.occurrence import merged_evidence
from safety.assess.reports import ReportRun, report_runs
from safety.assess.runs import Point, Run, runs
from safety.assess.terms import chosen
from safety.assess.truth import Truth, any_of
from safety.study.conditions import Toxicity

TERMS = "terms"  # of a case's memo
NOT_A_NUMBER = "value_not_numeric"  # haemolysed, clotted: nobody measured anything


@dataclass(frozen=True, slots=True)
class TermRecords:
    """Everything a subject has of one term. baseline: its grade when treatment began."""

    term: str
    soc: str
    observations: tuple[Observation, ...]
    reports: tuple[Report, ...]
    baseline: int

    def value_runs(self, at_least: int, case: Case) -> list[Run]:
        key = "values", self.term, at_least
        if key not in case.memo:
            case.memo[key] = runs(_point(o, at_least, case) for o in self.observations)
        return list(case.memo[key])

    def report_runs(self, at_least: int, case: Case) -> list[ReportRun]:
        return report_runs(self.reports, at_least, case.known_until)


@dataclass(frozen=True, slots=True)
class Episode:
    """Runs of values and of reports of one term that belong together."""

    records: TermRecords
    values: tuple[Run, ...]
    reported: tuple[ReportRun, ...]

    @property
    def onset(self) -> Moment:
        """When it surely began; when it may have begun if nothing is sure."""
        sure = [r.first.when for r in self.values if r.truth is Truth.MET]
        sure += [r.start for r in self.reported if r.truth is Truth.MET]
        return min(sure) if sure else self.begin

    @property
    def begin(self) -> Moment:
        """When it began at the earliest."""
        return min([r.points[0].when for r in self.values] + [r.begin for r in self.reported])

    @property
    def known_until(self) -> Moment:
        return max([r.last_sure.when for r in self.values] + [r.known_until for r in self.reported])

    @property
    def end(self) -> Moment | None:
        """When the last of its runs was seen to be over; None while one of them may go on."""
        ends = [r.recovered for r in self.values] + [r.end for r in self.reported]
        seen = [e for e in ends if e is not None]
        return max(seen) if len(seen) == len(ends) else None

    @property
    def truth(self) -> Truth:
        return any_of([r.truth for r in self.values] + [r.truth for r in self.reported])

    @property
    def grades(self) -> tuple[int, int]:
        """The least and the most its worst grade can be."""
        points = [p for r in self.values for p in r.points]
        rows = [r for run in self.reported for r in run.rows]
        low = max([p.lowest for p in points] + [r.lowest for r in rows])
        return low, max([p.highest for p in points] + [r.highest for r in rows])

    @property
    def evidence(self) -> tuple[Source, ...]:
        points = tuple(p.source for r in self.values for p in r.points)
        recoveries = tuple(r.recovery for r in self.values if r.recovery is not None)
        rows = tuple(row.source for run in self.reported for row in run.rows)
        return merged_evidence(points, recoveries, rows)


def episodes(condition: Toxicity, case: Case, worsened_by: int) -> Iterator[Episode]:
    """Yield the episodes of every term a condition speaks of, at or above its grade.

    What was there before treatment does not count: the grade must be `worsened_by` above it.
    """
    for records in term_records(condition, case):
        above = records.baseline + worsened_by if worsened_by else 0
        grade = max(condition.grade.low, above, 1)
        values = records.value_runs(grade, case) if condition.source != "reported" else []
        reported = records.report_runs(grade, case) if condition.source != "measured" else []
        yield from _clustered(records, values, reported, case)


def term_records(condition: Toxicity, case: Case) -> list[TermRecords]:
    """Return the records of the terms a condition speaks of, confirmed where that is asked for."""
    if TERMS not in case.memo:
        case.memo[TERMS] = _by_term(case)
    about = chosen(condition, case.study)
    return [r for r in case.memo[TERMS] if about.holds(r.term, r.soc)]


def _by_term(case: Case) -> list[TermRecords]:
    """Return everything by term. Letter case is a habit, not another term."""
    observations: dict[str, list[Observation]] = {}
    reports: dict[str, list[Report]] = {}
    names: dict[str, tuple[str, str]] = {}
    for o in case.facts.observations:
        if NOT_A_NUMBER not in o.reasons:
            observations.setdefault(o.term.casefold(), []).append(o)
            names.setdefault(o.term.casefold(), (o.term, o.soc))
    for r in case.facts.reports:
        reports.setdefault(r.term.casefold(), []).append(r)
        names.setdefault(r.term.casefold(), (r.term, r.soc))
    baselines = {t.casefold(): g for t, g in case.facts.baseline.items()}
    return [
        TermRecords(
            term,
            soc,
            tuple(confirmed(observations.get(key, []), case)),
            tuple(reports.get(key, ())),
            baselines.get(key, 0),
        )
        for key, (term, soc) in sorted(names.items())
    ]


def _point(o: Observation, at_least: int, case: Case) -> Point:
    truth = Truth.UNKNOWN
    if o.lowest >= at_least:
        truth = Truth.MET
    elif o.highest < at_least:
        truth = Truth.NOT_MET
    missing: tuple[str, ...] = ()
    by = None
    if truth is Truth.UNKNOWN:
        asked = open_question(o, case)
        missing = (asked.text,) if asked else (f"grade of {o.source.text}: {o.reasons}",)
        by = asked.by if asked else None
    return Point(
        o.when, truth, o.source, o.lowest, o.highest, missing, by,
        predose_cycle=o.predose_cycle, symptomatic=o.symptomatic,
    )  # fmt: skip


def _clustered(
    records: TermRecords, values: list[Run], reported: list[ReportRun], case: Case
) -> Iterator[Episode]:
    """Yield runs of values with the reports that overlap them, or nearly so, as one episode.

    Two runs of values with a recovery between are two, unless one report covers both.
    """
    near = timedelta(days=case.study.dose_limiting.reconcile_within.whole_days)
    groups: list[list[Run | ReportRun]] = [[r] for r in values]
    for report in reported:
        begin = report.begin.first_day
        end = (report.end or max(on(case.known_until), report.begin)).last_day
        own = [g for g in groups if any(_is_near(r, begin - near, end + near) for r in g)]
        groups = [g for g in groups if g not in own]
        groups.append([r for g in own for r in g] + [report])
    for group in sorted(groups, key=_first_day):
        yield _episode(records, group)


def _is_near(run: Run | ReportRun, first: date, last: date) -> bool:
    """Whether a run of values lies between two days, in part at least."""
    if isinstance(run, ReportRun):
        return False  # reports that follow each other are one run already
    until = (run.recovered or run.points[-1].when).last_day
    return run.points[0].when.first_day <= last and until >= first


def _first_day(group: list[Run | ReportRun]) -> date:
    return min((r.begin if isinstance(r, ReportRun) else r.points[0].when).first_day for r in group)


def _episode(records: TermRecords, group: list[Run | ReportRun]) -> Episode:
    return Episode(
        records,
        tuple(r for r in group if isinstance(r, Run)),
        tuple(r for r in group if isinstance(r, ReportRun)),
    )
