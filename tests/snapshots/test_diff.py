"""What differs between two snapshots, and what moved it, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from safety.errors import WrongUseError
from safety.snapshots import causes, diff
from safety.snapshots.causes import Cause
from safety.snapshots.change import Cell, Change
from safety.snapshots.inputs import Inputs, Way, way
from tests.snapshots.world import World, event, measurement, rule, verdict

GRADE = {"KEY": "LB|S1|1#Anemia#low", "USUBJID": "S1", "MKEY": "LB|S1|1", "TERM": "Anemia",
         "DIRECTION": "low", "ATOXGR": 1}  # fmt: skip
WORST = {"KEY": "S1#Anemia#low", "USUBJID": "S1", "TERM": "Anemia", "DIRECTION": "low",
         "WORSTGR": 1}  # fmt: skip


def between(world: World, a, b) -> diff.Difference:
    with world.begin() as connection:
        return diff.between(connection, a, b)


def told(found: diff.Difference) -> list[tuple[Any, ...]]:
    """What each change is, with the kinds, deliveries and places of its causes."""
    return [
        (c.what, c.table, c.key,
         [(x.what, x.delivery and x.delivery.seq, x.file, x.row) for x in found.of(c)])
        for c in found.changes
    ]  # fmt: skip


@pytest.fixture
def first(world):
    world.deliver("lab", "2024-04-01", LB="1/lb.csv")
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    return world.publish(
        "2024-04-01", measurement=[measurement()], adverse_event=[event()], grade=[GRADE],
        worst_grade=[WORST], verdict=[verdict()], rule_result=[rule("S1", "met", "AE|S1|1")],
    )  # fmt: skip


def test_a_correction_moves_the_record_and_what_rests_on_it(world, first) -> None:
    seq = world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    second = world.publish(
        "2024-04-01", measurement=[measurement(value="0.4", SRCFILE="2/lb.csv", SRCROW=7)],
        grade=[GRADE | {"ATOXGR": 4}], worst_grade=[WORST | {"WORSTGR": 4}],
    )  # fmt: skip
    found = between(world, first, second)
    of_record = [("delivery", seq, "2/lb.csv", 7)]
    assert told(found) == [
        ("changed", "grade", "LB|S1|1#Anemia#low", of_record),
        ("changed", "worst_grade", "S1#Anemia#low", of_record),
        ("changed", "measurement", "LB|S1|1", of_record),
    ]
    assert found.changes[0].cells == (Cell("ATOXGR", 1, 4),)
    assert found.changes[2].cells == (Cell("AVALC", "3.1", "0.4"), Cell("AVAL", 3.1, 0.4))
    assert found.counts() == {
        "grades": {"new": 0, "changed": 2, "gone": 0},
        "records": {"new": 0, "changed": 1, "gone": 0},
    }
    assert [(i.what, i.before, i.after) for i in found.inputs] == [
        ("delivery", "", f"{seq}, feed lab, 2024-04-02")
    ]


def test_a_verdict_moved_by_the_record_behind_its_rule(world, first) -> None:
    seq = world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    second = world.publish(
        "2024-04-01", adverse_event=[event(grade="2", SRCFILE="2/ae.csv")],
        verdict=[verdict(verdict="NO_DLT")], rule_result=[rule("S1", "not_met")],
    )  # fmt: skip
    of_event = [("delivery", seq, "2/ae.csv", 1)]
    found = between(world, first, second)
    assert told(found)[0] == ("changed", "verdict", "S1", of_event)
    assert [row[3] for row in told(found)] == [of_event] * 3
    assert found.of(found.changes[0])[0].record == "AE|S1|1"


def test_seen_from_the_later_one_new_is_gone(world, first) -> None:
    seq = world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    more = measurement("LB|S1|2", SRCFILE="2/lb.csv")
    second = world.publish("2024-04-01", measurement=[measurement(), more])
    of_row = [("delivery", seq, "2/lb.csv", 1)]
    assert told(between(world, first, second)) == [("new", "measurement", "LB|S1|2", of_row)]
    back = between(world, second, first)
    assert told(back) == [("gone", "measurement", "LB|S1|2", of_row)]
    assert [(i.before, i.after) for i in back.inputs] == [(f"{seq}, feed lab, 2024-04-02", "")]


def test_a_row_that_is_gone_names_the_delivery_that_no_longer_holds_it(world, first) -> None:
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    seq = world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    second = world.publish("2024-04-01", measurement=[])
    assert told(between(world, first, second)) == [
        ("gone", "measurement", "LB|S1|1", [("delivery", seq, "", None)])
    ]


def test_over_several_snapshots_only_what_stayed_different_is_told(world, first) -> None:
    low = world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    world.publish(
        "2024-04-02", adverse_event=[],
        measurement=[measurement(value="0.4", SRCFILE="2/lb.csv"), measurement("LB|S1|2")],
    )  # fmt: skip
    world.deliver("lab", "2024-04-03", LB="3/lb.csv")
    third = world.publish(
        "2024-04-03", adverse_event=[event()],
        measurement=[measurement(value="0.4", SRCFILE="2/lb.csv"),
                     measurement("LB|S1|3", SRCFILE="3/lb.csv")],
    )  # fmt: skip
    assert [row[:3] for row in told(between(world, first, third))] == [
        ("changed", "measurement", "LB|S1|1"), ("new", "measurement", "LB|S1|3"),
    ]  # fmt: skip
    assert told(between(world, first, third))[0][3] == [("delivery", low, "2/lb.csv", 1)]


@pytest.fixture
def three(world):
    """An event graded 2, 4 with the second delivery, and ended with the third."""
    shots = []
    for day, changes in enumerate(
        ({"grade": "2"}, {"grade": "4"}, {"grade": "4", "AEOUT": "RECOVERED/RESOLVED"}), start=1
    ):
        world.deliver("edc", f"2024-04-0{day}", AE=f"{day}/ae.csv")
        rows = [event(SRCFILE=f"{day}/ae.csv", **changes)]
        rows += [event("AE|S1|2", SRCFILE="1/ae.csv")] if day < 3 else []
        rules = rule("S1", "met" if day > 1 else "not_met", "AE|S1|1", ONSETDY=day > 2 and 5)
        shots.append(world.publish(f"2024-04-0{day}", adverse_event=rows, rule_result=[rules]))
    return shots


def by_cell(found: diff.Difference) -> dict[tuple[str, str, str], list[tuple[int, str]]]:
    return {
        (c.table, c.key, cell.column): [
            (x.delivery.seq, x.file) for x in found.of_cell(c, cell) if x.delivery
        ]
        for c in found.changes for cell in c.cells
    }  # fmt: skip


def test_over_several_snapshots_each_cell_names_what_gave_it_its_last_value(world, three) -> None:
    found = between(world, three[0], three[2])
    cells = by_cell(found)
    assert cells["adverse_event", "AE|S1|1", "AETOXGR"] == [(2, "2/ae.csv")]
    assert cells["adverse_event", "AE|S1|1", "AEOUT"] == [(3, "3/ae.csv")]
    assert cells["rule_result", "S1#N1#", "STATE"] == [(2, "2/ae.csv")]
    assert cells["rule_result", "S1#N1#", "ONSETDY"] == [(3, "3/ae.csv")]
    of_rows = {row[2]: row[3] for row in told(found)}
    assert of_rows["AE|S1|1"] == [("delivery", 2, "2/ae.csv", 1), ("delivery", 3, "3/ae.csv", 1)]
    assert of_rows["AE|S1|2"] == [("delivery", 3, "", None)]  # gone


def test_a_row_that_went_twice_names_the_last_time(world, first) -> None:
    for day, rows in ((2, []), (3, [measurement()]), (4, [])):
        world.deliver("lab", f"2024-04-0{day}", LB=f"{day}/lb.csv")
        last = world.publish(f"2024-04-0{day}", measurement=rows)
    assert told(between(world, first, last))[-1][3] == [("delivery", 5, "", None)]


def test_a_row_that_came_back_otherwise_names_its_return(world, first) -> None:
    for day, rows in ((2, []), (3, [measurement(value="9", SRCFILE="3/lb.csv")])):
        world.deliver("lab", f"2024-04-0{day}", LB=f"{day}/lb.csv")
        last = world.publish(f"2024-04-0{day}", measurement=rows)
    [change] = between(world, first, last).changes
    assert (change.what, [c.column for c in change.cells]) == ("changed", ["AVALC", "AVAL"])
    assert told(between(world, first, last))[0][3] == [("delivery", 4, "3/lb.csv", 1)]


@pytest.mark.parametrize("kept", [True, False])
def test_what_was_held_moves_nothing(world, first, kept) -> None:
    world.hold("lab", "2024-04-02")
    world.deliver("edc", "2024-04-02", AE="2/ae.csv")
    second = world.publish("2024-04-01", measurement=[], rules="r2", kept=kept)
    found = between(world, first, second)
    assert [i.after for i in found.inputs if i.what == "delivery"] == ["4, feed edc, 2024-04-02"]
    moved_by = [cause.what for cause in found.of(found.changes[0])]
    assert moved_by == (["rules"] if kept else ["rules", "releases"])


@pytest.mark.parametrize(
    ("change", "cause"),
    [({"rules": "r2"}, "rules"), ({"code": "c2"}, "code"), ({"released": ["k"]}, "releases")],
)
def test_without_a_delivery_the_other_input_is_named(world, first, change, cause) -> None:
    second = world.publish("2024-04-01", verdict=[verdict(verdict="NO_DLT")], **change)
    found = between(world, first, second)
    assert told(found) == [("changed", "verdict", "S1", [(cause, None, "", None)])]
    assert [i.what for i in found.inputs] == [cause if cause != "releases" else "release"]


def test_the_knowledge_date_alone_moves_a_result(world, first) -> None:
    second = world.publish("2024-04-09", verdict=[verdict(verdict="NO_DLT")])
    found = between(world, first, second)
    assert found.of(found.changes[0]) == (Cause("as_of"),)
    assert [(i.what, i.before, i.after) for i in found.inputs] == [
        ("as_of", "2024-04-01", "2024-04-09")
    ]


def test_a_result_of_other_records_of_the_subject(world, first) -> None:
    seq = world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    second = world.publish(
        "2024-04-02", measurement=[measurement(value="2", SRCFILE="2/lb.csv")],
        verdict=[verdict(EVALUABLE="N"), verdict("S2")],
    )  # fmt: skip
    found = told(between(world, first, second))
    assert {row[2]: row[3] for row in found if row[1] == "verdict"} == {
        "S1": [("subject", seq, "", None), ("as_of", None, "", None)],
        "S2": [("as_of", None, "", None)],
    }


class Counted(dict[str, Any]):
    """A row that counts how often its subject is asked for."""

    reads = 0

    def __getitem__(self, name: str) -> Any:
        Counted.reads += name == "USUBJID"
        return super().__getitem__(name)


def test_the_rows_behind_a_result_are_looked_up_and_not_searched() -> None:
    steps = [
        Change(table, f"S{n}", f"S{n}", "new", (), 2, Counted(USUBJID=f"S{n}"))
        for n in range(300) for table in ("verdict", "rule_result")
    ]  # fmt: skip
    inputs = [Inputs(seq, f"r{seq}", "c", "d", (), ()) for seq in (1, 2)]
    found = causes.of_steps(steps, Way(tuple(inputs)))
    assert found[2, "verdict", "S7"] == (Cause("rules"),)
    assert Counted.reads <= 10 * len(steps)


def test_only_the_snapshots_on_the_way_are_read(world, first) -> None:
    shots = [world.publish(f"2024-04-0{day}") for day in (2, 3, 4)]
    with world.begin() as connection:
        inputs = way(connection, "T1", shots[0].seq, shots[1].seq).inputs
    assert [each.seq for each in inputs] == [shots[0].seq, shots[1].seq]


def test_nothing_differs_from_itself(world, first) -> None:
    found = between(world, first, first)
    assert (found.changes, found.inputs, found.counts()) == ((), (), {})


def test_two_studies_have_no_difference(world, first) -> None:
    other = World(world.db_url, "T2")
    other.deliver("lab", "2024-04-01", LB="1/lb.csv")
    second = other.publish("2024-04-01")
    other.close()
    with pytest.raises(WrongUseError, match="a difference needs one study, not T1 and T2"):
        between(world, first, second)
