"""Moments: what a date says, and bounds of the time between two."""

from __future__ import annotations

from datetime import date

import pytest

from safety.assess.moments import Span, day_of, elapsed, moment, study_day
from tests.assess.engine import DAY_1, at


@pytest.mark.parametrize(
    ("text", "first", "last", "timed"),
    [
        ("2024-03-18", (2024, 3, 18), (2024, 3, 18), False),
        ("2024-03-18T08:30", (2024, 3, 18), (2024, 3, 18), True),
        ("2024-03-18T08:30:15", (2024, 3, 18), (2024, 3, 18), True),
        ("2024-03-18T23:30+08:00", (2024, 3, 18), (2024, 3, 18), False),  # not comparable: its day
        ("2024-03", (2024, 3, 1), (2024, 3, 31), False),
        ("2024", (2024, 1, 1), (2024, 12, 31), False),
        ("2024-02", (2024, 2, 1), (2024, 2, 29), False),
    ],
)
def test_a_date_covers_what_it_leaves_open(text, first, last, timed) -> None:
    found = moment(text)
    assert found is not None
    assert (found.first_day, found.last_day) == (date(*first), date(*last))
    assert found.is_timed is timed


@pytest.mark.parametrize("text", ["", "unknown", "2024-13-01", "18.03.2024", None])
def test_what_is_no_date_is_none(text) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        # examples/README.md: d10-d12 is more than 24 h to at most 72 h
        (at(10), at(12), Span(24, 72, low_open=True, high_open=True)),
        (at(10), at(13), Span(48, 96, low_open=True, high_open=True)),
        (at(10), at(11), Span(0, 48, low_open=True, high_open=True)),
        (at(10), at(10), Span(0, 24, low_open=False, high_open=True)),
        (at(10, "08:00"), at(12, "20:00"), Span(60, 60)),
        (at(10, "08:00"), at(12), Span(40, 64, low_open=True, high_open=True)),
        (at(10), at(12, "08:00"), Span(32, 56, low_open=True, high_open=True)),
        (at("2024-03"), at("2024-03-18"), Span(0, 432, low_open=False, high_open=True)),
    ],
)
def test_hours_between_are_as_sure_as_the_times(start, end, span) -> None:
    assert elapsed(start, end) == span


def test_there_is_no_study_day_zero() -> None:
    assert study_day(DAY_1, DAY_1) == 1
    assert study_day(date(2024, 3, 3), DAY_1) == -1
    assert day_of(22, DAY_1) == date(2024, 3, 25)


@pytest.mark.parametrize(
    ("moment_", "text"),
    [
        (at(15), "2024-03-18"),
        (at(15, "08:00"), "2024-03-18T08:00"),
        (at("2024-03"), "2024-03-01 to 2024-03-31"),
    ],
)
def test_a_moment_reads_as_the_data_say(moment_, text) -> None:
    assert str(moment_) == text
