"""Which subjects a display is of."""

from __future__ import annotations

import pytest

from safety.displays.population import NO_LEVEL, Scope, ordered, subjects
from tests.displays.frames import FIRST_DOSE, frames, plain, shuffled

FOUR = {"S4": "L1", "S1": "L1", "S2": "L-1", "S3": "L2"}


def test_subjects_by_level_then_id() -> None:
    chosen = subjects(frames(FOUR), Scope())
    assert plain(chosen.table, "USUBJID", "LEVEL") == [
        ("S2", "L-1"), ("S1", "L1"), ("S4", "L1"), ("S3", "L2"),
    ]  # fmt: skip
    assert chosen.sizes == {"L-1": 1, "L1": 2, "L2": 1}
    assert chosen.text == "4 of 4 treated subjects"


def test_a_level_chosen_and_one_that_has_nobody() -> None:
    chosen = subjects(frames(FOUR), Scope(levels=("L1", "L3")))
    assert (chosen.text, chosen.sizes) == ("2 of 4 treated subjects", {"L1": 2, "L3": 0})


def test_who_was_not_treated_is_counted_beside() -> None:
    exposure = [{"USUBJID": "S1", "TRTSDT": FIRST_DOSE}, {"USUBJID": "S2"}]
    chosen = subjects(frames({"S1": "L1", "S2": "L1"}, exposure=exposure), Scope())
    assert plain(chosen.table, "USUBJID") == ["S1"]
    assert chosen.text == "1 of 1 treated subjects; 1 not treated"


def test_the_arm_stands_for_a_level_only_where_nobody_has_one() -> None:
    people = [
        {"USUBJID": "S1", "ACTARM": "High", "ARM": "Low"},
        {"USUBJID": "S2", "ARM": "Low"},
        {"USUBJID": "S3"},
    ]
    none = subjects(frames({"S1": "", "S2": "", "S3": ""}, subject=people), Scope())
    assert plain(none.table, "USUBJID", "LEVEL") == [
        ("S3", NO_LEVEL), ("S1", "High"), ("S2", "Low"),
    ]  # fmt: skip
    some = subjects(frames({"S1": "L1", "S2": "", "S3": ""}, subject=people), Scope())
    assert set(plain(some.table, "LEVEL")) == {"L1", NO_LEVEL}


@pytest.mark.parametrize(
    ("levels", "order", "expected"),
    [
        (["L2", "L-1", "L1", "L-2"], [], ("L-2", "L-1", "L1", "L2")),
        (["100 mg", "25 mg"], [], ("25 mg", "100 mg")),
        (["Cohort-2", "Cohort-1"], [], ("Cohort-1", "Cohort-2")),  # no minus sign
        (["A", "C", "B"], ["C", "A"], ("C", "A", "B")),
    ],
)
def test_levels_in_order(levels, order, expected) -> None:
    assert ordered(levels, order) == expected


def test_nobody() -> None:
    chosen = subjects(frames(), Scope())
    assert (len(chosen), chosen.levels, chosen.text) == (0, (), "0 of 0 treated subjects")
    assert list(chosen.table.columns) == ["USUBJID", "LEVEL", "TRTSDT", "TRTEDT"]


def test_the_order_of_rows_does_not_matter() -> None:
    of = frames(FOUR)
    assert subjects(of, Scope()).table.equals(subjects(shuffled(of), Scope()).table)
