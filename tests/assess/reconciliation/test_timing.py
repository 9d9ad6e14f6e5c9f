"""Dates and outcomes of events beside the days of their values. Tolerance 7 days, 14 to enter."""

from __future__ import annotations

from datetime import date

import pytest

from tests import trial
from tests.assess.reconciliation.course import ae, alt, compared


def course(*grades: int, first: str = "2024-03-04") -> list[dict]:
    """Weekly values from a Monday on."""
    begin = date.fromisoformat(first).toordinal()
    days = [date.fromordinal(begin + 7 * n).isoformat() for n in range(len(grades))]
    return [alt(day, grade) for day, grade in zip(days, grades, strict=True)]


# weekly from 2024-03-04: 0 0 2 2 0 0 (03-04, 03-11, 03-18, 03-25, 04-01, 04-08)
EPISODE = course(0, 0, 2, 2, 0, 0)


@pytest.mark.parametrize(
    ("grade", "start", "end", "text"),
    [
        ("2", "2024-03-18", "2024-04-01", ""),
        ("2", "2024-03-12", "2024-04-08", ""),  # any day between two samples
        ("2", "2024-03-25", "2024-04-01", ""),  # a week late is tolerated
        ("2", "2024-03-26", "2024-04-01",
         "told to begin 2024-03-26, but values are of grade 2 from 2024-03-18 on"),
        ("2", "2024-03-04", "2024-04-01", ""),
        ("2", "2024-03-03", "2024-04-01",
         "told to begin 2024-03-03, but a value is normal on 2024-03-11"),
        ("2", "2024-03-18", "2024-04-09",
         "told to end 2024-04-09, but values are normal from 2024-04-01 on"),
        ("3", "2024-03-26", "2024-04-01", ""),  # of a row of grade 3, values of 2 say nothing
        ("2", "2024-03", "2024-04-01", ""),  # no complete date, nothing said of it
    ],
)  # fmt: skip
def test_dates(grade: str, start: str, end: str, text: str) -> None:
    events = [ae("1", grade, start, end)]
    assert compared(EPISODE, events, "DATESAPART") == {"AE|S1|1": text}


def test_dates_are_asked_of_the_first_row_of_an_event() -> None:
    events = [
        ae("1", "2", "2024-03-27", "2024-03-30", AEGRPID="4"),
        ae("2", "1", "2024-03-30", "2024-04-01", AEGRPID="4"),
    ]
    text = "told to begin 2024-03-27, but values are of grade 2 from 2024-03-18 on"
    assert compared(EPISODE, events, "DATESAPART") == {"AE|S1|1": text}


def test_what_another_event_covers_is_no_late_begin() -> None:
    events = [ae("1", "2", "2024-03-18", "2024-03-24"), ae("2", "2", "2024-03-30", "2024-04-01")]
    assert set(compared(EPISODE, events, "DATESAPART").values()) == {""}


def test_what_was_as_bad_before_treatment_is_no_late_begin() -> None:
    values = [v | {"BTOXGR": 2} for v in EPISODE]
    events = [ae("1", "2", "2024-03-26", "2024-04-01")]
    assert compared(values, events, "DATESAPART") == {"AE|S1|1": ""}


def test_days_are_left_to_enter() -> None:
    events = [ae("1", "2", "2024-03-26", None)]
    assert compared(EPISODE[:3], events, "DATESAPART", date(2024, 3, 31)) == {"AE|S1|1": ""}
    assert compared(EPISODE[:3], events, "DATESAPART", date(2024, 4, 1)) == {
        "AE|S1|1": "told to begin 2024-03-26, but values are of grade 2 from 2024-03-18 on"
    }


def test_the_study_says_how_far_dates_may_lie_apart() -> None:
    study = trial.study(checks={"parameters": {"reconcile_dates_within": 14}})
    events = [ae("1", "2", "2024-03-26", "2024-04-01")]
    assert compared(EPISODE, events, "DATESAPART", study=study) == {"AE|S1|1": ""}


NOT_OVER = "told to be resolved on 2024-03-12, but a value is of grade 2 on 2024-03-25"


@pytest.mark.parametrize(
    ("values", "end", "text"),
    [
        (EPISODE, "2024-03-17", ""),  # a normal value shortly before its end
        (EPISODE, "2024-03-18", ""),  # 2024-03-25 is a week after it
        (course(0, 2, 1, 2, 0), "2024-03-12", ""),  # better between: another episode
        (course(0, 2, 2, 2, 0), "2024-03-12", NOT_OVER),
        (course(0, 1, 1, 1, 0), "2024-03-12", ""),  # grade 1 may be what it was before
    ],
)
def test_a_resolved_event_whose_values_go_on(values: list[dict], end: str, text: str) -> None:
    events = [ae("1", "2", "2024-03-11", end)]
    assert compared(values, events, "OUTCOMEAPART") == {"AE|S1|1": text}


def test_another_event_takes_over() -> None:
    events = [ae("1", "2", "2024-03-11", "2024-03-17"), ae("2", "2", "2024-03-20", "2024-04-01")]
    assert set(compared(EPISODE, events, "OUTCOMEAPART").values()) == {""}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (course(0, 2, 0, 0), "told to go on, but values are normal from 2024-03-18 on"),
        (course(0, 2, 0), ""),  # one normal value is not enough
        (course(0, 2, 0, 1), ""),
        (course(0, 0, 0, 0), ""),  # never seen: that is asked elsewhere
    ],
)
def test_an_event_that_goes_on_though_values_are_normal(values: list[dict], text: str) -> None:
    events = [ae("1", "2", "2024-03-11", None)]
    assert compared(values, events, "OUTCOMEAPART") == {"AE|S1|1": text}


def test_the_outcome_is_asked_of_the_last_row() -> None:
    events = [
        ae("1", "3", "2024-03-11", "2024-03-14", AEGRPID="4"),
        ae("2", "2", "2024-03-14", None, AEGRPID="4"),
    ]
    found = compared(course(0, 2, 0, 0), events, "OUTCOMEAPART")
    assert found == {"AE|S1|2": "told to go on, but values are normal from 2024-03-18 on"}
