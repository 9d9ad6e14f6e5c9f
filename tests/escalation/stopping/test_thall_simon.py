"""A monitor against an uncertain standard: dose_escalation 7(c)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.stats import beta

from safety.escalation.stopping.beta_binomial import BetaBinomial
from safety.escalation.stopping.boundary import crossing
from safety.escalation.stopping.rule import UNIFORM
from safety.escalation.stopping.thall_simon import ThallSimon


def test_a_sharp_standard_is_a_fixed_limit() -> None:
    assert ThallSimon((3e6, 7e6)).boundary(40) == BetaBinomial().boundary(40)
    assert ThallSimon((2e6, 8e6), 0.10).boundary(40) == BetaBinomial().boundary(40)


def test_an_uncertain_standard_stops_later() -> None:
    rule = ThallSimon((6, 14))
    assert rule.limit == pytest.approx(0.30)
    rows = zip(rule.boundary(40).rows, BetaBinomial().boundary(40).rows, strict=True)
    assert all(
        loose is None or (sharp is not None and loose >= sharp) for (_, loose), (_, sharp) in rows
    )
    assert rule.boundary(40).rows[:3] == ((6, 5), (7, 5), (8, 6))
    sharp = crossing(BetaBinomial().boundary(40), 0.3, 40).probability
    assert crossing(rule.boundary(40), 0.3, 40).probability < sharp


def test_two_equal_rates_are_even() -> None:
    rule = ThallSimon(UNIFORM, prior=UNIFORM)
    assert rule.exceeding(0, 0) == pytest.approx(0.5)
    # Pr(p_E > p_S) for p_E ~ Beta(1 + n, 1) is the mean of p_E: (n + 1) / (n + 2)
    assert rule.exceeding(5, 5) == pytest.approx(6 / 7)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 8), st.integers(1, 8))
@settings(max_examples=20)
def test_whole_parameters_have_a_closed_form(a: int, b: int, c: int, d: int) -> None:
    """P(Beta(c, d) > Beta(a, b)) as a finite sum of beta functions (Miller 2015)."""
    exact = sum(
        beta_function(a + i, b + d) / ((d + i) * beta_function(1 + i, d) * beta_function(a, b))
        for i in range(c)
    )
    found = ThallSimon((a, b), prior=(c, d)).exceeding(0, 0)
    assert found == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "margin"), [(20, 60, 0.1), (0.3, 0.7, 0.05), (300, 700, 0.05), (3, 7, 0.0)]
)
def test_the_sum_is_the_integral(a: float, b: float, margin: float) -> None:
    rule = ThallSimon((a, b), margin)
    for n, y in ((6, 3), (40, 12), (10, 0)):
        seen = 0.6 + y, 1.4 + n - y
        exact, _ = quad(
            lambda p, seen=seen: beta.pdf(p, a, b) * beta.sf(p + margin, *seen), 0, 1, limit=400,
            epsabs=1e-11, points=[a / (a + b)],
        )  # fmt: skip
        assert rule.exceeding(n, y) == pytest.approx(exact, abs=1e-9)
