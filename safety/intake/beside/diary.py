"""Days of a course that no row of the diary tells of (fault 45)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from safety.study.model import Study
from safety.study.treatment import Treatment

DAY = pd.Timedelta(days=1)
ALONE = pd.Timedelta(days=28)  # a day so far from those before it may have a wrong year


class Course(NamedTuple):
    """days: of one course of a drug; off: days of a cycle without a dose of it."""

    days: int
    off: int


def gaps(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Say how many days after a row have none, though later rows of the subject have come.

    rows: with USUBJID, DRUG, START and END. What is longer than `longest_diary_gap`, or follows a
    whole course, is a pause. The last row of a drug has nothing to compare with.
    """
    told = pd.Series(np.nan, index=rows.index, dtype="str")
    if study.treatment is None or rows.empty:
        return told
    late = study.checks.parameters.diary_settled_days * DAY  # a diary is entered late
    settled = {subject: day - late for subject, day in last_told(rows).items()}
    for (subject, drug), own in rows.groupby(["USUBJID", "DRUG"], sort=False):
        course = course_of(study.treatment, str(drug))
        told[own.index[own["ENDTC"].notna()]] = ""
        ordered = own.sort_values(["START", "END"], kind="stable")
        told[ordered.index[-1]] = np.nan
        for row, days in _missing(ordered, course, study.checks.parameters.longest_diary_gap):
            following = ordered["END"].cummax()[row] + (days + 1) * DAY
            if following <= settled[subject] and told[row] == "":
                told[row] = f"no row for {days} day{'s' if days > 1 else ''} after it"
    return told


def course_of(treatment: Treatment, drug: str) -> Course:
    days = treatment.drugs[drug].schedule.days
    length = days.last - days.first + 1
    return Course(length, treatment.cycle_length.whole_days - length)


def holes(ordered: pd.DataFrame) -> pd.Series:
    """Return how many days lie between what rows up to each cover and the next row, by row.

    ordered: rows of one drug and subject in order of START; index: theirs; only holes.
    """
    covered, following = ordered["END"].cummax(), ordered["START"].shift(-1)
    days = (following - covered) / DAY - 1
    return days[days >= 1].astype(int)


def _missing(ordered: pd.DataFrame, course: Course, longest: int) -> Iterator[tuple[int, int]]:
    """Yield rows and how many days after them are missing inside a course."""
    begun, covered = ordered["START"].iloc[0], ordered["END"].cummax()
    for row, days in holes(ordered).items():
        is_whole = course.off > 0 and (covered[row] - begun) / DAY + 1 >= course.days
        pause = min(course.off, longest + 1) if course.off else longest + 1
        if is_whole or days >= pause:
            begun = covered[row] + (days + 1) * DAY
        else:
            yield row, days


def last_told(rows: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """Return by subject the last day that rows tell of, but for one far from all before it.

    A wrong year is no sign that the days up to it have been entered.
    """
    found = {}
    for subject, start in rows.groupby("USUBJID")["START"]:
        told = start.drop_duplicates().sort_values()
        near = told[(told.diff() <= ALONE) | (told == told.iloc[0])]
        found[str(subject)] = near.iloc[-1]
    return found
