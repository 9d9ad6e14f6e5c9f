"""3+3-confirm6: dose_escalation.md, section 2. Levels count from 0."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation.advice import Action, Row
from safety.escalation.designs.three_plus_three import ThreePlusThree
from safety.escalation.state import Count, State, state

DESIGN = ThreePlusThree(0.3)
Pairs = Sequence[tuple[int, int]]


@pytest.mark.parametrize(
    ("pairs", "at", "action", "level", "open_levels"),
    [
        pytest.param([(3, 0), (0, 0), (0, 0)], 0, "escalate", 1, 3, id="0 of 3"),
        pytest.param([(3, 1), (0, 0), (0, 0)], 0, "stay", 0, 3, id="1 of 3"),
        pytest.param([(6, 1), (0, 0), (0, 0)], 0, "escalate", 1, 3, id="1 of 6"),
        pytest.param([(3, 2), (0, 0), (0, 0)], 0, "stop", None, 0, id="2 of 3 at the lowest"),
        pytest.param([(6, 2), (0, 0), (0, 0)], 0, "stop", None, 0, id="2 of 6 at the lowest"),
        pytest.param([(3, 0), (3, 2), (0, 0)], 1, "de-escalate", 0, 1, id="down to 3"),
        pytest.param([(6, 1), (3, 2), (0, 0)], 1, "complete", 0, 1, id="down to 6"),
        pytest.param([(6, 1), (6, 2), (0, 0)], 1, "complete", 0, 1, id="2 of 6, below is the MTD"),
        pytest.param([(3, 0), (3, 2), (0, 0)], 0, "stay", 0, 1, id="back, three more"),
        pytest.param([(6, 1), (3, 2), (0, 0)], 0, "complete", 0, 1, id="back, confirmed"),
        pytest.param([(6, 2), (3, 2), (0, 0)], 0, "stop", None, 0, id="back, too toxic"),
        pytest.param([(3, 0), (6, 2), (3, 3)], 1, "de-escalate", 0, 1, id="down again"),
        pytest.param([(3, 0), (3, 0), (3, 0)], 2, "stay", 2, 3, id="top, to be confirmed"),
        pytest.param([(3, 0), (3, 0), (6, 1)], 2, "complete", 2, 3, id="top, confirmed"),
        pytest.param([(3, 0), (3, 0), (6, 2)], 2, "de-escalate", 1, 2, id="top, too toxic"),
        pytest.param([(6, 2), (3, 0), (0, 0)], 1, "stop", None, 0, id="late DLT below"),
        pytest.param([(0, 0), (3, 2), (0, 0)], 1, "de-escalate", 0, 1, id="started in the middle"),
        pytest.param([(0, 0), (0, 0), (0, 0)], 0, "stay", 0, 3, id="nobody yet"),
        pytest.param([(2, 2), (0, 0), (0, 0)], 0, "stop", None, 0, id="2 of 2"),
        pytest.param([(2, 0), (0, 0), (0, 0)], 0, "stay", 0, 3, id="0 of 2"),
        pytest.param([(7, 1), (0, 0), (0, 0)], 0, "escalate", 1, 3, id="1 of 7"),
        pytest.param([(7, 2), (0, 0), (0, 0)], 0, "stop", None, 0, id="2 of 7"),
    ],
)
def test_rules(pairs: Pairs, at: int, action: Action, level: int | None, open_levels: int) -> None:
    advice = DESIGN.advise(state(pairs, at))
    assert (advice.action, advice.level, advice.open_levels) == (action, level, open_levels)


@pytest.mark.parametrize(
    ("n", "y", "action"),
    [
        (4, 0, "stay"),  # 2 of 6 can still come
        (4, 1, "stay"),
        (4, 2, "de-escalate"),
        (5, 0, "escalate"),  # at most 1 of 6
        (5, 1, "stay"),
        (5, 2, "de-escalate"),
    ],
)
def test_places_left_of_six_are_open(n: int, y: int, action: Action) -> None:
    assert DESIGN.advise(state([(3, 0), (n, y), (0, 0)], 1)).action == action


def test_five_do_not_confirm_the_mtd() -> None:
    assert DESIGN.advise(state([(3, 0), (5, 0)], 1)).action == "stay"
    assert DESIGN.advise(state([(5, 0), (3, 2)], 1)).action == "de-escalate"
    assert DESIGN.advise(state([(5, 0), (3, 2)], 0)).action == "stay"


def test_top_needs_no_six_if_not_confirmed() -> None:
    lenient = ThreePlusThree(0.3, confirm_top=False)
    assert lenient.advise(state([(3, 0), (3, 0)], 1)).action == "complete"
    assert lenient.advise(state([(3, 0), (3, 1)], 1)).action == "stay"
    # it is for the top alone: a level under one that is too toxic is always confirmed
    assert lenient.advise(state([(3, 0), (3, 2)], 0)).action == "stay"


@pytest.mark.parametrize(
    ("n", "y", "action", "level"),
    [
        (6, 2, "complete", 1),
        (7, 2, "complete", 1),
        (6, 3, "de-escalate", 0),
        (6, 1, "escalate", 2),
        (3, 2, "de-escalate", 0),
        (4, 2, "stay", 1),  # may become 2 of 6
        (5, 2, "stay", 1),
        (5, 3, "de-escalate", 0),
    ],
)
def test_two_of_six_may_be_the_mtd(n: int, y: int, action: Action, level: int) -> None:
    lenient = ThreePlusThree(0.3, two_of_six_ok=True)
    advice = lenient.advise(state([(3, 0), (n, y), (0, 0)], 1))
    assert (advice.action, advice.level) == (action, level)


def test_why_tells_the_counts() -> None:
    assert DESIGN.advise(state([(3, 0), (6, 2)], 1)).why == "2 of 6 with a DLT: too toxic"
    stopped = DESIGN.advise(state([(3, 2), (0, 0)], 0))
    assert stopped.why == "2 of 3 with a DLT at the lowest level: too toxic"
    back = DESIGN.advise(state([(3, 0), (3, 3)], 0))
    assert "the level above is too toxic, six subjects confirm the MTD" in back.why
    top = DESIGN.advise(state([(3, 0), (3, 0)], 1))
    assert "six subjects confirm the highest level" in top.why


@pytest.mark.parametrize(
    ("n", "escalate", "down"),
    [(1, None, None), (2, None, 2), (3, 0, 2), (4, None, 2), (5, 0, 2), (6, 1, 2), (7, None, None)],
)
def test_row(n: int, escalate: int | None, down: int | None) -> None:
    assert DESIGN.row(n) == Row(n, escalate, down, down)


def test_row_where_two_of_six_are_accepted() -> None:
    lenient = ThreePlusThree(0.3, two_of_six_ok=True)
    assert lenient.row(3) == Row(3, 0, 2, 2)
    assert lenient.row(6) == Row(6, 1, 3, 3)


@pytest.mark.parametrize(
    ("pairs", "mtd"),
    [
        ([(3, 0), (6, 1), (3, 2)], 1),
        ([(3, 0), (6, 1), (6, 1)], 2),
        ([(3, 0), (3, 0), (3, 2)], None),  # not confirmed yet
        ([(3, 0), (6, 1), (0, 0)], None),  # cut off on the way up
        ([(6, 2), (0, 0), (0, 0)], None),
        ([(0, 0), (0, 0), (0, 0)], None),
    ],
)
def test_select(pairs: Pairs, mtd: int | None) -> None:
    assert DESIGN.select(tuple(Count(n, y) for n, y in pairs)) == mtd


counts = st.integers(0, 8).flatmap(lambda n: st.builds(Count, st.just(n), st.integers(0, n)))
states = st.lists(counts, min_size=1, max_size=4).flatmap(
    lambda found: st.builds(State, st.just(tuple(found)), st.integers(0, len(found) - 1))
)
designs = st.builds(ThreePlusThree, st.just(0.3), st.booleans(), st.booleans())


def dose(design: ThreePlusThree, asked: State) -> int:
    level = design.advise(asked).level
    return -1 if level is None else level


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(designs, states, st.data())
def test_one_more_dlt_never_gives_a_higher_dose(
    design: ThreePlusThree, asked: State, data: st.DataObject
) -> None:
    spared = [i for i, count in enumerate(asked.counts) if count.y < count.n]
    if not spared:
        return
    k = data.draw(st.sampled_from(spared))
    worse = list(asked.counts)
    worse[k] = Count(worse[k].n, worse[k].y + 1)
    assert dose(design, State(tuple(worse), asked.at)) <= dose(design, asked)


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(designs, states)
def test_never_above_an_eliminated_level_nor_over_one(design: ThreePlusThree, asked: State) -> None:
    advice = design.advise(asked)
    if advice.level is None:
        assert advice.open_levels == 0
    else:
        assert advice.level < advice.open_levels
        assert advice.level <= asked.at + 1
        assert all(c.y < 2 or c.n > 3 for c in asked.counts[: advice.open_levels])


@pytest.mark.parametrize("n", [4, 5])
def test_what_is_decided_holds_for_every_completion(n: int) -> None:
    for y in range(n + 1):
        ways = {DESIGN.verdict(Count(6, y + more)) for more in range(7 - n)}
        now = DESIGN.verdict(Count(n, y))
        assert ways == {now} if now != "undecided" else len(ways) == 2
