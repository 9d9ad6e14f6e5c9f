"""The Pocock-type boundary against dose_escalation 7(a) and clinfun's worked examples."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from safety.escalation.stopping.boundary import Boundary, crossing
from safety.escalation.stopping.looks import Looks
from safety.escalation.stopping.pocock import Pocock

PHASE_II = Pocock(0.20, 0.05, 40)


def test_the_boundary_of_phase_ii() -> None:
    assert [y for _, y in PHASE_II.boundary(40).rows] == [
        None, None, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 11,
        11, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 15, 15,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rate", "probability", "expected_n"),
    [(0.20, 0.0497, 38.8), (0.30, 0.352, 32.8), (0.40, 0.799, 22.1), (0.50, 0.979, 13.4)],
)
def test_how_often_it_stops(rate: float, probability: float, expected_n: float) -> None:
    found = crossing(PHASE_II.boundary(40), rate, 40)
    assert found.probability == pytest.approx(probability, abs=5.1e-4)
    assert found.expected_n == pytest.approx(expected_n, abs=0.051)


def test_the_false_stops_to_four_places() -> None:
    found = crossing(PHASE_II.boundary(40), 0.20, 40).probability
    assert found == pytest.approx(0.0497, abs=5e-5)


def _exceeds(boundary: Boundary) -> str:
    """As toxbdry prints it: more than so many events in up to so many subjects."""
    rows = [*boundary.rows, (0, None)]
    return " ".join(f"{a - 1}/{n}" for (n, a), (_, b) in pairwise(rows) if a is not None and a != b)


@pytest.mark.parametrize(
    ("rule", "printed", "rates", "expected"),
    [
        (Pocock(0.1, 0.1, 30, Looks(first=2)), "1/3 2/8 3/13 4/19 5/26 6/30", (0.1, 0.3),
         (0.097, 0.898)),
        # the low boundary is the next one: it stops somewhat more often than asked, 0.1002
        (Pocock(0.1, 0.1005, 30, Looks(first=2)), "1/3 2/8 3/13 4/20 5/26 6/30", (0.1, 0.3),
         (0.100, 0.901)),
        (Pocock(0.2, 0.1, 75, Looks(at=(20, 40, 60, 75))), "7/20 12/40 17/60 21/75", (0.2, 0.35),
         (0.088, 0.911)),
        (Pocock(0.2, 0.102, 75, Looks(at=(20, 40, 60, 75))), "7/20 12/40 17/60 20/75",
         (0.2, 0.35), (0.101, 0.935)),
    ],
)  # fmt: skip
def test_the_examples_of_toxbdry(
    rule: Pocock, printed: str, rates: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    boundary = rule.boundary(rule.planned)
    assert _exceeds(boundary) == printed
    found = [crossing(boundary, rate, rule.planned).probability for rate in rates]
    assert found == pytest.approx(expected, abs=5.1e-4)


def test_the_level_goes_on_beyond_the_plan() -> None:
    assert PHASE_II.boundary(50).rows[:40] == PHASE_II.boundary(40).rows
    assert PHASE_II.boundary(50).at(50) == 17  # P(Bin(50, 0.2) >= 17) = 0.0144
    assert PHASE_II.alpha == pytest.approx(0.0148629, abs=1e-7)


def test_without_a_look_or_a_level_nothing_stops() -> None:
    assert Pocock(0.2, 0.05, 10, Looks(first=20)).boundary(10).rows == ()
    never = Pocock(0.5, 0.01, 3)  # all three have an event in 0.125
    assert never.alpha is None
    assert never.boundary(3).rows == ((1, None), (2, None), (3, None))


@given(st.floats(0.05, 0.5), st.floats(0.02, 0.3))
@settings(max_examples=10)
def test_it_is_the_loosest_level_that_keeps_the_promise(rate: float, false_stop: float) -> None:
    """Every level that changes anything, tried one by one on ten subjects."""
    tails = {(n, y): float(binom.sf(y - 1, n, rate)) for n in range(1, 11) for y in range(1, n + 1)}
    kept = None
    for alpha in sorted(tails.values()):
        enough = alpha * (1 + 1e-9)
        rows = [(n, [y for y in range(1, n + 1) if tails[n, y] <= enough]) for n in range(1, 11)]
        boundary = Boundary(tuple((n, min(y, default=None)) for n, y in rows))
        if crossing(boundary, rate, 10).probability <= false_stop:
            kept = boundary
    assert Pocock(rate, false_stop, 10).boundary(10) == kept
