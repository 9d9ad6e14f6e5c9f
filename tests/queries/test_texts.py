"""The texts of queries: every one can be filled, and asks politely."""

from __future__ import annotations

import pytest

from expectations import runner
from safety.errors import ToxwatchError
from safety.queries import texts

FIELDS = {"subject": "S1", "term": "Nausea", "records": "2 records", "expected": "a grade"}


def test_every_text_is_of_a_check_there_is() -> None:
    known = {c.id for c in runner.all_checks()} | {"DLT", texts.GENERIC}
    assert set(texts.texts()) - known == set()


def test_every_text_can_be_filled_and_asks() -> None:
    for check, text in texts.texts().items():
        problem = texts.filled(text.problem, **FIELDS)
        assert problem.endswith("."), check
        assert text.ask.startswith("Please "), check
        assert "$" not in problem, check


def test_a_check_without_a_text_has_the_generic_one() -> None:
    assert texts.text("XX-999") == texts.texts()["generic"]
    assert texts.text("ME-011").topic == "Unit missing"


def test_what_stands_in_a_field_is_not_read_again() -> None:
    assert texts.filled("of $term", **FIELDS | {"term": "$subject ${x}"}) == "of $subject ${x}"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"topic": "t", "problem": "p", "ask": "a"},
         "texts.yaml, X: give ask, citation, problem, topic."),
        ({"topic": "t", "problem": "p $name", "ask": "a", "citation": "c"},
         "texts.yaml, X: no field name; known: expected, records, subject, term."),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_used_is_named(parts: dict[str, str], problem: str) -> None:
    with pytest.raises(ToxwatchError) as error:
        texts.parsed("X", parts)
    assert str(error.value) == problem
