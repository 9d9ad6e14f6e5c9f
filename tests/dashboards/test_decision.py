"""The page "Decision": what the design says, on whom it rests, and what could change it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import insert

from dashboards.decision_page import advised, people
from dashboards.pages import decision
from dashboards.shown import SOURCES
from safety.decisions import questions, record
from safety.decisions.record import Statement
from safety.settings import from_environment
from safety.store import tables
from safety.study.load import load
from safety.study.model import Study
from tests import databases
from tests.dashboards import desk
from tests.nextdose.rows import exposed, person
from tests.snapshots.world import World, rule
from tests.trail import TRAIL, give_key

of_trials = pytest.mark.xdist_group("pilot")
LEVELS, GRID, OPEN = "Dose levels", "What can still come at L1", "Who is open"


@cache
def _study() -> Study:
    return load(Path("studies/nct06038461.yaml")).model_copy(update={"studyid": "T1"})


@pytest.fixture
def world(tmp_path):
    give_key(tmp_path)
    made = World(databases.fresh("sqlite", tmp_path), study=_study())
    made.deliver("edc", "2024-04-01", AE="1/ae.csv")
    yield made
    made.close()


def publish(world: World, *people_: dict, as_of: str = "2024-04-01", **more):
    rows = list(people_)
    first = {row["USUBJID"]: row.pop("FIRST", "2024-03-01") for row in rows}
    doses = [exposed(int(u[1:]), day) for u, day in first.items()]
    return world.publish(as_of, verdict=rows, exposure=doses, **more)


def page(world: World, tmp_path: Path, asked: str = "") -> object:
    environ = databases.environment(tmp_path)
    return decision.draw(desk.view(environ, f"/decision?study=T1{asked}"))


# What the design says


def test_a_cohort_without_a_dlt_goes_up(world, tmp_path) -> None:
    publish(world, person(1), person(2), person(3))
    told = desk.said(page(world, tmp_path))
    assert "The design recommends: escalate to L2" in told
    assert "Ready: nobody is open." in told
    assert "L1: 0 with DLT among 3 evaluable of 3 treated." in told


def test_who_is_pending_makes_it_wait_and_is_listed_with_a_day(world, tmp_path) -> None:
    publish(world, person(1), person(2), person(3, "PENDING") | {"FIRST": "2024-03-20"})
    found = page(world, tmp_path)
    told = desk.said(found)
    assert "No recommendation yet" in told
    assert "As verdicts stand it would say: boin: stay at L1" in told
    assert "NOT ROBUST until 2024-04-24 at the latest: who is open at L1 can change it." in told
    assert [row[:4] for row in desk.tables(found)[OPEN][1:]] == [
        ["S3", "L1", "DLT or no DLT or not evaluable", "2024-04-24"]
    ]


def test_a_rule_that_pauses_stands_above_the_design(world, tmp_path) -> None:
    pause = {"KEY": "P1", "RULE": "PAUSE-5", "DOSELVL": "L1", "RULETEXT": "Two DLTs",
             "SUBJECTS": '["S1", "S2"]'}  # fmt: skip
    publish(world, person(1, "DLT"), person(2, "DLT"), person(3), pause=[pause])
    told = desk.said(page(world, tmp_path))
    assert "No recommendation while enrolment is paused" in told
    assert "Enrolment is paused. PAUSE-5 at L1: Two DLTs (S1, S2)" in told
    assert "The design recommends" not in told


def test_late_toxicity_that_would_change_the_advice_is_told(world, tmp_path) -> None:
    late = rule("S1", "met", LATE="Y", KEY="S1#N1#late")
    publish(world, person(1, LATE="Y"), person(2, LATE="Y"), person(3), rule_result=[late])
    found = page(world, tmp_path)
    assert "With what came after the window counted too the design would say" in desk.said(found)
    levels = desk.tables(found)[LEVELS]
    assert dict(zip(levels[0], levels[2], strict=True))["DLT or late / evaluable"] == "2 / 3"
    assert [row[0] for row in desk.tables(found)["Late toxicity"][1:]] == ["S1"]


def test_nobody_treated_is_told_and_looks_like_no_rate(world, tmp_path) -> None:
    publish(world)
    found = page(world, tmp_path)
    assert "Nobody was treated yet." in desk.said(found)
    levels = desk.tables(found)[LEVELS]
    assert levels[1][-3:] == ["nobody treated", "", "open"]


def test_a_treated_subject_of_no_level_is_told(world, tmp_path) -> None:
    publish(world, person(1), person(2, level="L9"))
    told = desk.said(page(world, tmp_path))
    assert "Treated, and counted nowhere, since level or first dose is not known: S2" in told


# Decisions


def decide(tmp_path: Path):
    settings = from_environment(databases.environment(tmp_path))
    said = Statement("dose", "up to L2", "", "L1", "L2")
    now = datetime(2024, 4, 1, 21, tzinfo=UTC)
    return record.add(settings, "T1", said, "Dr A", "read it", now=now)


def test_a_decision_that_newer_data_call_in_question_is_loud(world, tmp_path) -> None:
    publish(world, person(1), person(2), person(3))
    decide(tmp_path)
    assert "in-question" not in desk.ids(page(world, tmp_path))
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    shot = publish(world, person(1, "DLT"), person(2), person(3), as_of="2024-04-02")
    with world.begin() as connection:
        questions.add(connection, _study(), shot.snapshot_id, TRAIL, "2024-04-02T20:00:00+00:00")
    found = page(world, tmp_path)
    assert "in-question" in desk.ids(found)
    assert "Called in question by newer data: 1 decisions" in desk.said(found)
    assert "verdict S1: VERDICT NO_DLT -> DLT" in desk.said(found)
    assert desk.tables(found)["Decisions so far"][1][1] == "in question"


def test_a_proposal_that_waits_is_told(world, tmp_path) -> None:
    shot = publish(world, person(1), person(2), person(3))
    assert "wait for a second person" not in desk.said(page(world, tmp_path))
    texts = dict.fromkeys(("usubjid", "reason", "content", "content_sha256", "ended_by",
                           "ended_at", "ended_for"), "")  # fmt: skip
    with world.begin() as connection:
        connection.execute(insert(tables.proposal).values(
            proposal_id="p", study="T1", kind="dose", doselvl="L1", statement="up",
            next_level="L2", snapshot_id=shot.snapshot_id, state="waiting", proposed_by="a",
            proposed_at="2024-04-01T21:00:00+00:00", revision=1, **texts,
        ))  # fmt: skip
    assert "1 proposals wait for a second person." in desk.said(page(world, tmp_path))


# The trial with dose levels


@of_trials
def test_a_level_is_told_in_numbers(dose_finding) -> None:
    found = decision.draw(desk.view(dose_finding.environ, "/decision"))
    head, _, here, *_ = desk.tables(found)[LEVELS]
    assert dict(zip(head, here, strict=True)) == {
        "Level": "L1 (current)", "Enrolled": "5", "Treated": "5", "Evaluable": "3",
        "In window": "0", "Pending": "0", "Cannot be judged": "1", "In doubt": "1",
        "To be replaced": "1", "DLT / evaluable": "2 / 3", "DLT or late / evaluable": "2 / 3",
        "Posterior mean (90 % interval)": "0.600 (0.249 - 0.902)", "Pr(rate > target)": "0.916",
        "By the design": "open",
    }  # fmt: skip


@of_trials
def test_the_fan_tells_every_square_in_words(dose_finding) -> None:
    found = decision.draw(desk.view(dose_finding.environ, "/decision"))
    assert desk.tables(found)[GRID] == [
        ["With a DLT", "0 not evaluable", "1 not evaluable", "2 not evaluable"],
        ["0", "stay at L1", "stay at L1", "stay at L1"],
        ["1", "stay at L1", "de-escalate to L-1", "cannot be"],
        ["2", "de-escalate to L-1", "cannot be", "cannot be"],
    ]


@of_trials
def test_the_roster_tells_doses_and_what_was_missed(dose_finding) -> None:
    found = decision.draw(desk.view(dose_finding.environ, "/decision"))
    head, *rows = desk.tables(found)["Roster"]
    by_subject = {row[0][-3:]: dict(zip(head, row, strict=True)) for row in rows}
    assert len(rows) == 5
    assert by_subject["104"]["Evaluable"] == "not evaluable: to be replaced"
    assert by_subject["104"]["temozolomide, cycle 1"] == "60%"
    assert by_subject["104"]["Missed in cycle 1, by reason"] == "temozolomide: 2 DRUG LOST"
    assert by_subject["102"]["Verdict"] == "Cannot be judged"
    assert by_subject["102"]["Assessments done in time"] == "7 of 7"


@of_trials
def test_the_row_at_which_a_level_stands_is_marked(dose_finding) -> None:
    found = decision.draw(desk.view(dose_finding.environ, "/decision"))
    rows = desk.tables(found)["Decision table of the design"]
    assert rows[0] == ["", "boin", "3+3", "mtpi2", "i3+3"]
    assert rows[4][:5] == ["3", "L1: 2 with DLT (current)", "0", "2", "3"]
    assert [row[1] for row in rows[5:]] == [""] * 15


@of_trials
@pytest.mark.parametrize("who", list(people.HEADERS))
def test_each_number_leads_to_as_many_subjects(dose_finding, who) -> None:
    view = desk.view(dose_finding.environ, f"/decision?who={who}&dose=L1")
    found = people.behind(view, advised.of(view), who, "L1")
    roster = SOURCES["decision-roster"].make(view)
    assert set(roster.rows["USUBJID"]) == found
    counted = {"enrolled": 5, "treated": 5, "evaluable": 3, "indeterminate": 1, "doubtful": 1,
               "excluded": 1, "dlt": 2, "grave": 2}  # fmt: skip
    assert len(found) == counted.get(who, 0)


@of_trials
def test_no_link_has_the_id_of_a_subject(dose_finding) -> None:
    view = desk.view(dose_finding.environ, "/decision")
    links = desk.hrefs(decision.draw(view))
    assert len(links) > 30
    assert not [href for href in links if "001-10" in href]


@of_trials
def test_filters_of_other_pages_change_no_number_and_no_row(dose_finding) -> None:
    plain = decision.draw(desk.view(dose_finding.environ, "/decision"))
    filtered = decision.draw(desk.view(dose_finding.environ, "/decision?level=L2&grade=3"))
    assert desk.tables(filtered) == desk.tables(plain)
    said = "The filters of other pages change nothing here"
    assert said in desk.said(filtered)
    assert said not in desk.said(plain)
    behind = [href for href in desk.hrefs(filtered) if "who=" in href or "/rows" in href]
    assert behind
    assert not [href for href in behind if "level=" in href]


# The study without dose levels


@of_trials
def test_without_levels_it_says_that_escalation_does_not_apply(pilot) -> None:
    found = decision.draw(desk.view(pilot.environ, "/decision"))
    assert "Dose escalation does not apply" in desk.said(found)
    assert desk.tables(found)["Verdicts"][1:] == [
        ["DLT", "7"], ["Cannot be judged", "1"], ["Pending", "0"], ["No DLT", "246"]
    ]  # fmt: skip
    assert len(desk.tables(found)["Dose-limiting toxicities"]) == 8
    assert LEVELS not in desk.tables(found)
