"""The fast grader against the slow one, row by row, on rows made by chance."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from safety.ctcae.table import grade_table
from tests.ctcae.random_rows import random_rows
from tests.ctcae.reference_grader import grade_row

ROWS, SEED = 4_000, 20_241
PIECE = 400  # rows are independent of each other, and few kinds a table are quick
POLICIES = ["number_only", "worst_case"]
# What a term for minors or an unknown test answers, where the slow grader lists nothing.
NOTHING_TO_CLIMB = {"test_unknown", "population_not_covered"}


@cache
def rows() -> list[dict]:
    return random_rows(ROWS, SEED)


@cache
def ours(policy: str) -> dict[tuple[int, str, str], dict]:
    """Answers of `grade_table` by row (from 1), term and direction."""
    found = {}
    for start in range(0, ROWS, PIECE):
        graded = grade_table(pd.DataFrame(rows()[start : start + PIECE]), policy=policy)
        for answer in graded.to_dict("records"):
            key = (start + answer["row"], answer["ctcae_term"], answer["direction"])
            assert key not in found
            found[key] = answer
    return found


@cache
def theirs(policy: str) -> dict[tuple[int, str, str], tuple[int | None, set[int]]]:
    return {
        (i, x.ctcae_term, x.direction): (x.grade, x.possible)
        for i, row in enumerate(rows(), 1)
        for x in grade_row(row, policy)
    }


def _grade(answer: dict) -> int | None:
    return None if pd.isna(answer["grade"]) else int(answer["grade"])


def _possible(answer: dict) -> set[int]:
    return {int(x) for x in answer["possible_grades"].split("|") if x}


@pytest.mark.parametrize("policy", POLICIES)
def test_both_graders_give_the_same_grades(policy) -> None:
    mine, slow = ours(policy), theirs(policy)
    wrong = [
        f"{key}: {found and _grade(found)} but {grade} for {rows()[key[0] - 1]}"
        for key, (grade, _) in slow.items()
        for found in [mine.get(key)]
        if found is None or _grade(found) != grade
    ]
    assert wrong == []
    graded = [grade for grade, _ in slow.values()]
    assert len(graded) > ROWS  # several terms a row
    assert min(graded.count(g) for g in (None, 0, 1, 2, 3, 4)) > 100
    _others_have_nothing_to_climb(mine, set(mine) - set(slow))
    _the_grade_is_possible(mine, slow)


def _others_have_nothing_to_climb(mine, others) -> None:
    """Only composite terms, and rows that no term grades, are beyond the slow grader."""
    unexpected = [
        mine[key]
        for key in others
        if key[2] != "composite" and mine[key]["reasons"] not in NOTHING_TO_CLIMB
    ]
    assert unexpected == []
    assert all(_grade(mine[key]) is None for key in others)
    assert {row for row, _, _ in mine} == set(range(1, ROWS + 1))  # every row is answered


def _the_grade_is_possible(mine, slow) -> None:
    assert all(_grade(x) is None or _grade(x) in _possible(x) for x in mine.values())
    assert all(grade is None or grade in possible for grade, possible in slow.values())


def test_worst_case_only_raises_the_grade() -> None:
    frame = pd.DataFrame(random_rows(800, SEED + 1))
    mild, worst = (grade_table(frame, policy=policy) for policy in POLICIES)
    both = mild["grade"].notna() & worst["grade"].notna()
    assert (worst["grade"][both] >= mild["grade"][both]).all()
    assert (worst["grade"][both] > mild["grade"][both]).sum() > 10
    assert mild["possible_grades"].equals(worst["possible_grades"])
