"""A meeting on its page: planned, held, voted, closed; and minutes as they are signed."""

from __future__ import annotations

import pytest

from dashboards import minutes
from dashboards.meeting_page import read
from safety.audit import verify
from safety.errors import WrongUseError
from safety.signing.signature import sha256_of
from tests.dashboards.desk import hrefs, ids, said, tables


@pytest.fixture
def meeting(pages):
    """An open meeting with one item, and two members present without a conflict."""
    pages.do("a", "meeting-plan", "new", title="Cohort 1", day="2024-04-02")
    of = str(read.meetings(pages.view("a", "/meeting"))["MEETING"].iloc[0])
    pages.do("a", "meeting-open", of)
    pages.do("a", "meeting-agenda", of, text="Dose of the next cohort")
    for who in ("a", "b"):
        pages.do(who, "meeting-here", of, has="none", item="0")
    return of


def recommend(pages, of, **changes):
    snapshot = read.held(pages.view("a", "/meeting"), of).of.snapshot_id
    values = {"item": "1", "option": "stay", "level": "L1", "rationale": "one DLT in three",
              "snapshot": snapshot} | changes  # fmt: skip
    pages.do("a", "meeting-recommend", of, **values)
    form = read.held(pages.view("a", "/meeting"), of).of.recommendations[1]
    return {"item": "1", "meeting": of, "seen": sha256_of(form)}


def acts_of(part):
    return {i["act"] for i in ids(part) if isinstance(i, dict) and "act" in i}


def test_a_study_without_a_meeting_says_so(pages):
    drawn = pages.draw("b", "/meeting?study=T1")
    assert "No meeting of this study was planned so far." in said(drawn)
    assert acts_of(drawn) == set()  # only the chair plans one
    assert acts_of(pages.draw("a", "/meeting?study=T1")) == {"meeting-plan"}


def test_the_list_leads_to_a_meeting_at_its_snapshot(pages, meeting, shot):
    found = hrefs(pages.draw("m", "/meeting?study=T1"))
    assert f"/meeting?study=T1&at={shot.snapshot_id[:12]}&meeting={meeting}" in found
    assert f"/minutes/{meeting}?study=T1" in found


def test_an_open_meeting_tells_who_is_there_and_what_the_design_says(pages, meeting):
    drawn = pages.draw("b", f"/meeting?study=T1&meeting={meeting}")
    assert tables(drawn)["Attendance"][1:] == [
        ["Dr A", "a", "chair", "present", "none declared"],
        ["Dr B", "b", "committee", "present", "none declared"],
    ]
    assert "reached: 2 members present without a conflict, 2 needed" in said(drawn)
    assert "What the design says" in said(drawn)
    assert "meeting-recommend" in acts_of(drawn)


def test_who_only_looks_gets_no_form(pages, meeting):
    assert acts_of(pages.draw("m", f"/meeting?study=T1&meeting={meeting}")) == set()
    with pytest.raises(PermissionError):
        pages.do("m", "meeting-note", meeting, text="x")
    with pytest.raises(PermissionError):
        pages.do("b", "meeting-close", meeting, seen="x")


def test_votes_count_and_the_minutes_are_closed_by_the_chair(pages, meeting):
    ballot = recommend(pages, meeting)
    for who in ("a", "b"):
        pages.do(who, "meeting-vote", f"{meeting}-1", **ballot, vote="for")
    pages.do("b", "meeting-task", meeting, what="ask the site", who="Dr B", by="2024-05-01")
    pages.do("b", "meeting-note", meeting, text="Discussed.\nAgreed.")
    held = read.held(pages.view("a", "/meeting"), meeting)
    assert "2 for, 0 against, 0 abstain" in said(
        pages.draw("m", f"/meeting?study=T1&meeting={meeting}")
    )
    told = pages.do("a", "meeting-close", meeting, seen=sha256_of(held.content))
    assert told.startswith("The minutes are signed by Dr A")
    drawn = pages.draw("m", f"/meeting?study=T1&meeting={meeting}")
    assert tables(drawn)["Signatures"][1][:2] == ["Dr A", "approves"]
    assert acts_of(pages.draw("a", f"/meeting?study=T1&meeting={meeting}")) == set()
    assert "FINAL" in minutes.page(pages.view("m", "/minutes"), meeting).get_data(as_text=True)
    told = {problem.what for problem in verify.run(pages.settings, "T1").problems}
    assert not [what for what in told if "meeting" in what or "signature" in what]


def test_minutes_that_were_not_read_are_not_signed(pages, meeting):
    seen = sha256_of(read.held(pages.view("a", "/meeting"), meeting).content)
    pages.do("b", "meeting-note", meeting, text="Added meanwhile.")
    with pytest.raises(WrongUseError, match="the minutes are not what you have read"):
        pages.do("a", "meeting-close", meeting, seen=seen)
    page = minutes.page(pages.view("m", "/minutes"), meeting)
    assert "DRAFT" in page.get_data(as_text=True)


def test_a_vote_is_on_the_recommendation_that_was_read(pages, meeting):
    ballot = recommend(pages, meeting)
    recommend(pages, meeting, rationale="another one")
    with pytest.raises(WrongUseError, match="not the one that you have read"):
        pages.do("b", "meeting-vote", f"{meeting}-1", **ballot, vote="for")


def test_who_declared_a_conflict_is_shown_no_ballot(pages, meeting):
    pages.do("b", "meeting-conflict", meeting, has="yes", text="owns shares", item="1")
    ballot = recommend(pages, meeting)
    drawn = pages.draw("b", f"/meeting?study=T1&meeting={meeting}")
    assert "meeting-vote" not in acts_of(drawn)
    assert "You declared a conflict of interest" in said(drawn)
    assert "meeting-vote" in acts_of(pages.draw("a", f"/meeting?study=T1&meeting={meeting}"))
    with pytest.raises(WrongUseError, match="you do not vote on item 1"):
        pages.do("b", "meeting-vote", f"{meeting}-1", **ballot, vote="for")


@pytest.mark.parametrize("values", [{"text": ""}, {"has": "yes"}, {"has": "none", "text": "x"}])
def test_a_conflict_is_said_plainly_or_not_at_all(pages, meeting, values):
    with pytest.raises(WrongUseError, match="conflict of interest"):
        pages.do("b", "meeting-conflict", meeting, item="0", **values)


def test_newer_data_are_told_and_nothing_is_judged_on_other_data(pages, meeting, world):
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    world.publish("2024-04-02")
    here = pages.draw("a", f"/meeting?study=T1&meeting={meeting}")  # shows the newest snapshot
    assert "Newer data came" in said(here)
    assert "Another snapshot" in str(here)
    assert {"meeting-bind", "meeting-agenda"} <= acts_of(here)
    assert "meeting-recommend" not in acts_of(here)
    pages.do("a", "meeting-bind", meeting)
    assert "meeting-recommend" in acts_of(pages.draw("a", f"/meeting?study=T1&meeting={meeting}"))


def test_a_page_about_nothing_is_told(pages):
    with pytest.raises(WrongUseError, match="knows nothing about"):
        pages.draw("a", "/meeting?study=T1&about=weather")
