"""Vital signs that a person may have, but that are more often a mistake (faults 46 to 48)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.ctcae.derive import body_mass_index
from safety.ctcae.plausible import plausible_range
from safety.intake import dates, texts
from safety.intake.beside.samples import numbers_in

COLD, HOT = 34.0, 43.0  # Cel, fault 47; beyond them a patient is as likely as a thermometer wrong
HIGH = {"SYSBP": 160.0, "DIABP": 100.0}  # mm[Hg], fault 46
DAY = np.timedelta64(1, "D")


def compared(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with comparisons.

    ODDTEMP: a temperature few survive. HIGHONCE: a high blood pressure without a second reading
    of the same or the next day. BODYMASS: a height that the subject's usual weight does not fit.
    """
    return frame.assign(
        ODDTEMP=_odd_temperature(frame), HIGHONCE=_high_once(frame), BODYMASS=_body_mass(frame)
    )


def _odd_temperature(frame: pd.DataFrame) -> pd.Series[str]:
    rows = frame[frame["PARAMCD"].eq("TEMP")]
    rows = rows.assign(X=numbers_in(rows, "Cel").round(2)).dropna(subset=["X"])
    odd = rows.loc[rows["X"].le(COLD) | rows["X"].ge(HOT), "X"]
    column = texts.nothing(frame.index)
    column[rows.index] = ""
    column[odd.index] = [f"TEMP {x:g} Cel: measure again" for x in odd]
    return column


def _high_once(frame: pd.DataFrame) -> pd.Series[str]:
    rows = frame[frame["PARAMCD"].isin(HIGH) & frame["ADTSTATE"].eq("complete")]
    rows = rows.assign(X=numbers_in(rows, "mm[Hg]")).dropna(subset=["X", "USUBJID"])
    of_day = rows.groupby(["USUBJID", "PARAMCD", "ADTMIN"]).size()
    following = np.datetime_as_string(dates.days(rows["ADTMIN"]) + DAY)
    same, after = (
        of_day.reindex(pd.MultiIndex.from_arrays([rows["USUBJID"], rows["PARAMCD"], day]))
        for day in (rows["ADTMIN"], following)
    )
    alone = same.le(1).to_numpy() & after.isna().to_numpy()
    high = rows["X"].ge(rows["PARAMCD"].map(HIGH).astype(np.float64))
    column = texts.nothing(frame.index)
    column[rows.index] = ""
    column[rows.index[high & alone]] = [
        f"{code} {x:g} mm[Hg] was read once: confirm it within 24 h"
        for code, x in zip(*(rows.loc[high & alone, c] for c in ("PARAMCD", "X")), strict=True)
    ]
    return column


def _body_mass(frame: pd.DataFrame) -> pd.Series[str]:
    """Judge heights: one in another unit than told gives a wrong body surface, and wrong doses."""
    column, possible = texts.nothing(frame.index), plausible_range("BMI", "", "kg/m2")
    weights, heights = (_in_unit(frame, *what) for what in (("WEIGHT", "kg"), ("HEIGHT", "cm")))
    usual = heights["USUBJID"].map(weights.groupby("USUBJID")["X"].median()).astype(np.float64)
    index = body_mass_index(usual.to_numpy(np.float64), heights["X"].to_numpy(np.float64))
    known = ~np.isnan(index)
    column[heights.index[known]] = ""
    if possible is None:
        return column
    with np.errstate(invalid="ignore"):
        wrong = known & ((index < possible[0]) | (index > possible[1]))
    column[heights.index[wrong]] = [
        f"HEIGHT {cm:g} cm with a usual weight of {kg:g} kg: check the units of both"
        for cm, kg in zip(heights["X"][wrong], usual[wrong], strict=True)
    ]
    return column


def _in_unit(frame: pd.DataFrame, code: str, unit: str) -> pd.DataFrame:
    rows = frame[frame["PARAMCD"].eq(code)]
    return rows.assign(X=numbers_in(rows, unit)).dropna(subset=["X", "USUBJID"])
