"""One trial after the other in days, for a design that may decide while subjects are followed.

Subjects come one by one, on average `days_between` apart (exponential); a DLT comes on any day of
the window alike. A cohort's level is decided when its first subject comes; if the design says to
wait, that subject waits for the next of the level to be settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from safety.escalation.advice import Advice
from safety.escalation.designs.tite_boin import TiteBoin
from safety.escalation.operating.scenario import NONE, Result, Scenario, summary
from safety.escalation.state import Count, State


@dataclass(frozen=True, slots=True)
class Pace:
    """window: days in which a DLT counts. days_between: mean time from subject to subject."""

    window: float = 28
    days_between: float = 10

    def __post_init__(self) -> None:
        """Raise ValueError for times that are none."""
        is_time = isfinite(self.window) and isfinite(self.days_between)
        if not is_time or self.window <= 0 or self.days_between < 0:
            raise ValueError("a window has days, and subjects come no fewer than 0 days apart")


@dataclass(frozen=True, slots=True)
class _Subject:
    """Days of the trial: of the first dose, and on which it is known whether there is a DLT."""

    started: float
    settled: float
    dlt: bool


@dataclass(frozen=True, slots=True)
class _Draws:
    """Chances of a trial, by subject. gaps: days since the one before."""

    gaps: list[float]
    dlt: list[float]
    when: list[float]


def simulate(
    design: TiteBoin, scenario: Scenario, trials: int, seed: int, pace: Pace | None = None
) -> Result:
    """Return how the design does in so many trials, drawn from the seed."""
    chance = np.random.Generator(np.random.PCG64(seed))
    beat = pace or Pace()
    n = np.zeros((trials, scenario.levels), dtype=np.int64)
    y, selected = n.copy(), np.full(trials, NONE, dtype=np.int64)
    for i in range(trials):
        end = _trial(design, scenario, beat, _draws(scenario, beat, chance))
        level = design.select(end)
        n[i], y[i] = [c.n for c in end], [c.y for c in end]
        selected[i] = NONE if level is None else level
    return summary(n, y, selected, scenario, design.target)


def _draws(scenario: Scenario, pace: Pace, chance: np.random.Generator) -> _Draws:
    size = scenario.max_n
    gaps = chance.exponential(pace.days_between, size)
    return _Draws(gaps.tolist(), chance.random(size).tolist(), chance.random(size).tolist())


def _trial(design: TiteBoin, scenario: Scenario, pace: Pace, draws: _Draws) -> tuple[Count, ...]:
    """Return the counts by level once everybody is settled."""
    levels: list[list[_Subject]] = [[] for _ in scenario.truth]
    at, day = scenario.start, 0.0
    for number in range(scenario.max_n):
        day += draws.gaps[number]
        if number and number % scenario.cohort == 0:
            advice, day = _decide(design, levels, at, day, pace.window)
            if _is_over(advice, at, len(levels[at]), scenario.stop_n):
                break
            at = at if advice.level is None else advice.level
        has_dlt = draws.dlt[number] < scenario.truth[at]
        follow = pace.window * (draws.when[number] if has_dlt else 1)
        levels[at].append(_Subject(day, day + follow, has_dlt))
    return tuple(Count(len(who), sum(s.dlt for s in who)) for who in levels)


def _decide(
    design: TiteBoin, levels: list[list[_Subject]], at: int, day: float, window: float
) -> tuple[Advice, float]:
    """Return the advice, and the day on which the design gives it."""
    while True:
        state = State(tuple(_known(who, day) for who in levels), at)
        pending = [s for s in levels[at] if s.settled > day]
        parts = [min(1.0, (day - s.started) / window) for s in pending]
        advice = design.advise_pending(state, parts)
        if advice is not None:
            return advice, day
        day = min(s.settled for s in pending)


def _known(who: list[_Subject], day: float) -> Count:
    final = [s for s in who if s.settled <= day]
    return Count(len(final), sum(s.dlt for s in final))


def _is_over(advice: Advice, at: int, treated: int, stop_n: int | None) -> bool:
    if advice.action in {"complete", "stop"}:
        return True
    return stop_n is not None and treated >= stop_n and advice.level == at
