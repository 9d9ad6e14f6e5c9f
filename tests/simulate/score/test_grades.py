"""Grades: hits, misses, false ones, and when each came."""

from dataclasses import replace
from typing import Any

import pytest

from safety.simulate.score import grades
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import (
    WHO,
    came,
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
TWO = {"terms": ["Hypokalemia", "Hyperkalemia"]}
PRESSURE = {"terms": ["Hypertension"]}
ROW = f"LB|{WHO}|S5|NEUT"
SYSTOLIC, DIASTOLIC = f"VS|{WHO}|1", f"VS|{WHO}|2"


def tallies(true, told, number=0):
    return grades.parts(true, told)[number].tallies


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
@pytest.mark.parametrize("rows", [[], [came(ROW)]])  # calculated, or of the source
def test_a_grade_against_the_true_one(rows, true, got, tally):
    known = truth(values=[true_grade(true, 5)], rows=rows)
    assert tallies(known, said(grade=[grade(got, 5)])) == (tally,)


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
        {"PARAMCD": "WBC"},
    ],
)
def test_what_is_not_judged(changes):
    known = truth(values=[true_grade("4", 5)])
    assert tallies(known, said(grade=[grade(1, 5) | changes])) == ()


# ---------------------------------------------------------------- what must be graded
def true_of(test: str, term: str, direction: str, value: str) -> dict[str, str]:
    named = {"TEST": test, "TERM": term, "DIRECTION": direction}
    return true_grade(value, 5) | named


def graded(row: str, test: str, term: str, value: Any, direction: str = "high") -> dict[str, Any]:
    named = {"MKEY": row, "KEY": f"{row}#{term}#{direction}", "PARAMCD": test, "TERM": term}
    return grade(value, 5) | named | {"DIRECTION": direction}


def test_a_row_that_came_and_was_never_graded_is_a_miss():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW)])
    part = grades.parts(known, said(quarantine=[held(ROW)]))[0]
    assert part.tallies == (Tally(TERM, 1, 0, 1),)
    assert part.lines[0].reason == "held: not so (LB-1, fault 19)"
    assert grades.parts(known, said())[0].lines[0].reason == "in no table"
    stored = grades.parts(known, said(measurement=[measurement(ROW)]))[0]
    assert stored.lines[0].reason == "stored, without a grade"
    assert tallies(known, said(), number=1) == (Tally(TERM, 1, 0, 1),)


def test_a_row_that_is_held_for_the_fault_of_another_says_so():
    other = f"LB|{WHO}|S6|NEUT"
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW)], faults=[fault(19, "R", other)])
    line = grades.parts(known, said(quarantine=[held(ROW)]))[0].lines[0]
    assert line.reason == f"held: not so (LB-1, fault 19) (planted on {other})"


def test_each_term_of_a_test_is_expected_in_its_direction():
    row = f"LB|{WHO}|S5|K"
    values = [true_of("K", "Hypokalemia", "L", "3"), true_of("K", "Hyperkalemia", "H", "0")]
    known = truth(TWO, values=values, rows=[came(row, test="K")])
    high = graded(row, "K", "Hyperkalemia", 0)
    assert tallies(known, said(grade=[high])) == (
        Tally("Hyperkalemia", 1, 1), Tally("Hypokalemia", 1, 0, 1)
    )  # fmt: skip
    low = graded(row, "K", "Hypokalemia", 3, "low")
    assert tallies(known, said(grade=[high, low])) == (
        Tally("Hyperkalemia", 1, 1), Tally("Hypokalemia", 1, 1)
    )  # fmt: skip


def pressures():
    values = [
        true_of("SYSBP", "Hypertension", "H", "3"),
        true_of("DIABP", "Hypertension", "H", "1"),
    ]
    return truth(
        PRESSURE, values=values, rows=[came(SYSTOLIC, test="SYSBP"), came(DIASTOLIC, test="DIABP")]
    )


def test_vital_signs_that_are_never_graded_are_misses():
    assert tallies(pressures(), said()) == (Tally("Hypertension", 2, 0, 2),)


@pytest.mark.parametrize(
    ("systolic", "tally"),
    [
        (3, Tally("Hypertension", 2, 2)),
        (1, Tally("Hypertension", 2, 1, 1, false=1)),  # right of the diastolic, not of this
    ],
)
def test_two_tests_of_one_term_are_judged_apart(systolic, tally):
    rows = [graded(SYSTOLIC, "SYSBP", "Hypertension", systolic),
            graded(DIASTOLIC, "DIABP", "Hypertension", 1)]  # fmt: skip
    assert tallies(pressures(), said(grade=rows)) == (tally,)


