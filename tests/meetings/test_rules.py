"""What is refused in a meeting, and why."""

from __future__ import annotations

import pytest

from safety.errors import WrongUseError
from safety.meetings import rules
from safety.meetings.advised import deviates, short
from safety.meetings.deeds import (
    Agenda,
    Attend,
    Cancel,
    Cast,
    Declare,
    Finish,
    Note,
    Plan,
    Recommend,
    Task,
)
from tests.meetings.told import ADVISED, HELD, OPENED, PLANNED, conflict, form, meeting, there

FORM = Recommend(1, "escalate", "L2", "no DLT")
CLOSED = [*HELD, ("close", {"content": {}})]
CANCELLED = [*PLANNED, ("cancel", {"reason": "x"})]
DEEDS = [Agenda("x"), Finish(1, "dropped"), Attend("a", "Dr A", "chair", True), Declare("a", "x"),
         FORM, Cast(1, "for"), Task("x", "y", "2024-05-01"), Note("x")]  # fmt: skip


@pytest.mark.parametrize("ended", [CLOSED, CANCELLED])
@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_added_to_a_meeting_that_ended(ended, deed) -> None:
    with pytest.raises(WrongUseError, match="nothing can be added to it"):
        rules.require(meeting(*ended), deed, "a")


@pytest.mark.parametrize("ended", [CLOSED, CANCELLED])
@pytest.mark.parametrize("kind", ["open", "bind", "close", "cancel"])
def test_a_meeting_that_ended_stays_so(ended, kind) -> None:
    with pytest.raises(WrongUseError, match="nothing can be added to it"):
        rules.require_state(meeting(*ended), kind)


@pytest.mark.parametrize("kind", ["bind", "close", "attendance", "vote", "note", "action",
                                  "recommendation"])  # fmt: skip
def test_a_planned_meeting_is_opened_first(kind) -> None:
    with pytest.raises(WrongUseError, match="not open yet"):
        rules.require_state(meeting(*PLANNED), kind)


def test_what_is_possible_in_time() -> None:
    for kind in ("agenda", "finish", "conflict", "open", "cancel"):
        rules.require_state(meeting(*PLANNED), kind)
    for kind in ("agenda", "bind", "close", "cancel", "vote"):
        rules.require_state(meeting(*OPENED), kind)
    for deed in DEEDS[:1] + DEEDS[2:5] + DEEDS[6:]:
        rules.require(meeting(*OPENED), deed, "a")
    rules.require(meeting(*HELD), Cast(1, "for"), "a")
    rules.require(meeting(*HELD), Finish(1, "done"), "a")
    with pytest.raises(WrongUseError, match="is open already"):
        rules.require_state(meeting(*OPENED), "open")


@pytest.mark.parametrize(
    ("events", "deed", "why"),
    [
        (OPENED, Finish(2, "done"), "no item 2; it has: 1"),
        (OPENED, Declare("a", "x", 2), "no item 2"),
        (OPENED, Recommend(2, "pause", "", "x"), "no item 2"),
        (PLANNED, Finish(1, "done"), "done in an open meeting"),
        (HELD, Finish(1, "dropped"), "not dropped any more"),
        ([*OPENED, ("finish", {"item": 1, "state": "done"})], FORM, "item 1 is done"),
        ([*OPENED, ("finish", {"item": 1, "state": "done"})], Finish(1, "done"), "item 1 is done"),
        (OPENED, Cast(1, "for"), "no recommendation to vote on"),
        ([*HELD, conflict("a", item=1)], Cast(1, "for"), "you do not vote on item 1"),
        ([*OPENED, form()], Cast(1, "for"), "recorded as present"),
        ([*OPENED, form(), there("a", "monitor")], Cast(1, "for"), "only members"),
        ([*HELD, there("a", present=False)], Cast(1, "for"), "recorded as present"),
    ],
)
def test_what_is_refused_while_it_is_open(events, deed, why) -> None:
    with pytest.raises(WrongUseError, match=why):
        rules.require(meeting(*events), deed, "a")


