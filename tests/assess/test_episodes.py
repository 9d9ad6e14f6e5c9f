"""Episodes and the bounds of their duration from irregular samples."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.episodes import of_measurements
from tests.build import graded_day, graded_days

SHOWN = ["EPISODE", "ENDT", "RECOVERED", "MAXGR", "SAMPLES", "LOWER", "UPPER", "UNGRADED"]


def _episodes(*rows, at_least: int = 1) -> list[list]:
    found = of_measurements(graded_days(*rows), at_least)
    plain = found[SHOWN].astype("object").where(found[SHOWN].notna(), None)
    return plain.to_numpy().tolist()


def _march(*grades: int | None, first: int = 1, step: int = 1) -> list[dict]:
    days = [f"2024-03-{first + step * i:02}" for i in range(len(grades))]
    return [graded_day(d, g) for d, g in zip(days, grades, strict=True)]


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        # days 1, 4, 7 ...; lower = last - first qualifying day + 1, upper = recovery - first
        ([0, 2, 3, 1, 0], [["2024-03-04", "2024-03-10", "2024-03-13", 3, 3, 7, 9, 0]]),
        ([2, 0], [["2024-03-01", "2024-03-01", "2024-03-04", 2, 1, 1, 3, 0]]),
        ([0, 4], [["2024-03-04", "2024-03-04", None, 4, 1, 1, None, 0]]),  # no recovery seen
        (
            [1, 0, 1],
            [
                ["2024-03-01", "2024-03-01", "2024-03-04", 1, 1, 1, 3, 0],
                ["2024-03-07", "2024-03-07", None, 1, 1, 1, None, 0],
            ],
        ),
        # a day without a grade neither ends nor starts an episode, but is counted
        ([2, None, 2, 0], [["2024-03-01", "2024-03-07", "2024-03-10", 2, 2, 7, 9, 1]]),
        ([2, None, None], [["2024-03-01", "2024-03-01", None, 2, 1, 1, None, 2]]),
        ([None, 2, 0, None], [["2024-03-04", "2024-03-04", "2024-03-07", 2, 1, 1, 3, 0]]),
    ],
)
def test_episodes(grades, expected) -> None:
    assert _episodes(*_march(*grades, step=3)) == expected


@pytest.mark.parametrize(
    ("at_least", "expected"),
    [
        (3, [["2024-03-02", "2024-03-03", "2024-03-04", 4, 2, 2, 2, 0]]),
        (4, [["2024-03-03", "2024-03-03", "2024-03-04", 4, 1, 1, 1, 0]]),
    ],
)
def test_episodes_at_or_above_a_grade(at_least, expected) -> None:
    assert _episodes(*_march(1, 3, 4, 2, 0), at_least=at_least) == expected


def test_the_worst_grade_of_a_day_counts() -> None:
    rows = [graded_day("2024-03-02", g) for g in (1, 4, None, 0)]
    assert _episodes(*rows, graded_day("2024-03-03", 0)) == [
        ["2024-03-02", "2024-03-02", "2024-03-03", 4, 1, 1, 1, 0]
    ]


def test_the_order_of_rows_does_not_matter() -> None:
    rows = _march(0, 2, 3, 0, 1)
    assert _episodes(*rows) == _episodes(*rows[::-1])


def test_partial_dates_make_no_episode() -> None:
    partial = graded_day("2024-03-02", 4, ADTMAX="2024-03-31")
    assert _episodes(partial) == []
    assert _episodes(partial, *_march(1, 0)) == [
        ["2024-03-01", "2024-03-01", "2024-03-02", 1, 1, 1, 1, 0]
    ]


def test_subjects_terms_and_directions_do_not_mix() -> None:
    rows = [
        graded_day("2024-03-01", 2),
        graded_day("2024-03-02", 0, USUBJID="S2"),
        graded_day("2024-03-03", 0, TERM="AST increased"),
        graded_day("2024-03-04", 0, DIRECTION="low"),
        graded_day("2024-03-05", 2),
    ]
    assert _episodes(*rows) == [["2024-03-01", "2024-03-05", None, 2, 2, 5, None, 0]]


@pytest.mark.parametrize(("flags", "expected"), [(["", "Y"], ""), (["Y", "Y"], "Y")])
def test_an_episode_that_began_before_treatment_is_not_treatment_emergent(flags, expected) -> None:
    rows = [graded_day(f"2024-03-0{i + 1}", 2, TRTEMFL=f) for i, f in enumerate(flags)]
    assert of_measurements(graded_days(*rows))["TRTEMFL"].tolist() == [expected]


@pytest.mark.parametrize("grade", [0, None])
def test_no_episode(grade) -> None:
    found = of_measurements(graded_days(*_march(grade, grade)))
    assert (len(found), set(SHOWN) <= set(found.columns)) == (0, True)


def test_no_rows() -> None:
    found = of_measurements(graded_days(*_march(1)).iloc[:0])
    assert isinstance(found, pd.DataFrame)
    assert len(found) == 0


def test_what_is_superseded_makes_no_episode() -> None:
    rows = [graded_day("2024-03-01", 3, REASONS="superseded"), graded_day("2024-03-01", 1)]
    assert [e[3] for e in _episodes(*rows)] == [1]
    assert _episodes(rows[0]) == []
    assert [e[3] for e in _episodes(graded_day("2024-03-01", 3, REASONS="derived"))] == [3]
