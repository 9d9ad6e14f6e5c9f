"""Liver tests after the first dose as multiples of the upper limit of normal and of the baseline.

A multiple is an interval: `<40` is anything up to 40. Whether it passes a limit is answered as the
study's rule answers it (safety.assess.samples): where the baseline was above its own limit of
normal, the same multiple of the baseline must be passed besides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.displays.population import Chosen, Frames

AMINOTRANSFERASES, BILIRUBIN, ALP = ("ALT", "AST"), "BILI", "ALP"
TESTS = (*AMINOTRANSFERASES, BILIRUBIN, ALP)
ABNORMAL, RANGE_MISSING = 2, 4  # BASESTATE of table grade: above ULN; known value, unknown ULN
DIGITS = 11  # after the point, fewer than floating point garbles: 3 x 0.7 is 2.1


def values(frames: Frames, chosen: Chosen) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the usable values after the first dose, and those that cannot be used.

    Frames: measurement, grade. Usable: USUBJID, LEVEL, TEST, ADT (first possible day), TRTSDT, LOW
    and HIGH (x ULN, the interval), X (x ULN), XMAX (x ULN, or x baseline where that was above its
    ULN), BASELOW and BASEHIGH (x baseline, missing without one), BASESTATE, INEXACT, OPEN (`>`: not
    the number itself). Not usable: USUBJID, TEST, REASON.
    """
    measured = frames["measurement"]
    done = measured["PARAMCD"].isin(TESTS) & measured["VALUESTATE"].ne("not_done")
    rows = chosen.of(measured[done])
    graded = frames["grade"].sort_values(["MKEY", "TERM", "DIRECTION"])
    one = graded.drop_duplicates("MKEY")[["MKEY", "BASE", "BASESTATE"]]
    after = set(graded.loc[graded["POSTFL"].eq("Y"), "MKEY"])
    rows = rows.merge(one, left_on="KEY", right_on="MKEY", how="left", validate="many_to_one")
    table = _multiples(rows)
    reason = _reasons(table)
    known = table["KEY"].isin(after)
    # a value that was never graded counts by its date, and by no date as after the first dose
    ungraded = table["MKEY"].isna() & ~table["ADTMAX"].astype("str").lt(table["TRTSDT"])
    lost = (known & reason.ne("")) | ungraded
    reason = reason.mask(ungraded & reason.eq(""), "not graded: its specimen or unit is not known")
    unusable = table[lost].assign(REASON=reason[lost])[["USUBJID", "TEST", "REASON"]]
    return table[known & reason.eq("")].reset_index(drop=True), unusable.reset_index(drop=True)


def _multiples(rows: pd.DataFrame) -> pd.DataFrame:
    value, upper = rows["AVAL"].astype("float64"), rows["ANRHI"].astype("float64")
    usable = upper.gt(0) & ~rows["ANRLO"].astype("float64").gt(upper)
    upper = upper.where(usable)
    sign = rows["COMPARATOR"].astype("str").fillna("")
    low = value.mask(sign.str.startswith("<"), -np.inf).where(value.notna())
    high = value.mask(sign.str.startswith(">"), np.inf).where(value.notna())
    base = rows["BASE"].astype("float64")
    base = base.where(base.gt(0))
    state = rows["BASESTATE"].astype("Int64").fillna(0).astype("int64")
    # BASE is above its own range: the value is held against it instead of its ULN
    divisor = upper.mask(state.eq(ABNORMAL) & base.gt(upper), base)
    return rows.assign(
        TEST=rows["PARAMCD"], ADT=rows["ADTMIN"].astype("str"), LOW=low / upper, HIGH=high / upper,
        X=value / upper, XMAX=value / divisor, BASELOW=low / base, BASEHIGH=high / base,
        BASESTATE=state, INEXACT=sign.ne(""), OPEN=sign.eq(">"),
    )  # fmt: skip


def _reasons(rows: pd.DataFrame) -> pd.Series:
    reason = pd.Series("", index=rows.index, dtype="str")
    reason = reason.mask(rows["ADT"].isna(), "no date")
    reason = reason.mask(rows["X"].isna(), "no upper limit of normal")
    return reason.mask(rows["AVAL"].isna(), "no number")


def passes(rows: pd.DataFrame, limit: float) -> tuple[pd.Series, pd.Series]:
    """Return which values surely, and which perhaps (the sure ones too), lie above a limit."""
    sure, maybe = _above(rows, "LOW", "HIGH", limit)
    base_sure, base_maybe = _above(rows, "BASELOW", "BASEHIGH", limit)
    has_base = rows["BASEHIGH"].notna()
    abnormal = has_base & rows["BASESTATE"].eq(ABNORMAL)
    unsure = has_base & rows["BASESTATE"].eq(RANGE_MISSING)
    sure &= base_sure | ~(abnormal | unsure)
    return sure, maybe & (base_maybe | ~abnormal)


def _above(rows: pd.DataFrame, low: str, high: str, limit: float) -> tuple[pd.Series, pd.Series]:
    at_low = rows[low].round(DIGITS)
    sure = at_low.gt(limit) | (rows["OPEN"] & at_low.eq(limit))
    return sure, rows[high].round(DIGITS).gt(limit) | sure
