"""Grade trajectories of adverse events from split rows."""

from __future__ import annotations

import pytest

from safety.assess.moments import Span
from safety.assess.reports import report_runs
from tests.assess.engine import MET, UNKNOWN, at, day, reported


def _runs(*rows, at_least: int = 3, as_of: int = 40) -> list[tuple]:
    found = report_runs(rows, at_least, day(as_of))
    return [(r.days().low, r.days().high, r.truth) for r in found]


def row(grade, first, last, group="", **more):
    return reported("Fatigue", grade, first, last, group=group, **more)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(3, 5, 12)], [(8, 8, MET)]),  # vignette 17
        ([row(3, 5, 5)], [(1, 1, MET)]),
        ([row(2, 5, 12)], []),
        ([row(3, 30, None)], [(11, None, MET)]),  # goes on at the data cut
        # a change of grade: a new row that begins when the one before ended
        ([row(3, 5, 8), row(4, 8, 10)], [(6, 6, MET)]),
        # to one day, from the next: no day lies between, whatever AEGRPID says
        ([row(3, 5, 8, "g"), row(4, 9, 10, "g")], [(6, 6, MET)]),
        ([row(3, 5, 8), row(4, 9, 10)], [(6, 6, MET)]),
        ([row(3, 5, 8, "a"), row(4, 9, 10, "b")], [(6, 6, MET)]),
        ([row(3, 5, 8, "g"), row(4, 10, 12, "g")], [(4, 4, MET), (3, 3, MET)]),  # a gap stays
        # grade 3, then 2, then 3 again; also if the 2 lasted for a day
        ([row(3, 5, 7), row(2, 7, 8), row(3, 8, 9)], [(3, 3, MET), (2, 2, MET)]),
        ([row(3, 5, 7, "g"), row(2, 7, 9, "g"), row(3, 9, 11, "g")], [(3, 3, MET), (3, 3, MET)]),
        ([row(3, 5, None), row(4, 20, 22)], [(36, None, MET)]),
        ([row(1, 5, 8, high=5)], [(0, 4, UNKNOWN)]),  # grade missing
        # a sure day lends nothing to what is not sure, nor takes from it
        ([row(4, 5, 6, "g"), row(1, 6, 15, "g", high=5)], [(2, 11, MET)]),
        ([row(1, 5, 8, "g", high=5), row(3, 8, 10, "g")], [(3, 6, MET)]),
        ([row(3, "2024-03", 20)], [(1, 23, MET)]),
    ],
)
def test_rows_that_follow_each_other_are_one_run(rows, expected) -> None:
    assert _runs(*rows) == expected
    assert _runs(*reversed(rows)) == expected


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        # examples/README.md
        (10, 12, Span(24, 72, low_open=True, high_open=True)),
        (10, 13, Span(48, 96, low_open=True, high_open=True)),
        (10, 14, Span(72, 120, low_open=True, high_open=True)),
        (38, None, Span(24, None, low_open=True)),
    ],
)
def test_bounds_in_hours(first, last, span) -> None:
    assert report_runs([row(3, first, last)], 3, day(40))[0].hours() == span


def test_it_surely_begins_with_its_first_sure_row() -> None:
    rows = [row(1, 5, 8, "g", high=5), row(3, 8, 10, "g")]
    run = report_runs(rows, 3, day(40))[0]
    assert (run.begin, run.start, run.end) == (at(5), at(8), at(10))
    assert run.hours() == Span(24, 144, low_open=True, high_open=True)


def test_it_is_known_to_go_on_until_the_data_cut() -> None:
    run = report_runs([row(3, 5, None)], 3, day(40))[0]
    assert (run.end, run.known_until) == (None, at(40))
    assert report_runs([row(3, 5, 9)], 3, day(40))[0].known_until == at(9)
