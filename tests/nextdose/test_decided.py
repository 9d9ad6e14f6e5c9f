"""A dose decision keeps what was recommended, and says where the next subjects go."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from safety.decisions import listing, record
from safety.decisions.record import Statement
from safety.errors import WrongUseError
from safety.nextdose import live
from safety.nextdose.recommend import recommend
from safety.settings import from_environment
from tests.nextdose.rows import exposed, person
from tests.trail import give_key


@pytest.fixture
def settings(world, tmp_path):
    give_key(tmp_path)
    return from_environment({"TOXWATCH_HOME": str(tmp_path), "TOXWATCH_DB_URL": world.db_url})


@pytest.fixture
def shot(world):
    """Three of L1 without DLT: up to L2."""
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    numbers = (1, 2, 3)
    return world.publish(
        "2024-04-01", verdict=[person(n) for n in numbers],
        exposure=[exposed(n, "2024-03-01") for n in numbers],
    )  # fmt: skip


def decide(settings, next_level: str, *, kind: str = "dose", day: int = 1):
    said = Statement(kind, "as discussed", "", "L1" if kind == "dose" else "", next_level)
    now = datetime(2024, 4, day, 21, tzinfo=UTC)
    return record.add(settings, "T1", said, "Dr A", "read the files", now=now)


def told(world, made) -> list[str]:
    with world.begin() as connection:
        return listing.lines(listing.shown(connection, "T1", made.decision_id))


def test_it_quotes_the_recommendation_of_its_snapshot(world, settings, shot):
    made = decide(settings, "L2")
    quoted = json.loads(made.quoted)
    assert (quoted["action"], quoted["level"], quoted["status"]) == ("escalate", "L2", "ready")
    assert (quoted["snapshot_id"], quoted["design"]) == (shot.snapshot_id, "boin")
    lines = told(world, made)
    assert "Next subjects: L2" in lines
    assert (
        "The design (boin) had said: escalate L2; 0 of 3 with DLT (0.000) is at most 0.236" in lines
    )
    assert not [line for line in lines if "DEVIATES" in line]


@pytest.mark.parametrize("next_level", ["L1", "stop"])
def test_another_level_than_recommended_is_shown_as_such(world, settings, shot, next_level):
    lines = told(world, decide(settings, next_level))
    assert "It DEVIATES from the recommendation: the reason above is why" in lines


def test_one_that_says_no_level_does_not_deviate(world, settings, shot):
    lines = told(world, decide(settings, ""))
    assert not [line for line in lines if "DEVIATES" in line or "Next subjects" in line]


def test_it_moves_the_trial_to_its_level(world, settings, shot, study):
    decide(settings, "L2")
    with world.begin() as connection:
        trial = live.read(connection, study, shot)
    assert (trial.levels[trial.at], trial.why_at) == ("L2", "decided 2024-04-01 by Dr A")


def test_it_does_not_once_somebody_was_treated_after_it(world, settings, shot, study):
    decide(settings, "L2")
    world.deliver("edc", "2024-04-09", AE="2/ae.csv")
    people = [person(n) for n in (1, 2, 3)] + [person(4, "PENDING")]
    later = world.publish(
        "2024-04-09", verdict=people,
        exposure=[*(exposed(n, "2024-03-01") for n in (1, 2, 3)), exposed(4, "2024-04-08")],
    )  # fmt: skip
    with world.begin() as connection:
        trial = live.read(connection, study, later)
    assert trial.levels[trial.at] == "L1"


def test_one_made_while_subjects_were_open_says_so(world, settings):
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    world.publish("2024-04-01", verdict=[person(1), person(2), person(3, "PENDING")],
                  exposure=[exposed(n, "2024-03-01") for n in (1, 2, 3)])  # fmt: skip
    lines = told(world, decide(settings, "L1"))
    assert "It was made while subjects were open who could still change the advice" in lines


def test_after_going_back_the_level_needs_a_cohort_of_its_own(world, settings, study):
    """L1 0 of 3, L2 2 of 3, signed: back to L1. It is not up again the next day."""
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    people = [person(n) for n in (1, 2, 3)] + [
        person(4, "DLT", "L2"), person(5, "DLT", "L2"), person(6, level="L2"),
    ]  # fmt: skip
    shot = world.publish(
        "2024-04-01", verdict=people,
        exposure=[exposed(n, f"2024-0{2 if n < 4 else 3}-01") for n in range(1, 7)],
    )  # fmt: skip
    said = Statement("dose", "too toxic", "", "L2", "L1")
    record.add(settings, "T1", said, "Dr A", "2 of 3", now=datetime(2024, 4, 1, 21, tzinfo=UTC))
    with world.begin() as connection:
        trial = live.read(connection, study, shot)
    found = recommend(trial, study.escalation)
    assert (found.status, found.action, found.level) == ("ready", "stay", "L1")
    assert found.why == "nobody is evaluable at L1 since the trial came back to it"


def test_a_stop_of_the_committee_stands_above_any_design(world, settings, shot, study):
    decide(settings, "L2")
    with world.begin() as connection:
        assert live.read(connection, study, shot).stopped == ""
    said = Statement("dose", "sponsor ends it", "", "L2", "stop")
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    later = world.publish("2024-04-02", verdict=[person(n) for n in (1, 2, 3)]
                          + [person(4, level="L2")])  # fmt: skip
    record.add(
        settings, "T1", said, "Dr A", "drug supply", now=datetime(2024, 4, 2, 21, tzinfo=UTC)
    )
    with world.begin() as connection:
        trial = live.read(connection, study, later)
    found = recommend(trial, study.escalation)
    assert (found.status, found.action) == ("stopped", None)
    assert found.why == "nobody is to be treated: decided 2024-04-02 by Dr A"


def test_a_pause_lasts_until_a_dose_decision_is_signed(world, settings, study):
    pause = {"KEY": "p", "RULE": "PAUSE-5", "DOSELVL": "L1", "RULETEXT": "Two DLTs in three",
             "SUBJECTS": '["S1","S2"]'}  # fmt: skip
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    people = [person(1, "DLT"), person(2, "DLT"), person(3)]
    given = [exposed(n, "2024-03-01") for n in (1, 2, 3)]
    shot = world.publish("2024-04-01", verdict=people, exposure=given, pause=[pause],
                         at="2024-04-01T08:00:00+00:00")  # fmt: skip

    def status(of):
        with world.begin() as connection:
            return recommend(live.read(connection, study, of), study.escalation).status

    assert status(shot) == "paused"
    lines = told(world, decide(settings, "L-1"))
    why = "a rule stops enrolment until the committee signs"
    assert f"The design (boin) had said: no recommendation; {why}" in lines
    assert not [line for line in lines if "DEVIATES" in line or "were open" in line]
    assert status(shot) == "ready"
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    again = world.publish("2024-04-02", pause=[pause | {"SUBJECTS": '["S1","S2","S9"]'}],
                          at="2024-04-02T08:00:00+00:00")  # fmt: skip
    assert status(again) == "paused"  # another subject is behind it


def test_a_decision_on_a_later_snapshot_is_none_of_an_earlier_one(world, settings, shot, study):
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    world.publish("2024-04-02", verdict=[person(n) for n in (1, 2, 3)] + [person(4)])
    decide(settings, "L2", day=2)
    with world.begin() as connection:
        assert live.read(connection, study, shot).levels[live.read(connection, study, shot).at] == (
            "L1"
        )


def test_what_cannot_be_is_refused(settings, shot):
    with pytest.raises(WrongUseError, match=r"next level .L9.: give L-1, L1, L2, L3, stop"):
        decide(settings, "L9")
    with pytest.raises(WrongUseError, match="only a dose decision says"):
        decide(settings, "L1", kind="other")
