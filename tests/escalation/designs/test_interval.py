"""What every interval design keeps to: closed levels, no skipping, no higher dose for a DLT."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from safety.escalation.advice import Action, Advice, Design, Row
from safety.escalation.designs.boin import Boin
from safety.escalation.designs.i3p3 import I3P3
from safety.escalation.designs.interval import IntervalDesign
from safety.escalation.designs.keyboard import Keyboard
from safety.escalation.state import Count, State, state

DESIGNS: tuple[IntervalDesign, ...] = (
    Boin(0.30), Boin(0.25, extrasafe=True), Keyboard(0.30), Keyboard(0.20), I3P3(0.30), I3P3(0.20),
)  # fmt: skip
Pairs = list[tuple[int, int]]
each = pytest.mark.parametrize("design", DESIGNS, ids=lambda d: f"{d.name}-{d.target}")


def closed_by(design: IntervalDesign, counts: tuple[Count, ...]) -> list[int]:
    """Indices of the levels that their own counts eliminate, by another beta distribution."""
    strict = isinstance(design, Boin) and design.extrasafe
    return [
        i
        for i, c in enumerate(counts)
        if c.n >= 3
        and beta.sf(design.target, 1 + c.y, 1 + c.n - c.y) > (0.90 if strict and i == 0 else 0.95)
    ]


ELIMINATED = "is eliminated: 4 of 6 with DLT (0.667), Pr(rate > 0.300) = 0.971 is above 0.95"
# (n, y) by level, at, action, next level, open levels: at target 0.30 the same for every design
CASES: list[tuple[Pairs, int, Action, int | None, int]] = [
    ([(0, 0), (0, 0)], 0, "stay", 0, 2),  # nobody yet
    ([(3, 0), (0, 0)], 0, "escalate", 1, 2),
    ([(6, 2), (0, 0)], 0, "stay", 0, 2),
    ([(3, 0), (3, 2)], 1, "de-escalate", 0, 2),
    ([(3, 0), (3, 0)], 1, "stay", 1, 2),  # no higher level
    ([(3, 2), (0, 0)], 0, "stay", 0, 2),  # no lower level
    ([(2, 2), (0, 0)], 0, "stay", 0, 2),  # too few to eliminate
    ([(3, 3), (0, 0)], 0, "stop", None, 0),
    ([(3, 0), (3, 3), (0, 0)], 1, "de-escalate", 0, 1),
    ([(6, 1), (3, 3), (0, 0)], 0, "stay", 0, 1),  # the higher level is eliminated
    ([(6, 1), (3, 3), (3, 0)], 2, "de-escalate", 0, 1),  # known at a lower level only later
    ([(6, 1), (3, 0), (3, 3), (3, 0)], 3, "de-escalate", 1, 2),
    ([(3, 3), (3, 0)], 1, "stop", None, 0),
    ([(0, 0), (3, 3), (0, 0)], 1, "de-escalate", 0, 1),  # started above the lowest level
]


@pytest.mark.parametrize(("pairs", "at", "action", "level", "open_levels"), CASES)
@pytest.mark.parametrize("design", [Boin(0.30), Keyboard(0.30), I3P3(0.30)], ids=lambda d: d.name)
def test_advice(
    design: IntervalDesign,
    pairs: Pairs,
    at: int,
    action: Action,
    level: int | None,
    open_levels: int,
) -> None:
    advice = design.advise(state(pairs, at))
    assert (advice.action, advice.level, advice.open_levels) == (action, level, open_levels)


@pytest.mark.parametrize(
    ("pairs", "at", "why"),
    [
        ([(0, 0)], 0, "nobody evaluable at this level yet"),
        ([(3, 0)], 0, "0 of 3 with DLT (0.000) is at most 0.236; there is no higher level"),
        ([(3, 2)], 0, "2 of 3 with DLT (0.667) is at least 0.359; there is no lower level"),
        (
            [(6, 1), (6, 4)],
            0,
            f"1 of 6 with DLT (0.167) is at most 0.236; but the level 1 above {ELIMINATED}",
        ),
        (
            [(3, 0), (6, 4), (3, 0), (3, 0)],
            3,
            f"the level 2 below {ELIMINATED}",
        ),
    ],
)
def test_reason_says_what_stood_in_the_way(pairs: Pairs, at: int, why: str) -> None:
    assert Boin(0.30).advise(state(pairs, at)).why == why


def test_elimination_needs_3_subjects() -> None:
    """Without the gate 2 of 2 would eliminate: Pr(rate > 0.30) = 0.973."""
    design = Keyboard(0.30)
    assert design.open_levels(state([(2, 2)], 0).counts) == 1
    assert design.open_levels(state([(3, 3)], 0).counts) == 0


def test_nobody_treated_has_an_empty_row() -> None:
    assert Boin(0.30).row(0) == Row(0, None, None, None)


def test_eliminated_is_never_escalated_and_always_left() -> None:
    """With a low cutoff a level is eliminated where the rate alone would keep or raise it."""
    assert Boin(0.30).row(3) == Row(3, 0, 2, 3)
    assert Boin(0.30, cutoff=0.30).row(3) == Row(3, 0, 1, 1)  # Pr(rate > 0.30 | 1 of 3) = 0.652
    assert Boin(0.30, cutoff=0.20).row(3) == Row(3, None, 0, 0)  # 0 of 3: 0.240


def test_matrix_of_3() -> None:
    matrix = Boin(0.30).matrix(3)
    assert matrix.decision.tolist() == [[0, 0, 0, 0], [1, -1, 0, 0], [1, -1, -1, 0], [1, 0, -1, -1]]
    assert matrix.eliminate.tolist() == [[False] * 4] * 3 + [[False, False, False, True]]
    assert str(matrix.decision.dtype) == "int8"
    assert str(matrix.eliminate.dtype) == "bool"


def test_matrix_of_the_lowest_level() -> None:
    design = Boin(0.30, extrasafe=True)
    assert not design.matrix(3).eliminate[3, 2]
    assert design.matrix(3, lowest=True).eliminate[3, 2]


@each
def test_matrix_agrees_with_advice(design: IntervalDesign) -> None:
    matrix, lowest = design.matrix(9), design.matrix(9, lowest=True)
    for n in range(10):
        for y in range(n + 1):
            middle = design.advise(state([(0, 0), (n, y), (0, 0)], 1))
            assert matrix.eliminate[n, y] == (middle.open_levels == 1)
            step = -1 if matrix.eliminate[n, y] else matrix.decision[n, y]
            assert middle.level == 1 + step
            bottom = design.advise(state([(n, y), (0, 0)], 0))
            assert lowest.eliminate[n, y] == (bottom.action == "stop")


@each
def test_design_names_its_paper(design: IntervalDesign) -> None:
    as_design: Design = design
    assert as_design.name in {"boin", "mtpi2", "i3+3"}
    assert "20" in as_design.citation


# -- invariants under random histories --------------------------------------------------------

counts = st.integers(0, 15).flatmap(lambda n: st.builds(Count, st.just(n), st.integers(0, n)))


@st.composite
def states(draw: st.DrawFn) -> State:
    levels = draw(st.lists(counts, min_size=1, max_size=5))
    return State(tuple(levels), draw(st.integers(0, len(levels) - 1)))


def check(design: IntervalDesign, now: State) -> Advice:
    """The level advised is open, nobody is skipped over, and the action says what it is."""
    advice, closed = design.advise(now), closed_by(design, now.counts)
    assert advice.open_levels == min(closed, default=len(now.counts))
    if advice.level is None:
        assert advice.action == "stop"
        assert 0 in closed
        return advice
    assert all(advice.level < i for i in closed)
    assert 0 <= advice.level <= min(now.at + 1, now.tried + 1, now.top)
    direction = (advice.level > now.at) - (advice.level < now.at)
    assert advice.action == {1: "escalate", 0: "stay", -1: "de-escalate"}[direction]
    return advice


@pytest.mark.property
@given(states(), st.sampled_from(DESIGNS))
def test_advice_leads_to_open_levels_without_skipping(now: State, design: IntervalDesign) -> None:
    check(design, now)
    mtd = design.select(now.counts)
    if mtd is not None:
        assert now.counts[mtd].n
        assert all(mtd < i for i in closed_by(design, now.counts))


@pytest.mark.property
@given(
    st.lists(st.lists(st.booleans(), min_size=1, max_size=4), max_size=12),
    st.integers(1, 5),
    st.data(),
)
def test_trial_that_follows_the_advice(
    cohorts: list[list[bool]], levels: int, data: st.DataObject
) -> None:
    design = data.draw(st.sampled_from(DESIGNS))
    now = state([(0, 0)] * levels, data.draw(st.integers(0, levels - 1)))
    for cohort in cohorts:
        treated = list(now.counts)
        treated[now.at] = now.here.plus(len(cohort), sum(cohort))
        now = State(tuple(treated), now.at)
        advice = check(design, now)
        if advice.level is None:
            break
        now = State(now.counts, advice.level)


@pytest.mark.property
@given(states(), st.sampled_from(DESIGNS), st.data())
def test_one_more_dlt_never_gives_a_higher_level(
    now: State, design: IntervalDesign, data: st.DataObject
) -> None:
    """At whatever level: a subject found to have had one, or one more subject with one."""
    where, before = data.draw(st.integers(0, now.top)), design.advise(now)
    count = now.counts[where]
    changed = [Count(count.n + 1, count.y + 1)]
    changed += [Count(count.n, count.y + 1)] if count.y < count.n else []
    for other in changed:
        worse = (*now.counts[:where], other, *now.counts[where + 1 :])
        after = design.advise(State(worse, now.at))
        assert after.open_levels <= before.open_levels
        assert _height(after) <= _height(before)


@each
def test_more_dlts_never_move_higher_at_any_size(design: IntervalDesign) -> None:
    for n in range(1, 31):
        steps = [design.judge(Count(n, y))[0] for y in range(n + 1)]
        assert steps == sorted(steps, reverse=True)
        assert steps[0] == 1


def _height(advice: Advice) -> int:
    return -1 if advice.level is None else advice.level
