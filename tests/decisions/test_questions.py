"""Decisions over snapshots: recorded, called in question, as they were again, answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from safety.decisions import decision, listing, questions, record
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.settings import from_environment
from safety.snapshots import reading
from safety.store import tables
from tests.snapshots.world import event, rule, study_of, verdict
from tests.trail import TRAIL, give_key

STUDY = study_of("T1")
CONFIRMED, STAY = Statement("adjudication", "DLT confirmed", "S1"), Statement("dose", "stay at L1",
                                                                              "", "L1")  # fmt: skip
DLT = {"adverse_event": [event()], "verdict": [verdict(), verdict("S2", "PENDING")],
       "rule_result": [rule("S1", "met", "AE|S1|1"), rule("S2", "not_evaluable")]}  # fmt: skip
LOWER = {"adverse_event": [event(grade="2", SRCFILE="2/ae.csv")],
         "verdict": [verdict(verdict="NO_DLT"), verdict("S2", "PENDING")],
         "rule_result": [rule("S1", "not_met"), rule("S2", "not_evaluable")]}  # fmt: skip


@pytest.fixture
def settings(world, tmp_path):
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    world.publish("2024-04-01", **DLT)
    made = from_environment({"TOXWATCH_HOME": str(tmp_path), "TOXWATCH_DB_URL": world.db_url})
    give_key(made.home)
    return made


def decide(settings, said: Statement, day: int = 1, hour: int = 21, **on: str):
    now = datetime(2024, 4, day, hour, tzinfo=UTC)
    return record.add(settings, "T1", said, "Dr A", "read the file", now=now, **on)


def publish(world, day: int, *, delivers: bool = True, **changed):
    """Publish a snapshot and ask its questions in its transaction; return what is told of them."""
    as_of = f"2024-04-0{day}"
    if delivers:
        world.deliver("edc", as_of, AE=f"{day}/ae.csv")
    with world.begin() as connection:
        shot = world.write(connection, as_of, **changed)
        questions.add(connection, STUDY, shot.snapshot_id, TRAIL, shot.created_at)
        return questions.facts(connection, STUDY)


def asked(world) -> list[tuple[str, list[tuple], list[int]]]:
    """Decision, cells and deliveries of every question."""
    with world.begin() as connection:
        rows = connection.execute(select(tables.question).order_by(tables.question.c.id)).all()
    return [
        (row.decision_id, [tuple(c.values()) for c in json.loads(row.cells)],
         json.loads(row.deliveries))
        for row in rows
    ]  # fmt: skip


def states(world) -> list[str]:
    with world.begin() as connection:
        return list(listing.listing(connection, "T1")["STATE"])


def test_a_dlt_that_a_correction_removes_is_called_in_question(world, settings) -> None:
    made = decide(settings, CONFIRMED)
    [fact] = publish(world, 2, **LOWER)
    [(of, cells, deliveries)] = asked(world)
    assert (of, deliveries) == (made.decision_id, [2])
    # in the order of canonical JSON: after, before, column, key, table
    assert cells == [
        ("2", "3", "AETOXGR", "AE|S1|1", "adverse_event"),
        ("not_met", "met", "STATE", "S1#N1#", "rule_result"),
        ("[]", '["Fatigue"]', "TERMS", "S1#N1#", "rule_result"),
        ("NO_DLT", "DLT", "VERDICT", "S1", "verdict"),
    ]
    assert (fact.rule, fact.tier, fact.usubjid, fact.episode, fact.level, fact.over) == (
        "QUESTION", "P1", "S1", made.decision_id, 1, False,
    )  # fmt: skip
    assert fact.title == "P1 T1 S1: Called in question: adjudication of S1"
    for line in (
        "Decided: DLT confirmed",
        f"By Dr A, {made.at}, on snapshot {made.snapshot_id[:12]} (as of 2024-04-01)",
        "adverse_event AE|S1|1: AETOXGR 3 -> 2",
        "verdict S1: VERDICT DLT -> NO_DLT",
        "Moved by delivery 2",
    ):
        assert line in fact.body.splitlines()
    assert states(world) == ["in question"]


def test_what_does_not_move_is_not_asked(world, settings) -> None:
    decide(settings, CONFIRMED)
    decide(settings, STAY)
    # time passes, S2 settles as was hoped for, S3 is treated, the event goes on to its end
    facts = publish(
        world, 2, adverse_event=[event(ENDTC="2024-03-20", AEOUT="RECOVERED/RESOLVED")],
        verdict=[verdict(), verdict("S2", "NO_DLT"), verdict("S3", "DLT")],
        rule_result=[rule("S1", "met", "AE|S1|1"), rule("S2", "not_met"), rule("S3", "met", "x")],
    )  # fmt: skip
    assert (facts, asked(world), states(world)) == ([], [], ["stands", "stands"])


def test_the_same_moves_are_asked_once_and_more_anew(world, settings) -> None:
    decide(settings, CONFIRMED)
    publish(world, 2, **LOWER)
    [fact] = publish(world, 3)
    assert (fact.level, len(asked(world))) == (1, 1)
    [fact] = publish(world, 4, adverse_event=[event(grade="1", SRCFILE="4/ae.csv")])
    assert (fact.level, len(asked(world))) == (2, 2)
    assert asked(world)[1][2] == [4]


def test_back_as_it_was_is_told_and_no_more_in_question(world, settings) -> None:
    made = decide(settings, CONFIRMED)
    publish(world, 2, **LOWER)
    assert publish(world, 3, **DLT) == []
    assert asked(world)[1] == (made.decision_id, [], [3])
    assert states(world) == ["stands: as it was when decided"]
    [fact] = publish(world, 4, **LOWER)
    assert fact.level == 3


def test_cells_that_are_back_are_told_beside_those_that_are_not(world, settings) -> None:
    decide(settings, CONFIRMED)
    publish(world, 2, **LOWER)
    [fact] = publish(world, 3, verdict=DLT["verdict"])
    assert "As decided again: verdict S1 VERDICT" in fact.body.splitlines()


def test_a_newer_decision_of_the_scope_answers_the_question(world, settings) -> None:
    decide(settings, CONFIRMED)
    publish(world, 2, **LOWER)
    decide(settings, Statement("adjudication", "no DLT", "S1"), day=3)
    assert states(world) == ["stands", "answered by a newer one"]
    [old] = publish(world, 4, **DLT, delivers=True)[:1]
    assert (old.over, old.level) == (True, 1)
    assert states(world) == ["in question", "answered by a newer one"]
    assert len(asked(world)) == 2


def test_a_dose_decision_rests_on_all_who_were_treated(world, settings) -> None:
    made = decide(settings, STAY)
    assert set(made.basis["verdict"]) == {"S1", "S2"}
    assert set(made.basis["rule_result"]) == {"S1#N1#", "S2#N1#"}
    [fact] = publish(
        world, 2, verdict=[verdict(), verdict("S2", "DLT")],
        rule_result=[rule("S1", "met", "AE|S1|1"), rule("S2", "met", "AE|S2|1")],
    )  # fmt: skip
    assert (fact.usubjid, fact.title) == (
        "",
        "P1 T1: Called in question: dose decision on dose level L1",
    )
    assert [cell[3] for cell in asked(world)[0][1]] == ["S2#N1#", "S2#N1#", "S2"]


def test_a_second_event_after_an_adjudication_is_asked(world, settings) -> None:
    decide(settings, Statement("adjudication", "no DLT: the disease explains it", "S1"))
    more = {"adverse_event": [event(), event("AE|S1|2", "4", SRCFILE="2/ae.csv")],
            "rule_result": [rule("S1", "met", "AE|S1|1", "AE|S1|2"), rule("S2", "not_evaluable")],
            }  # fmt: skip
    [fact] = publish(world, 2, **more)
    [(_, found, deliveries)] = asked(world)
    assert found == [("AE|S1|2", None, "CITES", "S1#N1#", "rule_result")]
    assert deliveries == [2]
    assert "rule_result S1#N1#: CITES none -> AE|S1|2" in fact.body.splitlines()


def test_only_the_delivery_that_counts_is_named(world, settings) -> None:
    decide(settings, CONFIRMED)
    ended = event(ENDTC="2024-03-20", SRCFILE="2/ae.csv")
    assert publish(world, 2, adverse_event=[ended]) == []
    [fact] = publish(world, 3, adverse_event=[ended | {"AESER": "Y", "SRCFILE": "3/ae.csv"}])
    assert asked(world)[0][2] == [3]
    assert "Moved by delivery 3" in fact.body.splitlines()
    publish(world, 4, adverse_event=[])
    assert asked(world)[1][2] == [4]


LEVELS = [verdict(verdict="NO_DLT"), verdict("S2", "NO_DLT", DOSELVL="L2"),
          verdict("S3", "PENDING", DOSELVL="L3")]  # fmt: skip
THIRD = [*LEVELS[:2], verdict("S3", "DLT", DOSELVL="L3")]


def escalated(settings, *levels: str, day: int = 1) -> list[decision.Decision]:
    return [
        decide(settings, Statement("dose", "escalate", "", level), day=day, hour=21 + n)
        for n, level in enumerate(levels)
    ]


def test_one_verdict_asks_one_question_of_the_newest_dose_decision(world, settings) -> None:
    world.publish("2024-04-01", rules="b", verdict=LEVELS, rule_result=[])
    made = escalated(settings, "L1", "L2", "L3")
    assert states(world) == ["stands", "answered by a newer one", "answered by a newer one"]
    [fact] = publish(world, 2, verdict=THIRD)
    assert fact.episode == made[2].decision_id
    told = [f"It rests on the ground of the dose decision on dose level {d.doselvl} too, "
            f"decided {d.at}" for d in made[:2]]  # fmt: skip
    assert [line for line in fact.body.splitlines() if line.startswith("It rests on the")] == told


def test_a_dose_decision_in_question_is_not_answered_on_another_level(world, settings) -> None:
    world.publish("2024-04-01", rules="b", verdict=LEVELS, rule_result=[])
    escalated(settings, "L2")
    publish(world, 2, verdict=THIRD)
    escalated(settings, "L1", day=3)
    assert states(world) == ["stands", "in question"]
    escalated(settings, "L2", day=4)
    assert states(world) == ["stands", "answered by a newer one", "answered by a newer one"]


def test_spans_are_read_once_for_all_decisions(world, settings, monkeypatch) -> None:
    decide(settings, CONFIRMED)
    decide(settings, STAY)
    read = []
    one = reading.moved
    monkeypatch.setattr(reading, "moved", lambda *given: read.append(given[2:]) or one(*given))
    publish(world, 2, **LOWER)
    assert (len(asked(world)), read) == (2, [(1, 2)])


def test_rules_that_move_it_are_no_delivery(world, settings) -> None:
    decide(settings, CONFIRMED)
    [fact] = publish(world, 2, delivers=False, rules="r2", verdict=[verdict(verdict="NO_DLT")])
    assert asked(world)[0][2] == []
    assert "Moved by no delivery: rules, code or as of changed" in fact.body.splitlines()


def test_a_decision_on_an_old_snapshot_is_asked_at_once(world, settings) -> None:
    publish(world, 2, **LOWER)
    made = decide(settings, CONFIRMED, day=3, snapshot="2024-04-01")
    assert made.basis["verdict"]["S1"]["VERDICT"] == "DLT"
    assert states(world) == ["in question"]
    with world.begin() as connection:
        alert = connection.execute(select(tables.alert)).one()
    assert (alert.rule, alert.tier, alert.state, alert.episode) == (
        "QUESTION", "P1", "open", made.decision_id,
    )  # fmt: skip


def test_the_basis_is_frozen_and_the_trail_tells_of_it(world, settings) -> None:
    made = decide(settings, CONFIRMED)
    assert made.basis["adverse_event"]["AE|S1|1"] == {
        "AETERM": "tired", "AEDECOD": "Fatigue", "AETOXGR": "3", "AESER": "N", "AESDTH": None,
        "AESLIFE": None, "AESHOSP": None, "AEREL": "POSSIBLE", "AEACN": None,
        "AEOUT": "NOT RECOVERED/NOT RESOLVED", "STDTC": "2024-03-05", "ENDTC": None,
    }  # fmt: skip
    publish(world, 2, **LOWER)
    with world.begin() as connection:
        assert decision.find(connection, "T1", made.decision_id[:12]) == made
        trail = connection.execute(select(tables.audit).order_by(tables.audit.c.seq)).all()
    assert [(row.actor, row.action, row.object_type) for row in trail] == [
        ("Dr A", "decide", "decision"), ("toxwatch", "question", "question"),
    ]  # fmt: skip
    assert trail[0].object_id == made.decision_id
    assert "basis_sha256" in json.loads(trail[0].after)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("vote", "x"), "give one of adjudication, dose, other"),
        (("adjudication", "x"), "about one subject"),
        (("adjudication", "x", "S1", "L1"), "about one subject"),
        (("dose", "x", "S1", "L1"), "about a level"),
        (("dose", "x"), "about a level"),
        (("other", " "), "a text of one line"),
    ],
)
def test_a_statement_says_what_it_is_about(said, why) -> None:
    with pytest.raises(WrongUseError, match=why):
        Statement(*said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Statement("adjudication", "x", "S9"), "S9 is no subject of snapshot"),
        (Statement("dose", "x", "", "L9"), "nobody has dose level 'L9' .* there are: L1"),
    ],
)
def test_what_is_not_in_the_snapshot_is_refused(world, settings, said, why) -> None:
    with pytest.raises(WrongUseError, match=why):
        decide(settings, said)
    assert states(world) == []


def test_two_decisions_of_a_scope_in_one_second_are_refused(world, settings) -> None:
    decide(settings, CONFIRMED)
    with pytest.raises(WrongUseError, match="was decided at 2024-04-01T21:00:00"):
        decide(settings, Statement("adjudication", "no DLT", "S1"))
    other = Statement("other", "ask the site", "S1")
    assert decide(settings, other).scope != decide(settings, other, hour=22).scope
