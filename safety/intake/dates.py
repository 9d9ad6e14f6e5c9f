"""Partial ISO 8601 dates as intervals; nothing is imputed (fault 10)."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

_PARTIAL = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m>\d{2}|-)(?:-(?P<d>\d{2}))?)?(?:T(?P<time>(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?))?",
    re.ASCII,
)
_CLOCK = re.compile(r"T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?$")
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

    `2024-05` is 2024-05-01 to 2024-05-31; `2024---15` is an unknown month's 15th.
    """
    match = _PARTIAL.fullmatch(text)
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
