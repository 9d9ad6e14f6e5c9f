"""Baseline grade against the worst grade after: every subject in one cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.displays.shift import Shifts, shifts
from tests.displays.frames import everyone, frames, plain, shuffled

LEVELS = {"S1": "L1", "S2": "L1", "S3": "L2", "S4": "L2", "S5": "L2"}
TERM = {"TERM": "Anemia", "DIRECTION": "low"}


def after(subject: str, base, worst, ungraded: int = 0) -> dict:
    return TERM | {"USUBJID": subject, "BASEGR": base, "WORSTGR": worst, "UNGRADED": ungraded}


def before(subject: str, grade) -> dict:
    return TERM | {"USUBJID": subject, "ABLFL": "Y", "ATOXGR": grade}


FRAMES = frames(
    LEVELS,
    worst_grade=[after("S1", 0, 2), after("S2", None, 3), after("S3", None, None, 2)],
    grade=[
        before("S1", 0), before("S3", None), before("S4", 1),
        TERM | {"USUBJID": "S5", "ABLFL": "", "ATOXGR": 4},  # before the first dose, no baseline
    ],
)  # fmt: skip


def _shifts(of=FRAMES) -> Shifts:
    return shifts(of, everyone(of))


def test_every_subject_stands_in_one_cell() -> None:
    assert plain(_shifts().subjects, "USUBJID", "BASE", "WORST", "UNGRADED") == [
        ("S1", "0", "2", 0),
        ("S2", "missing", "3", 0),
        ("S3", "not graded", "not graded", 2),
        ("S4", "1", "no value after", 0),
        ("S5", "missing", "no value after", 0),
    ]


def test_the_square_has_its_zeros_and_adds_up() -> None:
    square = _shifts().square("Anemia", "low")
    assert (square.shape, int(square.to_numpy().sum())) == ((7, 7), 5)
    assert int(square.loc["0", "2"]) == 1
    assert int(_shifts().square("Anemia", "low", "L2").to_numpy().sum()) == 3
    assert int(_shifts().square("Anemia", "high").to_numpy().sum()) == 0


def test_nothing_measured() -> None:
    found = _shifts(frames(LEVELS))
    assert (len(found.cells), found.sizes) == (0, {"L1": 2, "L2": 3})
    assert list(found.cells.columns) == ["TERM", "DIRECTION", "LEVEL", "BASE", "WORST", "SUBJECTS"]
    assert len(_shifts(frames()).cells) == 0


def test_the_order_of_rows_does_not_matter() -> None:
    assert _shifts(shuffled(FRAMES)).cells.equals(_shifts().cells)


GRADE = st.none() | st.integers(0, 4)


@pytest.mark.property
@settings(max_examples=12)
@given(st.dictionaries(st.sampled_from(list(LEVELS)), st.tuples(GRADE, GRADE), min_size=1))
def test_totals_are_the_number_of_subjects(told) -> None:
    rows = [after(s, base, worst) for s, (base, worst) in told.items()]
    found = _shifts(frames(LEVELS, worst_grade=rows))
    assert found.cells.groupby("LEVEL")["SUBJECTS"].sum().to_dict() == {"L1": 2, "L2": 3}
