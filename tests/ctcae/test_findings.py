"""What reviewers broke once, each with the smallest row that showed it."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.ctcae.table import grade_table


def graded(**row):
    """Term, grade, possible grades and reasons of every answer to one row."""
    found = grade_table(pd.DataFrame([row]))
    return {
        r["ctcae_term"]: (
            None if pd.isna(r["grade"]) else int(r["grade"]), r["possible_grades"], r["reasons"],
        )
        for r in found.to_dict("records")
    }  # fmt: skip


def one(term, **row):
    return graded(ctcae_term=term, **row)[term]


def test_eosinophils_above_a_baseline_of_none_at_all() -> None:
    row = {"testcd": "EOS", "value": 0.6, "unit": "10^9/L", "uln": 0.5, "bnrind": "NORMAL"}
    assert one("Eosinophilia", base=0, **row) == (1, "1|3", "facts_unknown")
    assert one("Eosinophilia", base=0.7, **row) == (0, "0", "")


def test_a_multiple_of_a_baseline_of_0_means_nothing() -> None:
    row = {"testcd": "CREAT", "value": 30, "unit": "umol/L", "uln": 90, "base": 0}
    assert one("Creatinine increased", **row) == (0, "0|2|3", "baseline_missing")


@pytest.mark.parametrize("age", [-1, 131, 1e9])
def test_an_impossible_age_is_no_age(age) -> None:
    row = {"testcd": "SYSBP", "value": 165, "unit": "mmHg", "age": age}
    assert one("Hypertension", **row) == (3, "3|4", "facts_unknown;adult_assumed;single_reading")


def test_only_grades_of_the_term_are_possible() -> None:
    assert one("Blood lactate dehydrogenase increased", testcd="LDH", value="abc") == (
        None, "0|1", "value_not_numeric",
    )  # fmt: skip
    row = {"testcd": "LIPASET", "value": 5, "unit": "U/L", "lln": 10, "symptomatic": "Y"}
    assert one("Pancreatic enzymes decreased", **row) == (None, "1|2|3", "facts_unknown")


def test_symptoms_beside_a_missing_limit_are_no_grade_0() -> None:
    row = {"testcd": "AMYLASE", "value": 5, "unit": "U/L", "symptomatic": "Y"}
    grade, possible, reasons = one("Pancreatic enzymes decreased", **row)
    assert (grade, possible, reasons) == (None, "0|1|2|3", "range_missing;facts_unknown")


def test_a_unit_of_no_variant_leaves_the_grades_of_all() -> None:
    row = {"testcd": "VOLUME", "value": 70, "unit": "mL", "age": 50}
    assert one("Urine output decreased", **row) == (None, "0|3|4", "unit_not_convertible")


def test_a_baseline_record_that_cannot_be_read_may_be_anything() -> None:
    row = {"testcd": "INR", "value": 2, "base": 1, "ablfl": "Y", "on_anticoagulation": "Y"}
    assert one("INR increased", **row) == (None, "0|1|2|3", "baseline_record")


def test_a_baseline_was_either_normal_or_abnormal() -> None:
    row = {"testcd": "BILI", "value": 5, "unit": "mg/dL", "uln": 1.2, "base": 1.5}
    assert one("Blood bilirubin increased", **row) == (3, "3", "baseline_range_missing")


def test_troponin_above_uln_is_grade_1_or_3() -> None:
    row = {"testcd": "TROPONI", "value": 50, "unit": "ng/L", "uln": 10}
    assert one("Cardiac troponin I increased", **row) == (None, "1|3", "outside_data_needed")


def test_scores_ph_and_inr_need_no_unit_and_no_hint() -> None:
    found = graded(testcd="PH", value=7.2, lln=7.35, uln=7.45)
    assert found == {"Acidosis": (3, "3|4", "facts_unknown"), "Alkalosis": (0, "0", "")}
    assert one("Osteoporosis", testcd="BMDT", value=-3, age=60) == (
        None, "0|2", "diagnosis_not_assigned",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "grade"), [("<=0", 2), ("<0.1", None), (">19999.99999", None), ("0", 2)]
)
def test_a_bound_reaches_what_it_allows_and_no_further(value, grade) -> None:
    assert one("Azoospermia", testcd="SPERM", value=value, unit="10*6/mL")[0] == (
        None if value == "<0.1" else 0 if value.startswith(">") else grade
    )
    lymphocytes = {"testcd": "LYM", "value": ">19999.99999", "unit": "/mm3"}
    assert one("Lymphocyte count increased", **lymphocytes)[0] is None  # 20,000 is grade 2


def test_composite_terms_are_suggested_by_one_of_their_tests() -> None:
    found = graded(testcd="HGB", value=9, unit="g/dL", base=12, lln=12, uln=16)
    assert found["Hemolysis"] == (None, "0|2", "facts_unknown;diagnosis_not_assigned")
    row = {"testcd": "NEUT", "value": 0.4, "unit": "10*9/L", "direction": "low"}
    assert one("Febrile neutropenia", **row)[:2] == (None, "0|3|4")


def test_a_term_for_others_is_not_an_unknown_test() -> None:
    assert graded(testcd="BMDZ", value=-3, age=40) == {"": (None, "", "population_not_covered")}
    row = {"testcd": "VOLUME", "value": 400, "unit": "mL/{1.73_m2}/d", "age": 15}
    assert one("Urine output decreased", **row)[0] == 3


@pytest.mark.parametrize("policy", ["worst-case", "WORST_CASE", "", None])
def test_a_policy_that_is_none_is_refused(policy) -> None:
    frame = pd.DataFrame([{"testcd": "K", "value": 3.2}])
    with pytest.raises(ValueError, match="give one of number_only, worst_case"):
        grade_table(frame, policy=policy)


@pytest.mark.parametrize("direction", ["low", "LOW", "decrease", "down", "L"])
def test_directions_and_codes_as_people_write_them(direction) -> None:
    row = {"testcd": "HGB", "value": 9, "unit": "g/dL", "direction": direction}
    assert graded(ctcae_term="10002272.0", **row)["Anemia"][0] == 2


def test_names_that_meet_are_told_apart() -> None:
    frame = pd.DataFrame([[1, 2, 3, "K", 5.0, "a", "b"]])
    frame.columns = ["grade", "grade_input", "Grade", "testcd", "value", "x", "x"]
    found = grade_table(frame)
    assert list(found.columns[:7]) == [
        "grade_input", "grade_input_2", "Grade_input", "testcd", "value", "x", "x_2",
    ]  # fmt: skip


def test_a_thousand_unknown_units_and_terms_are_one_kind_each() -> None:
    size = 70_000
    units = pd.DataFrame({"testcd": "K", "value": 5.0, "unit": [f"u{i}" for i in range(size)]})
    reasons = grade_table(units)["reasons"]
    assert len(reasons) == 2 * size
    assert reasons.str.startswith("unit_unknown;").all()
    terms = pd.DataFrame({"ctcae_term": [f"t{i}" for i in range(size)], "value": 5.0})
    found = grade_table(terms)
    assert found["ctcae_term"].tolist() == terms["ctcae_term"].tolist()
    assert set(found["reasons"]) == {"term_unknown"}
