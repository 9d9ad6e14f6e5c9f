"""Damage to files: which are damaged, how, and what it does to when rows come."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from safety.simulate.deliveries import FilePlan, Planted, RowVersion
from safety.simulate.faults import damage, plant
from safety.simulate.faults.files import KINDS, SKIPPED
from safety.simulate.model import Arrivals
from tests.simulate.faults import big

FRAME = pd.DataFrame(
    {
        "USUBJID": ["SIM-1", "SIM-2", "SIM-3", "SIM-3"] * 3,
        "AECTCV": ["5.0"] * 12,
        "AESTDTC": ["2024-03-04", "2024-03-05T08:30", "2024-03", ""] * 3,
    },
    dtype="str",
)


def _plan(kind, domain="AE", name="ae.xpt", since=None):
    return FilePlan(10, "edc", domain, name, 10, since, kind, usable=False)


@pytest.mark.parametrize(("kind", "columns"), [
    (damage.RENAMED, ["USUBJID", "AECTCV", "ONSET"]),
    (damage.ADDED, ["USUBJID", "AECTCV", "AESTDTC", "XNOTE"]),
    (damage.SHIFTED, ["AECTCV", "AESTDTC", "USUBJID"]),
    ("", ["USUBJID", "AECTCV", "AESTDTC"]),
])  # fmt: skip
def test_columns_of_a_damaged_table(kind, columns):
    before = FRAME.copy()
    assert list(damage.table(_plan(kind), FRAME).columns) == columns
    pd.testing.assert_frame_equal(FRAME, before)


def test_values_of_a_damaged_table():
    slashes = damage.table(_plan(damage.SLASHES), FRAME)
    assert slashes["AESTDTC"].tolist()[:4] == ["04/03/2024", "05/03/2024 08:30", "2024-03", ""]
    assert slashes["USUBJID"].equals(FRAME["USUBJID"])
    assert set(damage.table(_plan(damage.VERSION), FRAME)["AECTCV"]) == {"4.03"}
    assert len(damage.table(_plan(damage.FEWER_ROWS), FRAME)) == 7
    fewer = damage.table(_plan(damage.FEWER_SUBJECTS), FRAME)
    assert set(fewer["USUBJID"]) == {"SIM-1", "SIM-2"}


def test_bytes_of_a_damaged_file():
    csv = "A,B,C\r\n1,中性粒细胞,3\r\n4,5,6\r\n7,8,9\r\n".encode("gb18030")
    lab = _plan(damage.TRUNCATED, "LB", "lb_20240314.csv")
    assert damage.content(lab, csv) == csv[: csv.index(b"4,5")] + b"4,5"
    assert damage.content(_plan(damage.TRUNCATED), b"x" * 800) == b"x" * 559  # no whole record
    assert damage.content(_plan(damage.EMPTY), b"abc") == b""
    assert damage.content(_plan(damage.UTF8, "LB"), csv) == csv.decode("gb18030").encode()
    told = damage.content(_plan(damage.RECORDS, "EC"), b'{"records": 12, "rows": []}')
    assert told == b'{"records": 19, "rows": []}'
    garbled = damage.content(_plan(damage.MOJIBAKE, "LB"), csv)
    assert garbled is not None
    assert "中性" not in garbled.decode("gb18030")
    assert damage.content(_plan(""), csv) == csv


def _planted(mode="realistic", seed=1):
    return plant.plant_files(big.plans(), big.rows(), big.trial(seed), mode)


def test_no_faults_leave_every_plan_as_it_is():
    plans = big.plans()
    assert plant.plant_files(plans, big.rows(), big.trial(), "none") == (plans, ())


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_the_same_seed_damages_the_same(mode):
    assert _planted(mode, 4) == _planted(mode, 4)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_realistic_has_one_of_each_fault_of_files_on_days_apart(seed):
    _, planted = _planted(seed=seed)
    assert {p.fault for p in planted} == {9, 37, 51, 52, 53}
    days = sorted(p.day for p in planted)
    assert len(set(days)) == len(days)
    assert 5 <= len(days) <= 10
    assert days[0] >= 5


def test_every_kind_of_damage_occurs_in_some_realistic_trial():
    seen = {p.damage for seed in range(1, 21) for p in _planted(seed=seed)[0]}
    assert {k.damage for k in KINDS} - seen == {SKIPPED}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_damaged_files_of_changes_come_again_under_their_name(seed):
    before = {(p.name, p.since, p.content) for p in big.plans() if p.domain == "LB"}
    plans, _ = _planted(seed=seed)
    lab = [p for p in plans if p.domain == "LB"]
    assert {(p.name, p.since, p.content) for p in lab if p.usable} == before
    held = [p for p in lab if not p.usable]
    for plan in held:
        again = [p for p in lab if p.usable and p.name == plan.name]
        assert [1 <= p.day - plan.day <= 2 for p in again] == [True]


def test_a_file_is_right_when_it_comes_again_or_the_next_extract_comes():
    for seed in range(1, 9):
        plans, planted = _planted(seed=seed)
        for fault in (f for f in planted if f.right == ("H",)):
            whole = fault.domain != "LB"
            again = [
                p.day for p in plans if p.name == fault.file and p.usable and p.day > fault.day
            ]
            assert fault.corrected == again[0] == (fault.day + 1 if whole else fault.corrected)


def test_plans_stay_in_the_order_of_days():
    plans, _ = _planted("hostile")
    assert [p.day for p in plans] == sorted(p.day for p in plans)


def test_what_must_be_held_is_not_usable_and_an_added_column_is():
    for seed in range(1, 9):
        plans, planted = _planted(seed=seed)
        damaged = {(p.day, p.name): p for p in plans if p.damage}
        for fault in planted:
            if fault.file:
                plan = damaged[fault.day, fault.file]
                assert plan.usable == (fault.right == ("P4",))
                assert fault.right == (("P4",) if plan.damage == damage.ADDED else ("H",))


def test_a_delivery_that_is_skipped_has_no_file_of_its_feed():
    for seed in range(1, 9):
        plans, planted = _planted(seed=seed)
        for fault in planted:
            if fault.what == f"no delivery of {fault.feed}":
                assert [p for p in plans if (p.day, p.feed) == (fault.day, fault.feed)] == []


def test_hostile_damages_many_files():
    plans, planted = _planted("hostile")
    assert len(planted) > 40
    assert {p.damage for p in plans} > {damage.OLD, damage.LATE, damage.TRUNCATED, damage.EMPTY}


def _fault(day, corrected):
    return Planted(17, day, "central_lab", "", "LB", "LB|SIM-1|S1|NEUT", "SIM-1", "", ("R",),
                   corrected)  # fmt: skip


LAB = tuple(FilePlan(d, "central_lab", "LB", f"lb_{d}.csv", d, d - 1) for d in range(8))


def test_days_move_to_the_first_delivery_that_shows_them():
    late = [p if p.day != 3 else FilePlan(5, p.feed, "LB", p.name, 3, 2, "late") for p in LAB]
    spoiled = {"LB|SIM-1|S1|NEUT": ((1, 2),), "LB|SIM-1|S2|NEUT": ((3, None),)}
    planted, spans = plant.as_delivered((_fault(1, 3),), spoiled, tuple(late))
    assert [(p.day, p.corrected) for p in planted] == [(1, 5)]
    assert spans == {"LB|SIM-1|S1|NEUT": ((1, 4),), "LB|SIM-1|S2|NEUT": ((5, None),)}


def test_what_no_delivery_shows_is_no_fault():
    whole = tuple(
        FilePlan(d, "edc", "VS", "vs.xpt", d, None, "empty" if d in {1, 2} else "", d not in {1, 2})
        for d in range(5)
    )
    fault = Planted(6, 1, "edc", "", "VS", "VS|SIM-1|1", "SIM-1", "", ("R",), 3)
    assert plant.as_delivered((fault,), {"VS|SIM-1|1": ((1, 2),)}, whole) == ((), {})
    assert plant.as_delivered((_fault(20, None),), {}, LAB) == ((), {})


def test_a_row_deleted_before_the_first_delivery_was_never_there():
    deleted = replace(_fault(1, None), fault=29)
    assert plant.as_delivered((deleted,), {}, LAB)[0] == (deleted,)
    assert plant.as_delivered((replace(deleted, day=0),), {}, LAB)[0] == ()


def test_faults_of_files_stay_where_they_are():
    fault = Planted(52, 2, "edc", "vs.xpt", "VS", "", "", "", ("H",), 3)
    assert plant.as_delivered((fault,), {}, LAB) == ((fault,), {})


def _version(row, known, *, deleted=False):
    return RowVersion("VS", row, known, {}, deleted)


def test_a_version_whose_fault_no_delivery_showed_came_with_its_correction():
    clean = [_version("A", 1), _version("A", 9), _version("B", 2), _version("C", 3)]
    planted = [*clean, _version("A", 5), _version("B", 4, deleted=True), _version("C", 6)]
    arrivals = Arrivals({("A", 5): 7, ("A", 9): 9, ("B", 4): 7, ("C", 3): 3, ("C", 6): 6}, {})
    came = plant.with_corrections(arrivals, clean, planted).came
    assert came == {**arrivals.came, ("A", 1): 7}  # B was deleted before; C came with its fault
