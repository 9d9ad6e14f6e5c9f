"""Analysis records: measurements with study day, baseline and what grading needs (as ADLB)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.baseline import add_baseline
from safety.ctcae.reasons import Reason
from safety.ctcae.units import conversion
from safety.intake import dates
from safety.study.model import Study

SUBJECT_FIELDS = ["USUBJID", "TRTSDT", "TRTSDTMAX", "TRTEDT", "TRTSTM"]


def analysis_measurements(
    measurements: pd.DataFrame, subjects: pd.DataFrame, exposure: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return one row a measurement, ready to grade.

    Adds TRTSDT, AGE, ADY (and ADYMIN, ADYMAX), PREDOSE, ABLFL, BASE, BASESTATE, GVAL, REASONS.
    """
    ages = subjects.set_index("USUBJID")["AGE"]
    frame = measurements.merge(
        exposure[SUBJECT_FIELDS], on="USUBJID", how="left", validate="many_to_one"
    )
    frame["AGE"] = frame["USUBJID"].map(ages).astype(np.float64)
    dates.add_study_days(frame, "ADT", "ADY")
    return correct_calcium(add_baseline(frame, study.baseline.same_day_visits))


def correct_calcium(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with GVAL (value to grade) and REASONS; total calcium albumin-corrected.

    D24: Ca + 0.8 x (4.0 - albumin g/dL) mg/dL, or Ca + 0.02 x (40 - albumin g/L) mmol/L, with the
    albumin of the same sample. Without it the total is graded and flagged.
    """
    text = np.where(frame["VALUESTATE"].eq("text"), Reason.VALUE_NOT_NUMERIC, Reason.NONE)
    frame = frame.assign(GVAL=frame["AVAL"], REASONS=text.astype(np.uint32))
    calcium = frame["PARAMCD"].eq("CA") & frame["SPEC"].eq("BLOOD")
    if not calcium.any():
        return frame
    rows = frame[calcium]
    correction = _calcium_correction(rows, _albumin_g_per_l(frame, rows))
    known = ~np.isnan(correction) & rows["COMPARATOR"].eq("").to_numpy()
    frame.loc[calcium, "GVAL"] = rows["AVAL"] + np.where(known, correction, 0.0)
    note = np.where(known, Reason.CALCIUM_CORRECTED, Reason.CALCIUM_NOT_CORRECTED)
    frame.loc[calcium, "REASONS"] |= note.astype(np.uint32)
    return frame


def _albumin_g_per_l(frame: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    albumin = frame[
        frame["PARAMCD"].eq("ALB")
        & frame["SPEC"].eq("BLOOD")
        & frame["COMPARATOR"].eq("")
        & frame["ADTSTATE"].eq("complete")
    ]
    factors = albumin["UCUM"].map(
        {u: c.factor for u in albumin["UCUM"].unique() if (c := conversion("ALB", u, "g/L"))}
    )
    in_g_per_l = albumin.assign(ALB=albumin["AVAL"] * factors.astype(np.float64))
    sample = ["USUBJID", "ADTC"]
    one = in_g_per_l.dropna(subset=["ALB"]).sort_values("KEY").drop_duplicates(sample, keep=False)
    joined = rows[sample].merge(one[[*sample, "ALB"]], on=sample, how="left", validate="m:1")
    return joined["ALB"].to_numpy(np.float64)


def _calcium_correction(rows: pd.DataFrame, albumin: np.ndarray) -> np.ndarray:
    """Amount to add, in the unit of the calcium."""
    unit = rows["UCUM"].to_numpy()
    return np.select(
        [unit == "mg/dL", unit == "mmol/L"],
        [0.8 * (4.0 - albumin / 10.0), 0.02 * (40.0 - albumin)],
        np.nan,
    )


def grading_input(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns `ctcae.grading.grade` takes."""
    return frame.assign(AVAL=frame["GVAL"])
