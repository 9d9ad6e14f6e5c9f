"""Moments: the time something happened, as exactly as the data say, and spans between two."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from safety.intake.dates import EARLIEST_YEAR, LATEST_YEAR, bounds, time_of_day_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NO_YEAR, ANY_YEAR = EARLIEST_YEAR, LATEST_YEAR  # of a moment of which nothing was said


class Moment(NamedTuple):
    """From `earliest` to `latest`: equal if the time is known, else `latest` is not reached.

    A date without a time is [00:00, 24:00) of that day; a partial date covers all its days.
    """

    earliest: datetime
    latest: datetime

    @property
    def first_day(self) -> date:
        return self.earliest.date()

    @property
    def last_day(self) -> date:
        end = self.latest if self.is_timed else self.latest - timedelta(microseconds=1)
        return end.date()

    @property
    def is_timed(self) -> bool:
        return self.earliest == self.latest

    @property
    def is_one_day(self) -> bool:
        return self.first_day == self.last_day

    def __str__(self) -> str:
        if self.earliest.year <= NO_YEAR:  # nobody said when
            last = self.last_day.isoformat()
            return "date not known" if self.latest.year >= ANY_YEAR else f"not known, by {last}"
        if self.is_timed:
            return self.earliest.isoformat(timespec="minutes")
        if self.latest.year >= ANY_YEAR:
            return f"not known, from {self.first_day.isoformat()}"
        if self.is_one_day:
            return self.first_day.isoformat()
        return f"{self.first_day.isoformat()} to {self.last_day.isoformat()}"


class Span(NamedTuple):
    """Bounds of a length of time in hours; an open bound is not reached. None: no upper bound."""

    low: float
    high: float | None
    low_open: bool = False
    high_open: bool = False


def on(day: date) -> Moment:
    """Return the whole of a day."""
    start = datetime.combine(day, time.min)
    return Moment(start, start + DAY)


def between(first: date, last: date) -> Moment:
    """Return some time on one of the days."""
    return Moment(on(first).earliest, on(last).latest)


def moment(text: str | None) -> Moment | None:
    """Return the moment of an ISO 8601 date or date-time, None if there is none or it is no date.

    A time with an offset is not comparable with local ones as it stands: only its day counts.
    """
    if not isinstance(text, str):
        return None
    found = bounds(text)
    if found is None:
        return None
    clock = time_of_day_of(text)
    if clock is not None and found.complete:
        exact = datetime.fromisoformat(f"{found.earliest}T{clock}")
        return Moment(exact, exact)
    return between(date.fromisoformat(found.earliest), date.fromisoformat(found.latest))


def elapsed(start: Moment, end: Moment) -> Span:
    """Return the hours from one moment to a later one; never below 0."""
    low = (end.earliest - start.latest) / HOUR
    high = (end.latest - start.earliest) / HOUR
    loose = not (start.is_timed and end.is_timed)
    return Span(max(low, 0.0), max(high, 0.0), low_open=loose and low >= 0, high_open=loose)


def days_from(start: date, end: date) -> int:
    """Return how many days after `start` `end` is."""
    return (end - start).days


def study_day(day: date, first_dose: date) -> int:
    """Return the study day; there is no day 0."""
    gap = (day - first_dose).days
    return gap + 1 if gap >= 0 else gap


def day_of(study_day_: int, first_dose: date) -> date:
    """Return the date of a study day from 1 on."""
    return first_dose + timedelta(days=study_day_ - 1)
