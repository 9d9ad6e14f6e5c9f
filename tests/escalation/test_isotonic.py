"""MTD selection: published examples, ties, and agreement with another isotonic regression."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from safety.escalation.isotonic import pooled, pooled_many, select, select_many
from safety.escalation.state import Count, state

Pairs = Sequence[tuple[int, int]]


def counts(*pairs: tuple[int, int]) -> tuple[Count, ...]:
    return state(pairs, 0).counts


# (n, y) by level, rates to two places, index of the MTD; target 0.30 (R package BOIN 2.7.2).
EXAMPLES = [
    (((3, 0), (3, 0), (15, 4), (9, 4), (0, 0)), (0.02, 0.02, 0.27, 0.45, None), 2),
    (((6, 1), (6, 2), (9, 2)), (0.17, 0.26, 0.26), 2),
    (((3, 0), (9, 2), (6, 3)), (0.02, 0.23, 0.50), 1),
]


@pytest.mark.parametrize(("pairs", "rates", "mtd"), EXAMPLES)
def test_published_examples(pairs: Pairs, rates: tuple[float | None, ...], mtd: int | None) -> None:
    found = pooled(counts(*pairs), len(pairs))
    assert [r if r is None else round(r, 2) for r in found] == list(rates)
    assert select(counts(*pairs), 0.30, len(pairs)) == mtd


def test_pooled_levels_weigh_by_their_precision() -> None:
    a, b = pooled(counts((6, 2), (9, 2)), 2)
    first, second = 2.05 / 6.1, 2.05 / 9.1
    w1 = 6.1**2 * 7.1 / (2.05 * 4.05)
    w2 = 9.1**2 * 10.1 / (2.05 * 7.05)
    assert a == b == pytest.approx((w1 * first + w2 * second) / (w1 + w2), abs=1e-12)


@pytest.mark.parametrize(
    ("pairs", "mtd"),
    [
        (((3, 0), (3, 0), (3, 0)), 2),  # the same rate below the target: the highest level
        (((3, 2), (3, 2), (3, 2)), 0),  # above it: the lowest
        (((3, 0), (0, 0), (3, 0)), 2),  # nobody was treated at a level between
        (((0, 0), (3, 2), (0, 0)), 1),  # the only level treated
    ],
)
def test_ties_and_gaps(pairs: Pairs, mtd: int | None) -> None:
    assert select(counts(*pairs), 0.30, 3) == mtd


def test_closed_levels_are_neither_chosen_nor_pooled() -> None:
    pairs = counts((6, 1), (6, 2), (9, 2))
    assert select(pairs, 0.30, 2) == 1
    assert pooled(pairs, 2) == pytest.approx((1.05 / 6.1, 2.05 / 6.1, None))
    assert select(pairs, 0.30, 0) is None
    assert pooled(pairs, 0) == (None, None, None)


def test_nobody_treated_has_no_mtd() -> None:
    assert select(counts((0, 0), (0, 0)), 0.30, 2) is None


def test_levels_equally_far_from_the_target() -> None:
    assert select(counts((5, 1), (5, 4)), 0.5, 2) == 0  # (1.05 + 4.05) / 5.1 = 2 x 0.5


def by_regression(pairs: Pairs, open_levels: int, target: float) -> tuple[list[float], int]:
    """The rule by scipy's pool-adjacent-violators, one trial at a time."""
    levels = [i for i, (n, _) in enumerate(pairs) if n and i < open_levels]
    if not levels:
        return [], -1
    n = np.array([pairs[i][0] for i in levels])
    y = np.array([pairs[i][1] for i in levels])
    variance = (y + 0.05) * (n - y + 0.05) / ((n + 0.1) ** 2 * (n + 0.1 + 1))
    fit = isotonic_regression((y + 0.05) / (n + 0.1), weights=1 / variance).x
    distance = np.abs(fit + 1e-10 * np.arange(1, len(levels) + 1) - target)
    return list(fit), levels[int(np.argmin(distance))]


def check(trials: Sequence[Pairs], open_levels: Sequence[int], target: float) -> None:
    both = np.array(trials)
    found = select_many(both[:, :, 0], both[:, :, 1], np.array(open_levels), target)
    rates = pooled_many(both[:, :, 0], both[:, :, 1], np.array(open_levels))
    for i, (trial, closed) in enumerate(zip(trials, open_levels, strict=True)):
        fit, mtd = by_regression(trial, closed, target)
        assert found[i] == mtd
        assert rates[i][~np.isnan(rates[i])] == pytest.approx(fit, abs=1e-12)


def test_every_small_trial_agrees_with_another_regression() -> None:
    one = [(n, y) for n in (0, 1, 3, 4) for y in range(n + 1)]
    trials = list(product(one, one, one))
    check(trials, [3] * len(trials), 0.30)


levels = st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
trials = st.integers(1, 8).flatmap(
    lambda k: st.lists(st.lists(levels, min_size=k, max_size=k), min_size=1, max_size=8)
)


@pytest.mark.property
@given(trials, st.data(), st.sampled_from([0.15, 0.25, 0.30, 0.40]))
def test_many_trials_agree_with_another_regression(
    many: list[list[tuple[int, int]]], data: st.DataObject, target: float
) -> None:
    tops = st.integers(0, len(many[0]))
    closed = data.draw(st.lists(tops, min_size=len(many), max_size=len(many)))
    check(many, closed, target)
    singly = [select(counts(*trial), target, top) for trial, top in zip(many, closed, strict=True)]
    both = np.array(many)
    together = select_many(both[:, :, 0], both[:, :, 1], np.array(closed), target)
    assert [-1 if mtd is None else mtd for mtd in singly] == together.tolist()
