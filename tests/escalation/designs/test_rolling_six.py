"""Rolling six: Skolnik et al. 2008, table 1. Levels count from 0."""

from __future__ import annotations

import pytest

from safety.escalation.advice import Row
from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.state import Count, state

DESIGN = RollingSix(0.3)


@pytest.mark.parametrize(
    ("n", "y", "pending", "action"),
    [
        (0, 0, 2, "stay"),
        (1, 1, 1, "stay"),
        (2, 2, 0, "de-escalate"),
        (3, 0, 0, "escalate"),
        (2, 0, 1, "stay"),
        (3, 1, 0, "stay"),
        (0, 0, 3, "stay"),
        (2, 2, 1, "de-escalate"),
        (4, 0, 0, "escalate"),
        (3, 0, 1, "stay"),
        (4, 1, 0, "stay"),
        (5, 0, 0, "escalate"),
        (4, 0, 1, "stay"),
        (1, 0, 4, "stay"),
        (5, 2, 0, "de-escalate"),
        (6, 0, 0, "escalate"),
        (6, 1, 0, "escalate"),
        (5, 0, 1, "escalate"),
        (5, 1, 1, None),
        (4, 0, 2, None),
        (0, 0, 6, None),
        (6, 2, 0, "de-escalate"),
        (3, 2, 3, "de-escalate"),
    ],
)
def test_table_of_the_paper(n: int, y: int, pending: int, action: str | None) -> None:
    advice = DESIGN.advise_pending(state([(3, 0), (n, y), (0, 0)], 1), pending)
    assert (advice and advice.action) == action


def test_complete_data_is_pending_nobody() -> None:
    for n in range(8):
        for y in range(n + 1):
            asked = state([(3, 0), (n, y), (0, 0)], 1)
            assert DESIGN.advise(asked) == DESIGN.advise_pending(asked, 0)


def test_mtd_needs_six() -> None:
    assert DESIGN.advise(state([(3, 0), (5, 0)], 1)).action == "stay"
    assert DESIGN.advise(state([(3, 0), (6, 1)], 1)).action == "complete"
    assert DESIGN.advise_pending(state([(3, 0), (5, 0)], 1), 1) is None
    assert DESIGN.select((Count(6, 1), Count(4, 2))) == 0
    assert DESIGN.select((Count(3, 0), Count(4, 2))) is None


def test_back_at_a_level_it_is_filled_to_six() -> None:
    asked = state([(3, 0), (2, 2)], 0)
    assert DESIGN.advise(asked).action == "stay"
    under_way = DESIGN.advise_pending(asked, 2)
    assert under_way is not None
    assert under_way.action == "stay"
    assert DESIGN.advise_pending(asked, 3) is None


@pytest.mark.parametrize(
    ("n", "escalate", "down"),
    [(1, None, None), (2, None, 2), (3, 0, 2), (4, 0, 2), (5, 0, 2), (6, 1, 2), (7, None, None)],
)
def test_row(n: int, escalate: int | None, down: int | None) -> None:
    assert DESIGN.row(n) == Row(n, escalate, down, down)
