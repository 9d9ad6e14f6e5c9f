"""One sample told twice, ranges of one laboratory, and signs of an error of the sample."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.intake.beside import laboratory_errors, repeated
from safety.intake.beside.laboratory_errors import signs
from tests import trial
from tests.build import measurement

MORNING = "2024-03-10T08:00"
STUDY = trial.study()
RANGE = {"LBORNRLO": "10", "LBORNRHI": "40"}


def lab(testcd: str, value: str, unit: str, day: str = MORNING, **changes: str | None) -> dict:
    row = measurement(testcd, value, unit, day, LBORNRLO=None, LBORNRHI=None, LBNAM=None)
    return row | {"LBSEQ": testcd + value + day} | changes


def said(column: str, *rows: dict) -> list[str | None]:
    frame = trial.intake("LB", *rows).records
    frame = repeated.compared(frame, STUDY).assign(LABERROR=laboratory_errors.suspicious(frame))
    return [None if pd.isna(x) else x for x in frame[column]]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (lab("ALT", "45", "U/L"), "ALT 45 U/L; a result of this sample is 30"),
        (lab("ALT", "31", "U/L"), ""),  # rounded otherwise
        (lab("ALT", "31.7", "U/L"), "ALT 31.7 U/L; a result of this sample is 30"),
        (lab("ALT", "45", "U/L", LBNAM="B"),
         "ALT 45 U/L; a result of another laboratory of this sample is 30"),
        (lab("ALT", "30", "U/L", LBNAM="B"), "another laboratory or feed told this result too"),
        (lab("ALT", "45", "U/L", "2024-03-10T09:00"), None),
        (lab("ALT", "45", "U/L", LBSPEC="URINE"), None),
        (lab("ALT", "<45", "U/L"), None),
        (lab("ALT", "45", "furlong"), ""),  # nobody knows what it is in the other unit
        (lab("ALT", "45", "U/L", USUBJID="S2"), None),
    ],
)  # fmt: skip
def test_two_results_of_one_sample(second, expected) -> None:
    assert said("TWORESULTS", lab("ALT", "30", "U/L"), second)[1] == expected


def test_units_of_one_sample_may_differ() -> None:
    rows = [lab("HGB", "12", "g/dL"), lab("HGB", "121", "g/L"), lab("HGB", "135", "g/L")]
    text = "HGB 135 g/L; a result of this sample is 120"
    assert said("TWORESULTS", *rows) == ["", "", text]


def test_a_day_may_have_several_samples_of_one_laboratory() -> None:
    rows = [lab("ALT", "30", "U/L", "2024-03-10"), lab("ALT", "45", "U/L", "2024-03-10")]
    assert said("TWORESULTS", *rows) == ["", None]
    rows[1]["LBNAM"] = "B"
    assert said("TWORESULTS", *rows)[1] == (
        "ALT 45 U/L; a result of another laboratory of this sample is 30"
    )


def test_a_range_that_changed_is_told_once() -> None:
    days = ["2024-03-10", "2024-03-11", "2024-03-12"]
    other = RANGE | {"LBORNRHI": "45"}
    rows = [
        lab("ALT", "30", "U/L", d, **r) for d, r in zip(days, (RANGE, other, other), strict=True)
    ]
    text = "ALT 10 to 45 U/L, before 10 to 40"
    assert said("RANGECHANGED", *rows) == [None, text, ""]
    named = [r | {"LBNAM": n} for r, n in zip(rows, "ABB", strict=True)]
    assert said("RANGECHANGED", *named) == [None, None, ""]


def _day(n: int) -> str:
    return f"2024-03-{n:02}T08:00"


K, CREAT, CA = ("K", "mmol/L"), ("CREAT", "umol/L"), ("CA", "mmol/L")
PLAT, HGB, NA = ("PLAT", "10^9/L"), ("HGB", "g/L"), ("SODIUM", "mmol/L")


def _lab(test: tuple[str, str], value: str, day: int = 10, **changes: str | None) -> dict:
    return lab(test[0], value, test[1], _day(day), **changes)


HAEMOLYSED = "K 7.5 mmol/L: is the sample haemolysed? Creatinine of the sample is normal"
# sign: rows, and what is said of the first one
SIGNS = {
    "potassium_haemolysis": ([_lab(K, "7.5"), _lab(CREAT, "80")], "haemolysed"),
    "potassium_edta": ([_lab(K, "6.5"), _lab(CA, "1.8")], "EDTA"),
    "calcium_edta": ([_lab(CA, "1.1")], "ionised"),
    "glucose_old_sample": ([_lab(("GLUC", "mg/dL"), "25")], "separated late"),
    "sodium_change": ([_lab(NA, "118", 11), _lab(NA, "140")], "drip"),
    "hemoglobin_change": ([_lab(HGB, "60", 15), _lab(HGB, "125")], "diluted"),
    "albumin_change": ([_lab(("ALB", "g/L"), "19", 11), _lab(("ALB", "g/L"), "40")], "diluted"),
    "creatinine_change": ([_lab(CREAT, "250", 11), _lab(CREAT, "80")], "another subject"),
    "platelets_clumped": (
        [_lab(PLAT, "12"), _lab(PLAT, "180", 8), _lab(PLAT, "200", 12)], "clump",
    ),
    "neutrophils_dip": (
        [_lab(("NEUT", "10^9/L"), x, d) for x, d in (("0.4", 10), ("3", 9), ("2.8", 11))],
        "differential",
    ),
}  # fmt: skip
QUIET = [
    [_lab(K, "7.5"), _lab(CREAT, "400")],  # renal failure: as it should be
    [_lab(K, "7.5"), _lab(CREAT, "80", 11)],  # of another sample
    [_lab(K, "7.5")],
    [_lab(K, "7.5", LBSPEC="URINE"), _lab(CREAT, "80", LBSPEC="URINE")],
    [_lab(CA, "1.2")],
    [_lab(NA, "120", 11), _lab(NA, "140")],
    [_lab(NA, "118", 13), _lab(NA, "140")],
    [_lab(HGB, "60", 18), _lab(HGB, "125")],
    [_lab(PLAT, "12"), _lab(PLAT, "180", 8), _lab(PLAT, "60", 12)],  # it fell and rises again
    [_lab(PLAT, "12"), _lab(PLAT, "180", 3), _lab(PLAT, "200", 17)],
]


def test_every_sign_of_an_error_has_a_case() -> None:
    assert sorted(SIGNS) == sorted(s.id for s in signs())
    assert all(s.citation and s.asks for s in signs())


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_of_an_error(sign: str) -> None:
    rows, words = SIGNS[sign]
    first, *others = said("LABERROR", *rows)
    assert words in (first or "")
    assert not any(others)


@pytest.mark.parametrize("rows", QUIET)
def test_what_a_patient_has_is_no_sign(rows: list[dict]) -> None:
    assert not any(said("LABERROR", *rows))


def test_a_sign_says_the_number_and_what_to_ask() -> None:
    assert said("LABERROR", *SIGNS["potassium_haemolysis"][0]) == [HAEMOLYSED, ""]
