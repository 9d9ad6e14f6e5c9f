"""What the study adds to a design: full cohorts, and when the trial of doses is over."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safety.escalation.advice import Advice, Design
from safety.escalation.state import Count, State


@dataclass(frozen=True, slots=True)
class Plan:
    """A design as a study uses it.

    enough: evaluable subjects at a level with which it is over if the design would stay there, or
    cannot go where it would; None: no such end. most: evaluable subjects in all with which it is
    over. rp2d_least: evaluable subjects a recommended phase II dose needs. names: of the levels.
    """

    design: Design
    names: tuple[str, ...]
    cohort: int
    most: int
    enough: int | None = None
    rp2d_least: int = 6

    def named(self, level: int | None) -> str:
        """Return the name of a level, "none" where there is none."""
        return "none" if level is None else self.names[level]


def advise(plan: Plan, state: State) -> Advice:
    """Return what the study's design advises on subjects who are all final.

    A cohort that is not full decides only what its open places cannot change.
    """
    here = state.here
    if not here.n and plan.design.advise(state).action not in ("stop", "de-escalate"):
        return _first(plan, state)
    places = -here.n % plan.cohort
    if not places or state.total >= plan.most:
        return _ended(plan, state, plan.design.advise(state))
    ways = [_filled(plan, state, places, dlts) for dlts in range(places + 1)]
    if len({(way.action, way.level) for way in ways}) == 1:
        today = plan.design.advise(state)
        return replace(ways[0], why=f"{today.why}; {_left(places)} cannot change it")
    return Advice(
        "stay", state.at, plan.design.advise(state).open_levels,
        f"{here.y} of {here.n} with DLT; {_left(places)} of the cohort of {plan.cohort} can "
        "change what follows: fill the cohort",
    )  # fmt: skip


def _first(plan: Plan, state: State) -> Advice:
    known = plan.design.advise(state)
    why = f"nobody is evaluable at {plan.named(state.at)} yet"
    return Advice("stay", state.at, known.open_levels, why)


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
        why = f"{state.total} evaluable subjects, of {plan.most}: {advice.why}"
    elif advice.level == state.at and plan.enough and state.here.n >= plan.enough:
        why = f"{state.here.n} evaluable at {plan.named(state.at)}, of {plan.enough}: {advice.why}"
    else:
        return advice
    chosen = plan.design.select(state.counts)
    if chosen is None:
        return Advice("stop", None, advice.open_levels, f"{why}; no level can be selected")
    return Advice("complete", chosen, advice.open_levels, f"{why}; {plan.named(chosen)} is the MTD")


def lacks(plan: Plan, count: Count) -> tuple[str, ...]:
    """Return what a level lacks to be the recommended phase II dose, in words."""
    found = []
    if count.n < plan.rp2d_least:
        found.append(f"{plan.rp2d_least - count.n} more evaluable subjects, of {plan.rp2d_least}")
    leaves = plan.design.row(count.n).deescalate_if_ge if count.n else None
    if leaves is not None and count.y >= leaves:
        found.append(f"a lower DLT rate: {count.y} of {count.n} is one to de-escalate from")
    return tuple(found)


def _left(places: int) -> str:
    return "the place that is open" if places == 1 else f"the {places} places that are open"
