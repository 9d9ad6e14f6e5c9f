"""Graded values of one subject. What cannot be read leaves open which grade it had, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import isnan
from typing import NamedTuple

from safety.assess.building.rows import ANY_DAY, Notes, source, when
from safety.assess.building.values import CycleVisits, Measured
from safety.assess.facts import Observation
from safety.assess.moments import Moment, on

Grades = tuple[int, int]  # the lowest and the highest it may be
ANY_GRADE: Grades = (0, 4)  # of a value: no number is grade 5
GRAVE = 3  # from this grade on a value counts even if nobody knows when it was taken
NO_NUMBER, UNREADABLE, NO_SPECIMEN = "value_not_numeric", "value_unreadable", "specimen_unknown"


class Graded(NamedTuple):
    """A row of `grade_measurements`."""

    USUBJID: str
    MKEY: str
    TERM: str
    SOC: str
    ATOXGR: float
    POSSIBLE: str
    NUMPOSS: str
    REASONS: str
    ABLFL: str
    POSTFL: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the values of one subject are read with. first_dose: None if there was none."""

    version: str
    visits: CycleVisits
    first_dose: date | None
    notes: Notes


def observations(
    graded: Iterable[Graded], measured: Iterable[Measured], reading: Reading
) -> tuple[Observation, ...]:
    """Return every graded value after the first dose that counts, by time.

    What another record of the day supersedes and what was taken before the first dose is left out.
    A value that cannot be graded may have any grade, one that may be grave but has no date that
    can be read may be of any day since the first dose.
    """
    values = {m.KEY: m for m in measured}
    found = [_graded(row, values[row.MKEY], reading) for row in graded if row.POSTFL == "Y"]
    for value in values.values():
        found += _of_unknown_specimen(value, reading)
    used = [o for o in found if o is not None]
    return tuple(sorted(used, key=lambda o: (o.when, o.term, o.source)))


def _graded(row: Graded, value: Measured, reading: Reading) -> Observation | None:
    new = UNREADABLE if value.is_unreadable else NO_NUMBER
    grades = _grades(row.NUMPOSS or row.POSSIBLE)
    reasons = row.REASONS.replace(NO_NUMBER, new)
    return _observation(value, row.TERM, row.SOC, grades, reasons, reading)


def _of_unknown_specimen(value: Measured, reading: Reading) -> Iterator[Observation | None]:
    if value.PREDOSE or reading.first_dose is None or not value.says_something:
        return
    ladders = value.ladders_of_unknown(reading.version)
    for term, soc in dict.fromkeys((x.term, x.soc) for x in ladders):
        yield _observation(value, term, soc, ANY_GRADE, NO_SPECIMEN, reading)


def _observation(
    value: Measured, term: str, soc: str, grades: Grades, reasons: str, reading: Reading
) -> Observation | None:
    at = when(value.ADTC) or _undated(value, grades, reasons, reading)
    if at is None:
        return None
    return Observation(
        term, soc, at, *grades, value.UCUM, False if value.CLSIG == "N" else None,
        reading.visits.cycle(value.VISIT), reasons,
        source(f"{value.text} ({_in_words(*grades)})", value.ADTC, value.KEY, value.SRCFILE,
               value.SRCROW),
    )  # fmt: skip


def _undated(value: Measured, grades: Grades, reasons: str, reading: Reading) -> Moment | None:
    """Return when a value without date may have been taken; None if it does not count."""
    is_grave = grades[1] >= GRAVE and NO_NUMBER not in reasons
    means = "it may be of any day; add it" if is_grave else "it is not used"
    reading.notes.add(value.KEY, f"{value.text} has no date that can be read; {means}")
    if not is_grave or reading.first_dose is None:
        return None
    return Moment(on(reading.first_dose).earliest, ANY_DAY.latest)


@cache
def _grades(possible: str) -> tuple[int, int]:
    if not possible:
        return ANY_GRADE
    grades = possible.split("|")
    return int(grades[0]), int(grades[-1])


def _in_words(lowest: int, highest: int) -> str:
    if lowest == highest:
        return f"grade {lowest}"
    return "cannot be graded" if (lowest, highest) == ANY_GRADE else f"grade {lowest}-{highest}"


def baseline_grades(graded: Iterable[Graded]) -> dict[str, int]:
    """Return the worst grade of the baseline records by term; one that is not known counts as 0."""
    worst: dict[str, int] = {}
    for row in graded:
        if row.ABLFL == "Y":
            grade = 0 if isnan(row.ATOXGR) else int(row.ATOXGR)
            worst[row.TERM] = max(grade, worst.get(row.TERM, 0))
    return worst
