"""Tests that need care: variants of a term, numbers without a unit, levels CTCAE lacks."""

from __future__ import annotations

import pytest

from tests.build import grades, lab, one, vital
from tests.strategies import TESTS

INFINITE = float("inf")


@pytest.mark.parametrize("policy", ["number_only", "worst_case"])
@pytest.mark.parametrize(
    ("testcd", "term"),
    [
        ("TROPONI", "Cardiac troponin I increased"),
        ("TROPONI3", "Cardiac troponin I increased"),
        ("TROPONT", "Cardiac troponin T increased"),
    ],
)
def test_troponin_needs_the_assays_level_of_infarction(testcd, term, policy) -> None:
    found = one(lab(testcd, 50, "ng/L", uln=10), term, policy=policy)
    assert (found["ATOXGR"], found["NUMPOSS"]) == (None, "1|3")
    assert found["REASONS"] == "outside_data_needed"


@pytest.mark.parametrize(
    ("value", "unit", "grade", "criterion"),
    [
        (0.14, "g/d", 0, ""),
        (0.15, "g/d", 1, "10037032-01"),  # ULN itself is grade 1
        (1.0, "g/d", 2, "10037032-02"),
        (3.5, "g/d", 3, "10037032-03"),
        (0, "{plus}", 0, ""),
        (1, "{plus}", 1, "10037032-04"),
        (2, "{plus}", 2, "10037032-05"),
        (4, "{plus}", 3, "10037032-06"),
        (2, "mg/dL", None, ""),  # a concentration is neither
    ],
)
def test_urine_protein_by_24_hours_or_by_dipstick(value, unit, grade, criterion) -> None:
    found = one(lab("PROT", value, unit, uln=0.15, SPEC="URINE"), "Proteinuria")
    assert (found["ATOXGR"], found["CRITERION"]) == (grade, criterion)


@pytest.mark.parametrize(
    ("value", "grade", "criterion"),
    [(88, 0, ""), (87.9, 2, "10021143-01")],  # at rest it would be 3
)
def test_oxygen_saturation(value, grade, criterion) -> None:
    found = one(vital("OXYSAT", value, "%"), "Hypoxia")
    assert (found["ATOXGR"], found["CRITERION"]) == (grade, criterion)


def test_a_value_has_one_row_a_term_and_direction() -> None:
    found = grades(*(lab(code, 1.0, unit, SPEC=spec) for code, spec, unit in TESTS))
    assert set(found["POS"]) == set(range(len(TESTS)))
    assert not found.duplicated(["POS", "TERM", "DIRECTION"]).any()


@pytest.mark.parametrize(
    ("unit", "state", "grade"),
    [("", 1, 3), ("{INR}", 0, 3), ("{ratio}", 0, 3), ("1", 0, 3), ("", 2, None)],
)
def test_inr_needs_no_unit(unit, state, grade) -> None:
    row = lab("INR", 3.0, unit, uln=1.1, base=1.0, state=1, UNITSTATE=state)
    assert one(row, "INR increased")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("unit", "state", "grade"), [("", 1, 3), ("[pH]", 0, 3), ("1", 0, 3), ("", 2, None)]
)
def test_blood_ph_needs_no_unit(unit, state, grade) -> None:
    row = lab("PH", 7.2, unit, lln=7.35, uln=7.45, UNITSTATE=state)
    assert one(row, "Acidosis")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "sign", "grade"), [(0, "", 0), (0.1, "", 1), (0, ">", 1), (0, ">=", None)]
)
def test_glucosuria(value, sign, grade) -> None:
    row = lab("GLUC", value, "", SPEC="URINE", COMPARATOR=sign, UNITSTATE=1)
    assert one(row, "Glucosuria")["ATOXGR"] == grade


@pytest.mark.parametrize("testcd", ["NA", "SODIUM"])
def test_either_code_of_sodium_in_milliequivalents(testcd) -> None:
    found = one(lab(testcd, 124, "meq/L", lln=135, uln=145), "Hyponatremia")
    assert (found["ATOXGR"], found["GUNIT"]) == (3, "mmol/L")


@pytest.mark.parametrize(
    ("row", "term", "possible"),
    [
        (lab("PLAT", INFINITE, "10*9/L", lln=150), "Platelet count decreased", "0|1|2|3|4"),
        (lab("ALT", INFINITE, "U/L", uln=40), "Alanine aminotransferase increased", "0|1|2|3|4"),
        (
            lab("ALT", 30, "U/L", uln=INFINITE),
            "Alanine aminotransferase increased",
            "0|1|2|3|4",
        ),
        (
            lab("ALT", 30, "U/L", uln=40, base=INFINITE, state=2),
            "Alanine aminotransferase increased",
            "0|1|2|3|4",
        ),
    ],
)
def test_what_is_not_finite_is_never_grade_0(row, term, possible) -> None:
    found = one(row, term)
    assert (found["ATOXGR"], found["NUMPOSS"]) == (None, possible)
