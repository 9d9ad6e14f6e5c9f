"""What comes when: files of a delivery, rows of a file, arrivals of versions."""

from dataclasses import replace
from pathlib import Path

from safety.simulate import plan, sdtm
from safety.simulate.deliveries import FilePlan, RowVersion
from safety.study.load import load
from tests.simulate.made import made, name

TRIAL = made()
ROWS = sdtm.rows(TRIAL, load(Path("studies/nct06038461.yaml")))
PLANS = plan.plan(TRIAL, ROWS)
BY_ROW = plan.histories(ROWS)


def of_day(day, plans=PLANS):
    return [f.name for f in plans if f.day == day]


def version(row, known, *, text="", deleted=False, extra=False):
    values = {"LBORRES": text, "LBRESSTA": "F", "LBUPDTC": "2024-03-04T20:00:00"}
    return RowVersion(row.split("|", maxsplit=1)[0], row, known, values, deleted, extra)


def snapshot(day, **more):
    return FilePlan(day, "edc", "AE", "ae.xpt", day, None, **more)


def changes(day, since, content=None, **more):
    return FilePlan(day, "central_lab", "LB", "lb.csv", day if content is None else content, since,
                    **more)  # fmt: skip


def test_a_domain_has_a_file_from_its_first_row_on():
    assert of_day(0) == ["dm.xpt", "sv.xpt"]
    assert of_day(2) == ["dm.xpt", "sv.xpt", "vs.xpt", "ec.json"]
    assert of_day(44) == [
        "dm.xpt", "sv.xpt", "vs.xpt", "ae.xpt", "suppae.xpt", "cm.xpt", "pr.xpt", "mh.xpt",
        "ds.xpt", "ec.json",
    ]  # fmt: skip


def test_a_laboratory_sends_a_file_where_something_changed():
    days = {f.day: (f.since, f.content, f.name) for f in PLANS if f.domain == "LB"}
    assert sorted(days) == [3, 6, 13, 17, 19, 21, 27, 29, 30]
    assert days[29] == (28, 29, "lb_20240402.csv")


def test_every_day_of_the_trial_has_a_delivery():
    assert sorted({f.day for f in PLANS}) == list(range(45))
    assert [f.day for f in PLANS] == sorted(f.day for f in PLANS)


def test_deliveries_begin_with_the_first_subject():
    late = [v for v in ROWS if v.row.split("|")[1] == name("003")]
    assert min(f.day for f in plan.plan(TRIAL, late)) == 18


def test_of_the_last_days_the_first_carries_everything_before():
    plans = plan.plan(TRIAL, ROWS, deliveries=17)
    assert sorted({f.day for f in plans}) == list(range(28, 45))
    lab = [f for f in plans if f.domain == "LB"]
    assert [f.day for f in lab] == [28, 29, 30]
    first = {v.row.split("|")[2] for v in plan.held(BY_ROW, lab[0]) if name("001") in v.row}
    assert first == {"S0001", "S0002", "S0003", "S0004", "S0005", "S0006"}
    assert len(list(plan.held(BY_ROW, lab[1]))) == 5


def test_more_deliveries_than_days_are_all_days():
    assert plan.plan(TRIAL, ROWS, deliveries=500) == PLANS


def test_a_trial_without_subjects_has_no_delivery():
    assert plan.plan(TRIAL, ()) == ()


def test_a_snapshot_holds_the_newest_version_of_what_is_not_deleted():
    event = f"AE|{name('002')}|2"
    held = {day: [v.row for v in plan.held(BY_ROW, snapshot(day))] for day in (15, 16, 20, 21)}
    assert [event in rows for rows in held.values()] == [False, True, True, False]
    newest = [v for v in plan.held(BY_ROW, snapshot(23)) if v.row == f"AE|{name('001')}|1"]
    assert [v.values["AEENDTC"] for v in newest] == ["2024-03-21"]


def test_an_old_extract_holds_what_stood_then():
    late = replace(snapshot(21), content=20)
    assert f"AE|{name('002')}|2" in {v.row for v in plan.held(BY_ROW, late)}


