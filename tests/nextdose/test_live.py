"""Treated subjects of a snapshot, the level of the next one, and what is recommended."""

from __future__ import annotations

import json
from datetime import date

import pytest

from safety.errors import WrongUseError
from safety.nextdose import live, told
from safety.nextdose.recommend import recommend
from tests import build
from tests.nextdose.rows import exposed, person
from tests.snapshots.world import rule


@pytest.fixture
def asked(world, study):
    """Publish rows on a day and read the trial."""

    def ask(*people, day: str = "2024-04-01", first_doses=(), doses=None, **more):
        world.deliver("edc", day, AE="1/ae.csv")
        given = [exposed(n, d) for n, d in first_doses] or [
            exposed(int(p["USUBJID"][1:]), "2024-03-01") for p in people if p["CLOSES"]
        ]
        given += [exposed(n, "", DOSES=count) for n, count in (doses or {}).items()]
        shot = world.publish(day, verdict=people, exposure=given, **more)
        with world.begin() as connection:
            return live.read(connection, study, shot)

    return ask


def advice(trial):
    found = recommend(trial, trial.study.escalation)
    return found.status, found.action, found.level


def test_nobody_was_treated_yet(asked):
    trial = asked(person(1, "PENDING", CLOSES=None))
    assert (trial.subjects, trial.levels[trial.at], trial.why_at) == (
        (), "L1", "nobody was treated yet",
    )  # fmt: skip
    assert advice(trial) == ("ready", "stay", "L1")


def test_three_without_dlt_go_up(asked):
    trial = asked(*(person(n) for n in (1, 2, 3)))
    found = recommend(trial, trial.study.escalation)
    assert (found.status, found.action, found.level, found.not_above) == (
        "ready", "escalate", "L2", "L2",
    )  # fmt: skip
    assert [(s.design, s.action, s.level) for s in found.alongside] == [
        ("3+3", "escalate", "L2"), ("mtpi2", "escalate", "L2"), ("i3+3", "escalate", "L2"),
    ]  # fmt: skip
    assert not found.disagree
    [_, here, *_] = found.levels
    assert (here.name, here.tally.treated, here.tally.evaluable, here.tally.dlt) == ("L1", 3, 3, 0)
    # Beta(1, 4): mean 1/5, Pr(p > 0.3) = 0.7^4
    assert (round(here.mean, 6), round(here.above_target, 6)) == (0.2, 0.2401)


def test_one_pending_who_can_change_it_leaves_no_recommendation(asked):
    trial = asked(person(1), person(2), person(3, "PENDING"))
    found = recommend(trial, trial.study.escalation)
    assert (found.status, found.action, found.level, found.not_above) == (
        "waiting", None, "", "L2",
    )  # fmt: skip
    assert found.why == "1 subject who is open at L1 can still change it"
    assert found.fan.settles == date(2024, 4, 10)
    text = "\n".join(told.lines(trial, found))
    assert "NO RECOMMENDATION YET: 1 subject who is open at L1 can still change it." in text
    assert "Whatever comes: not above L2." in text


def test_one_pending_who_cannot_is_robust(asked):
    """4 or 5 of 9, or 4 of 8 and a place that is open: all of it goes down."""
    people = [person(n) for n in range(1, 5)] + [person(n, "DLT") for n in range(5, 9)]
    trial = asked(*people, person(9, "PENDING"))
    assert advice(trial) == ("robust", "de-escalate", "L-1")


def test_an_indeterminate_one_waits_without_a_date(asked):
    lacks = rule("S3", "not_evaluable", "AE|S3|1", MISSING='["end date", "grade"]')
    late = lacks | {"KEY": "S3#N1#Y", "LATE": "Y"}
    trial = asked(person(1), person(2), person(3, "INDETERMINATE"), rule_result=[lacks, late])
    found = recommend(trial, trial.study.escalation)
    assert (found.status, found.fan.settles) == ("waiting", None)
    assert found.fan.open[0].open_for == ("INDETERMINATE: rule N1: end date, grade",)


def test_of_many_rules_that_cannot_be_judged_the_first_are_named(asked):
    rules = [rule("S1", "not_evaluable", rule=name, MISSING="[]") for name in "ABCDE"]
    trial = asked(person(1, "INDETERMINATE"), rule_result=rules)
    [why] = trial.subjects[0].open_for
    assert why == (
        "INDETERMINATE: rule A: cannot be judged; rule B: cannot be judged; rule C: cannot be "
        "judged; and 2 more"
    )


