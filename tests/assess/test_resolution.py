"""How soon an episode improved: to a grade, to the baseline, or to values."""

from __future__ import annotations

import pytest

from tests.assess.engine import (
    ALT,
    MET,
    NOT,
    UNKNOWN,
    at,
    judged,
    measured,
    observed,
    reported,
    truth_of,
)

E1 = {"toxicity": ["Diarrhea"], "grade": "3", "resolving": {"to": "<=2", "within": "72h"}}
E5 = {"toxicity": ["Hyponatremia"], "grade": "3", "resolving": {"to": "<=1", "within": "72h"}}
E7 = {"toxicity": [ALT], "grade": "3",
      "resolving": {"to": "<=1", "or_baseline": True, "within": "7d"}}  # fmt: skip
E6 = {"toxicity": ["Hypertension"], "grade": "3", "resolving": {
    "to": "<=2", "or_values": ["SYSBP <= 140 mm[Hg]", "DIABP <= 90 mm[Hg]"],
    "within": "7d"}}  # fmt: skip


def rows(term, *graded) -> list:
    """Rows (grade, first, last) of one event."""
    return [
        reported(term, g, first, last, group="g", row=i)
        for i, (g, first, last) in enumerate(graded)
    ]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        # dlt_vignettes.md: d10-d12 is at most 72 h, d10-d13 undecided, d10-d14 longer
        (rows("Diarrhea", (3, 10, 12)), MET),
        (rows("Diarrhea", (3, 10, 13)), UNKNOWN),
        (rows("Diarrhea", (3, 10, 14)), NOT),
        (rows("Diarrhea", (3, 10, 12), (1, 12, 20)), MET),  # vignette 8
        (rows("Diarrhea", (3, 10, 12), (2, 12, 20)), MET),  # grade 2 is the target
        (rows("Diarrhea", (3, 10, None)), NOT),  # still on at day 40
        (rows("Diarrhea", (3, 39, None)), UNKNOWN),
        (rows("Diarrhea", (4, 10, 11)), NOT),
        (rows("Diarrhea", (3, 10, 11), (2, 11, 13), (3, 13, 14)), MET),  # each was short
        (rows("Diarrhea", (3, 10, 11), (2, 11, 13), (3, 13, 18)), MET),  # the first, by itself
        (rows("Diarrhea", (3, 10, 11), (3, 12, 18)), NOT),  # rows that touch are one run
    ],
)
def test_to_grade_2_within_72_hours(records, expected) -> None:
    assert truth_of(E1, *records) is expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (rows("Hyponatremia", (3, 10, 11), (2, 11, 12)), MET),  # above 1 from d10 to d12
        (rows("Hyponatremia", (3, 10, 11), (2, 11, 15)), NOT),  # grade 2 for too long
        (
            [observed("Hyponatremia", 10, 3, clock="08:00"),
             observed("Hyponatremia", 12, 2, clock="08:00"),
             observed("Hyponatremia", 13, 1, clock="08:00")],
            MET,  # 72 h
        ),
        (
            [observed("Hyponatremia", 10, 3, clock="08:00"),
             observed("Hyponatremia", 13, 1, clock="09:00")],
            UNKNOWN,  # 0 to 73 h
        ),
        (
            [observed("Hyponatremia", 10, 3, clock="08:00"),
             observed("Hyponatremia", 13, 2, clock="09:00")],
            NOT,  # above grade 1 for more than 72 h
        ),
        ([observed("Hyponatremia", 39, 3, clock="08:00")], UNKNOWN),
    ],
)  # fmt: skip
def test_to_grade_1_within_72_hours(records, expected) -> None:
    assert truth_of(E5, *records) is expected


@pytest.mark.parametrize(
    ("graded", "baseline", "expected"),
    [
        ([(10, 3), (17, 1)], 0, MET),  # 7 days
        ([(10, 3), (18, 1)], 0, UNKNOWN),  # 1 to 8 days
        ([(10, 3), (14, 3), (18, 1)], 0, UNKNOWN),
        ([(10, 3), (17, 3), (18, 1)], 0, NOT),  # 8 days at least
        ([(10, 3), (17, 2)], 0, NOT),  # grade 2 on day 8
        ([(10, 3), (17, 2)], 2, MET),  # the baseline
        ([(10, 3), (13, 2), (17, 1)], 0, MET),
        ([(10, 2), (14, 3), (21, 1)], 0, MET),  # from the first grade 3 on
    ],
)
def test_to_grade_1_or_baseline_within_7_days(graded, baseline, expected) -> None:
    values = [observed(ALT, number, grade) for number, grade in graded]
    assert truth_of(E7, *values, baseline={ALT: baseline}) is expected


def test_each_of_two_runs_is_judged_by_itself() -> None:
    graded = rows("Diarrhea", (3, 10, 11), (2, 11, 13), (3, 13, 18))
    assert [(o.truth, o.onset) for o in judged(E1, *graded)] == [(MET, at(10))]


def bp(number, high, low, clock="") -> list:
    return [measured("SYSBP", number, high, "mm[Hg]", clock=clock),
            measured("DIABP", number, low, "mm[Hg]", clock=clock)]  # fmt: skip


@pytest.mark.parametrize(
    ("pressures", "last", "expected"),
    [
        (bp(13, 136, 84), None, MET),  # vignette 9: brought down by day 13
        (bp(13, 140, 90), None, MET),  # the limits themselves
        (bp(13, 141, 84), None, NOT),
        (bp(13, 136, 91), None, NOT),
        (bp(15, 136, 84), None, MET),  # 7 days after onset
        (bp(15, 165, 99) + bp(16, 136, 84), None, NOT),
        (bp(8, 136, 84), None, NOT),  # on the day of onset, at an unknown time
        ([bp(13, 136, 95)[0], bp(14, 150, 84)[1]], None, NOT),  # not in one day
        (bp(16, 136, 84), None, UNKNOWN),  # it may have fallen any day since
        (bp(10, 138, 100, "08:00") + bp(10, 165, 88, "18:00"), None, NOT),  # no reading was
        ([], 14, MET),  # ended: 7 days
        ([], 15, NOT),
    ],
)
def test_to_values_within_7_days(pressures, last, expected) -> None:
    assert truth_of(E6, reported("Hypertension", 3, 8, last), *pressures) is expected


def test_values_after_a_first_run_do_not_resolve_the_next() -> None:
    term = "Hypertension"
    runs = [observed(term, 8, 3), observed(term, 10, 0), observed(term, 15, 3)]
    found = judged(E6, *runs, observed(term, 25, 3), *bp(10, 136, 84))
    assert [(o.truth, o.onset) for o in found] == [(MET, at(8))]
