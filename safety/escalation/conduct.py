"""What the study adds to a design: full cohorts, and when the trial of doses is over."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safety.escalation.advice import TOLERANCE, Advice, Design
from safety.escalation.designs.boin import Boin
from safety.escalation.state import Count, State


@dataclass(frozen=True, slots=True)
class Plan:
    """A design as a study uses it.

    enough: evaluable subjects at a level with which it is over if the design would stay there, or
    cannot go where it would; None: no such end. most: evaluable subjects in all with which it is
    over. rp2d_least: evaluable subjects a recommended phase II dose needs. names: of the levels.
    fills: nothing is decided before a cohort is full; a design may have rules of its own.
    """

    design: Design
    names: tuple[str, ...]
    cohort: int
    most: int
    enough: int | None = None
    rp2d_least: int = 6
    fills: bool = True

    def named(self, level: int | None) -> str:
        """Return the name of a level, "" where there is none."""
        return "" if level is None else self.names[level]


def advise(plan: Plan, state: State, fresh: int | None = None) -> Advice:
    """Return what the study's design advises on subjects who are all final.

    fresh: those of them at the current level who were treated since the trial came to it, all of
    the level unless said. Nobody goes up, and nothing ends at a level, before a cohort was treated
    on this visit. A cohort that is not full decides only what its open places cannot change. What
    ends the trial or leaves a closed level waits for nobody.
    """
    fresh = state.here.n if fresh is None else fresh
    today = plan.design.advise(state)
    if today.action in ("stop", "complete") or state.at >= today.open_levels:
        return today
    if state.total >= plan.most:
        return _over(plan, state, today, f"{state.total} evaluable subjects, of {plan.most}")
    if not fresh:
        return today if today.action == "de-escalate" else _first(plan, state, today)
    places = -fresh % plan.cohort if plan.fills else 0
    return _filling(plan, state, today, places) if places else _ended(plan, state, today)


def _first(plan: Plan, state: State, today: Advice) -> Advice:
    again = " since the trial came back to it" if state.here.n else " yet"
    why = f"nobody is evaluable at {plan.named(state.at)}{again}"
    return Advice("stay", state.at, today.open_levels, why)


def _filling(plan: Plan, state: State, today: Advice, places: int) -> Advice:
    """Return what the open places of a cohort cannot change, else that it is to be filled."""
    ways = [_filled(plan, state, places, dlts) for dlts in range(places + 1)]
    if len({(way.action, way.level) for way in ways}) == 1:
        return replace(ways[0], why=f"{today.why}; {_left(places)} cannot change it")
    levels = [-1 if way.level is None else way.level for way in ways]
    if min(levels) > state.at or max(levels) < state.at:  # all up, or all down: how far is open
        found = next(way for way in ways if way.level == min(n for n in levels if n >= 0))
        return replace(found, why=f"{today.why}; {_left(places)} cannot lead higher")
    return Advice(
        "stay", state.at, today.open_levels,
        f"{state.here.y} of {state.here.n} with DLT; {_left(places)} of the cohort of "
        f"{plan.cohort} can change what follows: fill the cohort",
    )  # fmt: skip


def _filled(plan: Plan, state: State, places: int, dlts: int) -> Advice:
    counts = list(state.counts)
    counts[state.at] = state.here.plus(places, dlts)
    full = State(tuple(counts), state.at)
    return _ended(plan, full, plan.design.advise(full))


def _ended(plan: Plan, state: State, advice: Advice) -> Advice:
    """Return the advice, or that the trial of doses is over."""
    if advice.action in ("stop", "complete"):
        return advice
    if state.total >= plan.most:
        return _over(plan, state, advice, f"{state.total} evaluable subjects, of {plan.most}")
    if advice.level == state.at and plan.enough and state.here.n >= plan.enough:
        said = f"{state.here.n} evaluable at {plan.named(state.at)}, of {plan.enough}"
        return _over(plan, state, advice, said)
    return advice


def _over(plan: Plan, state: State, advice: Advice, said: str) -> Advice:
    chosen = plan.design.select(state.counts)
    if chosen is None:
        return Advice("end", None, advice.open_levels, f"{said}: {advice.why}; no MTD is found")
    why = f"{said}: {advice.why}; {plan.named(chosen)} is the MTD"
    return Advice("complete", chosen, advice.open_levels, why)


def lacks(plan: Plan, count: Count) -> tuple[str, ...]:
    """Return what a level lacks to be the recommended phase II dose, in words.

    Enough subjects, and a rate below the one from which BOIN would leave it, whatever the design.
    """
    found = []
    if count.n < plan.rp2d_least:
        found.append(f"{plan.rp2d_least - count.n} more evaluable subjects, of {plan.rp2d_least}")
    if count.n and count.y / count.n > Boin(plan.design.target).lambda_d + TOLERANCE:
        found.append(f"a lower DLT rate: {count.y} of {count.n} is one to de-escalate from")
    return tuple(found)


def _left(places: int) -> str:
    return "the place that is open" if places == 1 else f"the {places} places that are open"
