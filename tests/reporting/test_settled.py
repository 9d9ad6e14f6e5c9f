"""What was sent or settled keeps that to itself, and is owed again once a doubt is gone."""

from __future__ import annotations

import pytest

from safety.reporting import life
from tests.reporting.cases import Book, cut, serious, study

LT = {"AESLIFE": "Y"}


def _actions(changes) -> dict[str, str]:
    return {c.now.kind: c.action for c in changes}


@pytest.fixture
def book() -> Book:
    """One related serious event, known on 6 March."""
    book = Book()
    book.publish("2024-03-06", serious())
    return book


@pytest.mark.parametrize(
    ("first", "then", "again"),
    [
        ({"AEREL": None}, {"AEREL": "POSSIBLE"}, {"sae": "reopen", "susar_15d": "reopen"}),
        ({"AESER": None}, {"AESER": "Y"}, {"sae": "reopen", "susar_15d": "reopen"}),
        ({"AESHOSP": None}, {}, {"sae": "reopen", "susar_15d": "reopen"}),
        ({"AEREL": None}, {"AEREL": None, "AEACN": "DRUG WITHDRAWN"}, {}),  # as doubtful as it was
        ({}, {"AEREL": None}, {}),  # less certain
        ({}, {"AEACN": "DRUG WITHDRAWN"}, {}),
    ],
)
def test_what_was_settled_on_a_doubt_is_owed_again_without_it(first, then, again) -> None:
    book = Book()
    book.publish("2024-03-06", serious(**first))
    for kind in ("sae", "susar_15d"):
        book.act(kind, state="not_required")
    changes = book.publish("2024-03-08", serious(**then))
    found = [c for c in changes if c.action == "reopen"]
    assert _actions(found) == again
    assert {c.now.due_at for c in found if c.now.kind == "susar_15d"} <= {
        "2024-03-23T15:59:00+00:00"
    }
    assert all(", surer than before" in c.reason for c in found)


def test_what_was_sent_on_a_doubt_stays_sent() -> None:
    book = Book()
    book.publish("2024-03-06", serious(AEREL=None))
    for kind in ("sae", "susar_15d"):
        book.act(kind, state="submitted")
    changes = book.publish("2024-03-08", serious())
    assert [c.now.kind for c in changes if c.action in {"open", "reopen"}] == ["followup_15d"]


def test_what_is_owed_by_its_term_does_not_hang_on_a_doubt() -> None:
    book = Book(study(kinds={"aesi": {"terms": ["Nausea"]}}))
    book.publish("2024-03-06", serious(AEREL=None))
    book.act("aesi", state="not_required")
    assert _actions(book.publish("2024-03-08", serious()))["aesi"] == "inform"


def test_a_person_who_suspects_it_takes_the_doubt_away() -> None:
    book = Book()
    book.publish("2024-03-06", serious(AEREL=None))
    book.act("susar_15d", state="not_required")
    own = {o.kind: o for o in book.known.values()}
    made = {"causality": {"value": "related", "level": "3"}}
    changes = life.decided(own, made, book.study, cut("2024-03-08", 2))
    assert _actions(changes) == {"susar_15d": "reopen", "sae": "inform"}


def _sent(book: Book) -> None:
    for kind, day in (("sae", "2024-03-06"), ("susar_15d", "2024-03-10")):
        (old,) = [o for o in book.known.values() if o.kind == kind]
        said = {**old.said, "submitted_at": f"{day}T12:00:00+00:00", "reference": f"R-{kind}"}
        book.act(kind, state="submitted", said=said)


def _references(changes) -> dict[str, tuple[str | None, str | None]]:
    said = {c.now.kind: c.now.said for c in changes}
    return {kind: (s.get("submitted_at"), s.get("reference")) for kind, s in said.items()}


def test_a_decision_leaves_each_report_its_own_sending(book) -> None:
    _sent(book)
    own = {o.kind: o for o in book.known.values()}
    made = {"causality": {"value": "related", "level": "3"}}
    assert _references(life.decided(own, made, book.study, cut("2024-03-11", 2))) == {
        "sae": ("2024-03-06T12:00:00+00:00", "R-sae"),
        "susar_15d": ("2024-03-10T12:00:00+00:00", "R-susar_15d"),
    }


def test_a_report_that_a_decision_opens_was_never_sent() -> None:
    book = Book()
    book.publish("2024-03-06", serious(AEREL="NONE"))
    (sae,) = book.known.values()
    sent = {"submitted_at": "2024-03-06T12:00:00+00:00", "reference": "R"}
    book.act("sae", state="submitted", said={**sae.said, **sent})
    own = {o.kind: o for o in book.known.values()}
    made = {"causality": {"value": "related", "level": "3"}}
    changes = life.decided(own, made, book.study, cut("2024-03-11", 2))
    assert _references(changes)["susar_15d"] == (None, None)


def test_15_days_that_come_back_were_never_sent() -> None:
    book = Book()
    book.publish("2024-03-06", serious(**LT))
    (seven,) = [o for o in book.known.values() if o.kind == "susar_7d"]
    sent = {"submitted_at": "2024-03-06T12:00:00+00:00", "reference": "R"}
    book.act("susar_7d", said={**seven.said, **sent})  # sent, then owed again by an upgrade
    own = {o.kind: o for o in book.known.values()}
    made = list(life.reinstated(own, study(), cut("2024-03-09", 2)))
    assert _references(made) == {"susar_15d": (None, None)}


def test_15_days_come_back_though_the_study_has_them_no_more(book) -> None:
    book.publish("2024-03-07", serious(**LT))
    own = {o.kind: o for o in book.known.values()}
    chosen = study(kinds={"susar_15d": {"applies": False}})
    (made,) = life.reinstated(own, chosen, cut("2024-03-09", 3))
    assert (made.action, made.now.due_at) == ("reopen", "2024-03-21T15:59:00+00:00")
