"""Records beside their subject and the subject's other records."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.intake.beside import with_beside
from tests import build, trial


def beside(domain, *rows, subjects=None, study=None):
    """The frame of one domain after it was compared, by a study with the drugs alpha and beta."""
    used = study or trial.study()
    dm = subjects or [build.subject(RFICDTC="2024-02-20")]
    intakes = [trial.intake("DM", *dm), trial.intake(domain, *rows)]
    return with_beside(intakes, used)[1].records


def said(frame, column):
    return [None if pd.isna(x) else x for x in frame[column]]


def ec(day, drug="ALPHA", **changes):
    row = {
        "STUDYID": "T1", "USUBJID": "S1", "ECSEQ": f"{drug}{day}", "ECTRT": drug, "ECDOSE": "100",
        "ECDOSU": "mg", "ECDOSFRQ": "QD", "ECOCCUR": "Y", "ECSTDTC": day, "ECENDTC": day,
    }  # fmt: skip
    return row | changes


def sv(name, day):
    return {"STUDYID": "T1", "USUBJID": "S1", "VISIT": name, "SVSTDTC": day, "SVENDTC": day}


def test_rows_and_index_stay():
    frame = beside("EC", ec("2024-03-01"), ec("2024-03-02"))
    assert frame.index.tolist() == [1, 2]
    assert frame["STDTC"].tolist() == ["2024-03-01", "2024-03-02"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # 60 years old at consent on 2024-02-20: born after 2024-02-20 minus 61 years
        ("1963-02-19", "before the subject can have been born"),
        ("1963-02-20", ""),
        ("1924-03-01", "before the subject can have been born"),
        ("1963", ""),
        ("2024-03-01", ""),
        (None, None),
    ],
)
def test_before_birth(day, expected):
    assert said(beside("EC", ec(day)), "BEFOREBIRTH") == [expected]


def test_nothing_is_said_of_birth_where_the_age_is_not_known():
    frame = beside("EC", ec("1924-03-01"), subjects=[build.subject(AGE=None)])
    assert said(frame, "BEFOREBIRTH") == [None]


@pytest.mark.parametrize(
    ("death", "day", "expected"),
    [
        ("2024-03-10", "2024-03-11", "after the death that DM tells"),
        ("2024-03-10", "2024-03-10", ""),
        ("2024-03", "2024-03-31", ""),  # it may have been the last day of the month
        ("2024-03", "2024-04-01", "after the death that DM tells"),
        (None, "2024-03-11", None),
    ],
)
def test_after_death(death, day, expected):
    frame = beside("EC", ec(day), subjects=[build.subject(DTHDTC=death)])
    assert said(frame, "AFTERDEATH") == [expected]


def test_a_subject_that_is_not_in_dm_has_nothing_to_compare_with():
    frame = beside("EC", ec("1924-03-01", USUBJID="S9"))
    assert said(frame, "BEFOREBIRTH") == [None]


TOO_MANY = "with the rows before it more intakes of this day than the schedule has"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([ec("2024-03-01"), ec("2024-03-01", ECSEQ="2")], ["", TOO_MANY]),
        ([ec("2024-03-01"), ec("2024-03-02")], ["", ""]),
        # twice a day: two rows of one intake are the day, a third is too many
        ([ec("2024-03-01", "BETA", ECSEQ=str(n)) for n in range(3)], ["", "", TOO_MANY]),
        ([ec("2024-03-01", "BETA", ECDOSFRQ="BID", ECSEQ=str(n)) for n in range(2)],
         ["", TOO_MANY]),
        # a half day not taken is no intake
        ([ec("2024-03-01", "BETA"), ec("2024-03-01", "BETA", ECSEQ="2", ECOCCUR="N")], ["", ""]),
        ([ec("2024-03-01"), ec("2024-03-01", ECSEQ="2", ECDOSE="0")], ["", ""]),
        ([ec("2024-03-01", "OTHER"), ec("2024-03-01", "OTHER", ECSEQ="2")], [None, None]),
    ],
)  # fmt: skip
def test_more_intakes_than_the_schedule_has(rows, expected):
    assert said(beside("EC", *rows), "DOSETWICE") == expected


GAP = "no row for 1 day after it"


@pytest.mark.parametrize(
    ("days", "drug", "expected"),
    [
        ((1, 3, 4, 6), "ALPHA", [GAP, "", "", None]),
        ((1, 2, 3), "ALPHA", ["", "", None]),
        # a diary that is entered late: nothing is said until three more days have come
        ((1, 3), "ALPHA", ["", None]),
        ((1, 3, 5), "ALPHA", ["", "", None]),
        # beta has seven days off between courses
        ((14, 22, 24, 28), "BETA", ["", GAP, "", None]),
    ],
)
def test_days_of_a_course_without_a_row(days, drug, expected):
    frame = beside("EC", *(ec(f"2024-03-{d:02}", drug) for d in days))
    assert said(frame, "DIARYGAP") == expected


def test_an_interval_covers_its_days():
    rows = [ec("2024-03-01", ECENDTC="2024-03-05"), ec("2024-03-06"), ec("2024-03-12")]
    assert said(beside("EC", *rows), "DIARYGAP")[0] == ""


def test_without_a_treatment_doses_are_not_compared():
    frame = beside("EC", ec("2024-03-01"), study=build.study())
    assert said(frame, "DOSETWICE") == said(frame, "OFFLADDER") == said(frame, "DIARYGAP") == [None]


@pytest.mark.parametrize(
    ("mg", "unit", "expected"),
    [
        ("100", "mg", ""),
        ("40", "mg", "no dose of a level or of the ladder"),
        ("143", "mg", "no dose of a level or of the ladder"),
        ("0", "mg", None),
        ("0.1", "g", None),  # another unit is not this question
    ],
)
def test_a_dose_that_the_ladder_does_not_have(mg, unit, expected):
    assert said(beside("EC", ec("2024-03-01", ECDOSE=mg, ECDOSU=unit)), "OFFLADDER") == [expected]


def test_a_dose_of_a_level_is_no_step_but_right():
    assert said(beside("EC", ec("2024-03-01", "BETA", ECDOSE="40")), "OFFLADDER") == [""]


def test_visits_again_and_out_of_order():
    frame = beside(
        "SV",
        sv("CYCLE 1 DAY 1", "2024-03-01"),
        sv("CYCLE 1 DAY 15", "2024-03-10"),
        sv("CYCLE 1 DAY 8", "2024-03-12"),
        sv("CYCLE 1 DAY 15", "2024-03-15"),
        sv("UNSCHEDULED", "2024-03-11"),
        sv("UNSCHEDULED", "2024-03-11"),
        sv("CYCLE 2 DAY 1", "2024-03"),
    )
    again, order = "a visit that was before", "after a later visit of the plan"
    assert said(frame, "VISITTWICE") == ["", "", "", again, None, None]
    assert said(frame, "VISITORDER") == ["", "", order, "", None, None]
