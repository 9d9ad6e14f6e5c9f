"""Required assessments: done, late, missing, due, not due."""

from __future__ import annotations

import pytest

from safety.assess.surveillance import days_done, needed, surveillance
from tests.assess.engine import case, day, event, measured, study

CBC = {"id": "CBC", "text": "count", "tests": ["NEUT", "PLAT"], "windows": ["C1D8-C1D14"],
       "grace": "1d"}  # fmt: skip
BP = {"id": "BP", "text": "pressure", "tests": ["SYSBP"], "windows": ["C1D2-C1D22"],
      "at_least": 2}  # fmt: skip


def counts(*days: int, **more) -> list:
    return [measured(test, n, 5.0, **more) for n in days for test in ("NEUT", "PLAT")]


def _status(assessment, *records, **told) -> tuple:
    done = surveillance(case(*records, in_study=study(surveillance=[assessment]), **told))
    return done[0].status, [(d - day(1)).days + 1 for d in done[0].done_on]


@pytest.mark.parametrize(
    ("days", "as_of", "expected"),
    [
        ([], 7, "not_due"), ([], 8, "due"), ([], 14, "due"), ([], 15, "due"),  # grace
        ([], 16, "missing"), ([7], 16, "missing"), ([8], 8, "done"), ([14], 16, "done"),
        ([15], 16, "late"), ([16], 16, "missing"), ([9, 15], 16, "done"),
    ],
)  # fmt: skip
def test_each_status_at_its_boundary(days, as_of, expected) -> None:
    assert _status(CBC, *counts(*days), as_of=as_of)[0] == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [([3, 10], ("done", [3, 10])), ([3], ("missing", [3])), ([3, 3], ("missing", [3])),
     ([3, 22], ("done", [3, 22])), ([3, 23], ("missing", [3])), ([1, 3], ("missing", [3]))],
)  # fmt: skip
def test_two_different_days_are_asked_for(days, expected) -> None:
    samples = [measured("SYSBP", n, 120.0, "mm[Hg]") for n in days]
    assert _status(BP, *samples) == expected


def test_all_tests_of_one_day() -> None:
    assert _status(CBC, measured("NEUT", 9, 5.0))[0] == "missing"
    assert _status(CBC, measured("NEUT", 9, 5.0), measured("PLAT", 10, 200.0))[0] == "missing"
    assert _status(CBC, *counts(9)) == ("done", [9])


def test_a_late_assessment_says_when() -> None:
    assert _status(CBC, *counts(15)) == ("late", [15])


def test_what_is_before_the_first_dose_or_has_no_day_does_not_count() -> None:
    early = case(*counts(9, before=True), in_study=study(surveillance=[CBC]))
    dateless = case(*counts("2024-03"), in_study=study(surveillance=[CBC]))
    for about in (early, dateless):
        assert days_done(about.study.dose_limiting.surveillance[0], about) == ()


@pytest.mark.parametrize(("ended", "expected"), [(10, "not_due"), (14, "not_due"), (15, "missing")])
def test_nothing_is_due_after_follow_up_ended(ended, expected) -> None:
    assert _status(CBC, ended=(event("WITHDRAWAL BY SUBJECT", ended),))[0] == expected


def test_a_cycle_that_did_not_start_has_none() -> None:
    later = CBC | {"windows": ["C1D8-C1D14", "C2D1-C2D7"]}
    used = study(surveillance=[later])
    assert len(surveillance(case(in_study=used))) == 1
    second = surveillance(case(in_study=used, cycles={2: 25}))[1]
    assert (second.window, second.due_by) == ("C2D1-C2D7", day(31))
    assert surveillance(case(in_study=used, first_dose=None)) == ()


@pytest.mark.parametrize(
    ("needs", "days", "expected"),
    [(["CBC"], [], ["CBC"]), (["BP"], [], []), (["CBC"], [9], []), (["CBC"], [15], []),
     ([], [], [])],
)  # fmt: skip
def test_which_needed_assessments_nobody_made(needs, days, expected) -> None:
    done = surveillance(case(*counts(*days), in_study=study(surveillance=[CBC])))
    assert [a.assessment for a in needed(needs, done, "missing")] == expected
    assert needed(needs, done, "due") == ()
