"""Grades: hits, misses, false ones, and when each came."""

import pytest

from safety.simulate.score import grades
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import (
    WHO,
    fault,
    grade,
    held,
    march,
    measurement,
    said,
    spell,
    true_grade,
    truth,
)

TERM = "Neutrophil count decreased"
ROW = f"LB|{WHO}|S5|NEUT"
CAME = {"ROW": ROW, "KNOWN": march(5), "CAME": march(5), "DELETED": ""}


@pytest.mark.parametrize(
    ("true", "got", "tally"),
    [
        ("4", 4, Tally(TERM, 1, 1)),
        ("0", 0.0, Tally(TERM, 1, 1)),
        ("4", 3, Tally(TERM, 1, 0, 1, false=1)),
        ("4", "", Tally(TERM, 1, 0, 1)),
        ("", 1, Tally(TERM, false=1)),
    ],
)
def test_a_grade_against_the_true_one(true, got, tally):
    part = grades.parts(truth(values=[true_grade(true, 5)]), said(grade=[grade(got, 5)]))[0]
    assert part.tallies == (tally,)


def test_a_value_that_is_not_graded_says_why():
    part = grades.parts(
        truth(values=[true_grade("4", 5)]), said(grade=[grade("", 5, REASONS="no_unit")])
    )[0]
    assert part.lines[0].reason == "not graded: no_unit"


@pytest.mark.parametrize(
    "changes",
    [
        {"TERM": "Fever"},  # no term of truth
        {"ADTMAX": march(9)},  # its day is not sure
        {"ATOXGR": "", "REASONS": "superseded"},
        {"ADTMIN": march(9), "ADTMAX": march(9)},  # truth has no value of the day
        {"DIRECTION": "high"},
    ],
)
def test_what_is_not_judged(changes):
    part = grades.parts(truth(values=[true_grade("4", 5)]), said(grade=[grade(1, 5) | changes]))[0]
    assert part.tallies == ()


def test_rows_with_a_planted_fault_are_left_to_the_faults():
    true = truth(values=[true_grade("4", 5)], faults=[fault(19, "R")])
    assert grades.parts(true, said(grade=[grade(1, 5)]))[0].tallies == ()


@pytest.mark.parametrize(("sample", "expected"), [("S5", ()), ("S6", (Tally(TERM, 1, 0, 1),))])
def test_what_is_calculated_from_a_faulty_row_is_left_to_the_faults(sample, expected):
    true = truth(values=[true_grade("4", 5)], faults=[fault(26, "C", f"LB|{WHO}|S5|NEUTLE")])
    calculated = grade("", 5) | {"MKEY": f"LB|{WHO}|{sample}|WBC~ANC"}
    assert grades.parts(true, said(grade=[calculated]))[0].tallies == expected


def test_two_days_from_coming_to_the_right_grade():
    true = truth(values=[true_grade("4", 5)], rows=[CAME])
    told = said(grade=[grade("", 5, 5) | {"SPAN": spell(5, 7)}, grade(4, 5, 7)])
    final, first = grades.parts(true, told)
    assert final.tallies == (Tally(TERM, 1, 1, delays=(2,)),)
    assert first.tallies == (Tally(TERM, 1, 0, 1),)


def test_a_row_that_came_and_was_never_graded_is_a_miss():
    true = truth(values=[true_grade("4", 5)], rows=[CAME])
    part = grades.parts(true, said(quarantine=[held(ROW)]))[0]
    assert part.tallies == (Tally(TERM, 1, 0, 1),)
    assert part.lines[0].reason == "held: not so (LB-1, fault 19)"


def test_a_row_that_is_taken_back_when_it_comes_has_nothing_to_grade():
    true = truth(values=[true_grade("4", 5)], rows=[CAME | {"DELETED": "Y"}])
    assert grades.parts(true, said())[0].tallies == ()


def test_a_row_without_a_result_has_nothing_to_grade():
    true = truth(values=[true_grade("4", 5)], rows=[CAME])
    told = said(measurement=[measurement(ROW, VALUESTATE="not_done")])
    assert grades.parts(true, told)[0].tallies == ()
    told = said(measurement=[measurement(ROW)])
    assert grades.parts(true, told)[0].tallies == (Tally(TERM, 1, 0, 1),)
