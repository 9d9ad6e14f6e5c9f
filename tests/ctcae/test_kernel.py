"""The block function: chunks and slices of columns, notes on rows, the register of answers."""

from __future__ import annotations

import numpy as np
import pytest

from safety.ctcae import chunk, kernel
from safety.ctcae.chunk import NO_ANSWER, Bench, Chunk, Measurements
from safety.ctcae.kernel import Grader
from safety.ctcae.plan import Kind
from safety.ctcae.reasons import Reason

PLAT = Kind("PLAT", "BLOOD", "10*9/L", 0)
POTASSIUM = Kind("K", "BLOOD", "mmol/L", 0)
NOTHING = Kind("ZZZ", "BLOOD", "", 1)


def measurements(kind, value, lln=None, **more) -> Measurements:
    size = len(kind)
    nan = np.full(size, np.nan)
    return Measurements(
        kind=np.array(kind, np.uint16),
        value=np.array(value, float),
        lln=nan if lln is None else np.array(lln, float),
        uln=nan,
        base=nan,
        base_state=np.zeros(size, np.int8),
        **more,
    )


def reasons(grader: Grader, answer: int) -> str:
    return grader.columns().reason_texts()[answer]


# --- chunks -----------------------------------------------------------------------------------


def test_rows_are_sorted_by_kind_and_handed_back_in_order(monkeypatch) -> None:
    monkeypatch.setattr(chunk, "SLICE", 2)
    m = measurements([1, 0, 1, 1, 2], [10, 20, 30, 40, 50])
    one = Chunk(m, 3, Bench(8, 1))
    assert [list(one.places(k)) for k in range(3)] == [
        [slice(0, 1)], [slice(1, 3), slice(3, 4)], [slice(4, 5)],
    ]  # fmt: skip
    assert one.at(slice(1, 3)).block.value.tolist() == [10, 30]
    one.answer[0] = [100, 101, 102, 103, 104]  # in the order of the kinds
    out = np.empty((1, 5), np.int32)
    one.hand_back(out)
    assert out.tolist() == [[101, 100, 102, 103, 104]]


def test_what_no_row_of_a_slice_has_is_none() -> None:
    m = measurements([0, 0, 1], [1, 2, np.nan], lln=[1, 2, 0])
    one = Chunk(m, 2, Bench(3, 1))
    plain, odd = one.at(slice(0, 2)), one.at(slice(2, 3))
    assert (plain.missing, plain.lln_lost, plain.uln_lost) == (None, None, None)
    assert (odd.missing.tolist(), odd.lln_lost.tolist(), odd.uln_lost) == ([True], [True], None)
    assert np.isnan(odd.block.lln[0])
    assert odd.raw_limits[0].tolist() == [0.0]


def test_a_part_of_the_measurements_keeps_every_column() -> None:
    flags = np.array([0, 1, 2], np.uint64)
    signs, told = np.array([0, 1, 2], np.int8), np.array([2, 1, 0], np.int8)
    m = measurements([0, 1, 2], [1, 2, 3], flags=flags, comparator=signs,
                     facts={"symptomatic": told})  # fmt: skip
    part = m.chunk(slice(1, 3))
    assert (len(m), len(part)) == (3, 2)
    assert part.value.tolist() == [2, 3]
    assert (part.flags.tolist(), part.comparator.tolist()) == ([1, 2], [1, 2])
    assert part.facts["symptomatic"].tolist() == [1, 0]


# --- grading ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("chunk_size", "slice_size"), [(1 << 19, 12_288), (3, 2), (1, 1)])
def test_answers_of_rows_with_more_and_fewer_ladders(monkeypatch, chunk_size, slice_size) -> None:
    monkeypatch.setattr(kernel, "CHUNK", chunk_size)
    monkeypatch.setattr(chunk, "SLICE", slice_size)
    grader = Grader([PLAT, POTASSIUM, NOTHING])
    m = measurements([1, 0, 2, 0, 1], [6.5, 20, 1, 60, 2.4], lln=[3.5, 150, 1, 150, 3.5])
    graded = grader.grade(m)
    row, answer = graded.listed()
    assert graded.answer.shape == (2, 5)
    assert graded.answer[1, 1] == NO_ANSWER
    assert row.tolist() == [0, 0, 1, 3, 4, 4]  # nothing for a test without criteria
    register = grader.columns()
    assert register.grade[answer].tolist() == [3, 0, 4, 2, -1, 4]  # ULN is missing for 2.4
    assert [grader.answers.uses[u].term for u in register.use[answer]] == [
        "Hyperkalemia", "Hypokalemia", "Platelet count decreased", "Platelet count decreased",
        "Hyperkalemia", "Hypokalemia",
    ]  # fmt: skip


def test_no_rows_and_no_kinds() -> None:
    row, answer = Grader([PLAT]).grade(measurements([], [])).listed()
    assert (row.tolist(), answer.tolist()) == ([], [])
    assert Grader([]).grade(measurements([], [])).answer.shape == (1, 0)


def test_equal_notes_share_an_answer() -> None:
    # 4 rows, 2 answers: suspect values and a plain one
    grader = Grader([PLAT])
    m = measurements([0] * 4, [150_000, 60, 160_000, 170_000], lln=[150] * 4)
    ids = grader.grade(m).answer[0]
    assert ids[0] == ids[2] == ids[3] != ids[1]
    assert reasons(grader, ids[0]) == "value_suspect;likely_unit=10*6/L"
    assert reasons(grader, ids[1]) == ""


def test_flags_of_rows_are_added_to_what_the_ladder_says() -> None:
    flags = np.array([Reason.CALCIUM_CORRECTED, 0, Reason.DERIVED], np.uint64)
    grader = Grader([Kind("CACR", "BLOOD", "mg/dL", 0)])
    graded = grader.grade(measurements([0] * 3, [9, 9, 7.5], lln=[8.5] * 3, flags=flags))
    low = graded.answer[1]
    assert [reasons(grader, i) for i in low] == [
        "calcium_corrected", "", "facts_unknown;derived",
    ]  # fmt: skip
    assert grader.columns().grade[low].tolist() == [0, 0, 2]


def test_equal_bounds_share_an_answer() -> None:
    grader = Grader([PLAT])
    size = grader.answers.size
    m = measurements([0] * 4, [60, 61, 25, 60], lln=[150] * 4,
                     comparator=np.array([1, 1, 1, 0], np.int8))  # fmt: skip
    ids = grader.grade(m).answer[0]
    assert ids[0] == ids[1]
    assert grader.answers.size == size + 2  # one for <60 and <61, one for <25
    assert grader.columns().grade[ids].tolist() == [-1, -1, 4, 2]


def test_an_unusable_limit_is_named_only_where_it_was_needed_d38() -> None:
    grader = Grader([PLAT])
    ids = grader.grade(measurements([0] * 3, [90, 60, 90], lln=[0, 0, np.nan])).answer[0]
    assert [reasons(grader, i) for i in ids] == ["range_unusable", "", "range_missing"]


def test_a_grader_may_be_used_again() -> None:
    grader = Grader([PLAT])
    m = measurements([0, 0], [20, 150_000], lln=[150, 150])
    first, size = grader.grade(m).answer.tolist(), grader.answers.size
    assert grader.grade(m).answer.tolist() == first
    assert grader.answers.size == size