def test_a_file_of_changes_has_the_newest_of_each_row_with_cancelled_ones():
    rows = [
        version("LB|X|S1|NEUT", 1, text="1"), version("LB|X|S1|NEUT", 2, text="2"),
        version("LB|X|S1|NEUT", 3, text="3"),
        version("LB|X|S2|NEUT", 1, text="9"), version("LB|X|S2|NEUT", 3, text="9", deleted=True),
        version("LB|X|S3|NEUT", 1, text="5"), version("LB|X|S4|NEUT", 4, text="6"),
    ]  # fmt: skip
    held = list(plan.held(plan.histories(rows), changes(3, 1)))
    assert [(v.row, v.known, v.deleted) for v in held] == [
        ("LB|X|S1|NEUT", 3, False), ("LB|X|S2|NEUT", 3, True)
    ]  # fmt: skip
    assert plan.cancelled(TRIAL, held[0]) == held[0].values
    assert plan.cancelled(TRIAL, held[1]) == {
        "LBORRES": "9", "LBRESSTA": "X", "LBUPDTC": "2024-03-07T20:00:00",
    }  # fmt: skip


def test_an_extra_row_stands_beside_its_version_until_a_later_one():
    rows = plan.histories([
        version("AE|X|1", 1, text="a"), version("AE|X|1", 1, text="b", extra=True),
        version("AE|X|1", 4, text="c"),
    ])  # fmt: skip
    held = {d: [v.values["LBORRES"] for v in plan.held(rows, snapshot(d))] for d in (0, 1, 3, 4)}
    assert held == {0: [], 1: ["a", "b"], 3: ["a", "b"], 4: ["c"]}


def test_an_extra_row_can_come_after_what_it_stands_beside():
    rows = plan.histories([
        version("AE|X|1", 1, text="a"), version("AE|X|1", 3, text="b", extra=True)
    ])  # fmt: skip
    assert [v.values["LBORRES"] for v in plan.held(rows, snapshot(2))] == ["a"]
    assert [v.values["LBORRES"] for v in plan.held(rows, snapshot(3))] == ["a", "b"]


def test_every_version_of_a_clean_trial_comes_on_the_day_it_is_known():
    came = plan.arrivals(TRIAL, ROWS, PLANS, {}).came
    assert came == {(v.row, v.known): v.known for v in ROWS}


def test_a_version_overtaken_before_a_file_held_it_never_came():
    rows = [version("AE|X|1", 1), version("AE|X|1", 2), version("AE|X|1", 4)]
    plans = (snapshot(0), snapshot(1, usable=False), snapshot(2), snapshot(3), snapshot(5))
    assert plan.arrivals(TRIAL, rows, plans, {}).came == {("AE|X|1", 2): 2, ("AE|X|1", 4): 5}


def test_the_next_snapshot_makes_good_one_that_cannot_be_used():
    plans = (snapshot(1, usable=False), snapshot(2))
    assert plan.arrivals(TRIAL, [version("AE|X|1", 1)], plans, {}).came == {("AE|X|1", 1): 2}


def test_changes_that_cannot_be_used_come_with_their_redelivery_only():
    rows = [version("LB|X|S1|NEUT", 1), version("LB|X|S2|NEUT", 2)]
    damaged = changes(1, 0, usable=False)
    plans = (damaged, changes(2, 1))
    assert plan.arrivals(TRIAL, rows, plans, {}).came == {("LB|X|S2|NEUT", 2): 2}
    again = changes(4, 0, content=1)
    assert plan.arrivals(TRIAL, rows, (*plans, again), {}).came == {
        ("LB|X|S1|NEUT", 1): 4, ("LB|X|S2|NEUT", 2): 2,
    }  # fmt: skip


def test_what_is_known_after_the_last_delivery_never_came():
    assert plan.arrivals(TRIAL, [version("AE|X|1", 50)], PLANS, {}).came == {}


def test_what_spoils_a_row_is_kept():
    spoiled = {"AE|X|1": ((3, 5),)}
    found = plan.arrivals(TRIAL, [version("AE|X|1", 1)], (snapshot(1),), spoiled)
    assert [found.usable("AE|X|1", 1, day) for day in (0, 1, 3, 5, 6)] == [
        False, True, False, False, True
    ]  # fmt: skip
