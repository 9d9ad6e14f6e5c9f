"""Proposals on the page: what is signed is shown, another person confirms, moved data are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboards import signing
from dashboards.acts import Doing
from dashboards.meeting_page import adjudicate, asked, decisions, read
from safety.accounts import passwords, people, sessions
from safety.accounts.session import PASSWORD
from safety.decisions import questions
from safety.errors import WrongUseError
from safety.signed import sign
from tests.accounts.conftest import CHEAP
from tests.dashboards.desk import hrefs, said, tables
from tests.dashboards.meeting.test_meeting import acts_of
from tests.nextdose.rows import person
from tests.trail import TRAIL

WORDS = {"statement": "DLT", "words": "thrombocytopenia", "reason": "agreed"}


def propose(pages, shot, who="b", **changes):
    handle = pages.view(who, "/meeting").handle("S1")
    url = f"/meeting?study=T1&about=adjudication&subject={handle}"
    values = WORDS | {"snapshot": shot.snapshot_id, "meeting": ""} | changes
    return pages.do(who, "adjudicate", handle, url, **values)


def waiting(pages):
    [found] = read.waiting(pages.view("b", "/meeting"))
    return found


def test_whose_verdict_wants_a_person_is_listed_without_an_id_in_the_address(pages):
    drawn = pages.draw("b", "/meeting?study=T1&about=adjudication")
    listed = tables(drawn)["Verdicts that want a person"]
    assert [row[:4] for row in listed[1:]] == [["wants a person", "S1", "L1", "DLT"]]
    assert "1 of 3 assessed subjects" in said(drawn)
    assert not [href for href in hrefs(drawn) if "S1" in href]
    assert any("subject=" in href for href in hrefs(drawn))


def test_nobody_to_adjudicate_is_said(pages, world):
    world.publish("2024-04-02", verdict=[person(2), person(3)])
    drawn = pages.draw("b", "/meeting?study=T1&about=adjudication")
    assert "Of 2 assessed subjects none has a DLT" in said(drawn)


def test_a_proposal_waits_for_another_person_with_all_that_is_signed(pages, shot):
    assert propose(pages, shot).startswith("Proposed and signed: DLT: thrombocytopenia.")
    of = waiting(pages)
    own, other, looks = (pages.draw(who, "/meeting?study=T1") for who in ("b", "c", "m"))
    assert acts_of(own) == {"proposal-withdraw"}
    assert "another member of the committee must confirm it" in said(own)
    assert acts_of(other) == {"proposal-confirm", "proposal-refuse"}
    assert "Your answer is needed: adjudication: S1" in str(other)
    assert acts_of(looks) == set()
    for drawn in (own, other, looks):
        assert of.content_sha256 in said(drawn)
        assert of.content in said(drawn)


def test_confirmed_it_is_a_decision_with_both_signatures(pages, shot):
    propose(pages, shot)
    told = pages.do("c", "proposal-confirm", waiting(pages).proposal_id, reason="I agree")
    assert told.startswith("Decided: adjudication of S1: DLT: thrombocytopenia")
    view = pages.view("m", "/meeting?study=T1&about=decisions")
    found = decisions.made(view)
    assert found.rows[["STATE", "USUBJID", "SIGNED"]].values.tolist() == [
        ["stands", "S1", "Dr B; Dr C"]
    ]
    short = found.rows["DECISION"].iloc[0]
    drawn = pages.draw("m", f"/meeting?study=T1&about=decisions&decision={short}")
    assert [row[:2] for row in tables(drawn)["Signatures of this decision"][1:]] == [
        ["Dr B", "author"], ["Dr C", "confirms"],
    ]  # fmt: skip
    assert adjudicate.listed(view).rows["STATE"].tolist() == ["adjudicated"]
    assert pages.draw("c", "/meeting?study=T1") is not None
    assert "Waits for a second person" not in said(pages.draw("c", "/meeting?study=T1"))


def test_the_author_cannot_confirm_and_may_withdraw(pages, shot):
    propose(pages, shot)
    of = waiting(pages).proposal_id
    with pytest.raises(WrongUseError, match="another person must confirm"):
        pages.do("b", "proposal-confirm", of, reason="I agree")
    pages.do("b", "proposal-withdraw", of, reason="mistaken")
    assert read.waiting(pages.view("b", "/meeting")) == []


def test_refused_it_is_told_with_the_answer(pages, shot):
    propose(pages, shot)
    of = waiting(pages).proposal_id
    pages.do("c", "proposal-refuse", of, reason="not related")
    drawn = pages.draw("m", f"/meeting?study=T1&about=decisions&proposal={of}")
    assert "refused" in said(drawn)
    assert "not related" in said(drawn)


def test_data_that_moved_are_told_and_nobody_can_confirm(pages, shot, world):
    propose(pages, shot)
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    world.publish("2024-04-02", verdict=[person(1), person(2), person(3)])
    drawn = pages.draw("c", "/meeting?study=T1")
    assert "verdict S1: VERDICT DLT -> NO_DLT" in said(drawn)
    assert acts_of(drawn) == {"proposal-refuse"}


def test_a_decision_in_question_is_loud_with_what_moved(pages, shot, world):
    propose(pages, shot)
    pages.do("c", "proposal-confirm", waiting(pages).proposal_id, reason="I agree")
    assert asked.part(pages.view("m", "/meeting")) is None
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    moved = world.publish("2024-04-02", verdict=[person(1), person(2), person(3)])
    with world.begin() as connection:
        questions.add(connection, world.study, moved.snapshot_id, TRAIL, moved.created_at)
    drawn = pages.draw("m", "/meeting?study=T1")
    assert "verdict S1: VERDICT DLT -> NO_DLT" in said(drawn)
    assert "Called in question (1)" in said(drawn)


def test_what_is_proposed_is_of_the_subject_in_the_address(pages, shot):
    with pytest.raises(WrongUseError, match="choose one of"):
        propose(pages, shot, statement="")
    url = "/meeting?study=T1&about=adjudication"
    with pytest.raises(WrongUseError, match="not of the subject in the address"):
        pages.do("b", "adjudicate", "x", url, **WORDS, snapshot=shot.snapshot_id)


def test_a_dose_decision_is_proposed_beside_what_the_design_says(pages, shot):
    drawn = pages.draw("b", "/meeting?study=T1&about=dose")
    assert "The design recommends" in str(drawn)
    told = pages.do("b", "decide-dose", "dose", statement="Stay at L1", level="L1", next="L1",
                    reason="one DLT in three", snapshot=shot.snapshot_id)  # fmt: skip
    assert told.startswith("Proposed and signed: Stay at L1.")
    assert waiting(pages).next_level == "L1"


def test_who_signs_proves_it_by_password_and_a_wrong_one_signs_nothing(pages, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", passwords.Hasher(CHEAP))
    settings, now = pages.settings, pages.now
    word = "lanterns over wet cobbles"
    made = people.create(settings, "zoe", "Dr Z", sign("x", "new", now), password=word)
    token = sessions.sign_in(settings, "zoe", word, "", now)
    session = sessions.find(settings.db_url, token, now)
    assert session is not None
    view = replace(pages.view("b", "/meeting"), session=session)
    with pytest.raises(sessions.Refused, match="do not fit"):
        signing.signer(Doing(view, "", {"password": "guess"}, now))
    by = signing.signer(Doing(view, "", {"password": word}, now))
    assert (by.account_id, by.name, by.method) == (made.account_id, "Dr Z", PASSWORD)


def test_who_signs_in_by_a_provider_is_led_there_anew(pages, shot):
    propose(pages, shot)
    links = hrefs(pages.draw("c", "/meeting?study=T1"))
    assert "/oidc/login?anew=1&next=%2Fmeeting%3Fstudy%3DT1" in links
