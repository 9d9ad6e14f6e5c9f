"""Runs of samples and bounds of their length (reference, section 3.2, duration logic)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.assess.moments import Span
from safety.assess.runs import check, in_words, runs, settling_day
from safety.study.language import DurationTest
from tests.assess.engine import MET, NOT, UNKNOWN, at, day, point
from tests.assess.engine import point as p


def _days(*points) -> list[tuple[float, float | None]]:
    return [(r.days().low, r.days().high) for r in runs(points)]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        # vignettes 1 to 3: 0.45 d15, 0.48 d18, 0.40 d22, 0.9 d24; 0.45 d15, 0.7 d19; d15, d22
        ([p(15, MET), p(18, MET), p(22, MET), p(24, NOT)], [(8, 9)]),
        ([p(15, MET), p(19, NOT)], [(1, 4)]),
        ([p(15, MET), p(22, NOT)], [(1, 7)]),
        ([p(15, MET)], [(1, None)]),
        ([p(15, NOT)], []),
        ([], []),
        ([p(15, MET), p(18, NOT), p(20, MET)], [(1, 3), (1, None)]),
        ([p(10, NOT), p(15, MET), p(16, NOT)], [(1, 1)]),  # what came before is not added
        ([p(15, UNKNOWN), p(22, NOT)], [(0, 7)]),
        ([p(15, MET), p(18, UNKNOWN), p(22, MET), p(25, NOT)], [(1, 10)]),
        ([p(15, UNKNOWN), p(17, MET), p(20, MET), p(25, NOT)], [(4, 10)]),
        ([p(15, MET), p(16, MET), p(18, UNKNOWN), p(19, MET), p(24, MET), p(26, NOT)], [(6, 11)]),
        # a partial date: the run may have begun on any day of it
        ([p("2024-03", MET), p("2024-03-20", NOT)], [(0, 19)]),
        ([p("2024-03-20", MET), p("2024-04", NOT)], [(1, 41)]),
        # two samples of one day without times count as one, the worse; with times each counts
        ([p(15, MET), p(15, NOT), p(19, NOT)], [(1, 4)]),
        ([p(15, UNKNOWN), p(15, NOT), p(19, NOT)], [(0, 4)]),
        ([p(15, NOT, "08:00"), p(15, MET, "20:00"), p(18, NOT)], [(1, 3)]),
        # recovered on the last day: the upper bound is not below the lower one
        ([p(15, MET, "08:00"), p(22, MET, "08:00"), p(22, NOT, "16:00")], [(8, 8)]),
        ([p(15, MET, "08:00"), p(15, NOT, "16:00")], [(1, 1)]),
    ],
)
def test_bounds_in_days(points, expected) -> None:
    assert _days(*points) == expected
    assert _days(*reversed(points)) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([p(10, MET), p(12, NOT)], Span(0, 72, high_open=True)),
        ([p(10, MET), p(12, MET)], Span(24, None, low_open=True)),
        ([p(10, MET, "08:00"), p(12, MET, "08:00"), p(13, NOT, "20:00")], Span(48, 84)),
        ([p(10, MET, "08:00")], Span(0, None)),
        ([p(10, UNKNOWN, "08:00"), p(11, NOT, "08:00")], Span(0, 24)),
    ],
)
def test_bounds_in_hours(points, expected) -> None:
    assert runs(points)[0].hours() == expected


def test_bounds_since_a_later_moment() -> None:
    run = runs([p(10, MET), p(14, MET), p(16, MET), p(20, NOT)])[0]
    assert run.days(at(14)) == Span(3, 6)
    assert run.hours(at(14)) == Span(24, 168, low_open=True, high_open=True)


def test_a_run_shows_what_it_rests_on() -> None:
    points = [p(9, NOT), p(14, UNKNOWN), p(15, MET), p(18, UNKNOWN), p(24, NOT)]
    run = runs(points)[0]
    assert run.truth is MET
    assert (run.first, run.last_sure) == (points[2], points[2])
    assert (run.recovered, run.recovery) == (at(24), points[4].source)
    assert run.gaps == "samples up to 6 days apart, last without it 2024-03-12"


def test_an_uncertain_run_begins_where_it_may() -> None:
    run = runs([p(14, UNKNOWN), p(16, UNKNOWN)])[0]
    assert (run.truth, run.first.when, run.last_sure.when) == (UNKNOWN, at(14), at(16))
    assert run.sure == ()


@pytest.mark.parametrize(
    ("test", "span", "expected"),
    [
        (">=7d", Span(7, 9), MET), (">=7d", Span(6, 9), UNKNOWN), (">=7d", Span(1, 7), UNKNOWN),
        (">=7d", Span(1, 6), NOT), (">=7d", Span(6, None), UNKNOWN), (">=7d", Span(7, None), MET),
        (">7d", Span(7, 9), UNKNOWN), (">7d", Span(8, 9), MET), (">7d", Span(1, 7), NOT),
        (">7d", Span(1, 8), UNKNOWN),
        ("<=7d", Span(1, 7), MET), ("<=7d", Span(7, 8), UNKNOWN), ("<=7d", Span(8, 9), NOT),
        ("<=7d", Span(8, None), NOT), ("<=7d", Span(7, None), UNKNOWN),
        ("<7d", Span(1, 6), MET), ("<7d", Span(1, 7), UNKNOWN), ("<7d", Span(7, 9), NOT),
        ("<7d", Span(6, None), UNKNOWN),
        # open bounds are not reached: 24-72 h with dates only is at most 72 h
        ("<=72h", Span(24, 72, low_open=True, high_open=True), MET),
        ("<72h", Span(24, 72, low_open=True, high_open=True), MET),
        ("<72h", Span(24, 72), UNKNOWN),
        ("<=72h", Span(48, 96, low_open=True, high_open=True), UNKNOWN),
        ("<=72h", Span(72, 120, low_open=True, high_open=True), NOT),
        ("<=72h", Span(72, 120), UNKNOWN),
        (">72h", Span(72, 120, low_open=True, high_open=True), MET),
        (">72h", Span(72, 120), UNKNOWN),
        (">=72h", Span(24, 72, high_open=True), NOT),
        (">=72h", Span(24, 72), UNKNOWN),
        (">1h", Span(0, None), UNKNOWN),
    ],
)  # fmt: skip
def test_a_length_is_tested_by_its_bounds(test, span, expected) -> None:
    assert check(DurationTest.parse(test), span) is expected


@pytest.mark.parametrize(
    ("test", "start", "expected"),
    [(">=7d", at(15), 21), (">7d", at(15), 22), ("<=7d", at(15), 22), ("<7d", at(15), 21),
     ("<=72h", at(10, "08:00"), 13), (">1h", at(10, "23:30"), 11), ("<=72h", at(10), 12)],
)  # fmt: skip
def test_the_day_that_settles_it(test, start, expected) -> None:
    assert settling_day(DurationTest.parse(test), start) == day(expected)


@pytest.mark.parametrize("test", [">=7d", ">7d", "<=7d", "<7d"])
def test_a_sample_on_the_settling_day_decides_whatever_it_shows(test) -> None:
    wanted = DurationTest.parse(test)
    by = settling_day(wanted, at(15)).isoformat()
    for shown in (MET, NOT):
        run = runs([p(15, MET), p(by, shown)])[0]
        assert check(wanted, run.days()) is not UNKNOWN


@pytest.mark.parametrize(
    ("span", "unit", "text"),
    [(Span(1, 7), "d", "1 to 7 days"), (Span(8, None), "d", "at least 8 days"),
     (Span(1, 1), "d", "1 day"), (Span(24, 72), "h", "24 to 72 h")],
)  # fmt: skip
def test_bounds_in_words(span, unit, text) -> None:
    assert in_words(span, unit) == text


@st.composite
def series(draw) -> list:
    """Samples of different times, dated or timed, in any order."""
    times = st.tuples(st.integers(1, 40), st.sampled_from(["", "08:00", "20:00"]))
    found = []
    for n, clock in draw(st.lists(times, min_size=1, max_size=8, unique=True)):
        found.append(point(n, draw(st.sampled_from([MET, NOT, UNKNOWN])), clock))
    return found


@given(series())
def test_the_lower_bound_is_not_above_the_upper_one(points) -> None:
    for run in runs(points):
        for span in (run.days(), run.hours()):
            assert span.low >= 0
            assert span.high is None or span.low <= span.high


@given(series(), st.randoms())
def test_the_order_of_samples_is_irrelevant(points, random) -> None:
    shuffled = list(points)
    random.shuffle(shuffled)
    assert runs(shuffled) == runs(points)


@given(series(), st.integers(1, 40))
def test_a_recovered_sample_never_lengthens_the_longest_run(points, number) -> None:
    before = [r.days().high for r in runs(points)]
    after = [r.days().high for r in runs([*points, point(number, NOT, "12:00")])]
    open_before = sum(h is None for h in before)
    assert sum(h is None for h in after) <= open_before
    longest = max((h for h in before if h is not None), default=0)
    if not open_before:
        assert max((h for h in after if h is not None), default=0) <= longest
