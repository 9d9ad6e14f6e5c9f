"""Exact operating characteristics of 3+3 and rolling six: every way a trial can go.

The outcomes of cohorts are enumerated with their probabilities, so there is no simulation error.
Subjects of a cohort are all final before the next is treated: of rolling six, these are the
figures of a trial that never has anybody open. A cohort never exceeds six subjects of a level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import comb

from safety.escalation.advice import Advice
from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.designs.six import SIX
from safety.escalation.designs.three_plus_three import ThreePlusThree
from safety.escalation.operating.scenario import Result, Scenario, overdosing
from safety.escalation.state import Count, State

Design = ThreePlusThree | RollingSix


@dataclass(slots=True)
class _Sums:
    """Probabilities of the ends of a trial, and expected subjects by level."""

    subjects: list[float]
    selected: list[float]
    none: float = 0.0
    early: float = 0.0
    running: dict[tuple[State, int], float] = field(default_factory=dict)


def enumerate_trials(design: Design, scenario: Scenario) -> Result:
    """Return how the design does."""
    nothing = [0.0] * scenario.levels
    begin = State((Count(),) * scenario.levels, scenario.start)
    sums = _Sums(nothing.copy(), nothing, running={(begin, 0): 1.0})
    advise = cache(design.advise)  # a state comes at several numbers of subjects
    while sums.running:
        sums.running = _step(advise, scenario, sums)
    return _result(sums, scenario, design.target)


def _step(
    advise: Callable[[State], Advice], scenario: Scenario, sums: _Sums
) -> dict[tuple[State, int], float]:
    """Give every state that goes on its next cohort; return what follows, with probabilities."""
    following: dict[tuple[State, int], float] = defaultdict(float)
    for (state, total), chance in sums.running.items():
        advice = advise(state)
        is_over = advice.action in {"complete", "stop"}
        if is_over or total >= scenario.max_n or advice.level is None:
            _end(sums, advice.level if is_over else None, total < scenario.max_n, chance)
            continue
        at = advice.level
        size = min(scenario.cohort, scenario.max_n - total, SIX - state.counts[at].n)
        sums.subjects[at] += size * chance
        for after, share in _outcomes(state, at, size, scenario.truth[at]):
            following[after, total + size] += share * chance
    return following


def _end(sums: _Sums, level: int | None, is_early: bool, chance: float) -> None:
    if level is None:
        sums.none += chance
    else:
        sums.selected[level] += chance
    sums.early += chance * is_early


def _outcomes(state: State, at: int, size: int, rate: float) -> Iterator[tuple[State, float]]:
    for y in range(size + 1):
        counts = list(state.counts)
        counts[at] = counts[at].plus(size, y)
        share = comb(size, y) * rate**y * (1 - rate) ** (size - y)
        yield _without_the_past(State(tuple(counts), at)), share


def _without_the_past(state: State) -> State:
    """Forget levels that make no difference any more, so that many ways become one state.

    Nobody goes under a level of six that was passed; the lowest that was too toxic, right above the
    level the trial went back to, closes all above.
    """
    at, counts = state.at, state.counts
    lowest = max((i for i in range(at) if counts[i].n >= SIX), default=0)
    kept = counts[lowest : at + 2]
    above = state.top + 1 - lowest - len(kept)
    return State((Count(),) * lowest + kept + (Count(),) * above, at)


def _result(sums: _Sums, scenario: Scenario, target: float) -> Result:
    mean_n = tuple(sums.subjects)
    return Result(
        selected_pct=tuple(100 * chance for chance in sums.selected),
        none_pct=100 * sums.none,
        mean_n=mean_n,
        mean_total=sum(mean_n),
        mean_dlt=sum(n * p for n, p in zip(mean_n, scenario.truth, strict=True)),
        early_stop_pct=100 * sums.early,
        overdosing_pct=overdosing(mean_n, scenario.truth, target),
    )
