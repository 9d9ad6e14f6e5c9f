"""The door to operating characteristics: how a design does, by the way that suits it."""

from __future__ import annotations

from safety.escalation.advice import Design
from safety.escalation.designs.interval import IntervalDesign
from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.designs.three_plus_three import ThreePlusThree
from safety.escalation.designs.tite_boin import TiteBoin
from safety.escalation.operating import exact, interval, stepwise, timed
from safety.escalation.operating.scenario import Result, Scenario
from safety.escalation.operating.timed import Pace


def simulate(
    design: Design, scenario: Scenario, trials: int, seed: int, pace: Pace | None = None
) -> Result:
    """Return how a design does in trials of known truth.

    3+3 and rolling six are enumerated: trials and seed do not matter. pace: how fast subjects
    come and how long they are followed, for a design that decides before all are settled.
    """
    if isinstance(design, ThreePlusThree | RollingSix):
        return exact.enumerate_trials(design, scenario)
    if isinstance(design, TiteBoin):
        return timed.simulate(design, scenario, trials, seed, pace)
    if isinstance(design, IntervalDesign):
        return interval.simulate(design, scenario, trials, seed)
    return stepwise.simulate(design, scenario, trials, seed)


def is_exact(design: Design) -> bool:
    """Return whether the figures have no simulation error."""
    return isinstance(design, ThreePlusThree | RollingSix)


def is_quick(design: Design) -> bool:
    """Return whether a million trials are a matter of seconds: the decisions are a table."""
    by_table = isinstance(design, IntervalDesign) and not isinstance(design, TiteBoin)
    return by_table or is_exact(design)
