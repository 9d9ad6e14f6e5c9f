"""The interpreter of conditions: courses, history, other rules, and what was not delivered."""

from __future__ import annotations

import pytest

from safety.assess.conditions import occurrences
from tests.assess.engine import (
    ANY_SEVERE,
    MET,
    NOT,
    UNKNOWN,
    at,
    case,
    course,
    event,
    judged,
    reported,
    rule,
    study,
    truth_of,
)

TRANSFUSION = {"procedure": "PLATELET TRANSFUSION"}
GIVEN = {"medication": "G-CSF"}
METASTASES = {"history": "METASTASES TO LIVER"}


@pytest.mark.parametrize(
    ("content", "told", "expected"),
    [
        (TRANSFUSION, {"procedures": (course("Platelet transfusion", 20, 20),)}, MET),
        (TRANSFUSION, {"procedures": (course("CT ABDOMEN", 20, 20),)}, NOT),
        (TRANSFUSION, {"procedures": (course("PLATELET TRANSFUSION", None),)}, UNKNOWN),
        (TRANSFUSION, {"medications": (course("PLATELET TRANSFUSION", 20),)}, NOT),
        (GIVEN, {"medications": (course("FILGRASTIM", 16, 18, "G-CSF"),)}, MET),
        (GIVEN, {"medications": (course("G-CSF", 16),)}, MET),
        (METASTASES, {"history": (event("Metastases to liver", None),)}, MET),
        (METASTASES, {"history": (event("DIABETES", None),)}, NOT),
        # delivered and empty is "none"; not delivered is "nobody looked"
        (TRANSFUSION, {}, NOT), (GIVEN, {}, NOT), (METASTASES, {}, NOT),
        (TRANSFUSION, {"delivered": []}, UNKNOWN), (GIVEN, {"delivered": []}, UNKNOWN),
        (METASTASES, {"delivered": []}, UNKNOWN),
    ],
)  # fmt: skip
def test_courses_and_history(content, told, expected) -> None:
    assert truth_of(content, **told) is expected


def test_an_optional_domain_without_a_file_has_no_rows() -> None:
    content = study().model_dump(by_alias=True)
    optional = {"record": "procedure", "key": ["USUBJID"], "optional": True}
    content["feeds"][0]["domains"]["PR"] = optional
    told = {"delivered": [], "in_study": type(study()).model_validate(content)}
    assert truth_of(TRANSFUSION, **told) is NOT
    assert truth_of(GIVEN, **told) is UNKNOWN


def test_a_course_lasts_from_start_to_end() -> None:
    found = judged(GIVEN, medications=(course("G-CSF", 16, 18),))[0]
    assert (found.onset, found.known_until, found.end) == (at(16), at(18), at(18))


def test_any_of_some_conditions() -> None:
    either = {"any": [TRANSFUSION, {"toxicity": "fatigue"}]}
    records = {"procedures": (course("PLATELET TRANSFUSION", 20, 20),)}
    found = judged(either, reported("Fatigue", 2, 5, 6), **records)
    assert [o.onset for o in found] == [at(5), at(20)]
    assert judged(either) == []


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (reported("Fatigue", 3, 5, 9), MET),
        (reported("Fatigue", 2, 5, 9), NOT),
        (reported("Fatigue", 3, 30, 39), NOT),  # after the window
        (reported("Fatigue", 3, 5, 9, related=False, cause=True), NOT),
        (reported("Alopecia", 3, 5, 9), NOT),  # excepted
        (reported("Fatigue", 2, 5, 9, high=3), UNKNOWN),
    ],
)
def test_another_rule_counts_what_it_counts(report, expected) -> None:
    excepted = rule("E2", {"toxicity": ["Alopecia"]}, kind="exception")
    used = study(rules=[ANY_SEVERE | {"unless": ["E2"]}, excepted])
    assert truth_of({"rule": "N1"}, report, in_study=used, cycles={2: 22}) is expected


def test_a_rule_of_a_subject_without_treatment_counts_nothing() -> None:
    report = reported("Fatigue", 3, 5, 9)
    assert truth_of({"rule": "N1"}, report, first_dose=None) is NOT


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(TypeError, match="dict is no condition"):
        occurrences({"toxicity": "any"}, case())
