"""Analysis records: study day, age, baseline and albumin-corrected calcium."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.analysis import analysis_measurements, grading_input
from safety.assess.grades import grade_measurements
from safety.ctcae.reasons import Reason
from tests.build import exposed, exposures, measurement, records, subject

CORRECTED, NOT_CORRECTED = int(Reason.CALCIUM_CORRECTED), int(Reason.CALCIUM_NOT_CORRECTED)


def _analysed(study, *rows, people=None, taken=None) -> pd.DataFrame:
    return analysis_measurements(
        records("LB", *rows),
        records("DM", *(people or [subject()])),
        exposures(*(taken or [exposed()])),
        study,
    )


def calcium(value: str = "7.8", unit: str = "mg/dL", **changes) -> dict:
    return measurement("CA", value, unit, LBORNRLO="8.5", LBORNRHI="10.5", **changes)


def albumin(value: str = "2.0", unit: str | None = "g/dL", **changes) -> dict:
    return measurement("ALB", value, unit, LBORNRLO="3.5", LBORNRHI="5", **changes)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2024-03-01", 1), ("2024-02-29", -1), ("2024-03-10", 10), ("2024-03", None), ("2024", None)],
)
def test_study_day_of_complete_dates_only(study, day, expected) -> None:
    found = _analysed(study, measurement(day=day))["ADY"].iloc[0]
    assert (None if pd.isna(found) else found) == expected


def test_age_and_dosing_come_from_the_subject(study) -> None:
    people = [subject("S1", AGE="17"), subject("S2", AGE=None)]
    rows = [measurement(), measurement(USUBJID="S2"), measurement(USUBJID="S9")]
    found = _analysed(study, *rows, people=people, taken=[exposed("S1"), exposed("S2")])
    assert found["AGE"].fillna(-1).tolist() == [17, -1, -1]
    assert found["TRTSDT"].fillna("-").tolist() == ["2024-03-01", "2024-03-01", "-"]


@pytest.mark.parametrize(
    ("ca", "alb", "expected"),
    [
        # D24: Ca + 0.8 x (4.0 - albumin g/dL)
        (calcium("7.8"), albumin("2.0"), 9.4),
        (calcium("7.8"), albumin("20", "g/L"), 9.4),
        (calcium("7.8"), albumin("4.0"), 7.8),
        (calcium("7.8"), albumin("5.0"), 7.0),
        # D24: Ca + 0.02 x (40 - albumin g/L)
        (calcium("1.95", "mmol/L"), albumin("20", "g/L"), 2.35),
        (calcium("1.95", "mmol/L"), albumin("2.0"), 2.35),
    ],
)
def test_calcium_is_corrected_d24(study, ca, alb, expected) -> None:
    found = _analysed(study, ca, alb).query("PARAMCD == 'CA'").iloc[0]
    assert found["GVAL"] == pytest.approx(expected)
    assert found["REASONS"] == CORRECTED
    assert found["AVAL"] == float(ca["LBORRES"])  # the result as received is kept


@pytest.mark.parametrize(
    "others",
    [
        [],
        [albumin(day="2024-03-09")],  # another sample
        [albumin(USUBJID="S2")],
        [albumin(LBSPEC="URINE")],
        [albumin("<2")],
        [albumin("low")],
        [albumin(unit=None)],
        [albumin(unit="furlong")],
        [albumin("2.0"), albumin("3.0", VISITNUM="2")],  # which of the two is not guessed
    ],
)
def test_calcium_without_its_albumin_is_graded_as_total_and_flagged_d24(study, others) -> None:
    found = _analysed(study, calcium(), *others).query("PARAMCD == 'CA'").iloc[0]
    assert (found["GVAL"], found["REASONS"]) == (7.8, NOT_CORRECTED)


@pytest.mark.parametrize("ca", [calcium("<7.8"), calcium(unit=None), calcium(unit="mEq/L")])
def test_calcium_that_has_no_formula_is_not_corrected(study, ca) -> None:
    found = _analysed(study, ca, albumin()).query("PARAMCD == 'CA'").iloc[0]
    assert (found["GVAL"], found["REASONS"]) == (7.8, NOT_CORRECTED)


def test_only_blood_calcium_is_corrected(study) -> None:
    found = _analysed(study, calcium(LBSPEC="URINE"), albumin(), measurement())
    assert found["REASONS"].tolist() == [0, 0, 0]
    assert found["GVAL"].tolist() == [7.8, 2.0, 30.0]


def test_the_corrected_value_is_what_is_graded(study) -> None:
    # 7.8 mg/dL alone is grade 2; corrected it is 9.4 mg/dL, normal
    both = grade_measurements(_analysed(study, calcium(), albumin()), study)
    alone = grade_measurements(_analysed(study, calcium()), study)
    low = {"TERM": "Hypocalcemia"}
    corrected = both[both["TERM"].eq(low["TERM"])].iloc[0]
    total = alone[alone["TERM"].eq(low["TERM"])].iloc[0]
    assert (corrected["ATOXGR"], corrected["GVAL"]) == (0, pytest.approx(9.4))
    assert "calcium_corrected" in corrected["REASONS"]
    assert (total["ATOXGR"], "calcium_not_corrected" in total["REASONS"]) == (2, True)


@pytest.mark.parametrize("alb", ["0", "-2"])
def test_an_impossible_albumin_corrects_nothing(study, alb) -> None:
    found = _analysed(study, calcium(), albumin(alb)).query("PARAMCD == 'CA'").iloc[0]
    assert (found["GVAL"], found["REASONS"]) == (7.8, NOT_CORRECTED)


def test_a_calcium_without_a_number_is_not_called_corrected(study) -> None:
    found = _analysed(study, calcium("hemolysed"), albumin()).query("PARAMCD == 'CA'").iloc[0]
    assert found["REASONS"] == int(Reason.VALUE_NOT_NUMERIC) | NOT_CORRECTED


def test_records_as_received_all_count(study) -> None:
    found = _analysed(study, calcium(), albumin(), measurement())
    assert (set(found["ANL01FL"]), set(found["DTYPE"])) == ({"Y"}, {""})


def test_grading_takes_the_value_to_grade(study) -> None:
    frame = grading_input(_analysed(study, calcium(), albumin()))
    assert frame["AVAL"].tolist() == [pytest.approx(9.4), 2.0]


def test_no_measurements(study) -> None:
    frame = analysis_measurements(
        records("LB", measurement()).iloc[:0], records("DM", subject()), exposures(exposed()), study
    )
    assert (len(frame), {"GVAL", "REASONS", "BASE", "ADY", "DTYPE"} <= set(frame.columns)) == (
        0,
        True,
    )
