"""Judge a toxicity condition: grade, duration, resolution, symptoms, and what must be absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from safety.assess.attribution import attribute
from safety.assess.case import Case
from safety.assess.facts import Course
from safety.assess.moments import Moment, Span, on
from safety.assess.occurrence import Occurrence
from safety.assess.resolution import resolution_spans
from safety.assess.runs import check, in_words, settling_day
from safety.assess.toxicities import Episode, episodes
from safety.assess.truth import Truth, all_of, any_of
from safety.study.conditions import Toxicity
from safety.study.language import DurationTest

Judge = Callable[[object, Case], tuple[Occurrence, ...]]


def toxicity(
    condition: Toxicity, case: Case, worsened_by: int, judge: Judge
) -> tuple[Occurrence, ...]:
    """Return the episodes that meet a condition, or that cannot be judged.

    An episode that surely began on one day and may have begun earlier is both: the earlier
    beginning cannot be judged. judge: what judges the conditions under `without`.
    """
    found = []
    for episode in episodes(condition, case, worsened_by):
        occurrence = _judged(episode, condition, case, judge)
        found.append(occurrence)
        for begin in _may_have_begun(episode, occurrence, case):
            earlier = replace(occurrence, onset=begin, predose_cycle=_predose(begin, episode))
            found.append(earlier.doubted(f"grade from {begin} on"))
    return tuple(o for o in found if o.truth is not Truth.NOT_MET)


def _may_have_begun(episode: Episode, found: Occurrence, case: Case) -> list[Moment]:
    """Return when else an episode may have begun: before what is sure, or after the first dose."""
    if found.truth is Truth.NOT_MET:
        return []
    starts = [p.when for r in episode.values for p in r.points]
    starts += [row.start for run in episode.reported for row in run.rows]
    treated = [s for s in starts if case.first_dose and s.last_day >= case.first_dose]
    first = min(treated, default=episode.begin)
    found_then = {episode.onset.first_day}
    return [s for s in dict.fromkeys((episode.begin, first)) if s.first_day not in found_then]


def _predose(moment: Moment, episode: Episode) -> int | None:
    """Return the cycle before whose first dose the value of a moment was taken."""
    points = [p for r in episode.values for p in r.points if p.when == moment]
    return points[0].predose_cycle if points else None


def _judged(episode: Episode, condition: Toxicity, case: Case, judge: Judge) -> Occurrence:
    occurrence = _occurrence(episode, case)
    low, high = episode.grades
    if low > condition.grade.high:
        return replace(occurrence, truth=Truth.NOT_MET)
    if high > condition.grade.high:
        occurrence = occurrence.doubted("grade: " + "; ".join(s.text for s in episode.evidence))
    gaps = [r.gaps for r in episode.values if r.gaps]
    if condition.lasting is not None:
        spans = _spans(episode, condition.lasting)
        occurrence = _timed(occurrence, condition.lasting, spans, gaps, case)
    if condition.resolving is not None:
        test = DurationTest("<=", condition.resolving.within)
        spans = resolution_spans(episode, condition.resolving, case)
        occurrence = _timed(occurrence, test, spans, gaps, case)
    if occurrence.truth is Truth.NOT_MET:
        return occurrence
    for fact in _facts(episode, condition, case, judge):
        if fact.truth is Truth.NOT_MET:
            return replace(occurrence, truth=Truth.NOT_MET)
        if fact.truth is Truth.UNKNOWN:
            can_still = fact.by is not None and case.as_of <= fact.by
            occurrence = occurrence.doubted(
                fact.missing, settles_by=fact.by,
                is_open=can_still and case.follow_up_ended is None,
            )  # fmt: skip
    return occurrence


def _occurrence(episode: Episode, case: Case) -> Occurrence:
    told = attribute(episode, case)
    low, high = episode.grades
    points = [p for r in episode.values for p in r.points if p.truth is Truth.UNKNOWN]
    ungraded = [
        f"grade of {r.source.text}"
        for run in episode.reported
        if run.truth is Truth.UNKNOWN
        for r in run.rows
    ]
    days = [p.settles_by for p in points if p.settles_by is not None]
    by = max(days, default=None)
    unsure = episode.truth is Truth.UNKNOWN
    missing = [m for p in points for m in p.missing] + ungraded if unsure else []
    return Occurrence(
        truth=episode.truth,
        onset=episode.onset,
        known_until=episode.known_until,
        end=episode.end,
        until=episode.end or max(on(case.known_until), episode.known_until),
        terms=(episode.records.term,),
        socs=(episode.records.soc,),
        low=low,
        high=high,
        related=told.related,
        unattributed=told.unattributed,
        reported=bool(episode.reported),
        evidence=episode.evidence,
        missing=tuple(dict.fromkeys(missing)),
        queries=told.queries,
        settles_by=by if unsure else None,
        open=unsure and by is not None and case.as_of <= by and case.follow_up_ended is None,
        predose_cycle=_predose(episode.onset, episode),
    )


def _spans(episode: Episode, test: DurationTest) -> list[tuple[Span, date]]:
    """Bounds of the length of every run, with the day on which a sample decides it."""
    hours = test.limit.unit == "h"
    spans = [
        (r.hours() if hours else r.days(), settling_day(test, r.first.when)) for r in episode.values
    ]
    return spans + [
        (r.hours() if hours else r.days(), settling_day(test, r.start)) for r in episode.reported
    ]


def _timed(
    occurrence: Occurrence,
    test: DurationTest,
    spans: list[tuple[Span, date]],
    gaps: list[str],
    case: Case,
) -> Occurrence:
    """Judge a length of time: long if any run is, short only if every run is."""
    unit = test.limit.unit
    truths = [check(test, span) for span, _ in spans]
    truth = any_of(truths) if test.wants_long else all_of(truths)
    words = "; ".join(dict.fromkeys(in_words(span, unit) for span, _ in spans))
    occurrence = replace(occurrence, duration="; ".join([words, *gaps]))
    if occurrence.truth is Truth.NOT_MET or truth is not Truth.UNKNOWN:
        return replace(occurrence, truth=all_of([occurrence.truth, truth]))
    unsettled = [(s, by) for (s, by), t in zip(spans, truths, strict=True) if t is Truth.UNKNOWN]
    by = max(day for _, day in unsettled)
    # of what is not surely there, no later sample says how long it was
    sure = occurrence.truth is Truth.MET and case.follow_up_ended is None
    goes_on = sure and any(span.high is None for span, _ in unsettled)
    decides = "decides" if goes_on else "would have decided"
    ask = f"it lasted {words}, the rule asks for {test}: a sample by {by.isoformat()} {decides}"
    return occurrence.doubted(ask, settles_by=by, is_open=goes_on)


class Fact(NamedTuple):
    """A further fact a condition asks for: what is missing if nobody knows, and until when."""

    truth: Truth
    missing: str = ""
    by: date | None = None


def _facts(episode: Episode, condition: Toxicity, case: Case, judge: Judge) -> Iterable[Fact]:
    """Yield each further fact the condition asks for, with what is missing if nobody knows."""
    if condition.symptomatic is not None:
        has = _symptomatic(episode)
        wanted = has if condition.symptomatic == "yes" else ~has
        yield Fact(wanted, "whether there were symptoms (AESYMP, LBCLSIG)")
    if condition.serious is not None:
        rows = [r for run in episode.reported for r in run.rows]
        yield Fact(Truth.MET if any(r.serious for r in rows) else Truth.NOT_MET)
    if condition.treated_with is not None:
        yield _treated(episode, condition, case)
    for other in condition.without:
        yield _absent(episode, judge(other, case), case)


def _symptomatic(episode: Episode) -> Truth:
    """Return what reports say; without a word of theirs every value must say that there were none.

    One value without symptoms does not speak for another.
    """
    told = {r.symptomatic for run in episode.reported for r in run.rows} - {None}
    values = [p.symptomatic for run in episode.values for p in run.points]
    if True in told or True in values:
        return Truth.MET
    if told or (values and all(v is False for v in values)):
        return Truth.NOT_MET
    return Truth.UNKNOWN


def _treated(episode: Episode, condition: Toxicity, case: Case) -> Fact:
    """Return whether it was treated: from its onset until it was over, or had to be."""
    wanted, last = condition.treated_with, (episode.end or on(case.known_until)).last_day
    by = None
    if condition.resolving is not None:
        by = settling_day(DurationTest("<=", condition.resolving.within), episode.onset)
        last = min(last, by)
    given = [c for c in case.facts.medications if wanted in {c.category.upper(), c.name.upper()}]
    if any(_overlaps(c, episode.onset, last) for c in given):
        return Fact(Truth.MET)
    can_still = episode.end is None and (by is None or case.known_until <= by)
    undated = any(c.start is None for c in given) or not case.looked_at("medication")
    missing = f"{(wanted or '').lower()} medication given in time"
    return Fact(Truth.UNKNOWN if can_still or undated else Truth.NOT_MET, missing, by)


def _overlaps(course: Course, start: Moment, last: date) -> bool:
    if course.start is None or course.start.first_day > last:
        return False
    return course.end is None or course.end.last_day >= start.first_day


def _absent(episode: Episode, others: tuple[Occurrence, ...], case: Case) -> Fact:
    """Return whether another condition does not hold at the time of an episode."""
    near = timedelta(days=case.study.dose_limiting.reconcile_within.whole_days)
    start = episode.onset.first_day - near
    end = (episode.end or on(case.known_until)).last_day + near
    same_time = [
        o for o in others if o.standing or (o.onset.first_day <= end and o.latest.last_day >= start)
    ]
    doubts = [o for o in same_time if o.truth is Truth.UNKNOWN]
    missing = dict.fromkeys(m for o in doubts for m in o.missing)
    days = [o.settles_by for o in doubts if o.open and o.settles_by is not None]
    return Fact(~any_of(o.truth for o in same_time), "; ".join(missing), max(days, default=None))
