"""Reported events against the catalogue: each problem with a firing and a silent case."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.ctcae.reported import check_reported


def _events(*rows: tuple[object, object, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["TERM", "CODE", "GRADE"])


def _found(*rows: tuple[object, object, object], version: str = "5.0") -> list[tuple[int, str]]:
    found = check_reported(_events(*rows), version)
    return list(zip(found["POSITION"], found["PROBLEM"], strict=True))


@pytest.mark.parametrize(
    ("term", "grade"),
    [("Alopecia", 3), ("Nausea", 4), ("Syncope", 2), ("Eosinophilia", 2), ("Fever", 0),
     ("Fever", 6), ("Fever", 2.5), ("Fever", "severe")],
)  # fmt: skip
def test_a_grade_that_does_not_exist_is_a_problem(term, grade) -> None:
    assert _found((term, None, grade)) == [(0, "grade_not_in_term")]


@pytest.mark.parametrize(
    ("term", "grade"),
    [("Alopecia", 2), ("Nausea", 3), ("Syncope", 3), ("Eosinophilia", 3.0), ("Fever", "5"),
     (" nausea ", 1), ("Nausea", None), (None, 4)],
)  # fmt: skip
def test_a_grade_that_exists_or_is_missing_is_none(term, grade) -> None:
    assert _found((term, None, grade)) == []


def test_the_grade_is_checked_by_code_where_the_name_is_missing() -> None:
    assert _found((None, "10001760", 3)) == [(0, "grade_not_in_term")]
    assert _found((None, "10001760", 2)) == []


def test_the_message_names_the_grades_there_are() -> None:
    found = check_reported(_events(("Alopecia", None, 3.0)), "5.0")
    assert found.loc[0, "MESSAGE"] == "'Alopecia' has grades 1, 2 only in CTCAE 5.0, not 3."
    assert found.loc[0, "COLUMN"] == "GRADE"


@pytest.mark.parametrize(
    ("term", "message", "suggested"),
    [
        ("Neutropenia", "is a usual name, but not a CTCAE 5.0 term", "Neutrophil count decreased"),
        ("Nausae", "is not a CTCAE 5.0 term", "Nausea"),
        ("Thrombocytopenia", "is a term of CTCAE 6.0, not of 5.0", "Platelet count decreased"),
    ],
)
def test_an_unknown_name_has_suggestions(term, message, suggested) -> None:
    found = check_reported(_events((term, None, 2)), "5.0")
    assert list(found["PROBLEM"]) == ["term_unknown"]
    assert message in found.loc[0, "MESSAGE"]
    assert found.loc[0, "SUGGESTIONS"].split("; ")[0] == suggested


def test_names_are_those_of_the_version() -> None:
    assert _found(("Thrombocytopenia", None, 2), version="6.0") == []
    assert _found(("Platelet count decreased", None, 2), version="6.0") == [(0, "term_unknown")]


def test_code_and_name() -> None:
    assert _found(("Nausea", "10028813", 1)) == []
    assert _found(("Nausea", 10028813.0, 1)) == []
    assert _found(("Nausea", "10001760", 1)) == [(0, "code_and_name_disagree")]
    # the grade is not compared with a term that is in doubt, and the message says so
    found = check_reported(_events(("Nausea", "10001760", 5)), "5.0")
    assert "the grade was not compared" in found.loc[0, "MESSAGE"]


def test_an_unknown_code() -> None:
    assert _found((None, "10000001", 1)) == [(0, "code_unknown")]
    assert _found(("Nausea", "10000001", 4)) == [(0, "code_unknown"), (0, "grade_not_in_term")]
    found = check_reported(_events(("Nausea", "10000001", 1)), "5.0")
    assert found.loc[0, "SUGGESTIONS"] == "10028813"


def test_missing_values_are_no_problem() -> None:
    assert _found((None, None, None), (pd.NA, float("nan"), 3), ("", "", "")) == []


def test_every_row_at_fault_is_named_by_its_position_whatever_the_index() -> None:
    events = _events(("Alopecia", None, 3), ("Nausea", None, 1), ("Alopecia", None, 3))
    found = check_reported(events.set_axis(["x", "x", "y"]), "5.0")
    assert list(found["POSITION"]) == [0, 2]


def test_nullable_types_and_no_rows() -> None:
    events = _events(("Alopecia", 10001760, 3), ("Nausea", None, None))
    typed = events.astype({"TERM": "str", "CODE": "Int64", "GRADE": "Float64"})
    assert list(check_reported(typed, "5.0")["PROBLEM"]) == ["grade_not_in_term"]
    empty = check_reported(events.iloc[:0], "5.0")
    assert list(empty.columns) == ["POSITION", "COLUMN", "PROBLEM", "MESSAGE", "SUGGESTIONS"]
    assert len(empty) == 0


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="version '4' is not known"):
        check_reported(_events(), "4")
    with pytest.raises(KeyError, match="GRADE"):
        check_reported(_events()[["TERM", "CODE"]], "5.0")


def test_many_rows_of_few_kinds() -> None:
    events = pd.concat([_events(("Alopecia", None, 3), ("Neutropenia", None, 1))] * 50_000)
    assert len(check_reported(events, "5.0")) == 100_000


def test_free_text_in_the_column_is_not_searched_for_ever(monkeypatch) -> None:
    monkeypatch.setattr("safety.ctcae.reported.MAX_SEARCHED", 2)
    found = check_reported(_events(*((f"nausea {i}", None, 1) for i in "abc")), "5.0")
    assert list(found["SUGGESTIONS"]) == ["Nausea", "Nausea", ""]
    assert list(found["PROBLEM"]) == ["term_unknown"] * 3
