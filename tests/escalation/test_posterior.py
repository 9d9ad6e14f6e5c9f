"""The beta posterior of a DLT rate, against published and closed-form values."""

from __future__ import annotations

import pytest

from safety.escalation.posterior import Posterior
from safety.escalation.state import Count

# Pr(p > 0.30) under a flat prior: what eliminates a level.
ABOVE_030 = [
    (3, 2, 0.9163), (3, 3, 0.9919), (6, 3, 0.8740), (6, 4, 0.9712),
    (9, 4, 0.8497), (9, 5, 0.9527), (12, 6, 0.9376), (12, 7, 0.9818),
]  # fmt: skip


@pytest.mark.parametrize(("n", "y", "above"), ABOVE_030)
def test_probability_above_the_target(n: int, y: int, above: float) -> None:
    assert Posterior.of(Count(n, y)).above(0.30) == pytest.approx(above, abs=5e-5)


def test_flat_prior_knows_nothing() -> None:
    nothing = Posterior.of(Count())
    assert nothing == Posterior(1, 1)
    assert nothing.mean == 0.5
    assert nothing.above(0.3) == pytest.approx(0.7, abs=1e-12)
    assert nothing.interval() == pytest.approx((0.05, 0.95), abs=1e-12)


def test_interval_is_equal_tailed() -> None:
    two_of_two = Posterior.of(Count(2, 2))  # Pr(p < x) = x^3
    assert two_of_two.mean == 0.75
    assert two_of_two.interval() == pytest.approx((0.05 ** (1 / 3), 0.95 ** (1 / 3)), abs=1e-12)
    assert two_of_two.interval(0.5) == pytest.approx((0.25 ** (1 / 3), 0.75 ** (1 / 3)), abs=1e-12)


def test_other_prior_adds_to_the_count() -> None:
    assert Posterior.of(Count(6, 5), (0.6, 1.4)) == Posterior(5.6, 2.4)
    assert Posterior.of(Count(6, 5), (0.6, 1.4)).mean == pytest.approx(0.7)
    # The phase II monitor of the reference stops at 5 of 6 and not at 4 of 6, at 0.95.
    assert Posterior.of(Count(6, 5), (0.6, 1.4)).above(0.30) > 0.95
    assert Posterior.of(Count(6, 4), (0.6, 1.4)).above(0.30) < 0.95


@pytest.mark.parametrize(("a", "b"), [(0, 1), (1, 0), (-1, 2), (float("nan"), 1)])
def test_no_distribution(a: float, b: float) -> None:
    with pytest.raises(ValueError, match="no distribution"):
        Posterior(a, b)


def test_improper_prior_needs_data() -> None:
    assert Posterior.of(Count(2, 1), (0, 0)) == Posterior(1, 1)
    with pytest.raises(ValueError, match="no distribution"):
        Posterior.of(Count(2, 2), (0, 0))