def test_who_is_not_evaluable_is_replaced(asked):
    trial = asked(person(1), person(2), person(3, EVALUABLE="N"))
    assert advice(trial) == ("ready", "stay", "L1")


def test_the_level_is_that_of_who_was_treated_last(asked):
    people = [*(person(n) for n in (1, 2, 3)), person(4, level="L2")]
    trial = asked(*people, first_doses=[(1, "2024-02-01"), (2, "2024-02-09"), (3, "2024-02-09"),
                                        (4, "2024-03-01")])  # fmt: skip
    assert trial.levels[trial.at] == "L2"
    assert trial.why_at == "the newest subject was treated there, 2024-03-01"
    assert trial.not_before == date(2024, 3, 8)


def test_the_second_of_a_level_may_come_when_two_were_treated(asked):
    assert asked(person(1), person(2)).not_before is None


def test_a_level_that_the_study_does_not_have_counts_nowhere_and_is_told(asked):
    trial = asked(person(1), person(2, level="L9"))
    assert trial.unplaced == ("S2",)
    assert [s.usubjid for s in trial.subjects] == ["S1"]


def test_whoever_counts_nowhere_leaves_no_recommendation(asked):
    people = [*(person(n) for n in (1, 2, 3)), person(7, "DLT", level="")]
    trial = asked(*people)
    assert advice(trial) == ("waiting", None, "")
    found = recommend(trial, trial.study.escalation)
    assert found.why == "S7 count nowhere: level or first dose is not known"


def test_who_took_doses_and_has_no_first_one_is_told(asked):
    trial = asked(*(person(n) for n in (1, 2, 3)), person(4, "PENDING", CLOSES=None),
                  doses={4: 3})  # fmt: skip
    assert trial.unplaced == ("S4",)


def test_back_at_a_level_its_earlier_cohort_sends_nobody_up_again(asked):
    """L1, L2, and one more at L1: that cohort is to be filled."""
    people = [person(n) for n in (1, 2, 3)] + [
        person(4, "DLT", "L2"), person(5, "DLT", "L2"), person(6, level="L2"), person(7),
    ]  # fmt: skip
    days = [(n, f"2024-0{1 if n < 4 else 2 if n < 7 else 3}-0{n}") for n in range(1, 8)]
    trial = asked(*people, first_doses=days)
    assert [s.usubjid for s in trial.subjects if s.is_fresh] == ["S7"]
    assert advice(trial) == ("ready", "stay", "L1")


@pytest.mark.parametrize(
    ("first_dose", "closes", "settles"),
    [
        ("2024-03-20", "2024-04-09", "2024-04-24"),  # day 36, should cycle 2 be delayed
        ("2024-02-20", "2024-04-01", "2024-04-01"),
        ("2024-02-20", "2024-03-26", None),  # overdue: it waits for data, not for a day
    ],
)
def test_a_pending_one_settles_when_the_longest_window_is_over(asked, first_dose, closes, settles):
    trial = asked(person(1, "PENDING", CLOSES=closes), first_doses=[(1, first_dose)])
    [subject] = trial.subjects
    assert subject.settles == (date.fromisoformat(settles) if settles else None)


def test_a_rule_that_settles_later_is_waited_for(asked):
    open_rule = rule("S1", "not_evaluable", "AE|S1|1", SETTLESBY="2024-05-30")
    trial = asked(person(1, "PENDING"), rule_result=[open_rule])
    assert trial.subjects[0].settles == date(2024, 5, 30)


@pytest.mark.parametrize(
    ("first_dose", "closes", "followed"),
    [
        ("2024-03-25", "2024-04-14", 8 / 21),
        ("2024-03-12", "2024-04-01", 21 / 36),  # it goes on: of the longest window
        ("2024-02-01", "2024-03-07", 1.0),
    ],
)
def test_how_long_a_pending_one_was_followed(asked, first_dose, closes, followed):
    trial = asked(person(1, "PENDING", CLOSES=closes), first_doses=[(1, first_dose)])
    assert trial.subjects[0].followed == pytest.approx(followed)


def test_a_pause_is_told(asked):
    pause = {"KEY": "p", "RULE": "PAUSE-5", "DOSELVL": "L1", "RULETEXT": "Two DLTs in three",
             "SUBJECTS": '["S1","S2"]'}  # fmt: skip
    trial = asked(person(1, "DLT"), person(2, "DLT"), pause=[pause])
    assert advice(trial) == ("paused", None, "")
    assert trial.pauses == ("PAUSE-5 at L1: Two DLTs in three (S1, S2)",)


