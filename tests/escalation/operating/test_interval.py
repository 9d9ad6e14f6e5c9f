"""Simulated figures of interval designs: dose_escalation.md, section 3."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest

from safety.escalation.designs.boin import Boin
from safety.escalation.designs.i3p3 import I3P3
from safety.escalation.designs.interval import IntervalDesign
from safety.escalation.designs.keyboard import Keyboard
from safety.escalation.operating import interval, stepwise
from safety.escalation.operating.scenario import Scenario

FIVE = (0.05, 0.15, 0.30, 0.45, 0.60)
TRIALS = 10_000


@pytest.mark.parametrize(
    ("scenario", "trials", "selected", "none", "mean_n", "total", "near"),
    [
        (
            Scenario(FIVE, 3, 30), 20_000, [1.0, 23.3, 55.1, 19.2, 1.4], 0.03,
            [4.15, 9.17, 11.13, 4.76, 0.78], 29.99, 0.13,
        ),
        (  # the package's documented example, of 1,000 trials
            Scenario(FIVE, 3, 60), 1_000, [1.1, 23.5, 65.0, 10.1, 0.2], 0.1,
            [4.61, 17.73, 27.75, 8.78, 1.07], 59.94, 1.2,
        ),
        (
            Scenario((0.10, 0.20, 0.30), 3, 18, stop_n=9), 20_000, [7.6, 34.4, 57.7], 0.3,
            [4.74, 5.97, 5.77], 16.47, 0.13,
        ),
        (
            Scenario((0.50, 0.60, 0.70), 3, 18, stop_n=9), 20_000, [44.0, 1.9, 0.1], 54.0,
            [7.53, 1.07, 0.06], 8.66, 0.13,
        ),
    ],
)  # fmt: skip
def test_figures_of_the_package(
    scenario: Scenario,
    trials: int,
    selected: list[float],
    none: float,
    mean_n: list[float],
    total: float,
    near: float,
) -> None:
    """Percentages within 3 standard errors of both simulations, means within about as much."""
    found = interval.simulate(Boin(0.3), scenario, TRIALS, seed=6)
    for mine, theirs in zip([*found.selected_pct, found.none_pct], [*selected, none], strict=True):
        variance = max(theirs, 0.05) * (100 - theirs) * (1 / TRIALS + 1 / trials)
        assert abs(mine - theirs) <= 3 * sqrt(variance) + 0.05
    assert found.mean_n == pytest.approx(mean_n, abs=near)
    assert found.mean_total == pytest.approx(total, abs=near)
    assert sum(found.mean_n) == pytest.approx(found.mean_total)


@pytest.mark.parametrize(
    "design",
    [Boin(0.3), Boin(0.25, extrasafe=True), Keyboard(0.3), I3P3(0.2)],
    ids=lambda design: design.name,
)
@pytest.mark.parametrize(
    "scenario",
    [Scenario((0.1, 0.3, 0.5), 3, 21), Scenario((0.3, 0.4, 0.6), 2, 13, start=1, stop_n=6)],
)
def test_same_trials_as_asking_the_design_each_time(
    design: IntervalDesign, scenario: Scenario
) -> None:
    by_matrix = interval.simulate(design, scenario, 300, seed=4)
    assert by_matrix == stepwise.simulate(design, scenario, 300, seed=4)


@pytest.mark.parametrize(
    ("scenario", "selected", "none", "mean_n"),
    [
        # everybody has a DLT: closed after the first cohort
        (Scenario((1.0, 1.0), 3, 30), (0, 0), 100, (3, 0)),
        (Scenario((0.0, 1.0), 3, 12), (100, 0), 0, (9, 3)),
        (Scenario((0.0, 0.0), 3, 12), (0, 100), 0, (3, 9)),
        # the last cohort is cut to what is left
        (Scenario((0.0, 0.0), 4, 10), (0, 100), 0, (4, 6)),
        (Scenario((0.0, 0.0, 0.0), 3, 6, start=2), (0, 0, 100), 0, (0, 0, 6)),
        # early stop: escalation with nothing above
        (Scenario((0.0, 0.0), 3, 30, stop_n=6), (0, 100), 0, (3, 6)),
        # ... or with what is above closed
        (Scenario((0.0, 1.0), 3, 30, stop_n=6), (100, 0), 0, (6, 3)),
    ],
)
def test_certain_trials(
    scenario: Scenario, selected: tuple[int, ...], none: int, mean_n: tuple[int, ...]
) -> None:
    found = interval.simulate(Boin(0.3), scenario, 5, seed=1)
    assert (found.selected_pct, found.none_pct, found.mean_n) == (selected, none, mean_n)


def test_share_of_early_ends_and_overdosing() -> None:
    found = interval.simulate(Boin(0.3), Scenario((0.0, 1.0), 3, 12), 5, seed=1)
    assert (found.early_stop_pct, found.overdosing_pct, found.mean_dlt) == (0, 25, 3)
    early = interval.simulate(Boin(0.3), Scenario((1.0, 1.0), 3, 12), 5, seed=1)
    assert (early.early_stop_pct, early.overdosing_pct) == (100, 100)


def test_seed_decides_and_blocks_leave_no_trial_out(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario(FIVE, 3, 18)
    first = interval.simulate(Boin(0.3), scenario, 250, seed=1)
    assert first == interval.simulate(Boin(0.3), scenario, 250, seed=1)
    assert first != interval.simulate(Boin(0.3), scenario, 250, seed=2)
    monkeypatch.setattr(interval, "BLOCK", 100)
    in_blocks = interval.simulate(Boin(0.3), scenario, 250, seed=1)
    assert sum(in_blocks.selected_pct) + in_blocks.none_pct == pytest.approx(100)
    assert in_blocks.mean_total == pytest.approx(first.mean_total, abs=0.5)


@pytest.mark.parametrize(
    ("truth", "change"),
    [
        ((), {}),
        ((0.1, 1.2), {}),
        ((-0.1,), {}),
        ((float("nan"),), {}),
        ((0.1,), {"start": 1}),
        ((0.1,), {"start": -1}),
        ((0.1,), {"cohort": 0}),
        ((0.1,), {"max_n": 0}),
        ((0.1,), {"stop_n": 0}),
    ],
)
def test_scenarios_that_cannot_be(truth: tuple[float, ...], change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"truth|level|at least"):
        Scenario(truth, **change)
