"""The criteria table and the ladders made of it."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import resources

import pandas as pd
import pytest

from safety.ctcae.criteria import facts, ladders, ladders_by_test
from safety.ctcae.table import grade_table
from tests.build import grades, lab


def _rows() -> list[dict[str, str]]:
    data = resources.files("safety.ctcae").joinpath("data", "criteria_5_0.csv")
    return list(csv.DictReader(data.read_text(encoding="utf-8").splitlines()))


def _ladder(term: str, testcd: str, direction: str):
    return next(
        x for x in ladders() if (x.term, x.testcd, x.direction) == (term, testcd, direction)
    )


def test_row_ids_name_one_row() -> None:
    twice = [i for i, n in Counter(r["row_id"] for r in _rows()).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("row", _rows(), ids=lambda r: r["row_id"])
def test_every_row_is_cited_and_complete(row) -> None:
    ours = {"10065906-90", "10065906-91"}  # what NCI's text leaves open, see docs/ctcae.md
    source = "toxwatch: " if row["row_id"] in ours else "CTCAE v5.0 (2017-11-27), "
    assert row["citation"].startswith(source)
    assert row["row_id"].startswith(row["meddra_code"])
    assert row["grade"] in {"1", "2", "3", "4"}  # grade 5 is never derived from a number
    assert row["lower_ref"] or row["upper_ref"] or row["fact"]
    assert bool(row["fact"]) == bool(row["fact_role"])
    assert row["fact"] in {"", *facts()}


def test_every_fact_is_used_and_worded() -> None:
    assert set(facts()) == {r["fact"] for r in _rows() if r["fact"]}
    assert all(f.wording for f in facts().values())


def test_a_ladder_holds_the_clauses_of_its_test() -> None:
    platelets = _ladder("Platelet count decreased", "PLAT", "low")
    assert platelets.stated_units() == {"10*9/L": True, "10*6/L": True}
    assert [c.grade for c in platelets.in_unit("10*9/L")] == [1, 2, 3, 4]
    assert [c.grade for c in platelets.in_unit("mmol/L")] == []


def test_units_nci_does_not_print_are_marked() -> None:
    # D23: NCI prints corrected calcium in both units, ionized calcium in mmol/L only
    assert _ladder("Hypocalcemia", "CAION", "low").stated_units() == {
        "mmol/L": True,
        "mg/dL": False,
    }


def test_joined_clauses_make_one_alternative() -> None:
    # D41: above ULN and above baseline
    first = _ladder("Eosinophilia", "EOS", "high").alternatives("10*9/L")[1]
    assert [sorted(c.row_id for c in a) for a in first] == [["10014950-01", "10014950-02"]]


def test_alternatives_are_or() -> None:
    # D01: creatinine grade 2 by ULN or by baseline
    second = _ladder("Creatinine increased", "CREAT", "high").alternatives("mg/dL")[2]
    assert [c.row_id[-2:] for (c,) in second] == ["02", "03"]


@pytest.mark.parametrize(
    "term",
    [
        "Febrile neutropenia",
        "Chronic kidney disease",
        "Sinusoidal obstruction syndrome",
        "Osteoporosis",
        "Hemolysis",
    ],
)
def test_diagnoses_are_never_assigned_from_a_number_d46(term) -> None:
    found = [x for x in ladders() if x.term == term]
    assert {x.assign for x in found} == {"diagnosis"}
    keys = {(x.testcd, x.specimen) for x in found}
    given = grades(*(lab(testcd, 1.0, SPEC=specimen) for testcd, specimen in sorted(keys)))
    assert term not in set(given["TERM"])  # analysis records do not even suggest it
    suggested = [
        grade_table(pd.DataFrame([{"testcd": testcd, "ctcae_term": term, "value": v}]))
        for testcd, _ in sorted(keys)
        for v in (-1e6, 0, 1, 1e6)
    ]
    frame = pd.concat(suggested)
    assert set(frame["ctcae_term"]) == {term}
    assert frame["grade"].isna().all()
    assert frame["reasons"].str.contains("diagnosis_not_assigned").all()


@pytest.mark.parametrize(
    ("term", "testcd"),
    [("Diarrhea", ""), ("Edema limbs", ""), ("Anemia", "HGB")],
)
def test_a_term_without_a_test_of_its_own_has_no_test_code(term, testcd) -> None:
    assert {x.testcd for x in ladders() if x.term == term} == {testcd}


def test_terms_of_several_tests_are_composite() -> None:
    found = {(x.term, x.testcd) for x in ladders() if x.direction == "composite"}
    assert found == {
        ("Febrile neutropenia", "NEUT"),
        ("Febrile neutropenia", "TEMP"),
        ("Hemolysis", "HGB"),
    }


def _row_ids(population: str, *, covers: bool) -> set[str]:
    found = ladders(population=population)
    return {c.row_id for x in found for c in x.clauses if c.covers == covers}


def test_adults_do_not_get_the_limits_of_children() -> None:
    of_minors = {"10020772-12", "10018761-01", "10037032-07"}
    assert of_minors.isdisjoint(_row_ids("adult", covers=True))
    assert _row_ids("adult", covers=False) == set()
    assert of_minors <= _row_ids("child", covers=True)


def test_clauses_for_adults_stay_for_minors_but_do_not_cover_them() -> None:
    # blood pressure 120-139 and urine below 80 mL in 8 h are written for adults
    for_adults = {"10020772-01", "10059895-01"}
    for population in ("adolescent", "child", "infant"):
        assert for_adults <= _row_ids(population, covers=False)
        assert "10002272-01" in _row_ids(population, covers=True)  # anemia has one ladder for all


@pytest.mark.parametrize(
    ("population", "own"),
    [
        ("adolescent", {"10020772-08", "10020772-10", "10020772-13", "10059895-03"}),
        ("child", {"10059895-03", "10020772-13"}),
        ("infant", {"10059895-02", "10020772-13"}),
    ],
)
def test_each_age_has_clauses_of_its_own(population, own) -> None:
    every = {"10020772-08", "10020772-10", "10020772-13", "10059895-02", "10059895-03"}
    assert _row_ids(population, covers=True) & every == own


def test_urine_and_blood_have_their_own_ladders() -> None:
    by_test = ladders_by_test()
    assert [x.term for x in by_test["GLUC", "URINE"]] == ["Glucosuria"]
    assert {x.term for x in by_test["GLUC", "BLOOD"]} == {"Hypoglycemia", "Hyperglycemia"}


def test_a_version_without_criteria_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no numeric criteria for CTCAE version '4\.0'"):
        ladders("4.0")
