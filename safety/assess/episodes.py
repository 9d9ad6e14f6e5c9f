"""Episodes of a term in one subject, with bounds of their duration from irregular samples.

A condition starts at the first value that shows it (reference, section 3.2, "Duration logic"):
lower bound = last qualifying - first qualifying day + 1; upper bound = first recovered - first
qualifying day, unknown while no recovery was seen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.grades import superseded
from safety.intake import dates

TERM = ["USUBJID", "TERM", "DIRECTION"]


def of_measurements(grades: pd.DataFrame, at_least: int = 1) -> pd.DataFrame:
    """Return one row an episode: runs of days at or above a grade.

    grades: rows of `grade_measurements`. Days are complete dates only; the worst grade of a day
    counts, of the rows that are not superseded. A day without a grade neither starts nor ends an
    episode and is counted in UNGRADED.
    Columns: TERM keys, EPISODE (start day), ENDT (last qualifying day), RECOVERED, MAXGR, LOWER
    and UPPER (days), SAMPLES, UNGRADED, TRTEMFL (Y if it started after the first dose).
    """
    dated = grades[grades["ADTMIN"].eq(grades["ADTMAX"]) & ~superseded(grades)]
    keys = [*TERM, "ADTMIN"]
    daily = dated.groupby(keys, sort=True).agg(GR=("ATOXGR", "max"), TRTEMFL=("TRTEMFL", "max"))
    daily = daily.reset_index()
    known = daily[daily["GR"].notna()].reset_index(drop=True)
    if known.empty:
        return _empty()
    on = known["GR"].ge(at_least).to_numpy(bool)
    new_series = known[TERM].ne(known[TERM].shift()).any(axis=1).to_numpy()
    starts = new_series | (on != np.r_[not on[0], on[:-1]])
    known["RUN"] = np.cumsum(starts)
    known["NEXT"] = known["ADTMIN"].shift(-1).where(~np.r_[new_series[1:], True]).fillna("")
    runs = known[on].groupby("RUN").agg(
        USUBJID=("USUBJID", "first"), TERM=("TERM", "first"), DIRECTION=("DIRECTION", "first"),
        EPISODE=("ADTMIN", "first"), ENDT=("ADTMIN", "last"), RECOVERED=("NEXT", "last"),
        MAXGR=("GR", "max"), SAMPLES=("GR", "size"), TRTEMFL=("TRTEMFL", "first"),
    )  # fmt: skip
    runs = runs.reset_index(drop=True)
    runs["RECOVERED"] = runs["RECOVERED"].where(runs["RECOVERED"].ne(""))
    runs["LOWER"] = _gap(runs["EPISODE"], runs["ENDT"]) + 1
    runs["UPPER"] = _gap(runs["EPISODE"], runs["RECOVERED"])
    runs["UNGRADED"] = _ungraded(runs, daily[daily["GR"].isna()])
    return runs


def _empty() -> pd.DataFrame:
    texts = dict.fromkeys([*TERM, "EPISODE", "ENDT", "RECOVERED", "TRTEMFL"], "str")
    numbers = {"MAXGR": "Int8", "LOWER": "Int64", "UPPER": "Int64"}
    counts = {"SAMPLES": "int64", "UNGRADED": "int64"}
    return pd.DataFrame({c: pd.array([], dtype=t) for c, t in (texts | numbers | counts).items()})


def _gap(start: pd.Series, end: pd.Series) -> pd.Series:
    span = dates.days(end) - dates.days(start)
    missing = np.isnat(span)
    number = span.astype("timedelta64[D]").astype(np.int64)
    return pd.Series(pd.arrays.IntegerArray(np.where(missing, 0, number), missing))


def _ungraded(runs: pd.DataFrame, ungraded: pd.DataFrame) -> pd.Series:
    """Days without a grade between an episode's start and its recovery (or ever after)."""
    if ungraded.empty:
        return pd.Series(0, index=runs.index, dtype=np.int64)
    numbered = runs.reset_index(names="N")
    pairs = numbered.merge(ungraded[[*TERM, "ADTMIN"]], on=TERM)
    inside = pairs["ADTMIN"].gt(pairs["EPISODE"]) & (
        pairs["RECOVERED"].isna() | pairs["ADTMIN"].lt(pairs["RECOVERED"])
    )
    counts = pairs[inside].groupby("N").size()
    return runs.index.to_series().map(counts).fillna(0).astype(np.int64)
