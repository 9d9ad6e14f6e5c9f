"""Many trials at once, for designs that decide at a level by its own counts alone.

Every step gives all running trials a cohort and looks the decisions up in the design's matrix.
Order and end of a trial as in `get.oc` of the R package BOIN, whose figures are the check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safety.escalation import isotonic
from safety.escalation.designs.interval import IntervalDesign
from safety.escalation.operating.scenario import Ints, Result, Scenario, summary

Rules = tuple[NDArray[np.int8], NDArray[np.bool_]]
BLOCK = 50_000  # trials at once: a million of them need little more memory
SMALL = np.int32


@dataclass(slots=True)
class _Trials:
    """n, y: subjects and DLTs [trials, levels]. at: level, closed: lowest eliminated [trials]."""

    n: Ints
    y: Ints
    at: Ints
    closed: Ints


def simulate(design: IntervalDesign, scenario: Scenario, trials: int, seed: int) -> Result:
    """Return how the design does in so many trials, drawn from the seed."""
    chance = np.random.Generator(np.random.PCG64(seed))
    rules = _rules(design, scenario.max_n)
    sizes = [min(BLOCK, trials - done) for done in range(0, trials, BLOCK)]
    blocks = [_block(design, scenario, size, chance, rules) for size in sizes]
    n, y, selected = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return summary(n, y, selected, scenario, design.target)


def _block(
    design: IntervalDesign,
    scenario: Scenario,
    trials: int,
    chance: np.random.Generator,
    rules: Rules,
) -> tuple[Ints, Ints, Ints]:
    """Return subjects and DLTs [trials, levels] and the MTD [trials]."""
    state = _begin(scenario, trials)
    running, left = np.arange(trials), scenario.max_n
    while left and len(running):
        size = min(scenario.cohort, left)
        _treat(state, running, size, scenario, chance)
        running = _move(state, running, rules, scenario.stop_n)
        left -= size
    selected = isotonic.select_many(state.n, state.y, state.closed, design.target)
    return state.n.astype(SMALL), state.y.astype(SMALL), selected


def _rules(design: IntervalDesign, max_n: int) -> Rules:
    """Decisions and eliminations by [is above the lowest level, n, y]."""
    both = [design.matrix(max_n, lowest=True), design.matrix(max_n)]
    return np.stack([m.decision for m in both]), np.stack([m.eliminate for m in both])


def _begin(scenario: Scenario, trials: int) -> _Trials:
    shape = (trials, scenario.levels)
    return _Trials(
        n=np.zeros(shape, dtype=np.int64),
        y=np.zeros(shape, dtype=np.int64),
        at=np.full(trials, scenario.start, dtype=np.int64),
        closed=np.full(trials, scenario.levels, dtype=np.int64),
    )


def _treat(
    state: _Trials, running: Ints, size: int, scenario: Scenario, chance: np.random.Generator
) -> None:
    """Give a cohort to every running trial, at its level."""
    level = state.at[running]
    state.n[running, level] += size
    state.y[running, level] += chance.binomial(size, np.array(scenario.truth)[level])


def _move(state: _Trials, running: Ints, rules: Rules, stop_n: int | None) -> Ints:
    """Eliminate, move every running trial to its next level, return those that go on."""
    decision, eliminate = rules
    level = state.at[running]
    n = state.n[running, level]
    found = (np.minimum(level, 1), n, state.y[running, level])
    closed = np.where(eliminate[found], level, state.closed[running])
    to = np.minimum(np.maximum(level + decision[found], 0), closed - 1)
    state.at[running], state.closed[running] = np.maximum(to, 0), closed
    goes_on = closed > 0
    if stop_n is not None:
        goes_on &= (n < stop_n) | (to != level)
    return running[goes_on]
