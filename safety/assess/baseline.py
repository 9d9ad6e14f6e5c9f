"""Baseline: the last value before the first dose, never compared with itself (D07, D35)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.ctcae.results import HIGH_FLAGS, OTHER_FLAGS
from safety.ctcae.scales import BaselineState
from safety.ctcae.units import conversion

SERIES = ["USUBJID", "PARAMCD", "SPEC", "POS", "TPT"]


def before_first_dose(measurements: pd.DataFrame, same_day_visits: list[str]) -> pd.Series:
    """Return whether each value was taken before the first dose.

    measurements carry TRTSDT, TRTSTM. A value of the first-dose day counts only if its visit is
    scheduled before the dose or both times are known. Without a first dose every value does.
    """
    start, day = measurements["TRTSDT"], measurements["ADTMAX"]
    same_day = day.eq(start) & measurements["ADTSTATE"].eq("complete")
    earlier_time = measurements["ATM"].lt(measurements["TRTSTM"]).fillna(False)
    scheduled = measurements["VISIT"].isin(same_day_visits)
    before = day.lt(start).fillna(False) | (same_day & (scheduled | earlier_time))
    return before | start.isna()


def add_baseline(measurements: pd.DataFrame, same_day_visits: list[str]) -> pd.DataFrame:
    """Return the measurements with PREDOSE, ABLFL, BASE (in the row's own unit) and BASESTATE.

    BASESTATE judges the baseline by the range of the baseline record itself (D08); only a value
    above ULN is abnormal (D06). Of one day, a record that counts (ANL01FL) goes before one that
    does not: the mean before its readings.
    """
    frame = measurements.assign(PREDOSE=before_first_dose(measurements, same_day_visits))
    series = frame.groupby(SERIES, dropna=False, sort=False).ngroup()
    frame["ABLFL"] = ""
    usable = frame["PREDOSE"] & frame["AVAL"].notna() & frame["COMPARATOR"].eq("")
    usable &= frame["TRTSDT"].notna() & frame["ADTMAX"].notna()
    ordered = frame[usable].sort_values(["ADTMAX", "ANL01FL", "ATM", "KEY"], na_position="first")
    last = ordered.assign(SERIES=series[usable]).drop_duplicates("SERIES", keep="last")
    frame.loc[last.index, "ABLFL"] = "Y"
    base = series.map(pd.Series(last.index, index=last["SERIES"]))
    return _attach(frame, base, _flagged_high(frame, series))


def _flagged_high(frame: pd.DataFrame, series: pd.Series) -> pd.Series:
    """Series with a pre-dose record flagged HIGH that has no exact value (D09)."""
    inexact = frame["AVAL"].isna() | frame["COMPARATOR"].ne("")
    flagged = frame["PREDOSE"] & inexact & frame["NRIND"].isin(HIGH_FLAGS)
    return series.isin(set(series[flagged]))


def _attach(frame: pd.DataFrame, base_index: pd.Series, high: pd.Series) -> pd.DataFrame:
    found = base_index.notna().to_numpy()
    source = frame.loc[base_index[found].astype(np.int64)]
    value, above = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    value[found] = source["AVAL"].to_numpy() * _factors(frame[found], source)
    above[found] = _above_its_range(source)
    frame["BASE"] = value
    states = [
        (frame["PREDOSE"].to_numpy(), BaselineState.NOT_APPLICABLE),
        (np.isnan(value) & high.to_numpy(), BaselineState.HIGH_WITHOUT_VALUE),
        (np.isnan(value), BaselineState.MISSING),
        (above == 1, BaselineState.ABNORMAL),
        (above == 0, BaselineState.NORMAL),
    ]
    frame["BASESTATE"] = np.select(
        [where for where, _ in states], [s for _, s in states], BaselineState.RANGE_MISSING
    ).astype(np.int8)
    return frame


def _above_its_range(source: pd.DataFrame) -> np.ndarray:
    """1 above ULN, 0 not, NaN unknown: by the record's usable range (D38), else its flag (D08)."""
    low, high = source["ANRLO"].to_numpy(), source["ANRHI"].to_numpy()
    with np.errstate(invalid="ignore"):
        usable = (high > 0) & ~(low > high)
        by_range = np.where(source["AVAL"].to_numpy() > high, 1.0, 0.0)
    flag = source["NRIND"].map(dict.fromkeys(HIGH_FLAGS, 1.0) | dict.fromkeys(OTHER_FLAGS, 0.0))
    return np.where(usable, by_range, flag.to_numpy(np.float64))


def _factors(rows: pd.DataFrame, source: pd.DataFrame) -> np.ndarray:
    """Factor from the baseline's unit to the row's; NaN where none is known."""
    codes = rows["PARAMCD"].fillna("").to_numpy()
    here, there = rows["UCUM"].to_numpy(), source["UCUM"].to_numpy()
    same = rows["AVALU"].fillna("").to_numpy() == source["AVALU"].fillna("").to_numpy()
    factors = np.ones(len(rows))
    for i in np.flatnonzero(~same & (here != there)):
        found = conversion(codes[i], there[i], here[i]) if here[i] and there[i] else None
        factors[i] = found.factor if found is not None and found.offset == 0 else np.nan
    return factors