@pytest.mark.parametrize(
    ("events", "by", "quorum", "why"),
    [
        (HELD, "b", 2, "signed by the chair"),
        (HELD, "x", 2, "signed by the chair"),
        ([*HELD, there("a", "chair", present=False)], "a", 1, "signed by the chair"),
        (HELD, "a", None, "states no quorum"),
        (HELD, "a", 3, "2 members are present .*, 3 are needed"),
        ([*HELD, conflict("b")], "a", 2, "1 members are present"),
        ([*HELD, conflict("b", item=1)], "a", 2, "no quorum on item 1: 1 members voted"),
        ([*HELD, form()], "a", 2, "no quorum on item 1: 0 members voted"),
    ],
)
def test_minutes_are_not_signed(events, by, quorum, why) -> None:
    with pytest.raises(WrongUseError, match=why):
        rules.require_close(meeting(*events), by, quorum)


def test_minutes_are_signed_by_the_chair_of_a_quorum() -> None:
    rules.require_close(meeting(*HELD), "a", 2)
    rules.require_close(meeting(*OPENED, there("a", "chair")), "a", 1)
    rules.require_end(0)
    with pytest.raises(WrongUseError, match="2 of its proposals still wait"):
        rules.require_end(2)


@pytest.mark.parametrize(
    ("option", "level", "expected"),
    [("escalate", "L2", False), ("escalate", "L3", True), ("stay", "L1", True),
     ("pause", "", True), ("amend", "", True)],
)  # fmt: skip
def test_a_deviation_is_another_action_or_level(option, level, expected) -> None:
    assert deviates(option, level, ADVISED) is expected


def test_a_deviation_where_the_design_says_nothing_yet_or_never() -> None:
    waiting = ADVISED | {"status": "waiting", "action": None, "level": ""}
    assert [deviates(o, "L1", waiting) for o in ("escalate", "stay", "pause")] == [
        True, True, False,
    ]  # fmt: skip
    assert deviates("escalate", "L2", None) is None
    assert short("") is None
    assert deviates("declare RP2D", "L1", ADVISED | {"action": "complete", "level": "L1"}) is False


def test_a_deviation_has_a_reason_and_nothing_else_has() -> None:
    given = Recommend(1, "stay", "L1", "x", "a query is open")
    rules.require_deviation(FORM, deviates=False)
    rules.require_deviation(given, deviates=True)
    rules.require_deviation(FORM, deviates=None)
    with pytest.raises(WrongUseError, match="give the reason of the deviation"):
        rules.require_deviation(FORM, deviates=True)
    with pytest.raises(WrongUseError, match="leave the reason of a deviation out"):
        rules.require_deviation(given, deviates=False)


def test_a_level_is_one_of_the_study() -> None:
    rules.require_level(FORM, ["L1", "L2"])
    rules.require_level(Recommend(1, "pause", "", "x"), [])
    with pytest.raises(WrongUseError, match="no dose level 'L2'; it has: L1"):
        rules.require_level(FORM, ["L1"])


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Plan(" ", "2024-04-02"), "the title: give a text of one line"),
        (lambda: Plan("x", "2024-4-2"), "give a day as 2024-03-31"),
        (lambda: Plan("x", "2024-02-30"), "give a day as 2024-03-31"),
        (lambda: Cancel(""), "the reason"),
        (lambda: Agenda("a\nb"), "one line"),
        (lambda: Finish(1, "open"), "one of done, dropped"),
        (lambda: Attend("a", "", "chair", True), "the name"),
        (lambda: Declare("a", "x" * 1001), "at most 1000"),
        (lambda: Recommend(1, "double", "L1", "x"), "one of escalate, stay"),
        (lambda: Recommend(1, "stay", "", "x"), "name the dose level"),
        (lambda: Recommend(1, "stay", "L1", ""), "the rationale"),
        (lambda: Cast(1, "yes"), "one of for, against, abstain"),
        (lambda: Task("x", "y", "soon"), "give a day"),
        (lambda: Note(" \n"), "the note: give a text"),
        (lambda: Note("a\x07b"), "a character that is no text"),
    ],
)
def test_a_deed_says_what_it_must(make, why) -> None:
    with pytest.raises(WrongUseError, match=why):
        make()


def test_a_note_has_lines() -> None:
    assert Note("first\n\tsecond").text == "first\n\tsecond"
