"""The interface of `grade`, and the decisions that are not a limit."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.ctcae.grading import INPUT_COLUMNS, gradable_tests, grade
from safety.ctcae.scales import BaselineState
from tests.build import NAN, grades, lab, one, vital

ALT = "Alanine aminotransferase increased"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="UNITSTATE"):
        grade(pd.DataFrame([lab("ALT", 1)]).drop(columns="UNITSTATE"))


def test_no_rows_give_no_grades() -> None:
    empty = pd.DataFrame([lab("ALT", 1)]).iloc[:0]
    assert list(empty.columns) == INPUT_COLUMNS
    assert grade(empty).empty


def test_no_grades_come_with_the_columns_and_types_of_some() -> None:
    nothing, something = grades(lab("NOSUCH", 1)), grades(lab("ALT", 1, "U/L", uln=40))
    assert (len(nothing), len(something)) == (0, 1)
    assert nothing.dtypes.to_dict() == something.dtypes.to_dict()


@pytest.mark.parametrize(
    "row",
    [
        lab("ALT", 500, uln=40, SPEC="URINE"),  # urine is not blood
        lab("ALT", 500, uln=40, SPEC=""),
        lab("alt", 500, uln=40),
        lab("NOSUCH", 500, uln=40),
        lab("", 500, uln=40),
        lab(None, 500, uln=40),
    ],
)
def test_values_without_criteria_give_no_row(row) -> None:
    assert grades(row).empty


def test_each_direction_is_graded_d30() -> None:
    found = grades(lab("K", 6.5, "mmol/L", lln=3.5, uln=5.0))
    assert found[["TERM", "DIRECTION", "ATOXGR"]].to_numpy().tolist() == [
        ["Hyperkalemia", "high", 3],
        ["Hypokalemia", "low", 0],
    ]


def test_rows_come_in_input_order_with_position() -> None:
    found = grades(
        lab("PLAT", 10, "10*9/L", lln=150),
        lab("ALT", 41, "U/L", uln=40),
        lab("NOSUCH", 1),
        lab("PLAT", 200, "10*9/L", lln=150),
    )
    assert found["POS"].tolist() == [0, 1, 3]
    assert found["ATOXGR"].tolist() == [4, 1, 0]


def test_a_graded_row_names_its_criterion_and_what_was_compared() -> None:
    found = one(lab("PLAT", 60, "10*9/L", lln=150), "Platelet count decreased")
    assert found["CRITERION"] == "10035528-02"
    assert (found["GVAL"], found["GUNIT"]) == (60.0, "10*9/L")
    assert (found["MEDDRACD"], found["SOC"]) == ("10035528", "Investigations")


@pytest.mark.parametrize("lln", [NAN, 0.0, -5.0])
def test_without_lln_absolute_limits_still_count_d28_d38(lln) -> None:
    # D28: below the absolute limits not gradable, never 0
    graded = one(lab("PLAT", 60, "10*9/L", lln=lln), "Platelet count decreased")
    open_ = one(lab("PLAT", 90, "10*9/L", lln=lln), "Platelet count decreased")
    assert graded["ATOXGR"] == 2
    assert (open_["ATOXGR"], open_["POSSIBLE"], open_["CRITERION"]) == (None, "0|1", "")


@pytest.mark.parametrize(("lln", "uln"), [(40, 10), (5, 0), (5, -40), (NAN, NAN)])
def test_without_a_usable_uln_a_ratio_term_is_not_gradable_d38(lln, uln) -> None:
    found = one(lab("ALT", 30, "U/L", lln=lln, uln=uln, base=20, state=1), ALT)
    assert (found["ATOXGR"], found["POSSIBLE"]) == (None, "0|1|2|3|4")


def test_a_zero_lln_does_not_spoil_uln_d38() -> None:
    assert one(lab("ALT", 41, "U/L", lln=0, uln=40), ALT)["ATOXGR"] == 1


def test_range_of_one_point_is_usable() -> None:
    assert one(lab("ALT", 41, "U/L", lln=40, uln=40), ALT)["ATOXGR"] == 1


def test_absolute_limit_inside_the_local_range_decides_d04() -> None:
    # a laboratory with LLN 1.2: 1.3 is normal there, but below 1.5
    inside = one(lab("NEUT", 1.3, "10*9/L", lln=1.2), "Neutrophil count decreased")
    assert (inside["ATOXGR"], inside["REASONS"]) == (2, "within_reference_range")
    # LLN below grade 1's own limit leaves no grade 1
    assert one(lab("NEUT", 1.6, "10*9/L", lln=1.2), "Neutrophil count decreased")["ATOXGR"] == 0


@pytest.mark.parametrize(
    ("state", "expected"),
    [(0, None), (1, None), (2, None)],
)
def test_absolute_terms_need_a_unit_d29(state, expected) -> None:
    row = lab("PLAT", 10, "", lln=150, UNITSTATE=state)
    found = one(row, "Platelet count decreased")
    assert (found["ATOXGR"], found["POSSIBLE"]) == (expected, "0|1|2|3|4")


@pytest.mark.parametrize("state", [1, 2])
@pytest.mark.parametrize(
    ("value", "grade", "possible"),
    [
        (3.2, None, "1|2|3|4"),  # below LLN without a unit: 1 at least
        (3.6, None, "0|4"),  # D16: not below LLN, so only the printed limit of grade 4 is open
    ],
)
def test_multiples_of_limits_are_judged_without_a_unit_d29(state, value, grade, possible) -> None:
    found = one(lab("FIBRINO", value, "", lln=3.5, UNITSTATE=state), "Fibrinogen decreased")
    assert (found["ATOXGR"], found["POSSIBLE"]) == (grade, possible)


@pytest.mark.parametrize("state", [0, 1, 2])
def test_ratio_terms_need_no_unit_of_their_own_d29(state) -> None:
    row = lab("ALT", 130, "", uln=40, UNITSTATE=state)
    assert one(row, ALT)["ATOXGR"] == 2


@pytest.mark.parametrize(
    ("testcd", "value", "unit", "term", "grade"),
    [
        # D23: mEq/L = mmol/L for Na and K
        ("SODIUM", 129.9, "meq/L", "Hyponatremia", 2),
        ("K", 6.01, "meq/L", "Hyperkalemia", 3),
        ("GLUC", 54.9, "mg/dL", "Hypoglycemia", 2),
        # not printed: converted exactly. 9.99 g/dL = 9990 mg/dL
        ("HGB", 9990, "mg/dL", "Anemia", 2),
        ("HGB", 10000, "mg/dL", "Anemia", 1),
        ("PLAT", 0.0749, "10*12/L", "Platelet count decreased", 2),
    ],
)
def test_units_d23(testcd, value, unit, term, grade) -> None:
    assert one(lab(testcd, value, unit, lln=20000, uln=20001), term)["ATOXGR"] == grade


def test_limits_and_baseline_are_converted_with_the_value() -> None:
    # 12 g/dL = 12000 mg/dL; 11.9 is below it
    found = one(lab("HGB", 11900, "mg/dL", lln=12000, base=13000), "Anemia")
    assert (found["ATOXGR"], found["GVAL"], found["GUNIT"]) == (1, pytest.approx(11.9), "g/dL")


@pytest.mark.parametrize(
    ("value", "uln", "grade"),
    [
        (0.3, 0.1, 1),  # D25: 3 x 0.1 is 0.30000000000000004 in binary
        (3.3, 1.1, 1),
        (4.2, 1.4, 1),
        (0.30000001, 0.1, 2),
    ],
)
def test_binary_fractions_do_not_move_a_value_over_a_limit_d25(value, uln, grade) -> None:
    row = lab("ALT", value, "ukat/L", uln=uln, base=0.05, state=BaselineState.NORMAL)
    assert one(row, ALT)["ATOXGR"] == grade


def test_values_are_not_rounded_d26() -> None:
    assert one(lab("PLAT", 74.9999, "10*9/L", lln=150), "Platelet count decreased")["ATOXGR"] == 2


def test_gradable_tests_names_tests_with_their_specimen() -> None:
    assert {("ALT", "BLOOD"), ("TEMP", ""), ("GLUC", "URINE")} <= gradable_tests()
    assert ("ALT", "URINE") not in gradable_tests()
    assert ("PH", "URINE") not in gradable_tests()  # urine pH is not blood pH


@pytest.mark.parametrize(
    ("age", "possible"),
    [
        (17.99, "1|2|3|4"),  # an adolescent at or above 120 mmHg has grade 1 at least
        (13, "1|2|3|4"),
        (12.99, "0|1|2|3|4"),  # D34: a child needs percentiles
        (0, "0|1|2|3|4"),
    ],
)
def test_a_minor_is_not_graded_by_adult_limits_d34(age, possible) -> None:
    found = one(vital("SYSBP", 170, "mm[Hg]", AGE=age), "Hypertension")
    assert (found["ATOXGR"], found["POSSIBLE"]) == (None, possible)
    assert found["REASONS"] == "facts_unknown;outside_data_needed;population_not_covered"


def test_an_adult_is_graded_from_18() -> None:
    assert one(vital("SYSBP", 170, "mm[Hg]", AGE=18), "Hypertension")["ATOXGR"] == 3


@pytest.mark.parametrize("age", [0, 0.5, 1, 12.9, 13, 17, 18, 90, NAN])
def test_criteria_for_any_age_grade_every_age(age) -> None:
    found = one(lab("HGB", 9.9, "g/dL", lln=12, AGE=age), "Anemia")
    assert (found["ATOXGR"], found["REASONS"]) == (2, "facts_unknown")


@pytest.mark.parametrize(
    ("age", "value", "unit", "grade", "possible"),
    [
        (40, 79, "mL/(8.h)", 3, "3"),
        (40, 80, "mL/(8.h)", 0, "0"),
        (9, 79, "mL/(8.h)", None, "0|3"),  # an adult clause would be met
        (9, 80, "mL/(8.h)", 0, "0"),  # it rules grade 3 out of a child as well
        (9, 499, "mL/{1.73_m2}/d", 3, "3"),
        (0.5, 0.49, "mL/kg/h", 3, "3"),
    ],
)
def test_clauses_for_adults_rule_out_but_never_in_for_minors(
    age, value, unit, grade, possible
) -> None:
    row = lab("VOLUME", value, unit, SPEC="URINE", AGE=age)
    found = one(row, "Urine output decreased")
    assert (found["ATOXGR"], found["POSSIBLE"]) == (grade, possible)


def test_a_missing_age_is_read_as_an_adult_and_said() -> None:
    found = one(vital("SYSBP", 170, "mm[Hg]", AGE=NAN), "Hypertension")
    assert found["ATOXGR"] == 3
    assert found["REASONS"] == "facts_unknown;adult_assumed;single_reading"


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no numeric criteria for CTCAE version '3\.0'"):
        grades(lab("ALT", 1, "U/L", uln=40), version="3.0")
