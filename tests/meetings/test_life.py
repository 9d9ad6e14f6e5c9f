"""A meeting after its events: who votes, what counts, what newer data do to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.meetings.told import HELD, OPENED, PLANNED, conflict, form, meeting, there, vote


def test_a_planned_meeting_has_its_agenda() -> None:
    dropped = ("finish", {"item": 2, "state": "dropped"})
    of = meeting(*PLANNED, ("agenda", {"text": "Queries"}), dropped)
    assert (of.state, of.title, of.planned_on, of.snapshot_id) == (
        "planned", "Cohort 1", "2024-04-02", "",
    )  # fmt: skip
    assert of.agenda == {
        1: {"text": "Dose of the next cohort", "state": "open"},
        2: {"text": "Queries", "state": "dropped"},
    }


def test_an_open_meeting_looks_at_a_snapshot_and_ends_once() -> None:
    assert (meeting(*OPENED).state, meeting(*OPENED).snapshot_id) == ("open", "s1")
    ended = meeting(*OPENED, ("cancel", {"reason": "nobody came"}))
    assert (ended.state, ended.cancelled_for) == ("cancelled", "nobody came")
    assert ended.ended_at == "2024-04-02T08:03:00+00:00"


def test_members_who_are_present_vote_and_the_latest_vote_counts() -> None:
    of = meeting(*HELD, vote("b", "for"))
    assert of.cast(1) == {"a": "for", "b": "for"}
    guests = [there("m", "monitor"), there("c", present=False), vote("m"), vote("c"), vote("x")]
    of = meeting(*HELD, *guests)
    assert (of.voters(), of.cast(1)) == (["a", "b"], {"a": "for", "b": "against"})


def test_who_is_recused_has_no_vote_there_before_or_after() -> None:
    of = meeting(*HELD, conflict("b", item=1), ("agenda", {"text": "Queries"}))
    assert (of.cast(1), of.voters(1), of.voters(2)) == ({"a": "for"}, ["a"], ["a", "b"])
    assert meeting(*HELD, conflict("b")).voters(2) == ["a"]
    assert meeting(*HELD, conflict("b", "")).voters(1) == ["a", "b"]
    assert meeting(*HELD, conflict("b"), conflict("b", "")).voters(1) == ["a"]


def test_a_new_recommendation_needs_new_votes() -> None:
    of = meeting(*HELD, form(option="stay", level="L1"))
    assert (of.recommendations[1]["option"], of.cast(1)) == ("stay", {})


def test_newer_data_void_what_was_recommended_on_older_ones() -> None:
    of = meeting(*HELD, ("bind", {"before": "s1", "after": "s2"}))
    assert (of.snapshot_id, of.recommendations, of.cast(1)) == ("s2", {}, {})
    assert [each for _, each in of.bindings] == ["s1", "s2"]
    assert of.voters() == ["a", "b"]


@given(st.permutations([there("b"), there("c"), conflict("b"), conflict("c", "", 1), vote("b"),
                        vote("c", "abstain"), there("c", present=False)]))  # fmt: skip
def test_nobody_recused_or_absent_ever_counts(events) -> None:
    of = meeting(*OPENED, form(), *events)
    assert "b" not in of.cast(1)
    assert set(of.cast(1)) <= set(of.voters(1))
