"""What `show` says of a term. Limits are typed from NCI CTCAE v5.0, the words are ours."""

from __future__ import annotations

import csv
import json
from importlib import resources

import pytest

from safety.ctcae import catalogue
from safety.ctcae.explain import Explanation, as_json, explain
from safety.ctcae.official import TermWording
from safety.report.term import lines


def _explained(name: str, version: str = "5.0") -> Explanation:
    term = catalogue.by_name(name, version)
    assert term is not None
    return explain(term, version)


def _section(name: str, test: str, unit: str = "", people: str = "any") -> list[tuple[int, str]]:
    """Return grades and texts of the section of a test, in a unit and for some people."""
    return [
        (x.grade, x.text)
        for s in _explained(name).sections
        if test in s.tests and (s.unit, s.population) == (unit, people)
        for x in s.lines
    ]


def test_limits_in_each_unit() -> None:
    assert _section("Anemia", "HGB", "g/dL") == [
        (1, "below LLN and at least 10 g/dL"),
        (2, "below 10 and at least 8 g/dL"),
        (3, "below 8 g/dL"),
    ]
    assert _section("Anemia", "HGB", "mmol/L")[1] == (2, "below 6.2 and at least 4.9 mmol/L")
    assert _section("Neutrophil count decreased", "NEUT", "10^9/L")[3] == (4, "below 0.5 10^9/L")


def test_multiples_with_their_baseline() -> None:
    said = _section("Alanine aminotransferase increased", "ALT")
    assert said[:4] == [
        (1, "above ULN and up to 3 times ULN, if the baseline was normal"),
        (1, "at least 1.5 and up to 3 times baseline, if the baseline was abnormal"),
        (2, "above 3 and up to 5 times ULN, if the baseline was normal"),
        (2, "above 3 and up to 5 times baseline, if the baseline was abnormal"),
    ]


def test_distances_and_percents() -> None:
    assert _section("Hemoglobin increased", "HGB", "g/dL")[:2] == [
        (1, "above ULN and up to 2 g/dL above ULN"),
        (2, "more than 2 and up to 4 g/dL above ULN"),
    ]
    assert _section("Weight loss", "WEIGHT")[0] == (
        1,
        "at least 5 and less than 10% below baseline",
    )
    assert _section("Ejection fraction decreased", "LVEF", "%")[:2] == [
        (2, "at most 50 and at least 40%"),
        (2, "at least 10 and less than 20 percentage points below baseline"),
    ]
    assert _section("Azoospermia", "SPERM", "10^9/L") == [(2, "exactly 0 10^9/L")]


def test_facts_that_must_hold_and_facts_that_are_enough() -> None:
    assert _section("Lipase increased", "LIPASET")[2:4] == [
        (2, "above 2 and up to 5 times ULN, and no symptoms"),
        (3, "above 2 and up to 5 times ULN, and symptoms"),
    ]  # fmt: skip
    clinical = [(x.grade, x.text) for x in _explained("Anemia").clinical]
    assert clinical == [
        (3, "transfusion indicated"), (4, "life-threatening or urgent intervention needed")
    ]  # fmt: skip
    assert _explained("Lipase increased").clinical == ()


def test_rows_that_hold_together() -> None:
    assert _section("Eosinophilia", "EOS") == [(1, "above ULN and above baseline")]
    assert _section("Hyperglycemia", "GLUC") == [
        (1, "above ULN and above baseline, and no intervention started")
    ]


def test_conditions_on_anticoagulation_are_said_once() -> None:
    texts = [x.text for s in _explained("INR increased").sections for x in s.lines]
    assert "above 1.2 and up to 1.5, if not on anticoagulation" in texts
    assert "above baseline and up to 1.5 times baseline, and on anticoagulation" in texts


def test_what_needs_an_outside_table_says_so() -> None:
    assert _section("Cardiac troponin I increased", "TROPONI")[1] == (
        3, "at least the level of infarction that the assay's maker gives"
    )  # fmt: skip
    pediatric = _section("Hypertension", "SYSBP", "mmHg", "pediatric")
    assert all("which CTCAE does not contain" in text for _, text in pediatric)
    assert _section("Hypertension", "SYSBP", "mmHg", "adult")[0] == (
        1, "at least 120 and below 140 mmHg"
    )  # fmt: skip


