"""Which event is which: rows that join a group, and numbers that are given anew."""

from __future__ import annotations

import pytest

from tests.reporting.cases import Book, serious


def _actions(changes) -> dict[str, str]:
    return {c.now.kind: c.action for c in changes}


@pytest.fixture
def book() -> Book:
    """One related serious event, known on 6 March."""
    book = Book()
    book.publish("2024-03-06", serious())
    return book


def _of_group(seq: str, day: str, **changes):
    return serious(seq, AEGRPID="G1", AESTDTC=f"2024-03-{day}", **changes)


def test_a_row_that_comes_before_its_group_makes_no_new_event() -> None:
    book = Book()
    book.publish("2024-03-06", _of_group("5", "05"))
    for kind in ("sae", "susar_15d"):
        book.act(kind, state="submitted")
    milder = _of_group("6", "03", AESER="N", AESHOSP=None)
    changes = book.publish("2024-03-09", _of_group("5", "05"), milder)
    assert {c.now.event for c in changes} == {"Nausea|2024-03-05"}
    assert _actions(changes) == {"sae": "inform", "susar_15d": "inform", "followup_15d": "open"}


def test_a_group_of_another_term_is_another_event() -> None:
    book = Book()
    book.publish("2024-03-06", _of_group("5", "05"))
    changes = book.publish(
        "2024-03-09", *(_of_group(s, d, AEDECOD="Fall") for s, d in (("5", "05"), ("6", "03")))
    )
    assert {c.now.event for c in changes if c.action == "open"} == {"Fall|2024-03-03"}


@pytest.mark.parametrize(
    ("onset", "opened"),
    [
        ("2024-03-07", set()),  # day 0 is of a zone that may be a day behind
        ("2024-03-08", {"sae", "susar_15d"}),
    ],
)
def test_what_began_after_day_0_is_another_event_in_its_number(book, onset, opened) -> None:
    for kind in ("sae", "susar_15d"):
        book.act(kind, state="submitted")
    changes = book.publish("2024-03-10", serious(AESTDTC=onset))
    found = {c.now.kind for c in changes if c.action == "open"}
    assert found - {"followup_15d"} == opened
    assert ("clear" in {c.action for c in changes}) == bool(opened)
