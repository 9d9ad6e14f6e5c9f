"""First and last dose of each subject, and how much was taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake import dates


def by_subject(doses: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject of DM: TRTSDT, TRTSDTMAX, TRTEDT, TRTSTM, EXPDAYS, DOSES,
    TRTSOURCE.

    TRTSDT is the earliest start of any dose record (a placebo counts: it is study treatment); a
    dose of which only part of the date is known counts from its earliest day. TRTEDT is the
    latest end; it is missing while the end of the latest record of any drug is, because treatment
    may still go on. TRTSDTMAX is the latest day the first dose may have been taken: it differs
    from TRTSDT where that date is partial. TRTSOURCE is EX, or DM where dosing
    has no record but DM gives a first-dose date, or "" for a subject who was not treated.
    Dates are YYYY-MM-DD text; EXPDAYS is days from first to last dose, both included.
    """
    started = doses[doses["STDTMIN"].notna()]
    grouped = started.groupby("USUBJID")
    first = grouped["STDTMIN"].min()
    by_start = started.sort_values(["STDTMIN", "ENDTMAX"], na_position="last")
    newest = by_start.drop_duplicates(["USUBJID", "TRT"], keep="last")
    open_end = set(newest.loc[newest["ENDTMAX"].isna(), "USUBJID"])
    last_end = grouped["ENDTMAX"].max().drop(index=list(open_end))
    table = subjects[["USUBJID"]].copy()
    dosed = table["USUBJID"].map(first).astype("str")
    declared = subjects["RFSTMIN"]
    table["TRTSDT"] = dosed.fillna(declared)
    latest_first = table["USUBJID"].map(grouped["STDTMAX"].min()).astype("str")
    table["TRTSDTMAX"] = latest_first.fillna(subjects["RFSTMAX"])
    table["TRTEDT"] = table["USUBJID"].map(last_end).astype("str")
    table["TRTSTM"] = table["USUBJID"].map(_first_times(started)).astype("str")
    table["DOSES"] = table["USUBJID"].map(grouped.size()).fillna(0).astype(np.int64)
    span = dates.days(table["TRTEDT"]) - dates.days(table["TRTSDT"])
    days = span.astype("timedelta64[D]").astype(np.int64) + 1
    table["EXPDAYS"] = pd.arrays.IntegerArray(np.where(np.isnat(span), 0, days), np.isnat(span))
    table["TRTSOURCE"] = np.select([dosed.notna(), declared.notna()], ["EX", "DM"], "")
    return table


def _first_times(doses: pd.DataFrame) -> pd.Series:
    """Time of day of the first dose, where it was recorded."""
    timed = doses.assign(TM=dates.time_of_day(doses["STDTC"])).dropna(subset=["TM"])
    ordered = timed.sort_values(["USUBJID", "STDTC"])
    first = ordered.drop_duplicates("USUBJID")
    firsts = doses.groupby("USUBJID")["STDTMIN"].min()
    on_day = first["STDTMIN"].to_numpy() == first["USUBJID"].map(firsts).to_numpy()
    return first[on_day].set_index("USUBJID")["TM"]