def test_tests_read_alike_are_one_section() -> None:
    tests = {s.tests for s in _explained("Hypernatremia").sections}
    assert tests == {("NA", "SODIUM")}


@pytest.mark.parametrize(
    ("name", "decision"), [("Hyperglycemia", "D45"), ("Hypophosphatemia", "D45")]
)
def test_what_is_only_suggested_says_so(name, decision) -> None:
    assert any(
        r.startswith(f"Suggested only, never assigned ({decision})")
        for r in _explained(name).remarks
    )


def test_what_is_assigned_does_not_say_so() -> None:
    assert _explained("Anemia").remarks == ("Grade 5 is never derived from a number.",)


def test_a_diagnosis_is_suggested_only_and_joins_its_tests() -> None:
    explained = _explained("Febrile neutropenia")
    assert explained.remarks[0].startswith("Suggested only, never assigned (D46)")
    assert explained.sections[0].lines[0].text == (
        "NEUT below 1000 10^6/L, and fever at the same time; "
        "together with TEMP above 38.3 °C, and single reading"
    )
    assert explained.sections[0].lines[1].row_ids == ("10016288-01", "10016288-03")


def test_grades_without_a_number_are_named() -> None:
    assert "Clinical criteria only: grade 4." in _explained("Hypoxia").remarks
    assert not any("Clinical criteria only" in r for r in _explained("Anemia").remarks)


def test_a_clinical_term_gives_the_general_meaning_of_its_own_grades() -> None:
    explained = _explained("Alopecia")
    assert explained.sections == ()
    assert explained.remarks == ("The criteria are clinical: no number decides the grade.",)
    assert {g: t.partition(":")[0] for g, t in explained.meanings.items()} == {
        1: "mild", 2: "moderate"
    }  # fmt: skip
    assert _explained("Anemia").meanings == {}


def test_the_other_version() -> None:
    related = _explained("Platelet count decreased").related
    assert [(c.term.term, c.types) for c in related] == [("Thrombocytopenia", ("deletion",))]
    explained = _explained("Thrombocytopenia", "6.0")
    assert [c.term.term for c in explained.related] == ["Platelet count decreased"]
    assert explained.sections == ()
    assert explained.remarks == (
        "Numeric criteria of CTCAE 6.0 are not loaded: no value is graded by it.",
    )


def _citations() -> dict[str, str]:
    place = resources.files("safety.ctcae").joinpath("data", "criteria_5_0.csv")
    rows = csv.DictReader(place.read_text(encoding="utf-8").splitlines())
    return {r["row_id"]: r["citation"] for r in rows}


def test_every_row_of_the_table_is_said_with_its_citation() -> None:
    said = {
        row_id: line.citation
        for term in catalogue.terms("5.0")
        for explained in [explain(term, "5.0")]
        for line in (*explained.clinical, *(x for s in explained.sections for x in s.lines))
        for row_id in line.row_ids
    }
    assert said == _citations()


def test_json_and_text() -> None:
    term = catalogue.by_name("Alopecia", "5.0")
    assert term is not None
    explained = explain(term, "5.0", TermWording("Less hair.", "", {1: "some", 2: "much"}))
    found = json.loads(json.dumps(as_json(explained)))
    assert found["term"]["meddra_code"] == "10001760"
    assert found["official"]["grades"] == {"1": "some", "2": "much"}
    text = list(lines(explained))
    assert text[:3] == [
        "Alopecia  10001760  CTCAE 5.0",
        "Skin and subcutaneous tissue disorders (10040785)",
        "Grades: 1 2",
    ]
    assert "  definition: Less hair." in text
    assert "  grade 2: much" in text
    assert text[-2:] == ["In CTCAE 6.0:", "  10001760 Alopecia (no change)"]


def test_text_of_a_numeric_term() -> None:
    text = list(lines(_explained("Anemia")))
    assert "  HGB in blood; g/dL" in text
    assert "    grade 2: below 10 and at least 8 g/dL" in text
    assert "    grade 3, or: transfusion indicated" in text
    assert "NCI's wording:" not in text
    assert "  10002272 Anemia (clarification)" in text
    assert list(lines(_explained("Brain fog", "6.0")))[-1] == "  no such term: it is new in 6.0"
    assert "  stools; a day" in list(lines(_explained("Diarrhea")))