@pytest.mark.parametrize(
    ("unit", "tally"),
    [("{plus}", Tally("Proteinuria", 1, 1)), ("g/d", Tally("Proteinuria", 1, 0, 1, false=1))],
)
def test_protein_is_told_apart_by_its_unit(unit, tally):
    values = [
        true_of("PROTDIP", "Proteinuria", "H", "2"),
        true_of("PROT24", "Proteinuria", "H", "0"),
    ]
    row = graded(f"LB|{WHO}|S5|PROT~X", "PROT", "Proteinuria", 2) | {"GUNIT": unit}
    assert tallies(truth({"terms": ["Proteinuria"]}, values=values), said(grade=[row])) == (tally,)


def test_the_day_of_a_row_is_that_of_the_truth():
    values = [true_grade("4", 5), true_grade("0", 9)]
    moved = grade(0, 5) | {"ADTMIN": march(9), "ADTMAX": march(9)}
    known = truth(values=values, rows=[came(ROW)])
    assert tallies(known, said(grade=[moved])) == (Tally(TERM, 1, 0, 1, false=1),)


def test_a_reading_is_replaced_only_by_one_that_is_graded():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW)])
    single = grade("", 5, REASONS="superseded")
    mean = grade(4, 5) | {"MKEY": f"{ROW}~MEAN", "KEY": "mean"}
    assert tallies(known, said(grade=[single, mean])) == (Tally(TERM, 1, 1),)
    assert tallies(known, said(grade=[single])) == (Tally(TERM, 1, 0, 1),)


def test_a_row_without_a_result_has_nothing_to_grade():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW, test="", DATE="")])
    assert tallies(known, said()) == ()
    told = said(measurement=[measurement(ROW, VALUESTATE="not_done")])
    assert tallies(known, told) == ()


def test_a_truth_without_tests_takes_them_from_the_record():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW, test="", DATE="")])
    stored = measurement(ROW, PARAMCD="NEUT", ADTMIN=march(5), ADTMAX=march(5))
    assert tallies(known, said(measurement=[stored])) == (Tally(TERM, 1, 0, 1),)
    unsure = stored | {"ADTMAX": march(9)}
    assert tallies(known, said(measurement=[unsure])) == ()


@pytest.mark.parametrize(
    "true",
    [
        truth(values=[true_grade("4", 5)], rows=[came(ROW), came(ROW, 6, DELETED="Y")]),
        truth(values=[true_grade("4", 5)], rows=[came(ROW, CAME="")]),  # in no usable file
        truth(values=[true_grade("4", 5)], rows=[came(ROW, CAME=march(20))]),  # after the last run
        truth(values=[true_grade("4", 9)], rows=[came(ROW)]),  # a day without truth
        truth(values=[true_grade("", 5)], rows=[came(ROW)]),
        truth(values=[true_grade("4", 5)], rows=[came(ROW, test="WBC")]),
        truth(values=[true_grade("4", 5)], rows=[came(ROW)], faults=[fault(19, "R")]),
        truth(
            values=[true_grade("4", 5)], rows=[came(ROW)],
            faults=[fault(54, "R", f"DM|{WHO}", DOMAIN="DM")],
        ),
    ],
)  # fmt: skip
def test_what_need_not_be_graded(true):
    assert tallies(true, said()) == ()


def test_what_came_on_a_day_that_was_run_in_vain_is_expected():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW, CAME=march(20))])
    told = replace(said(), driven=(march(20),))
    assert tallies(known, told) == (Tally(TERM, 1, 0, 1),)


def test_a_row_that_was_taken_back_is_not_judged():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW), came(ROW, 6, DELETED="Y")])
    assert tallies(known, said(grade=[grade(4, 5)])) == ()


# ---------------------------------------------------------------- faults
@pytest.mark.parametrize("rows", [[], [came(ROW)]])
def test_rows_with_a_planted_fault_are_left_to_the_faults(rows):
    known = truth(values=[true_grade("4", 5)], faults=[fault(19, "R")], rows=rows)
    assert tallies(known, said(grade=[grade(1, 5)])) == ()


@pytest.mark.parametrize(("sample", "expected"), [("S5", ()), ("S6", (Tally(TERM, 1, 0, 1),))])
def test_what_is_calculated_from_a_faulty_row_is_left_to_the_faults(sample, expected):
    known = truth(values=[true_grade("4", 5)], faults=[fault(26, "C", f"LB|{WHO}|S5|NEUTLE")])
    calculated = grade("", 5) | {"MKEY": f"LB|{WHO}|{sample}|WBC~ANC"}
    assert tallies(known, said(grade=[calculated])) == expected


# ---------------------------------------------------------------- when
def test_two_days_from_coming_to_the_right_grade():
    known = truth(values=[true_grade("4", 5)], rows=[came(ROW)])
    told = said(grade=[grade("", 5, 5) | {"SPAN": spell(5, 7)}, grade(4, 5, 7)])
    final, first = grades.parts(known, told)
    assert final.tallies == (Tally(TERM, 1, 1, delays=(2,)),)
    assert first.tallies == (Tally(TERM, 1, 0, 1),)
