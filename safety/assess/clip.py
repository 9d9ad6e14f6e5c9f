"""Cut the facts of a subject at a knowledge date: what was known at the end of that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol, TypeVar

from safety.assess.facts import Course, Declaration, Facts, Intake, Report
from safety.assess.moments import Moment, on

NOTHING: Mapping[str, int] = {}


class _Happened(Protocol):
    @property
    def when(self) -> Moment | None: ...


Happened = TypeVar("Happened", bound=_Happened)


def clip(facts: Facts, as_of: date) -> Facts:
    """Return the facts without what surely came later.

    A record whose date leaves open whether it came later is kept as it is: a later `as_of` must
    not undo what this one settles. What ended later goes on; a dose that goes on ends with the day.
    """
    died_later = _is_later(facts.death, as_of)
    untreated = facts.first_dose is None or facts.first_dose > as_of
    return replace(
        facts,
        first_dose=None if untreated else facts.first_dose,
        first_dose_latest=None if untreated else facts.first_dose_latest,
        death=None if died_later else facts.death,
        baseline=NOTHING if untreated else facts.baseline,
        observations=_happened(facts.observations, as_of),
        reports=tuple(
            _report(r, as_of, died_later=died_later)
            for r in facts.reports
            if not _is_later(r.start, as_of)
        ),
        samples=_happened(facts.samples, as_of),
        intakes=tuple(_intake(i, as_of) for i in facts.intakes if not _is_later(i.start, as_of)),
        medications=_courses(facts.medications, as_of),
        procedures=_courses(facts.procedures, as_of),
        history=_happened(facts.history, as_of),
        dispositions=_happened(facts.dispositions, as_of),
        visits=_happened(facts.visits, as_of),
        declarations=tuple(
            _declaration(d, as_of) for d in facts.declarations if not _is_later(d.onset, as_of)
        ),
    )


def _is_later(at: Moment | None, as_of: date) -> bool:
    """Return whether something surely came after the day."""
    return at is not None and at.first_day > as_of


def _happened(items: Iterable[Happened], as_of: date) -> tuple[Happened, ...]:
    return tuple(i for i in items if not _is_later(i.when, as_of))


def _report(report: Report, as_of: date, *, died_later: bool) -> Report:
    """Return the report as it stood; that it would be fatal was not known before the death."""
    return replace(
        report,
        end=None if _is_later(report.end, as_of) else report.end,
        fatal=report.fatal and not died_later,
    )


def _courses(courses: Iterable[Course], as_of: date) -> tuple[Course, ...]:
    return tuple(
        replace(c, end=None) if _is_later(c.end, as_of) else c
        for c in courses
        if not _is_later(c.start, as_of)
    )


def _intake(intake: Intake, as_of: date) -> Intake:
    if intake.end is None or intake.end.last_day <= as_of:
        return intake
    day = on(as_of)
    first = day.earliest if _is_later(intake.end, as_of) else intake.end.earliest
    return replace(intake, end=Moment(first, day.latest))


def _declaration(declared: Declaration, as_of: date) -> Declaration:
    if _is_later(declared.signed, as_of):
        return replace(declared, signed_by="", signed=None)
    return declared
