"""First and last dose of each subject, and how much was taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake import dates


def by_subject(
    doses: pd.DataFrame, subjects: pd.DataFrame, held: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row a subject of DM: TRTSDT, TRTSDTMAX, TRTEDT, TRTSTM, EXPDAYS, DOSES,
    TRTSOURCE.

    TRTSDT is the earliest day the first dose may have been taken: by any dose record (a placebo
    counts: it is study treatment), by a quarantined one (`held`: its date still counts, or what
    came after it would look like baseline) or by DM. TRTEDT is the
    latest end; it is missing while the end of the latest record of any drug is, because treatment
    may still go on. TRTSDTMAX is the latest day the first dose may have been taken: it differs
    from TRTSDT where a date is partial or the sources disagree. TRTSOURCE is EX, or DM where dosing
    has no record but DM gives a first-dose date, or "" for a subject who was not treated.
    A row of a dose that was not taken (`taken`) neither starts nor ends treatment.
    Dates are YYYY-MM-DD text; EXPDAYS is days from first to last dose, both included.
    """
    started = doses[doses["STDTMIN"].notna() & taken(doses)]
    grouped = started.groupby("USUBJID")
    first = grouped["STDTMIN"].min()
    by_start = started.sort_values(["STDTMIN", "ENDTMAX"], na_position="last")
    newest = by_start.drop_duplicates(["USUBJID", "TRT"], keep="last")
    open_end = set(newest.loc[newest["ENDTMAX"].isna(), "USUBJID"])
    last_end = grouped["ENDTMAX"].max().drop(index=list(open_end))
    table = subjects[["USUBJID"]].copy()
    dosed = table["USUBJID"].map(first).astype("str")
    declared = subjects["RFSTMIN"]
    doubtful = pd.Series(dtype="str")
    if held is not None:
        doubtful = held[taken(held)].groupby("USUBJID")["STDTMIN"].min()
    in_doubt = table["USUBJID"].map(doubtful).astype("str")
    table["TRTSDT"] = _extreme([dosed, declared, in_doubt], "min")
    latest_first = table["USUBJID"].map(grouped["STDTMAX"].min()).astype("str")
    table["TRTSDTMAX"] = _extreme([latest_first, subjects["RFSTMAX"]], "max").fillna(in_doubt)
    table["TRTEDT"] = table["USUBJID"].map(last_end).astype("str")
    times = table["USUBJID"].map(_first_times(started)).astype("str")
    table["TRTSTM"] = times.where(dosed.eq(table["TRTSDT"]))
    table["DOSES"] = table["USUBJID"].map(grouped.size()).fillna(0).astype(np.int64)
    span = dates.days(table["TRTEDT"]) - dates.days(table["TRTSDT"])
    days = span.astype("timedelta64[D]").astype(np.int64) + 1
    table["EXPDAYS"] = pd.arrays.IntegerArray(np.where(np.isnat(span), 0, days), np.isnat(span))
    table["TRTSOURCE"] = np.select([dosed.notna(), declared.notna()], ["EX", "DM"], "")
    return table


def taken(doses: pd.DataFrame) -> pd.Series:
    """Return which rows tell of a dose taken: not of one that was missed or is only planned.

    doses: with OCCUR and MOOD where the data have them; a row that does not say was taken.
    """
    untaken = pd.Series(data=False, index=doses.index)
    for column, meaning in (("OCCUR", "N"), ("MOOD", "SCHEDULED")):
        if column in doses:
            untaken |= doses[column].eq(meaning)
    return ~untaken


def _extreme(dates_: list[pd.Series], which: str) -> pd.Series:
    """Earliest or latest of dates as text, row by row, missing ones left out."""
    columns = [dates.days(d) for d in dates_]
    # NaT is passed over by fmin and fmax
    chosen = columns[0]
    for column in columns[1:]:
        chosen = np.fmin(chosen, column) if which == "min" else np.fmax(chosen, column)
    text = pd.Series(np.datetime_as_string(chosen), index=dates_[0].index, dtype="str")
    return text.where(text.ne("NaT"))


def _first_times(doses: pd.DataFrame) -> pd.Series:
    """Time of day of the first dose, where every dose of that day has one."""
    firsts = doses.groupby("USUBJID")["STDTMIN"].transform("min")
    day = doses[doses["STDTMIN"].eq(firsts)]
    timed = day.assign(TM=dates.time_of_day(day["STDTC"])).groupby("USUBJID")["TM"]
    complete = timed.count().eq(timed.size())
    return timed.min()[complete]
