"""What was said of the same cells is not asked again, and never taken for another answer."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations import engine, memory
from expectations.cells import Cells
from expectations.check import Check, Context
from expectations.memory import Memory, Said

CONTEXT = Context(date(2024, 4, 1), "T1", frozenset(), (), (), frozenset())
ROWS = 4
NEW = {"KEY": ["a", "b", "b", "c"], "SEX": ["F", "M", "F", None]}


def check(number: str, build, column: str = "SEX") -> Check:
    return Check(number, "subject", "t", (column,), build, "warning", "query", "test")


def of_set(*values: str) -> Check:
    return check("IN", lambda gx, _: gx.ExpectColumnValuesToBeInSet(
        column="SEX", value_set=list(values)))  # fmt: skip


UNIQUE = check("UQ", lambda gx, _: gx.ExpectColumnValuesToBeUnique(column="KEY"), "KEY")


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, ...]]:
    """Which checks Great Expectations was asked, in each call, with nothing remembered before."""
    monkeypatch.setattr(engine, "_memory", Memory())
    calls: list[tuple[str, ...]] = []
    validate = engine._validate

    def listened(table, expectations, result_format):
        calls.append(tuple(e.meta["check"] for e in expectations))
        return validate(table, expectations, result_format)

    monkeypatch.setattr(engine, "_validate", listened)
    return calls


def failing(frame: dict[str, list], *checks: Check) -> dict[str, list[bool]]:
    answers = engine.ask({c.id: (c, None) for c in checks}, Cells(pd.DataFrame(frame)), CONTEXT)
    assert {a.raised for a in answers.values()} == {""}
    return {i: a.failing.tolist() for i, a in answers.items()}


def test_the_same_cells_are_asked_once(asked) -> None:
    first = failing(NEW, of_set("F"), UNIQUE)
    assert first == {"IN": [False, True, False, False], "UQ": [False, True, True, False]}
    assert asked == [("IN", "UQ"), ("IN", "UQ")]
    assert failing(NEW, of_set("F"), UNIQUE) == first
    assert len(asked) == 2


def test_only_what_is_new_is_asked(asked) -> None:
    failing(NEW, of_set("F"), UNIQUE)
    # the same different cells of SEX in other rows; another key
    told = failing({"KEY": ["a", "b", "c", "d"], "SEX": ["F", "M", None, "M"]}, of_set("F"), UNIQUE)
    assert told == {"IN": [False, True, False, True], "UQ": [False] * ROWS}
    assert asked[2:] == [("UQ",), ()]


def test_another_expectation_of_the_same_name_is_asked(asked) -> None:
    failing(NEW, of_set("F"))
    assert failing(NEW, of_set("M")) == {"IN": [True, False, True, False]}
    assert failing(NEW, of_set("F", "M")) == {"IN": [False] * ROWS}
    assert len(asked) == 6


@pytest.mark.parametrize("cells", [["1", "2"], [1, 2], [1.0, 2.0], ["1", None], ["1', '2", "3"]])
def test_cells_that_differ_have_different_names(cells) -> None:
    frame = pd.DataFrame({"A": ["1", "2"], "B": cells, "C": ["2", "1"]})
    of = [_named(frame, "A"), _named(frame.rename(columns={"B": "A", "A": "B"}), "A")]
    assert (of[0] == of[1]) is (cells == ["1", "2"])
    assert _named(frame, "A") != _named(frame.rename(columns={"A": "D"}), "D")
    assert _named(frame, "A") != _named(frame, "C")


def _named(frame: pd.DataFrame, column: str) -> str:
    return memory.cells_named(frame, Cells(frame).different((column,), None))


def test_what_could_not_be_said_is_asked_again() -> None:
    kept = Memory()
    kept.keep("a", Said(is_well=False, raised="no such column"))
    assert kept.recall("a") is None


def test_too_many_cells_are_not_remembered() -> None:
    frame = pd.DataFrame({"A": range(memory.MOST_CELLS + 1)})
    name = _named(frame, "A")
    assert (name, memory.asked_named(None, name)) == ("", "")
    kept = Memory()
    kept.keep("", Said(is_well=True))
    assert kept.recall("") is None


def test_the_answers_used_last_are_kept(monkeypatch) -> None:
    monkeypatch.setattr(memory, "MOST_ANSWERS", 2)
    kept, well = Memory(), Said(is_well=True)
    for name in ("a", "b"):
        kept.keep(name, well)
    assert kept.recall("a") == well
    kept.keep("c", well)
    assert [kept.recall(n) for n in ("a", "b", "c")] == [well, None, well]
