"""Replicate ECG readings: their mean is graded, the single readings are not (D21).

A *replicate set* is two or more exact readings of one interval in one unit, of the same subject,
position, nominal time point, visit, day, method and reference range, all before or all after the
first dose, that
- have times, the last at most 30 minutes after the first; or
- lack a time, yet have a nominal time point, or replicate numbers that differ; what times there
  are lie within 30 minutes.
Anything else is not averaged: each reading is graded by itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from safety.assess.derivations import Numbers, append, exact, records
from safety.ctcae.derive import mean_of_replicates
from safety.ctcae.reasons import Reason

INTERVALS = (
    "QTCFAG", "QTCFSB", "QTCBAG", "QTCBSB", "QTCUNSAG", "QTCUNS", "QTAG", "QTSB", "QT",
    "PRAG", "PRSB", "PR", "QRSAG", "QRSSB", "QRSDUR", "RRAG", "RRSB", "RR",
)  # fmt: skip
ALIKE = ["USUBJID", "DOMAIN", "PARAMCD", "UCUM", "METHOD", "POS", "TPT", "VISITNUM", "VISIT",
         "ADTMIN", "ANRLO", "ANRHI", "PREDOSE"]  # fmt: skip
WITHIN_SECONDS = 30 * 60


def add_means(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the records followed by one AVERAGE record a replicate set.

    Its KEY, time and row are those of the set's first reading. The readings lose ANL01FL and are
    marked SUPERSEDED.
    """
    rows = exact(frame, INTERVALS).sort_values(["ATM", "KEY"], na_position="last")
    if rows.empty:
        return frame
    rows["SET"] = _sets(rows)
    rows = rows[rows["SET"].ge(0)].sort_values("SET", kind="stable")
    frame = frame.copy()
    frame.loc[rows.index, "ANL01FL"] = ""
    frame.loc[rows.index, "REASONS"] |= np.uint64(Reason.SUPERSEDED)
    means = records(rows.drop_duplicates("SET"), "AVERAGE", _means(rows))
    return append(frame, [means.assign(NRIND=_no_text(len(means))).drop(columns=["X", "SET"])])


def single_readings(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each record is one reading of a replicate set, which is not graded by itself."""
    return (frame["PARAMCD"].isin(INTERVALS) & frame["ANL01FL"].eq("")).to_numpy(bool)


def _no_text(count: int) -> pd.api.extensions.ExtensionArray:
    return pd.array([None] * count, dtype="str")


def _sets(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Number of each row's replicate set, -1 for none. rows: in order of time, unknown last."""
    alike = rows.groupby(ALIKE, dropna=False, sort=False).ngroup().to_numpy(np.int64)
    order = np.argsort(alike, kind="stable")
    group, seconds = alike[order], _seconds(rows["ATM"].iloc[order])
    with np.errstate(invalid="ignore"):
        late = np.r_[False, np.diff(seconds) > WITHIN_SECONDS]  # never for an unknown time
    start = np.r_[True, group[1:] != group[:-1]] | late
    table = pd.DataFrame({
        "SET": np.cumsum(start), "GROUP": group, "SECONDS": seconds,
        "TIMED": ~np.isnan(seconds), "TPT": rows["TPT"].notna().to_numpy()[order],
        "REPNUM": rows["REPNUM"].to_numpy(object)[order],
    })  # fmt: skip
    sets = table.groupby("SET").agg(
        GROUP=("GROUP", "first"), SIZE=("GROUP", "size"), FIRST=("SECONDS", "min"),
        LAST=("SECONDS", "max"), TIMED=("TIMED", "all"), NAMED=("TPT", "all"),
        NUMBERS=("REPNUM", "nunique"),
    )  # fmt: skip
    # without its time a reading may belong to any set of its group
    certain = sets["GROUP"].map(sets["GROUP"].value_counts()).eq(1)
    told = sets["TIMED"] | (certain & (sets["NAMED"] | sets["NUMBERS"].eq(sets["SIZE"])))
    close = (sets["LAST"] - sets["FIRST"]).fillna(0).le(WITHIN_SECONDS)
    good = sets["SIZE"].gt(1) & told & close
    found = np.empty(len(rows), np.int64)
    found[order] = np.where(table["SET"].map(good), table["SET"], -1)
    return found


def _seconds(times: pd.Series) -> Numbers:
    parts = times.str.split(":", expand=True).reindex(columns=range(3)).astype(np.float64)
    return (parts[0] * 3600 + parts[1] * 60 + parts[2]).to_numpy(np.float64)


def _means(rows: pd.DataFrame) -> Numbers:
    """Mean of each set. rows: in order of SET."""
    number = rows.groupby("SET").ngroup().to_numpy(np.int64)
    place = rows.groupby("SET").cumcount().to_numpy(np.int64)
    if not len(rows):
        return np.zeros(0)
    readings = np.full((number.max() + 1, place.max() + 1), np.nan)
    readings[number, place] = rows["X"]
    return mean_of_replicates(readings)
