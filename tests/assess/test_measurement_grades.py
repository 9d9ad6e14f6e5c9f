"""Graded measurements: their own baseline grade, unique keys, and results that are no number."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.analysis import analysis_measurements
from safety.assess.grades import grade_measurements
from tests.build import exposed, exposures, measurement, records, sign, subject

BEFORE = "2024-02-28"
URINE = {"LBSPEC": "URINE", "LBORNRLO": None, "LBORNRHI": "0.15"}
NO_RANGE = {"LBORNRLO": None, "LBORNRHI": None}


@pytest.fixture
def graded(study):
    """Grade rows of a domain, for a subject dosed from 2024-03-01 unless told."""

    def run(*rows, domain: str = "LB", **taken) -> pd.DataFrame:
        frame = analysis_measurements(
            records(domain, *rows), records("DM", subject()), exposures(exposed(**taken)), study
        )
        return grade_measurements(frame, study)

    return run


def _grades(found: pd.DataFrame, column: str = "ATOXGR") -> list[int | None]:
    return [None if pd.isna(g) else int(g) for g in found[column]]


def test_each_position_has_its_own_baseline(graded) -> None:
    def pressure(value: str, day: str, position: str, point: str) -> dict:
        return sign("SYSBP", value, "mmHg", day, VSPOS=position, VSTPT=point)

    found = graded(
        pressure("165", BEFORE, "SUPINE", "A"),
        pressure("118", BEFORE, "STANDING", "B"),
        pressure("166", "2024-03-10", "SUPINE", "A"),
        pressure("145", "2024-03-10", "STANDING", "B"),
        pressure("145", "2024-03-10", "SITTING", "C"),
        domain="VS",
    )
    assert _grades(found) == [3, 0, 3, 2, 2]
    assert _grades(found, "BTOXGR") == [3, 0, 3, 0, None]


def test_baseline_grade_is_that_of_the_baseline_record(graded) -> None:
    found = graded(
        measurement(value="130", day="2024-02-20"),
        measurement(value="50", day=BEFORE),
        measurement(value="130"),
        measurement("AST", "130"),
    )
    assert found["ABLFL"].tolist() == ["", "Y", "", ""]
    assert _grades(found) == [2, 1, 1, 2]  # 3.25 x ULN, but 2.6 x the abnormal baseline
    assert _grades(found, "BTOXGR") == [1, 1, 1, None]


def test_a_baseline_without_a_grade_gives_none(graded) -> None:
    found = graded(measurement(day=BEFORE, **NO_RANGE), measurement())
    assert (found["ABLFL"].tolist(), _grades(found, "BTOXGR")) == (["Y", ""], [None, None])


def test_a_creatinine_of_zero_is_no_usable_baseline(graded) -> None:
    limits = {"LBORNRLO": "0.5", "LBORNRHI": "1.2"}
    found = graded(
        measurement("CREAT", "0", "mg/dL", BEFORE, **limits),
        measurement("CREAT", "1.0", "mg/dL", **limits),
    )
    row = found.iloc[1]
    assert (row["ATOXGR"], row["NUMPOSS"], row["REASONS"]) == (0, "0|2|3", "baseline_missing")


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [("2024-03-10", -21, 10), ("2024-03", -30, 31), ("2024-04-10", 11, 41)],
)
def test_study_days_of_a_partial_first_dose(graded, day, first, last) -> None:
    row = graded(measurement(day=day), TRTSDTMAX="2024-03-31", TRTEDT=None).iloc[0]
    assert (row["ADYMIN"], row["ADYMAX"], pd.isna(row["ADY"])) == (first, last, True)


@pytest.mark.parametrize(
    ("testcd", "unit", "terms"),
    [
        ("ALT", "U/L", ["Alanine aminotransferase increased"]),
        ("ALB", "g/dL", ["Hypoalbuminemia"]),
        ("CA", "mg/dL", ["Hypercalcemia", "Hypocalcemia"]),
    ],
)
def test_a_text_result_is_not_gradable_and_says_why(graded, testcd, unit, terms) -> None:
    found = graded(measurement(testcd, "hemolysed", unit))
    assert found["TERM"].tolist() == terms
    assert _grades(found) == [None] * len(terms)
    assert [r.split(";")[0] for r in found["REASONS"]] == ["value_not_numeric"] * len(terms)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (measurement(value="1e400"), "value_not_numeric"),
        (measurement(LBORNRHI="1e400"), "range_missing;baseline_missing"),
    ],
)
def test_a_number_too_large_to_hold_is_never_grade_0(graded, row, reason) -> None:
    found = graded(row)
    assert (_grades(found), found["REASONS"].tolist()) == ([None], [reason])


def test_keys_name_one_row(graded) -> None:
    urine = graded(
        measurement("PROT", "2", "g/day", **URINE),
        measurement("PROT", "2", "{plus}", VISITNUM="2", **URINE),
        measurement("PROT", "2", "mg/dL", VISITNUM="3", **URINE),
    )
    oxygen = graded(sign("OXYSAT", "85", "%"), domain="VS")
    assert _grades(urine) == [2, 2, None]
    assert urine["KEY"].tolist() == [
        f"LB|S1|PROT|{n}|2024-03-10#Proteinuria#high" for n in ("1", "2", "3")
    ]
    assert oxygen["KEY"].tolist() == ["VS|S1|OXYSAT|1||2024-03-10#Hypoxia#low"]


def test_nothing_gradable_gives_an_empty_frame_of_the_same_types(graded) -> None:
    nothing, something = graded(measurement("NOSUCH", "1")), graded(measurement())
    assert (len(nothing), len(something)) == (0, 1)
    assert nothing.dtypes.to_dict() == something.dtypes.to_dict()
