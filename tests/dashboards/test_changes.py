"""The page "What changed": since the last meeting or decision, or between two snapshots."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboards.changes_page import cells, grades
from dashboards.pages import changes
from safety.decisions import record
from safety.decisions.record import Statement
from safety.errors import WrongUseError
from safety.settings import from_environment
from safety.snapshots.change import compare_rows
from tests import databases
from tests.dashboards import desk
from tests.snapshots.world import World, event, measurement, rule, verdict
from tests.trail import give_key

GRADE = {"KEY": "LB|S1|1#Anemia#low", "USUBJID": "S1", "MKEY": "LB|S1|1", "TERM": "Anemia",
         "DIRECTION": "low", "ATOXGR": 1}  # fmt: skip


@pytest.fixture
def world(tmp_path):
    give_key(tmp_path)
    made = World(databases.fresh("sqlite", tmp_path))
    made.deliver("lab", "2024-04-01", LB="1/lb.csv")
    made.deliver("edc", "2024-04-01", AE="1/ae.csv")
    made.publish(
        "2024-04-01", measurement=[measurement()], adverse_event=[event()], grade=[GRADE],
        verdict=[verdict("S1", "NO_DLT")], rule_result=[rule("S1", "not_met")],
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def moved(world):
    """A corrected value of the next day: grade 1 becomes 4, and the subject has a DLT."""
    world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    world.publish(
        "2024-04-02", measurement=[measurement(value="0.4", SRCFILE="2/lb.csv", SRCROW=7)],
        grade=[GRADE | {"ATOXGR": 4}], verdict=[verdict("S1", "DLT")],
        rule_result=[rule("S1", "met", "LB|S1|1")],
    )  # fmt: skip
    return world


def page(tmp_path, asked: str = ""):
    return changes.draw(desk.view(databases.environment(tmp_path), f"/changes?study=T1{asked}"))


def test_one_snapshot_has_nothing_before_it(world, tmp_path) -> None:
    told = desk.said(page(tmp_path))
    assert "There is no earlier snapshot." in told
    assert "Both are the same snapshot: nothing differs." in told


def test_it_tells_each_cell_before_and_after_and_what_moved_it(moved, tmp_path) -> None:
    found = page(tmp_path)
    tables = desk.tables(found)
    assert "Since the snapshot before: no meeting was closed" in desk.said(found)
    assert tables["Verdicts"][1] == [
        "S1", "changed", "L1, Y", "VERDICT NO_DLT \u2192 DLT",
        "delivery 3 (lab, 2024-04-02, 2/lb.csv row 7)",
    ]  # fmt: skip
    assert tables["Grades that went over or under grade 3"][1][3] == "ATOXGR 1 \u2192 4"
    assert "STATE not_met \u2192 met" in tables["DLT rules that are met, or were"][1][3]
    assert tables["In numbers"][1:] == [
        ["Verdicts", "0", "1", "0"], ["DLT rules", "0", "1", "0"],
        ["Grades of measurements", "0", "1", "0"], ["Measurements", "0", "1", "0"],
    ]  # fmt: skip
    assert ["Delivery", "none", "3, feed lab, 2024-04-02"] in tables["What came in between"]


def test_a_dlt_that_is_taken_back_is_told_too(moved, tmp_path) -> None:
    moved.deliver("lab", "2024-04-03", LB="3/lb.csv")
    moved.publish("2024-04-03", grade=[], rule_result=[], verdict=[verdict("S1", "NO_DLT")])
    tables = desk.tables(page(tmp_path))
    assert tables["Verdicts"][1][3] == "VERDICT DLT \u2192 NO_DLT"
    assert tables["DLT rules that are met, or were"][1][1] == "gone"
    assert tables["Grades that went over or under grade 3"][1][1] == "gone"


def test_any_two_snapshots_can_be_chosen(moved, tmp_path) -> None:
    found = page(tmp_path, "&since=2024-04-02&until=2024-04-01")
    assert desk.tables(found)["Verdicts"][1][3] == "VERDICT DLT \u2192 NO_DLT"
    assert "As chosen." in desk.said(found)


def test_a_snapshot_that_is_none_is_refused(moved, tmp_path) -> None:
    with pytest.raises(WrongUseError, match="no snapshot begins with"):
        page(tmp_path, "&since=feed")


def test_it_begins_at_the_snapshot_of_the_last_dose_decision(moved, tmp_path) -> None:
    settings = from_environment(databases.environment(tmp_path))
    said = Statement("dose", "stay", "", "L1", "")
    record.add(settings, "T1", said, "Dr A", "read it", now=datetime(2024, 4, 2, 21, tzinfo=UTC))
    for day in ("2024-04-03", "2024-04-04"):
        moved.deliver("edc", day, AE=f"{day}.csv")
        moved.publish(day, adverse_event=[event(), event(f"AE|S1|{day}", AEDECOD="Nausea")])
    found = page(tmp_path)
    assert "Since the last dose decision: stay, 2024-04-02." in desk.said(found)
    assert desk.tables(found)["Adverse events"][1][:2] == ["S1", "new"]
    earlier = page(tmp_path, "&at=2024-04-01")
    assert "There is no earlier snapshot." in desk.said(earlier)


def test_a_number_leads_to_every_change_of_its_kind(moved, tmp_path) -> None:
    found = page(tmp_path)
    links = desk.hrefs(found)
    assert "/changes?study=T1&table=verdict&what=changed" in links
    one = page(tmp_path, "&table=verdict&what=changed")
    assert list(desk.tables(one)) == ["Verdicts"]
    none = page(tmp_path, "&table=verdict&what=new")
    assert "Nothing of it differs." in desk.said(none)


def test_no_link_has_the_id_of_a_subject(moved, tmp_path) -> None:
    links = desk.hrefs(page(tmp_path))
    assert not [href for href in links if "S1" in href]
    assert [href for href in links if "table=verdict&subject=" in href]


def test_two_snapshots_of_the_same_content_differ_in_nothing(world, tmp_path) -> None:
    world.publish("2024-04-02")
    found = page(tmp_path)
    assert "Nothing differs." in desk.said(found)
    assert desk.tables(found)["What came in between"][1:] == [
        ["Data as of", "2024-04-01", "2024-04-02"]
    ]


# Pure


def change(before, after, table="grade"):
    key = {"KEY": "k", "USUBJID": "S1"}
    rows = [[key | row] if row else [] for row in (before, after)]
    return compare_rows(table, *rows)[0]


@pytest.mark.parametrize(
    ("before", "after", "crossed"),
    [
        ({"ATOXGR": 2}, {"ATOXGR": 3}, True),
        ({"ATOXGR": 3}, {"ATOXGR": 2}, True),
        ({"ATOXGR": 3}, {"ATOXGR": 4}, False),  # severe before and after
        ({"ATOXGR": 1}, {"ATOXGR": 2}, False),
        ({}, {"ATOXGR": 3}, True),
        ({"ATOXGR": 4}, {}, True),
        ({}, {"ATOXGR": None, "NUMPOSS": "2|3"}, True),  # may be 3: alarms
        ({}, {"ATOXGR": None, "NUMPOSS": ""}, False),  # says nothing
    ],
)
def test_a_grade_crosses_three_upwards_or_downwards(before, after, crossed) -> None:
    assert grades.crossed(change(before, after)) is crossed


def test_a_grade_of_another_table_crosses_nothing() -> None:
    assert not grades.crossed(change({"ATOXGR": 1}, {"ATOXGR": 4}, "episode"))


def test_a_list_is_told_by_what_came_and_went() -> None:
    found = change({"TERMS": '["Nausea","Rash"]'}, {"TERMS": '["Nausea","Pain"]'}, "rule_result")
    assert cells.said(found) == "TERMS - Rash, + Pain"


def test_a_long_cell_is_cut() -> None:
    found = change({"TEXT": "a"}, {"TEXT": "b" * 500}, "query")
    assert cells.said(found) == f"TEXT a \u2192 {'b' * 156} ..."