def test_late_toxicity_that_would_lead_elsewhere_is_said(asked):
    people = [person(1, LATE="Y"), person(2, LATE="Y"), person(3)]
    trial = asked(*people)
    found = recommend(trial, trial.study.escalation)
    assert (found.action, found.level, found.levels[1].cumulative) == ("escalate", "L2", 2)
    assert found.late.startswith(
        "With what came after the window counted too the design would say de-escalate L-1 and "
        "not escalate L2: "
    )
    assert recommend(asked(person(1), person(2), person(3)), trial.study.escalation).late == ""


def test_designs_that_disagree_are_shown(asked):
    """2 of 6: BOIN stays, 3+3 finds it too toxic."""
    trial = asked(*(person(n) for n in range(1, 5)), person(5, "DLT"), person(6, "DLT"))
    found = recommend(trial, trial.study.escalation)
    assert (found.action, found.level, found.disagree) == ("stay", "L1", True)
    assert "DISAGREES: 3+3: de-escalate to L-1" in "\n".join(told.lines(trial, found))


def test_an_open_query_about_a_dlt_puts_it_in_doubt(asked):
    query = {"KEY": "q", "USUBJID": "S3", "CHECKID": "RE-001", "TERM": "Fatigue", "EPISODE": "1",
             "SEVERITY": "critical", "TOPIC": "attribution missing", "TEXT": "?", "PLACES": "[]",
             "EVIDENCE": json.dumps([{"date": "2024-03-10"}])}  # fmt: skip
    trial = asked(person(1), person(2), person(3, "DLT"), query=[query],
                  rule_result=[rule("S3", "met", "AE|S3|1")])  # fmt: skip
    [doubtful] = [s for s in trial.subjects if s.is_open]
    assert (doubtful.usubjid, doubtful.can_be) == ("S3", ("DLT", "NO_DLT", "EXCLUDED"))
    assert doubtful.open_for == ("query: attribution missing, Fatigue",)
    found = recommend(trial, trial.study.escalation)
    assert found.status == "waiting"
    tally = found.levels[1].tally  # it stands until it is taken back
    assert (tally.evaluable, tally.dlt, tally.doubtful, tally.dlt_doubtful) == (3, 1, 1, 1)
    assert (found.primary.action, found.primary.level) == ("stay", "L1")


def test_the_json_is_bound_to_its_snapshot(asked):
    trial = asked(*(person(n) for n in (1, 2, 3)))
    content = told.content(trial, recommend(trial, trial.study.escalation))
    assert {n: content[n] for n in ("study", "as_of", "rule_set", "code_version", "target")} == {
        "study": "T1", "as_of": "2024-04-01", "rule_set": "r", "code_version": "c", "target": 0.3,
    }  # fmt: skip
    assert content["snapshot_id"] == trial.shot.snapshot_id
    assert json.loads(json.dumps(content)) == content
    fan = told.fan_content(trial, recommend(trial, trial.study.escalation).fan)
    assert (fan["robust"], fan["ways"], fan["branches"][0]["action"]) == (True, 1, "escalate")


def test_the_fan_in_words(asked):
    trial = asked(person(1), person(2), person(3, "PENDING"))
    found = recommend(trial, trial.study.escalation)
    pending = "PENDING: not decided: to day 21; its window closes 2024-04-10 unless it goes on"
    lines = [" ".join(line.split()) for line in told.fan_lines(trial, found.fan)]
    assert lines[2:] == [
        "Open: 1. Ways in which they can turn out: 3.",
        "stay at L1: 2 ways: 0-1 with DLT and 0-1 not evaluable of 1 open at L1",
        "escalate to L2: 1 way: 0 with DLT and 0 not evaluable of 1 open at L1",
        "Of those open at L1, with DLT (down) and not evaluable (across):",
        "0 1",
        "0 up L2 stay L1",
        "1 stay L1",
        "NOT ROBUST: who is open at L1 can change it, until 2024-04-10 at the latest",
        f"S3 L1: DLT or NO_DLT or EXCLUDED, by 2024-04-10: {pending}",
    ]


def test_a_study_without_a_design_is_refused(world):
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    shot = world.publish("2024-04-01", verdict=[person(1)])
    with world.begin() as connection, pytest.raises(WrongUseError, match="no dose escalation"):
        live.read(connection, build.study(), shot)
