"""What every design with a model keeps to, and what TITE-BOIN keeps to with pending subjects."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation.advice import Design
from safety.escalation.designs.blrm import Blrm
from safety.escalation.designs.crm import Crm
from safety.escalation.designs.model import ModelDesign, reach
from safety.escalation.designs.tite_boin import TiteBoin
from safety.escalation.state import Count, State, state

DESIGNS: tuple[ModelDesign, ...] = (
    Crm.usual(0.30, 3), Crm.usual(0.20, 3), Blrm.usual(0.30, 3), Blrm.usual(0.25, 3),
)  # fmt: skip
each = pytest.mark.parametrize("design", DESIGNS, ids=lambda d: f"{d.name}-{d.target}")
few = partial(settings, deadline=None)


def ranked(level: int | None) -> int:
    return -1 if level is None else level


@st.composite
def trials(draw: st.DrawFn) -> State:
    """Any counts of three levels, those not given being the highest, and any level among them."""
    given_levels = draw(st.integers(1, 3))
    counts = []
    for _ in range(given_levels):
        n = draw(st.integers(1, 7))
        counts.append(Count(n, draw(st.integers(0, min(n, 4)))))
    full = tuple(counts) + (Count(),) * (3 - given_levels)
    return State(full, draw(st.integers(0, min(2, given_levels))))


def worse(here: State, level: int) -> State:
    """The same with one more DLT at a level, where one is possible."""
    counts = list(here.counts)
    counts[level] = Count(counts[level].n, min(counts[level].n, counts[level].y + 1))
    return State(tuple(counts), here.at)


@each
@pytest.mark.property
@few(max_examples=40)
@given(here=trials(), level=st.integers(0, 2))
def test_one_more_dlt_never_gives_a_higher_level(
    design: ModelDesign, here: State, level: int
) -> None:
    before, after = design.advise(here), design.advise(worse(here, level))
    assert ranked(after.level) <= ranked(before.level)
    assert after.open_levels <= before.open_levels
    assert ranked(design.select(worse(here, level).counts)) <= ranked(design.select(here.counts))


@each
@pytest.mark.property
@few(max_examples=40)
@given(dlts=st.lists(st.integers(0, 3), min_size=1, max_size=7), start=st.integers(0, 2))
def test_a_history_never_skips_and_never_meets_a_closed_level(
    design: ModelDesign, dlts: list[int], start: int
) -> None:
    here = State((Count(),) * 3, start)
    for dlt in dlts:
        counts = list(here.counts)
        counts[here.at] = here.here.plus(3, dlt)
        here = State(tuple(counts), here.at)
        advice = design.advise(here)
        chosen = design.select(here.counts)
        assert chosen is None or (here.counts[chosen].n and chosen < advice.open_levels)
        if advice.level is None:
            assert (advice.action, advice.open_levels) == ("stop", 0)
            return
        assert advice.level < advice.open_levels
        assert advice.level <= max(i for i, c in enumerate(here.counts) if c.n) + 1
        signs = {"escalate": 1, "stay": 0, "de-escalate": -1}
        step = advice.level - here.at
        assert signs[advice.action] == (step > 0) - (step < 0)
        here = State(here.counts, advice.level)


def test_the_known_breach_is_mended() -> None:
    """Counts at which the logistic model alone goes up for a DLT (found by enumeration)."""
    design = Blrm.usual(0.30, 3)
    for pairs, level in [
        ([(9, 0), (9, 2), (0, 0)], 0), ([(3, 0), (9, 0), (6, 3)], 0),
        ([(3, 0), (12, 1), (3, 2)], 0), ([(3, 0), (6, 4), (6, 5)], 2),
    ]:  # fmt: skip
        here = state(pairs, 1)
        assert ranked(design.advise(worse(here, level)).level) <= ranked(design.advise(here).level)


@each
def test_nobody_treated_stays_where_the_protocol_starts(design: ModelDesign) -> None:
    for at in range(3):
        advice = design.advise(State((Count(),) * 3, at))
        assert (advice.action, advice.level, advice.open_levels) == ("stay", at, 3)


@pytest.mark.parametrize(
    ("pairs", "at", "expected"),
    [
        ([(3, 0), (0, 0), (0, 0)], 0, 1),
        ([(3, 0), (0, 0), (0, 0)], 1, 1),  # moved up, but nobody is evaluable there yet
        ([(3, 0), (3, 0), (3, 1)], 0, 2),
        ([(0, 0), (0, 0), (0, 0)], 1, 1),
        ([(0, 0), (3, 0), (0, 0)], 1, 2),  # started at the second
    ],
)
def test_reach(pairs: list[tuple[int, int]], at: int, expected: int) -> None:
    assert reach(state(pairs, at)) == expected


def test_all_are_designs() -> None:
    designs: list[Design] = [Crm.usual(0.3, 3), Blrm.usual(0.3, 3), TiteBoin(0.3)]
    assert [d.name for d in designs] == ["crm", "blrm", "tite-boin"]
    assert all(d.citation for d in designs)


@pytest.mark.property
@few(max_examples=150)
@given(
    final=st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda p: Count(max(p), min(p))),
    follow_up=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    more=st.floats(0, 1),
)
def test_longer_follow_up_never_lowers_and_a_dlt_never_raises_the_level(
    final: Count, follow_up: list[float], more: float
) -> None:
    design = TiteBoin(0.30)
    here = State((Count(3, 0), final, Count()), 1)
    before = design.advise_pending(here, follow_up)
    longer = design.advise_pending(here, [max(follow_up[0], more), *follow_up[1:]])
    assert (before is None) == (longer is None)
    if before is not None and longer is not None:
        assert ranked(longer.level) >= ranked(before.level)
    dlt = State((Count(3, 0), final.plus(1, 1), Count()), 1)
    after = design.advise_pending(dlt, follow_up[1:])
    if before is not None and after is not None:
        assert ranked(after.level) <= ranked(before.level)
