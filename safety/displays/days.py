"""Study days on an axis, and the days on which cycles began. There is no day 0."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

CYCLE_VISIT = r"CYCLE (\d+) DAY 1"  # a visit that is day 1 of a cycle, in capitals
STEPS = (1, 2, 7, 14, 28, 56, 112, 224, 10**6)  # days between ticks
TICKS = 14  # at most


def days(texts: pd.Series) -> npt.NDArray[np.datetime64]:
    """Return YYYY-MM-DD text as numpy days, NaT for missing."""
    return texts.astype("str").fillna("NaT").to_numpy(dtype="datetime64[D]")


def gap(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return days from a date to another (Int64), <NA> where either is missing."""
    span = (days(end) - days(start)).astype("timedelta64[D]")
    missing = np.isnat(span)
    number = np.where(missing, 0, span.astype(np.int64))
    return pd.Series(pd.arrays.IntegerArray(number, missing), index=start.index)


def study_day(day: pd.Series, first_dose: pd.Series) -> pd.Series:
    """Return the study day (Int64): 1 is the day of the first dose, -1 the one before."""
    number = gap(first_dose, day)
    return number.where(number.lt(0).fillna(False), number + 1)


def axis_day(day: pd.Series) -> pd.Series:
    """Place study days on a continuous axis: there is no day 0, so day -1 stands at 0."""
    number = day.astype("Float64").astype("float64")
    return number.where(number > 0, number + 1)


def day_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Return tick places and labels for an axis of `axis_day`; no label reads 0."""
    span = max(high - low, 1)
    step = next(s for s in STEPS if span / s <= TICKS)
    first = int(np.ceil((low - 1) / step))
    places = [1 + step * k for k in range(first, int((high - 1) // step) + 1)]
    return [float(p) for p in places], [str(p if p > 0 else p - 1) for p in places]


def cycle_starts(
    visits: pd.DataFrame, subjects: pd.DataFrame, pattern: str = CYCLE_VISIT
) -> pd.DataFrame:
    """Return USUBJID, CYCLE, STARTDT (YYYY-MM-DD), ADY of the cycles that subjects began.

    Cycle 1 begins with the first dose. A later one begins with the earliest of its visits that is
    after the first dose; a visit without a complete date begins none. pattern: of the visit's
    name in capitals, the number of the cycle as its one group.
    """
    names = visits["VISIT"].astype("str").str.upper()
    number = names.str.extract(f"^{pattern}$", flags=re.ASCII, expand=False)
    whole = visits["STDTMIN"].eq(visits["STDTMAX"]) & visits["STDTMIN"].notna()
    later = (
        visits[["USUBJID"]]
        .astype("str")
        .assign(
            CYCLE=pd.to_numeric(number).astype("Int64"), STARTDT=visits["STDTMIN"].astype("str")
        )[whole & number.notna()]
    )
    first = subjects[["USUBJID"]].assign(CYCLE=1, STARTDT=subjects["TRTSDT"])
    known = later.merge(subjects[["USUBJID", "TRTSDT"]], on="USUBJID")
    known = known[known["CYCLE"].gt(1) & known["STARTDT"].gt(known["TRTSDT"])]
    both = pd.concat([first, known.drop(columns="TRTSDT")]).astype({"CYCLE": "Int64"})
    table = both.groupby(["USUBJID", "CYCLE"], as_index=False)["STARTDT"].min()
    firsts = table["USUBJID"].map(subjects.set_index("USUBJID")["TRTSDT"])
    return table.assign(ADY=study_day(table["STARTDT"], firsts))
