"""Analysis records: measurements with study day, baseline and what grading needs (as ADLB)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.baseline import add_baseline, before_first_dose
from safety.assess.derivations import add_derived, append, exact
from safety.assess.proteinuria import set_aside_dipsticks
from safety.assess.replicates import add_means
from safety.ctcae.derive import corrected_calcium_mg_dl, corrected_calcium_mmol_l
from safety.ctcae.reasons import Reason
from safety.ctcae.scales import FactState
from safety.intake import dates
from safety.study.model import Study

SUBJECT_FIELDS = ["USUBJID", "TRTSDT", "TRTSDTMAX", "TRTEDT", "TRTSTM"]


def analysis_measurements(
    measurements: pd.DataFrame, subjects: pd.DataFrame, exposure: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return one row a measurement, ready to grade, followed by those the study derives.

    Adds TRTSDT, AGE, ADY (and ADYMIN, ADYMAX), PREDOSE, ABLFL, BASE, BASESTATE, GVAL, REASONS,
    DTYPE (name of the derivation, "" as received) and ANL01FL (Y, or "" where another record
    counts instead). What was derived before is derived anew.
    """
    ages = subjects.set_index("USUBJID")["AGE"]
    received = measurements[measurements["DTYPE"].eq("")]
    frame = received.merge(
        exposure[SUBJECT_FIELDS], on="USUBJID", how="left", validate="many_to_one"
    )
    frame["AGE"] = frame["USUBJID"].map(ages).astype(np.float64)
    frame = _derive(frame, subjects, study)
    dates.add_study_days(frame, "ADT", "ADY")
    return correct_calcium(add_baseline(frame, study.baseline.same_day_visits))


def _derive(frame: pd.DataFrame, subjects: pd.DataFrame, study: Study) -> pd.DataFrame:
    text = np.where(frame["VALUESTATE"].eq("text"), Reason.VALUE_NOT_NUMERIC, Reason.NONE)
    frame = frame.assign(REASONS=text.astype(np.uint64), ANL01FL="Y")
    if "REPNUM" not in frame:  # a study may map it
        frame["REPNUM"] = pd.array([None] * len(frame), dtype="str")
    frame = add_derived(frame, subjects, study)
    frame["PREDOSE"] = before_first_dose(frame, study.baseline.same_day_visits)
    if "AVERAGE" in study.derivations:
        frame = add_means(frame)
    return set_aside_dipsticks(frame)


def with_derived(measurements: pd.DataFrame, analysed: pd.DataFrame) -> pd.DataFrame:
    """Return the measurements as received, followed by what was derived from them."""
    received = measurements[measurements["DTYPE"].eq("")]
    derived = analysed.loc[analysed["DTYPE"].ne(""), measurements.columns]
    return append(received, [derived])


def correct_calcium(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with GVAL (value to grade); total calcium albumin-corrected, and REASONS.

    D24, with the albumin of the same sample. Without it the total is graded and flagged.
    """
    frame = frame.assign(GVAL=frame["AVAL"])
    calcium = frame["PARAMCD"].eq("CA") & frame["SPEC"].eq("BLOOD")
    if not calcium.any():
        return frame
    rows = frame[calcium]
    corrected = _corrected_calcium(rows, _albumin_g_per_l(frame, rows))
    known = ~np.isnan(corrected) & rows["COMPARATOR"].eq("").to_numpy()
    frame.loc[calcium, "GVAL"] = np.where(known, corrected, rows["AVAL"])
    note = np.where(known, Reason.CALCIUM_CORRECTED, Reason.CALCIUM_NOT_CORRECTED)
    frame.loc[calcium, "REASONS"] |= note.astype(np.uint64)
    return frame


def _albumin_g_per_l(frame: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Albumin of the sample of each row; NaN if there is none, or more than one."""
    albumin = exact(frame[frame["SPEC"].eq("BLOOD")], ("ALB",), "g/L")
    sample = ["USUBJID", "ADTC"]
    one = albumin.drop_duplicates(sample, keep=False)
    joined = rows[sample].merge(one[[*sample, "X"]], on=sample, how="left", validate="m:1")
    return joined["X"].to_numpy(np.float64)


def _corrected_calcium(rows: pd.DataFrame, albumin: np.ndarray) -> np.ndarray:
    """Corrected calcium in the unit of the row, NaN where there is no formula or no albumin."""
    unit, total = rows["UCUM"].to_numpy(), rows["AVAL"].to_numpy(np.float64)
    return np.select(
        [unit == "mg/dL", unit == "mmol/L"],
        [
            corrected_calcium_mg_dl(total, albumin / 10.0),
            corrected_calcium_mmol_l(total, albumin),
        ],
        np.nan,
    )


def grading_input(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns `ctcae.grading.grade` takes.

    A value that was not clinically significant (CLSIG N) had no symptoms. One that was may have
    had other reasons to be: of its symptoms nothing is known.
    """
    graded = frame.assign(AVAL=frame["GVAL"])
    if "CLSIG" not in frame or not frame["CLSIG"].notna().any():
        return graded
    without = np.where(frame["CLSIG"].eq("N"), FactState.ABSENT, FactState.UNKNOWN)
    return graded.assign(symptomatic=without.astype(np.int8))
