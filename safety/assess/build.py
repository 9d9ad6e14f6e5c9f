"""Facts of every subject, from canonical records and what was derived from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from math import isnan
from typing import NamedTuple

import pandas as pd

from safety.assess.building import observations, records, reports, values
from safety.assess.building.rows import ANY_DAY, Notes, by_subject, source, when
from safety.assess.facts import Event, Facts, Report, Source
from safety.assess.moments import Moment
from safety.study.model import Study


class Subject(NamedTuple):
    """A canonical subject."""

    USUBJID: str
    KEY: str
    SEX: str
    AGE: float
    ARMCD: str
    ACTARMCD: str
    DTHDTC: str
    DTHFL: str
    SRCFILE: str
    SRCROW: int


class Exposed(NamedTuple):
    """A row of `exposure.by_subject`."""

    USUBJID: str
    TRTSDT: str
    TRTSDTMAX: str


class _Rows:
    """All rows of a study by subject."""

    def __init__(
        self, frames: Mapping[str, pd.DataFrame], graded: pd.DataFrame, events: pd.DataFrame,
        analysed: pd.DataFrame, exposure: pd.DataFrame, held_doses: pd.DataFrame | None,
    ) -> None:  # fmt: skip
        self.subjects = by_subject(frames.get("subject"), Subject)
        self.exposed = by_subject(exposure, Exposed)
        self.measured = by_subject(analysed, values.Measured)
        self.graded = by_subject(graded, observations.Graded)
        self.events = by_subject(events, reports.Event)
        self.supplements = by_subject(frames.get("supplement"), reports.Supplement)
        self.doses = by_subject(frames.get("dose"), records.Dose)
        self.held_doses = by_subject(held_doses, records.Dose)
        self.told = {
            kind: by_subject(frames.get(kind), records.Told)
            for kind in ("medication", "procedure", "disposition", "visit", "history",
                         "declaration")
        }  # fmt: skip
        self.delivered = frozenset(frames)

    def everyone(self) -> list[str]:
        """Return everyone who occurs: an alarm does not wait for a row of DM."""
        found = {*self.subjects, *self.measured, *self.events, *self.supplements, *self.doses}
        found.update(*self.told.values())
        return sorted(s for s in found if s)


def build(
    frames: Mapping[str, pd.DataFrame], graded: pd.DataFrame, events: pd.DataFrame,
    analysed: pd.DataFrame, exposure: pd.DataFrame, study: Study,
    held_doses: pd.DataFrame | None = None,
) -> dict[str, Facts]:  # fmt: skip
    """Return the facts of every subject by USUBJID, in order.

    frames: canonical records by kind; a kind that was not delivered is not in it. graded and
    events: rows of `grades.grade_measurements` and `grade_events`; analysed: of
    `analysis.analysis_measurements`; exposure: of `exposure.by_subject`; held_doses: canonical
    dose records in quarantine.
    """
    rows = _Rows(frames, graded, events, analysed, exposure, held_doses)
    visits, reading = values.CycleVisits(study), reports.Reading(study)
    return {s: _facts(s, rows, study, visits, reading) for s in rows.everyone()}


def _facts(
    usubjid: str, rows: _Rows, study: Study, visits: values.CycleVisits, reading: reports.Reading
) -> Facts:
    notes = Notes()
    measured, graded = rows.measured.get(usubjid, []), rows.graded.get(usubjid, [])
    found = reports.reports(
        rows.events.get(usubjid, []), rows.supplements.get(usubjid, []), reading, notes
    )
    told = {kind: by.get(usubjid, []) for kind, by in rows.told.items()}
    dispositions = records.events(told["disposition"], notes)
    subject = next(iter(rows.subjects.get(usubjid, [])), None)
    death = _death(subject, dispositions, notes)
    found = tuple(_by_death(r, death) for r in found)
    first, latest = _first_dose(next(iter(rows.exposed.get(usubjid, [])), None))
    values_read = observations.Reading(study.ctcae, visits, first, notes)
    return Facts(
        usubjid=usubjid,
        level=(subject.ACTARMCD or subject.ARMCD) if subject else "",
        sex=subject.SEX if subject else "",
        age=None if subject is None or isnan(subject.AGE) else subject.AGE,
        first_dose=first,
        first_dose_latest=latest,
        death=death,
        delivered=rows.delivered,
        baseline=_baseline(observations.baseline_grades(graded), found, first),
        observations=observations.observations(graded, measured, values_read),
        reports=found,
        samples=values.samples(measured, visits, study.ctcae),
        intakes=records.intakes(rows.doses.get(usubjid, []), study, notes),
        unread_doses=records.drugs_of(rows.held_doses.get(usubjid, []), study),
        medications=records.courses(told["medication"], notes),
        procedures=records.courses(told["procedure"], notes),
        history=records.events(told["history"], notes),
        dispositions=dispositions,
        visits=records.events(told["visit"], notes),
        declarations=records.declarations(told["declaration"], notes),
        source=_source(subject),
        notes=notes.sorted(),
    )


def _first_dose(exposed: Exposed | None) -> tuple[date | None, date | None]:
    if exposed is None or not exposed.TRTSDT:
        return None, None
    latest = exposed.TRTSDTMAX or exposed.TRTSDT
    return date.fromisoformat(exposed.TRTSDT), date.fromisoformat(latest)


def _death(subject: Subject | None, dispositions: tuple[Event, ...], notes: Notes) -> Moment | None:
    """Return when the subject died: by DM, else by DS; any day if only that is told."""
    told = when(subject.DTHDTC) if subject else None
    deaths = [d for d in dispositions if d.name == "DEATH"]
    disposed = min((d.when for d in deaths if d.when is not None), default=None)
    if told is not None or disposed is not None:
        return told if told is not None else disposed
    if subject is not None and (subject.DTHFL == "Y" or subject.DTHDTC or deaths):
        notes.add(subject.KEY, "died, but there is no date of death that can be read; add it")
        return ANY_DAY
    return ANY_DAY if deaths else None


def _by_death(report: Report, death: Moment | None) -> Report:
    """Return a report whose partial onset does not reach beyond the day of death."""
    start = report.start
    if death is None or start.is_one_day or not start.earliest < death.latest < start.latest:
        return report
    return replace(report, start=Moment(start.earliest, death.latest))


def _baseline(
    measured: dict[str, int], found: tuple[Report, ...], first_dose: date | None
) -> dict[str, int]:
    """Return the worst grade by term of what was there when treatment began."""
    worst: dict[str, int] = defaultdict(int, measured)
    for report in found:
        if first_dose is None or report.start.last_day >= first_dose or report.fatal:
            continue  # who took a dose was not dead: that grade came later
        # one that may have ended before is none: a later event would wrongly count as no worse
        if report.end is None or report.end.first_day >= first_dose:
            worst[report.term] = max(worst[report.term], report.lowest)
    return dict(sorted(worst.items()))


def _source(subject: Subject | None) -> Source | None:
    if subject is None:
        return None
    return source(f"subject {subject.USUBJID}", "", subject.KEY, subject.SRCFILE, subject.SRCROW)
