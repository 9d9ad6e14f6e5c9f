"""Many trials at once for any design: trials in the same state share one advice.

A model takes long to ask, but after a few cohorts many trials are in the same state: every step
asks once for each state that occurs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from safety.escalation.advice import Design
from safety.escalation.operating.scenario import NONE, Ints, Result, Scenario, summary
from safety.escalation.state import Count, State

Key = tuple[int, ...]  # n by level, y by level, level
OVER = -2  # beside the levels: the trial ends here


def simulate(design: Design, scenario: Scenario, trials: int, seed: int) -> Result:
    """Return how the design does in so many trials, drawn from the seed.

    Every cohort is final before the next. `stop_n` ends a trial as in the study's conduct.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    truth, levels = np.array(scenario.truth), scenario.levels
    table = np.zeros((trials, 2 * levels + 1), dtype=np.int64)
    table[:, -1] = scenario.start
    running, left = np.arange(trials), scenario.max_n
    while left and len(running):
        size, level = min(scenario.cohort, left), table[running, -1]
        table[running, level] += size
        table[running, levels + level] += chance.binomial(size, truth[level])
        to = _by_state(table[running], lambda key: _following(design, scenario, key))
        running, to = running[to != OVER], to[to != OVER]
        table[running, -1] = to
        left -= size
    chosen = _by_state(table, lambda key: _selected(design, key))
    return summary(table[:, :levels], table[:, levels:-1], chosen, scenario, design.target)


def _by_state(table: Ints, answer: Callable[[Key], int]) -> Ints:
    """Return the answer for every row, asked once for each that occurs."""
    states, place = np.unique(table, axis=0, return_inverse=True)
    found = [answer(tuple(row)) for row in states.tolist()]
    return np.array(found, dtype=np.int64)[place.reshape(-1)]


def _following(design: Design, scenario: Scenario, key: Key) -> int:
    """Return the next level, OVER if there is none."""
    state = _state(key)
    advice = design.advise(state)
    if advice.action in {"complete", "stop"} or advice.level is None:
        return OVER
    is_enough = scenario.stop_n is not None and state.here.n >= scenario.stop_n
    return OVER if is_enough and advice.level == state.at else advice.level


def _selected(design: Design, key: Key) -> int:
    level = design.select(_state(key).counts)
    return NONE if level is None else level


def _state(key: Key) -> State:
    levels = len(key) // 2
    counts = zip(key[:levels], key[levels:-1], strict=True)
    return State(tuple(Count(n, y) for n, y in counts), key[-1])
