"""Partial ISO 8601 dates as intervals; nothing is imputed (fault 10)."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

_PARTIAL = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m>\d{2}|-)(?:-(?P<d>\d{2}))?)?(?:T(?P<time>(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?))?",
    re.ASCII,
)
_CLOCK = re.compile(r"T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?$")
_WITH_OFFSET = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})", re.ASCII
)
# UN-MAY-2024: the day is not known, the month is a word, so no order of parts has to be guessed
_DAY_UNKNOWN = re.compile(r"UNK?-(?P<m>[A-Z]{3}|UNK?)-(?P<y>\d{4})", re.ASCII | re.IGNORECASE)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100  # fault 8: wrong century


class Bounds(NamedTuple):
    """First and last day a date may mean, as YYYY-MM-DD."""

    earliest: str
    latest: str

    @property
    def complete(self) -> bool:
        return self.earliest == self.latest


@lru_cache(maxsize=200_000)
def bounds(text: str) -> Bounds | None:
    """Return the days a (partial) ISO 8601 date may mean, or None if it is not one.

    `2024-05` is 2024-05-01 to 2024-05-31, as is `UN-MAY-2024` (fault 10); `2024---15` is an
    unknown month's 15th.
    """
    match = _PARTIAL.fullmatch(_as_iso(text))
    if match is None or not EARLIEST_YEAR <= int(match["y"]) <= LATEST_YEAR:
        return None
    year, month, day = int(match["y"]), match["m"], match["d"]
    if match["time"] and not (month and month != "-" and day):
        return None
    try:
        if month in (None, "-"):
            start, end = date(year, 1, int(day or 1)), date(year, 12, int(day or 31))
            return Bounds(start.isoformat(), end.isoformat())
        last = int(day) if day else calendar.monthrange(year, int(month))[1]
        return Bounds(
            date(year, int(month), int(day or 1)).isoformat(),
            date(year, int(month), last).isoformat(),
        )
    except ValueError:
        return None


def _as_iso(text: str) -> str:
    """Return `UN-MAY-2024` and `UN-UNK-2024` as ISO 8601 writes them, other texts unchanged."""
    match = _DAY_UNKNOWN.fullmatch(text)
    if match is None:
        return text
    month = match["m"].upper()
    if month in _MONTHS:
        return f"{match['y']}-{_MONTHS.index(month) + 1:02}"
    return match["y"] if month.startswith("UN") else text


@lru_cache(maxsize=200_000)
def at_site(text: str, zone: str) -> str:
    """Return a date-time with an offset as the local time of a zone (fault 16), others unchanged.

    `2024-03-05T20:30Z` is `2024-03-06T04:30:00` in Asia/Shanghai: another day.
    """
    match = _WITH_OFFSET.fullmatch(text)
    if match is None or bounds(text) is None:
        return text
    try:
        there = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):  # an offset that no place has
        return text
    return there.replace(microsecond=0, tzinfo=None).isoformat()


def site_moment(text: str, zone: str) -> str:
    """Return a date or date-time as YYYY-MM-DDTHH:MM:SS at the site, "" if its day is not known.

    Such texts are in the order of time. A date alone counts as its first second.
    """
    known = bounds(text)
    if known is None or not known.complete:
        return ""
    day, _, clock = at_site(text, zone).partition("T")
    clock = re.sub(r"(Z|[+-]\d{2}:?\d{2})$", "", clock)
    return f"{day}T{clock}{'00:00:00'[len(clock) :]}"


def add_bounds(frame: pd.DataFrame, text_column: str, prefix: str) -> None:
    """Add <prefix>MIN, <prefix>MAX (YYYY-MM-DD) and <prefix>STATE to a frame.

    STATE is complete, partial, missing or invalid.
    """
    texts = frame[text_column]
    known = {t: bounds(t) for t in texts.dropna().unique()}
    frame[f"{prefix}MIN"] = texts.map({t: b.earliest for t, b in known.items() if b}).astype("str")
    frame[f"{prefix}MAX"] = texts.map({t: b.latest for t, b in known.items() if b}).astype("str")
    state = {t: "invalid" if b is None else _state(b) for t, b in known.items()}
    frame[f"{prefix}STATE"] = texts.map(state).astype("str").fillna("missing")


def without_future(frame: pd.DataFrame, prefix: str, last: date) -> pd.DataFrame:
    """Return the frame with dates that begin after `last` as not known.

    What is known by a day has begun by then: a wrong year must not hide an event (fault 7).
    """
    wrong = frame[f"{prefix}MIN"].gt(last.isoformat()).fillna(False)
    return frame.assign(
        **{
            f"{prefix}MIN": frame[f"{prefix}MIN"].mask(wrong),
            f"{prefix}MAX": frame[f"{prefix}MAX"].mask(wrong),
            f"{prefix}STATE": frame[f"{prefix}STATE"].mask(wrong, "missing"),
        }
    )


def _state(found: Bounds) -> str:
    return "complete" if found.complete else "partial"


def time_of_day(texts: pd.Series) -> pd.Series:
    """Return HH:MM:SS of date-times, NaN where no time was given; a missing second counts as 0.

    A time with an offset counts as unknown: it is not comparable with the others as it stands.
    """
    found = texts.str.extract(_CLOCK.pattern, expand=False)
    return found.where(found.str.len().ne(len("HH:MM")), found + ":00")


def time_of_day_of(text: str) -> str | None:
    """Return the local HH:MM:SS of one date-time, as `time_of_day` does of many."""
    found = _CLOCK.search(text)
    if found is None:
        return None
    return found[1] if len(found[1]) != len("HH:MM") else found[1] + ":00"


def days(texts: pd.Series) -> npt.NDArray[np.datetime64]:
    """Return YYYY-MM-DD text as numpy days, NaT for missing."""
    return texts.fillna("NaT").to_numpy(dtype="datetime64[D]")


def add_study_days(frame: pd.DataFrame, prefix: str, name: str) -> None:
    """Add <name>, <name>MIN and <name>MAX: study days of a date with bounds <prefix>MIN and MAX.

    The frame carries TRTSDT and TRTSDTMAX. <name> is missing where either date is not complete.
    """
    low, high = frame[f"{prefix}MIN"], frame[f"{prefix}MAX"]
    frame[f"{name}MIN"] = study_day(low, frame["TRTSDTMAX"])
    frame[f"{name}MAX"] = study_day(high, frame["TRTSDT"])
    exact = low.eq(high) & frame["TRTSDT"].eq(frame["TRTSDTMAX"])
    frame[name] = frame[f"{name}MIN"].where(exact)


def study_day(day: pd.Series, first_dose: pd.Series) -> pd.Series:
    """Return the study day (there is no day 0), <NA> where either date is missing."""
    gap = (days(day) - days(first_dose)).astype("timedelta64[D]")
    missing = np.isnat(gap)
    number = gap.astype(np.int64)
    number = np.where(number >= 0, number + 1, number)
    return pd.Series(
        pd.arrays.IntegerArray(np.where(missing, 0, number).astype(np.int32), missing),
        index=day.index,
    )
