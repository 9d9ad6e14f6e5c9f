"""Exact figures of 3+3 and rolling six: dose_escalation.md, section 2."""

from __future__ import annotations

from math import sqrt

import pytest

from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.designs.three_plus_three import ThreePlusThree
from safety.escalation.operating import stepwise
from safety.escalation.operating.exact import enumerate_trials
from safety.escalation.operating.scenario import Scenario
from tests.escalation.operating.by_the_book import Book

THREE, FIVE, TOXIC = (0.10, 0.20, 0.30), (0.05, 0.15, 0.30, 0.45, 0.60), (0.50, 0.60, 0.70)


# The reference prints 4.411, 4.590, 3.438 (and 4.400, 4.490, 2.776 without confirming the top) for
# the subjects of the first row. DLTs are the sum of subjects times rate: of these, 2.391 (2.171),
# not the 2.388 (2.169) printed beside them, which are right. All else is as printed.
@pytest.mark.parametrize(
    ("truth", "confirm_top", "none", "selected", "mean_n", "total", "dlt"),
    [
        (THREE, True, 0.1004, [0.2854, 0.3443, 0.2698], [4.434, 4.569, 3.437], 12.440, 2.388),
        (TOXIC, True, 0.8880, [0.1048, 0.0070, 0.0002], [4.484, 0.697, 0.052], 5.233, 2.696),
        (
            FIVE, True, 0.0278, [0.2006, 0.4289, 0.2774, 0.0614, 0.0038],
            [3.940, 4.888, 4.104, 1.842, 0.372], 15.145, 3.213,
        ),
        (THREE, False, 0.1004, [0.2819, 0.3003, 0.3174], [4.425, 4.466, 2.776], 11.667, 2.169),
    ],
)  # fmt: skip
def test_figures_of_the_reference(
    truth: tuple[float, ...],
    confirm_top: bool,
    none: float,
    selected: list[float],
    mean_n: list[float],
    total: float,
    dlt: float,
) -> None:
    found = enumerate_trials(ThreePlusThree(0.3, confirm_top), Scenario(truth))
    assert round(found.none_pct / 100, 4) == none
    assert [round(share / 100, 4) for share in found.selected_pct] == selected
    assert [round(mean, 3) for mean in found.mean_n] == mean_n
    # 2.1685 and 5.2329 round as printed
    assert (found.mean_total, found.mean_dlt) == pytest.approx((total, dlt), abs=5.1e-4)


@pytest.mark.parametrize("confirm_top", [True, False])
@pytest.mark.parametrize("truth", [THREE, TOXIC, FIVE, (0.0, 0.25, 0.25), (0.4,)])
def test_as_a_protocol_tells_it(truth: tuple[float, ...], confirm_top: bool) -> None:
    book = Book(truth, confirm_top).run()
    found = enumerate_trials(ThreePlusThree(0.3, confirm_top), Scenario(truth))
    assert found.none_pct / 100 == pytest.approx(book.selected.get(-1, 0), abs=1e-12)
    for level in range(len(truth)):
        share = found.selected_pct[level] / 100
        assert share == pytest.approx(book.selected.get(level, 0), abs=1e-12)
        assert found.mean_n[level] == pytest.approx(book.subjects.get(level, 0), abs=1e-12)


@pytest.mark.parametrize(
    ("rate", "passes"),
    [
        (0.05, 0.9734), (0.10, 0.9061), (0.15, 0.8138), (0.20, 0.7086),
        (0.30, 0.4943), (0.40, 0.3093), (0.50, 0.1719), (0.60, 0.0824),
    ],
)  # fmt: skip
def test_chance_that_a_level_passes(rate: float, passes: float) -> None:
    # the level above treats three, all of whom have a DLT, once the lower one passed
    found = enumerate_trials(ThreePlusThree(0.3), Scenario((rate, 1.0)))
    assert round(found.mean_n[1] / 3, 4) == passes


def test_rolling_six_without_open_subjects() -> None:
    # in cohorts of three it has no chance to roll
    rolling, three = (
        enumerate_trials(design, Scenario(THREE))
        for design in (RollingSix(0.3), ThreePlusThree(0.3))
    )
    assert rolling == three
    # one by one it stops at the second DLT: fewer subjects, the same levels
    single = enumerate_trials(RollingSix(0.3), Scenario(THREE, cohort=1))
    assert single.selected_pct == pytest.approx(three.selected_pct)
    assert round(single.mean_total, 3) == 11.808


def test_cut_off_by_the_number_of_subjects() -> None:
    found = enumerate_trials(ThreePlusThree(0.3), Scenario((0.0, 0.0), max_n=6))
    assert (found.none_pct, found.mean_n) == (100, (3, 3))  # the top is not confirmed
    assert found.early_stop_pct == 0
    whole = enumerate_trials(ThreePlusThree(0.3), Scenario((0.0, 0.0), max_n=10))
    assert (whole.selected_pct, whole.mean_n) == ((0, 100), (3, 6))
    assert whole.early_stop_pct == 100


def test_start_in_the_middle() -> None:
    found = enumerate_trials(ThreePlusThree(0.3), Scenario((0.0, 0.0, 1.0), start=2))
    assert (found.selected_pct, found.mean_n) == ((0, 100, 0), (0, 6, 3))
    assert found.overdosing_pct == pytest.approx(100 / 3)


def test_overflow_never_treats_more_than_six() -> None:
    found = enumerate_trials(ThreePlusThree(0.3), Scenario((0.0,), cohort=4))
    assert found.mean_n == (6,)


def test_simulation_agrees() -> None:
    trials = 2000
    simulated = stepwise.simulate(ThreePlusThree(0.3), Scenario(FIVE), trials, seed=1)
    found = enumerate_trials(ThreePlusThree(0.3), Scenario(FIVE))
    for mine, exact in zip(simulated.selected_pct, found.selected_pct, strict=True):
        assert abs(mine - exact) <= 3 * sqrt(exact * (100 - exact) / trials)
