"""TITE-BOIN in days: who waits, and what is known when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import pytest

from safety.escalation.advice import Advice
from safety.escalation.designs.boin import Boin
from safety.escalation.designs.tite_boin import TiteBoin
from safety.escalation.operating import interval, timed
from safety.escalation.operating.scenario import Scenario
from safety.escalation.operating.timed import Pace
from safety.escalation.state import State

SLOW = Pace(window=28, days_between=100_000)


@dataclass(frozen=True, slots=True)
class Asked(TiteBoin):
    """Remembers what it was asked, and answered."""

    seen: ClassVar[list[tuple[State, tuple[float, ...], bool]]] = []

    def advise_pending(self, state: State, follow_up: Sequence[float]) -> Advice | None:
        advice = TiteBoin.advise_pending(self, state, follow_up)
        self.seen.append((state, tuple(follow_up), advice is None))
        return advice


def asked(scenario: Scenario, pace: Pace) -> list[tuple[State, tuple[float, ...], bool]]:
    Asked.seen.clear()
    timed.simulate(Asked(0.3), scenario, 1, 1, pace)
    return Asked.seen


def test_who_comes_late_finds_everybody_settled() -> None:
    found = asked(Scenario((0.0, 0.0), 3, 12), SLOW)
    assert [(state.total, parts, waits) for state, parts, waits in found] == [
        (3, (), False),
        (6, (), False),
        (9, (), False),
    ]


def test_who_comes_early_waits() -> None:
    found = asked(Scenario((0.0, 0.0), 3, 6), Pace(window=28, days_between=0))
    assert [(state.here.n, parts, waits) for state, parts, waits in found] == [
        (0, (0.0, 0.0, 0.0), True),
        (3, (), False),
    ]


def test_follow_up_grows_while_it_waits() -> None:
    found = asked(Scenario((0.0,), 6, 12), Pace(window=28, days_between=1))
    waiting = [parts for _, parts, _ in found]
    assert all(0 <= part < 1 for parts in waiting for part in parts)
    # settled one by one, until half of the level is
    assert [len(parts) for parts in waiting] == [6, 5, 4, 3]
    assert all(b[-1] > a[-1] for a, b in pairwise(waiting))
    assert [waits for *_, waits in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.parametrize(
    ("scenario", "selected", "mean_n"),
    [
        (Scenario((0.0, 1.0), 3, 12), (100, 0), (9, 3)),
        (Scenario((1.0, 1.0), 3, 12), (0, 0), (3, 0)),
        (Scenario((0.0, 0.0), 3, 30, stop_n=6), (0, 100), (3, 6)),
    ],
)
def test_certain_trials_of_slow_accrual(
    scenario: Scenario, selected: tuple[int, ...], mean_n: tuple[int, ...]
) -> None:
    found = timed.simulate(TiteBoin(0.3), scenario, 3, 1, SLOW)
    assert (found.selected_pct, found.mean_n) == (selected, mean_n)


def test_slow_accrual_is_boin() -> None:
    scenario = Scenario((0.1, 0.3, 0.5), 3, 18)
    late = timed.simulate(TiteBoin(0.3), scenario, 600, 1, SLOW)
    boin = interval.simulate(Boin(0.3), scenario, 20_000, 1)
    assert late.selected_pct == pytest.approx(boin.selected_pct, abs=6.2)  # 3 standard errors
    assert late.mean_n == pytest.approx(boin.mean_n, abs=0.6)


def test_fast_accrual_treats_more_at_low_levels() -> None:
    scenario = Scenario((0.05, 0.15, 0.30), 3, 18)
    fast = timed.simulate(TiteBoin(0.3), scenario, 200, 1, Pace(28, 3))
    slow = timed.simulate(TiteBoin(0.3), scenario, 200, 1, SLOW)
    assert fast.mean_n[0] > slow.mean_n[0]
    assert fast.mean_total == pytest.approx(18, abs=0.2)


@pytest.mark.parametrize(("window", "days"), [(0, 10), (-1, 10), (28, -1)])
def test_times_that_are_none(window: float, days: float) -> None:
    with pytest.raises(ValueError, match="window"):
        Pace(window, days)
