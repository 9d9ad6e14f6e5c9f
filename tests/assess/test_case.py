"""A case: cycles, and the days on which follow-up and treatment ended."""

from __future__ import annotations

import pytest

from tests.assess.engine import case, day, event, study


def test_cycles_are_found_by_their_visit() -> None:
    about = case(cycles={2: 25, 3: 46})
    assert about.cycles == {1: day(1), 2: day(25), 3: day(46)}
    assert about.planned_start(2) == day(22)
    assert about.planned_start(3) == day(46)
    assert about.planned_start(5) is None


@pytest.mark.parametrize(
    ("number", "expected"), [(-1, None), (1, (1, 1)), (24, (1, 24)), (25, (2, 1)), (30, (2, 6))]
)
def test_the_cycle_of_a_day(number, expected) -> None:
    assert case(cycles={2: 25}).cycle_of(day(number)) == expected


@pytest.mark.parametrize(
    ("ended", "death", "follow_up", "treatment"),
    [
        ([], None, None, None),
        ([("WITHDRAWAL BY SUBJECT", 12)], None, 12, 12),
        ([("PROGRESSIVE DISEASE", 12)], None, None, 12),
        ([("ADVERSE EVENT", 10), ("LOST TO FOLLOW-UP", 30)], None, 30, 10),
        ([("DEATH", 18)], 18, 18, 18),
        ([], 18, 18, 18),
        ([("progressive disease", 12)], 18, 18, 12),
        ([("INFORMED CONSENT", -5), ("DEATH", None)], None, None, None),
    ],
)
def test_when_follow_up_and_treatment_ended(ended, death, follow_up, treatment) -> None:
    about = case(ended=tuple(event(name, n) for name, n in ended), death=death)
    assert about.follow_up_ended == (day(follow_up) if follow_up else None)
    assert about.treatment_ended == (day(treatment) if treatment else None)


def test_without_a_dose_or_a_treatment_there_are_no_cycles() -> None:
    assert case(first_dose=None).cycles == {}
    alone = case(in_study=study(treated=False), cycles={2: 22})
    assert (alone.cycles, alone.planned_start(2)) == ({1: day(1)}, None)
