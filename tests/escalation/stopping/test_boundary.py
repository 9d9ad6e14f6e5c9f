"""Boundaries and the exact chance of crossing one."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation.stopping.boundary import Boundary, crossing, predictive, walk

TWO_LOOKS = Boundary(((2, 2), (4, 3)))


def test_what_a_look_says() -> None:
    assert [TWO_LOOKS.at(n) for n in (1, 2, 3, 4, 5)] == [None, 2, None, 3, None]
    assert (TWO_LOOKS.stops(2, 2), TWO_LOOKS.stops(2, 1)) == (True, False)
    assert (TWO_LOOKS.stops(3, 3), TWO_LOOKS.stops(4, 3)) == (False, True)  # nobody looks at 3
    assert TWO_LOOKS.from_look(2) == ((2, 2), (4, 3))
    assert TWO_LOOKS.from_look(3) == ((4, 3),)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([True, True, False], (2, 2)),
        ([True, False, True, True], (4, 3)),
        ([True, False, True], None),
        ([True, False, True, False], None),
        ([], None),
    ],
)
def test_the_first_look_that_was_crossed(
    events: list[bool], expected: tuple[int, int] | None
) -> None:
    assert TWO_LOOKS.first_crossed(events) == expected


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (((3, 4),), "4 events among 3 subjects cannot be"),
        (((3, -1),), "-1 events among 3 subjects cannot be"),
        (((3, 2), (3, 2)), "in order"),
        (((4, 2), (3, 2)), "in order"),
        (((0, None),), "at 1 subject or more"),
    ],
)
def test_what_is_no_boundary(rows: tuple[tuple[int, int], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Boundary(rows)


def test_crossing_by_hand() -> None:
    """P = p^2 at the first look, then one of two and two of two: 2pq * p^2; E[n] = 4 - 2 p^2."""
    found = crossing(TWO_LOOKS, 0.3, 4)
    assert found.probability == pytest.approx(0.09 + 2 * 0.3 * 0.7 * 0.09)
    assert found.expected_n == pytest.approx(4 - 2 * 0.09)


@pytest.mark.parametrize(("rate", "probability", "expected_n"), [(0.0, 0.0, 4.0), (1.0, 1.0, 2.0)])
def test_crossing_for_rates_without_chance(
    rate: float, probability: float, expected_n: float
) -> None:
    found = crossing(TWO_LOOKS, rate, 4)
    assert (found.probability, found.expected_n) == (probability, expected_n)


def test_looks_beyond_the_end_do_not_count() -> None:
    assert crossing(TWO_LOOKS, 0.3, 3).probability == pytest.approx(0.09)
    assert crossing(Boundary(((2, None), (4, None))), 0.9, 4).probability == 0.0


def test_a_start_that_cannot_be() -> None:
    for start in ((5, 0), (3, 4), (3, -1)):
        with pytest.raises(ValueError, match="cannot be"):
            walk(TWO_LOOKS, start, 4, lambda _: 0.5)


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=6, max_size=6),
    st.floats(0.02, 0.98),
)
@settings(max_examples=25)
def test_the_sum_over_every_course_of_events(stops: list[int | None], rate: float) -> None:
    """The recursion agrees with writing out all 64 courses of six subjects."""
    boundary = Boundary(
        tuple((n, y if y is not None and y <= n else None) for n, y in enumerate(stops, 1))
    )
    chance, mean = 0.0, 0.0
    for course in product((False, True), repeat=6):
        weight = prod(rate if event else 1 - rate for event in course)
        crossed = boundary.first_crossed(course)
        chance += weight if crossed else 0.0
        mean += weight * (crossed[0] if crossed else 6)
    found = crossing(boundary, rate, 6)
    assert found.probability == pytest.approx(chance)
    assert found.expected_n == pytest.approx(mean)


def test_predictive_by_hand() -> None:
    """After 1 of 2 with Beta(1, 1): both of the next two, 2/4 * 3/5."""
    assert predictive(TWO_LOOKS, (2, 1), 4, (1, 1)) == pytest.approx(2 / 4 * 3 / 5)
    assert predictive(TWO_LOOKS, (2, 0), 4, (1, 1)) == 0.0
    # from nothing: both of two; or one of two and then two more
    first = 1 / 2 * 2 / 3
    second = 2 * (1 / 2 * 1 / 3) * (2 / 4 * 3 / 5)
    assert predictive(TWO_LOOKS, (0, 0), 4, (1, 1)) == pytest.approx(first + second)


def test_predictive_of_a_sharp_prior_is_the_crossing_of_its_rate() -> None:
    assert predictive(TWO_LOOKS, (0, 0), 4, (3e8, 7e8)) == pytest.approx(
        crossing(TWO_LOOKS, 0.3, 4).probability
    )
