"""The criteria table and the ladders made of it."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import resources

import pytest

from safety.ctcae.criteria import facts, ladders, ladders_by_test


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
    assert row["citation"].startswith("CTCAE v5.0 (2017-11-27), ")
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
    assert platelets.printed_units() == ["10*9/L", "10*6/L"]
    assert [c.grade for c in platelets.in_unit("10*9/L")] == [1, 2, 3, 4]
    assert [c.grade for c in platelets.in_unit("mmol/L")] == []


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
    assert [x for x in ladders() if x.term == term] == []


def test_adults_do_not_get_the_limits_of_children() -> None:
    rows = {c.row_id for x in ladders() for c in x.clauses}
    assert {"10020772-12", "10018761-01", "10037032-07"}.isdisjoint(rows)
    assert "10037032-07" in {c.row_id for x in ladders(population="pediatric") for c in x.clauses}


def test_urine_and_blood_have_their_own_ladders() -> None:
    by_test = ladders_by_test()
    assert [x.term for x in by_test["GLUC", "URINE"]] == ["Glucosuria"]
    assert {x.term for x in by_test["GLUC", "BLOOD"]} == {"Hypoglycemia", "Hyperglycemia"}


def test_a_version_without_criteria_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        ladders("4.0")
