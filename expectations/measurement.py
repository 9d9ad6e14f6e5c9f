"""Checks on laboratory values, vital signs and ECG (LB, VS, EG), each row by itself."""

from __future__ import annotations

import pandas as pd

from expectations import measurement_beside as beside
from expectations.check import Check, Context
from expectations.common import compared, of_every_record
from expectations.free_text import of_free_text

UNIT_OK, UNIT_MISSING = 0, 1
# CDISC SPECTYPE terms that are certainly blood or certainly not; anything else is not guessed.
SPECIMENS = ("BLOOD", "URINE", "SEMEN", "STOOL", "FECES", "SALIVA", "SWEAT", "SPUTUM", "TISSUE",
             "CEREBROSPINAL FLUID", "CSF", "ASCITES", "PLEURAL FLUID", "BONE MARROW")  # fmt: skip
# Tests that are made of blood and of nothing else; any other specimen is a slip of the source.
OF_BLOOD_ONLY = ("PLAT", "ALT", "AST", "ALP", "GGT", "INR", "APTT", "TSH", "TRIG", "CHOL")

# A result outside what the instrument measures, told without a number.
OFF_SCALE = (
    r"\s*(?:(?:[<>]=?|[≤≥])?\s*(?:[LU]?LO[QD]|TNTC)|TOO NUMEROUS TO COUNT|[AB]L?OQ|[AB]LQ)\s*"
)
WITHOUT_UNIT = ("INR", "PH", "BMDT", "BMDZ")  # their unit is 1


def _gradable(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Rows whose test has numeric criteria for their specimen."""
    pairs = frame["PARAMCD"].fillna("") + "/" + frame["SPEC"]
    return pairs.isin({f"{code}/{spec}" for code, spec in context.gradable})


def _with_result(frame: pd.DataFrame, context: Context) -> pd.Series:
    return _gradable(frame, context) & frame["AVAL"].notna()


def _gradable_with_number(frame: pd.DataFrame, context: Context) -> pd.Series:
    return _gradable(frame, context) & ~_is_off_scale(frame)


def _gradable_off_scale(frame: pd.DataFrame, context: Context) -> pd.Series:
    return _gradable(frame, context) & _is_off_scale(frame)


def _is_off_scale(frame: pd.DataFrame) -> pd.Series:
    """Results that say only that they lie outside what the instrument measures (fault 23)."""
    return frame["AVALC"].str.upper().str.fullmatch(OFF_SCALE).fillna(False).astype(bool)


def _needs_unit(frame: pd.DataFrame, context: Context) -> pd.Series:
    return _with_result(frame, context) & ~frame["PARAMCD"].isin(WITHOUT_UNIT)


def _lab_gradable(frame: pd.DataFrame, context: Context) -> pd.Series:
    return frame["DOMAIN"].eq("LB") & _gradable(frame, context)


def _of_blood_only(frame: pd.DataFrame, _: Context) -> pd.Series:
    return frame["DOMAIN"].eq("LB") & frame["PARAMCD"].isin(OF_BLOOD_ONLY)


def _code_gradable(frame: pd.DataFrame, context: Context) -> pd.Series:
    """Laboratory rows whose test has criteria for some specimen."""
    codes = {code for code, spec in context.gradable if spec}
    return frame["DOMAIN"].eq("LB") & frame["PARAMCD"].isin(codes)


CHECKS: list[Check] = [
    *of_every_record("measurement", "ME", "ADT", "Sample date"),
    Check(
        "ME-006", "measurement", "Test code is present", ("PARAMCD",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="PARAMCD"),
        "critical", "reject", "fault 6",
    ),
    Check(
        "ME-007", "measurement", "There is a result, or it was not done", ("VALUESTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(
            column="VALUESTATE", value_set=["missing"]
        ),
        "critical", "reject", "fault 6",
    ),
    Check(
        "ME-008", "measurement", "Sample date is present", ("ADTC",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="ADTC"),
        "critical", "reject", "fault 6",
    ),
    Check(
        "ME-032", "measurement", "Sample date is complete", ("ADTSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(column="ADTSTATE", value_set=["partial"]),
        "warning", "query", "fault 10",
    ),
    Check(
        "ME-009", "measurement", "Result of a test graded by number is a number", ("VALUESTATE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="VALUESTATE", value_set=["number", "bound", "missing", "not_done"]
        ),
        "critical", "reject", "faults 24 and 25", rows=_gradable_with_number,
    ),
    Check(
        "ME-010", "measurement", "Unit of a test graded by number is known", ("UNITSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="UNITSTATE", value_set=[UNIT_OK, UNIT_MISSING]
        ),
        "critical", "reject", "fault 18", rows=_with_result,
    ),
    Check(
        "ME-011", "measurement", "Unit of a test graded by number is present", ("UNITSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(
            column="UNITSTATE", value_set=[UNIT_MISSING]
        ),
        "critical", "reject", "fault 17", rows=_needs_unit,
    ),
    Check(
        "ME-012", "measurement", "Specimen of a laboratory test graded by number is known",
        ("SPEC", "DOMAIN"),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="SPEC", value_set=list(SPECIMENS)),
        "critical", "reject", "fault 6", rows=_code_gradable,
    ),
    Check(
        "ME-040", "measurement", "Specimen can have the test", ("SPEC",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(
            column="SPEC", value_set=[s for s in SPECIMENS if s != "BLOOD"]
        ),
        "critical", "reject", "fault 19; CDISC terminology, SPECTYPE", rows=_of_blood_only,
        releasable=True,
    ),
    compared(
        "ME-013", "measurement", "Reference range is in order and in the unit of the value",
        "RANGEFAULT", "fault 21",
    ),
    Check(
        "ME-014", "measurement", "Laboratory test graded by number has an upper limit",
        ("ANRHI",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="ANRHI"),
        "info", "warn", "fault 20", rows=_lab_gradable,
    ),
    Check(
        "ME-018", "measurement", "Result of a laboratory test is not negative", ("AVAL",),
        lambda gx, _: gx.ExpectColumnValuesToBeBetween(column="AVAL", min_value=0),
        "critical", "reject", "fault 19", rows=_lab_gradable,
    ),
    Check(
        "ME-017", "measurement", "Laboratory test graded by number has a lower limit", ("ANRLO",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="ANRLO"),
        "info", "warn", "fault 20", rows=_lab_gradable,
    ),
    Check(
        "ME-015", "measurement", "Result is known exactly, not only as a bound", ("COMPARATOR",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="COMPARATOR", value_set=[""]),
        "info", "warn", "fault 23", rows=_with_result,
    ),
    Check(
        "ME-031", "measurement", "Result has a number, not only that it is off the scale",
        ("VALUESTATE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="VALUESTATE", value_set=["number", "bound"]
        ),
        "warning", "warn", "fault 23", rows=_gradable_off_scale,
    ),
    compared(
        "ME-016", "measurement", "Systolic is above diastolic pressure", "PRESSURE", "fault 46",
        severity="critical", handling="reject", releasable=True,
    ),
    *beside.CHECKS,
    *of_free_text("measurement", "ME"),
]  # fmt: skip
