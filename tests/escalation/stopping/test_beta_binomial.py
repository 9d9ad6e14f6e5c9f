"""The Bayesian monitor against every value of dose_escalation 7(b)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation.stopping.beta_binomial import BetaBinomial
from safety.escalation.stopping.boundary import crossing
from safety.escalation.stopping.looks import Looks

RULE = BetaBinomial(0.30, (0.6, 1.4), 0.95, Looks(first=6))
RATES = (0.2, 0.3, 0.4, 0.5)
STOPS = {
    5: (6, 8), 6: (9, 10), 7: (11, 12), 8: (13, 15), 9: (16, 18), 10: (19, 20), 11: (21, 23),
    12: (24, 25), 13: (26, 28), 14: (29, 31), 15: (32, 34), 16: (35, 36), 17: (37, 39),
    18: (40, 40),
}  # fmt: skip


def test_the_boundary_of_phase_ii() -> None:
    expected = tuple((n, y) for y, (a, b) in STOPS.items() for n in range(a, b + 1))
    assert RULE.boundary(40).rows == expected
    assert BetaBinomial() == RULE


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (RULE, (0.018, 0.156, 0.545, 0.897)),
        (replace(RULE, looks=Looks(first=6, every=3)), (0.010, 0.125, 0.506, 0.883)),
        (replace(RULE, looks=Looks(at=(10, 20, 30, 40))), (0.0085, 0.099, 0.442, 0.847)),
        (replace(RULE, probability=0.90), (0.054, 0.293, 0.718, 0.959)),
    ],
)
def test_how_often_it_stops(rule: BetaBinomial, expected: tuple[float, ...]) -> None:
    boundary = rule.boundary(40)
    found = [crossing(boundary, rate, 40).probability for rate in RATES]
    assert found == pytest.approx(expected, abs=5.1e-4)


def test_how_often_it_stops_early_with_few_looks() -> None:
    boundary = replace(RULE, looks=Looks(at=(10, 20, 30, 40))).boundary(40)
    assert crossing(boundary, 0.2, 40).probability == pytest.approx(0.0085, abs=5e-5)


def test_how_many_subjects_it_needs() -> None:
    found = [crossing(RULE.boundary(40), rate, 40).expected_n for rate in RATES]
    assert found == pytest.approx((39.5, 36.3, 27.7, 17.4), abs=0.051)


def test_looks_at_some_numbers_only() -> None:
    assert replace(RULE, looks=Looks(6, 3)).boundary(14).rows == ((6, 5), (9, 6), (12, 7))
    assert replace(RULE, looks=Looks(at=(10, 20, 60))).boundary(40).rows == ((10, 6), (20, 10))


def test_a_number_that_cannot_stop() -> None:
    """Pr(p > 0.30 | 2 of 2) = 0.91 and 3 of 3 = 0.97: nothing stops before the third subject."""
    assert replace(RULE, looks=Looks()).boundary(4).rows == ((1, None), (2, None), (3, 3), (4, 4))


def test_the_boundary_lies_between_two_posteriors() -> None:
    for n, y in RULE.boundary(40).rows:
        assert y is not None
        assert RULE.exceeding(n, y) > 0.95 >= RULE.exceeding(n, y - 1)


@given(st.floats(0.05, 0.6), st.floats(0.5, 0.99), st.floats(0.1, 5), st.floats(0.1, 5))
@settings(max_examples=20)
def test_more_subjects_never_need_fewer_events(
    limit: float, probability: float, a: float, b: float
) -> None:
    rule = BetaBinomial(limit, (a, b), probability, Looks())
    stops = [y for _, y in rule.boundary(20).rows]
    known = [y for y in stops if y is not None]
    assert known == sorted(known)
    assert stops[len(stops) - len(known) :] == known  # once it can stop it always can
