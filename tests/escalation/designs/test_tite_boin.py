"""TITE-BOIN against both decision tables of its paper, cell by cell.

Yuan et al. 2018, Clin Cancer Res 24:4921, Table 1 (target 0.2) and Table S1 (0.3), cohorts of 3;
the rows for 3 to 9 subjects at 0.2 are also printed in a trial's own report (PMC9260438, Table 1).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from safety.escalation.advice import Action
from safety.escalation.designs.boin import Boin
from safety.escalation.designs.tite_boin import FollowUp, TiteBoin
from safety.escalation.state import Count, State, state

DESIGN = TiteBoin(0.30)

# By subjects treated and DLTs, for each number pending from 0: E escalate, S stay, D de-escalate,
# X de-escalate and eliminate, W wait; 0.77 escalate from that follow-up on, else stay; -0.52
# de-escalate up to it, else stay. The last stands for all greater numbers pending.
TABLE_1 = {
    3: ["E E W", "D", "X", "X"],
    6: ["E E E E W", "S S S S W", "D", "X", "X", "X", "X"],
    9: ["E E E E E W", "E E E 0.77 2.15 W", "S -0.52 -1.59 -2.66 -3.73 W", "D",
        "X", "X", "X", "X", "X", "X"],
    12: ["E E E E E E E W", "E E E E E E 1.24 W", "S S S S S S S W", "D", "D",
         "X", "X", "X", "X", "X", "X", "X", "X"],
    15: ["E E E E E E E E W", "E E E E E E E E W", "E E E 1.14 2.31 3.48 4.65 5.82 W",
         "S S S -1.16 -2.34 -3.53 -4.72 -5.90 W", "D", "D",
         "X", "X", "X", "X", "X", "X", "X", "X", "X", "X"],
}  # fmt: skip
TABLE_S1 = {
    3: ["E E W", "S -0.88 W", "D", "X"],
    6: ["E E E E W", "E E 0.60 1.96 W", "S -0.73 -1.80 -2.87 W", "D", "X", "X", "X"],
    9: ["E E E E E W", "E E E E E W", "E 0.59 1.65 2.71 3.77 W", "S -0.58 -1.65 -2.72 -3.79 W",
        "D", "X", "X", "X", "X", "X"],
    12: ["E E E E E E E W", "E E E E E E E W", "E E E E 1.33 2.72 4.11 W", "S S S S S S S W",
         "S -0.43 -1.50 -2.57 -3.65 -4.72 -5.79 W", "D", "D", "X", "X", "X", "X", "X", "X"],
    15: ["E E E E E E E E W", "E E E E E E E E W", "E E E E E E 0.35 2.07 W",
         "E E 0.11 1.29 2.46 3.64 4.81 5.98 W", "S S S S S S S S W",
         "S -0.28 -1.35 -2.42 -3.50 -4.57 -5.64 -6.72 W", "D", "D",
         "X", "X", "X", "X", "X", "X", "X", "X"],
}  # fmt: skip


def cells(table: dict[int, list[str]]) -> Iterator[tuple[int, int, int, str]]:
    """Every (subjects, DLTs, pending, cell) that can be."""
    for n, lines in table.items():
        for y, line in enumerate(lines):
            found = line.split()
            for pending in range(n - y + 1):
                yield n, y, pending, found[min(pending, len(found) - 1)]


def decided(design: TiteBoin, n: int, y: int, pending: int, total: float) -> str:
    """The decision in the letters of the table, at a level with one above and one below."""
    here = state([(0, 0), (n - pending, y), (0, 0)], 1)
    advice = design.advise_pending(here, [total / pending] * pending)
    if advice is None:
        return "W"
    letters: dict[Action, str] = {"escalate": "E", "stay": "S", "de-escalate": "D"}
    return "X" if advice.open_levels == 1 else letters[advice.action]


def expected(cell: str, total: float) -> str:
    """The decision of a cell with this much follow-up."""
    if cell in "ESDXW":
        return cell
    if cell.startswith("-"):
        return "D" if total <= -float(cell) else "S"
    return "E" if total >= float(cell) else "S"


@pytest.mark.parametrize(
    ("target", "table", "boundaries"), [(0.20, TABLE_1, 17), (0.30, TABLE_S1, 38)]
)
def test_published_tables(target: float, table: dict[int, list[str]], boundaries: int) -> None:
    design, checked, printed = TiteBoin(target), 0, 0
    for n, y, pending, cell in cells(table):
        checked += 1
        totals = [0.0, pending / 2, float(pending)]
        if cell not in "ESDXW":  # both sides of a boundary printed with two decimals
            printed += 1
            totals = [0.0, abs(float(cell)) - 0.006, abs(float(cell)) + 0.006, float(pending)]
        for total in totals if pending else [0.0]:
            found = decided(design, n, y, pending, total) if pending else plain(design, n, y)
            assert found == expected(cell, total), (n, y, pending, total)
    assert (checked, printed) == (320, boundaries)


def plain(design: TiteBoin, n: int, y: int) -> str:
    """The decision with nobody pending."""
    advice = design.advise(state([(0, 0), (n, y), (0, 0)], 1))
    letters: dict[Action, str] = {"escalate": "E", "stay": "S", "de-escalate": "D"}
    return "X" if advice.open_levels == 1 else letters[advice.action]


@pytest.mark.parametrize(
    ("target", "count", "pending", "up", "down"),
    [
        (0.20, Count(9, 1), 4, 2.15, None),
        (0.20, Count(9, 2), 1, None, 0.52),
        (0.30, Count(6, 1), 3, 1.96, None),
        (0.30, Count(3, 1), 1, None, 0.88),
        (0.30, Count(12, 3), 6, None, None),  # above 0.236 and below 0.3: neither way
        (0.30, Count(6, 3), 2, None, 2.00),  # all there can be
    ],
)
def test_follow_up_that_decides(
    target: float, count: Count, pending: int, up: float | None, down: float | None
) -> None:
    found = TiteBoin(target).changes(count, pending)
    rounded = [None if at is None else round(at, 2) for at in (found.escalate_from,
                                                              found.deescalate_to)]  # fmt: skip
    assert rounded == [up, down]


def test_follow_up_not_needed_to_escalate() -> None:
    found = DESIGN.changes(Count(6, 1), 1)
    assert found.escalate_from is not None
    assert found.escalate_from < 0
    assert FollowUp(found.escalate_from, None) == found


def test_advice_gives_its_numbers() -> None:
    here = state([(3, 0), (3, 1), (0, 0)], 1)
    early = DESIGN.advise_pending(here, (0.9, 0.6, 0.4))
    late = DESIGN.advise_pending(here, (0.9, 0.6, 0.5))
    assert early is not None
    assert late is not None
    assert (early.action, early.level) == ("stay", 1)
    assert (late.action, late.level) == ("escalate", 2)
    assert late.why == (
        "1 of 6 with DLT (0.167), 3 pending with 2.00 windows followed, at least 1.96"
    )


def test_waits_while_more_than_half_is_pending() -> None:
    assert DESIGN.advise_pending(state([(2, 0), (0, 0)], 0), (1.0, 1.0, 1.0)) is None
    half = DESIGN.advise_pending(state([(3, 0), (0, 0)], 0), (0.0, 0.0, 0.0))
    assert half is not None
    assert half.action == "escalate"
    assert TiteBoin(0.30, most_pending=0.4).advise_pending(
        state([(3, 0), (0, 0)], 0), (0.0,) * 3
    ) is None  # fmt: skip


def test_does_not_wait_to_leave_a_level() -> None:
    """2 of 5 is too many whatever the three pending turn out to be."""
    advice = DESIGN.advise_pending(state([(3, 0), (2, 2), (0, 0)], 1), (0.9, 0.9, 0.9))
    assert advice is not None
    assert (advice.action, advice.level) == ("de-escalate", 0)


def test_does_not_wait_at_a_level_that_a_lower_one_closes() -> None:
    advice = DESIGN.advise_pending(state([(6, 4), (1, 0), (0, 0)], 1), (0.5, 0.5))
    assert advice is not None
    assert (advice.action, advice.level) == ("stop", None)


def test_settings_hold_with_pending_subjects() -> None:
    here = state([(2, 2), (0, 0)], 0)
    usual, strict = (
        design.advise_pending(here, (0.5,)) for design in (DESIGN, TiteBoin(0.30, extrasafe=True))
    )
    assert usual is not None
    assert strict is not None
    assert (usual.action, strict.action) == ("stay", "stop")  # Pr(rate > 0.3) = 0.916


def test_pending_subjects_count_for_elimination() -> None:
    """3 of 3 eliminate a level; 3 of 9, six pending, only leave it, as the paper defines it."""
    gone = DESIGN.advise_pending(state([(3, 0), (4, 4), (0, 0)], 1), (0.5,))
    assert gone is not None
    assert (gone.action, gone.open_levels) == ("de-escalate", 1)
    left = TiteBoin(0.20).advise_pending(state([(3, 0), (3, 3), (0, 0)], 1), (0.5,) * 6)
    assert left is not None
    assert (left.action, left.open_levels) == ("de-escalate", 3)


def test_never_above_the_top_or_into_an_eliminated_level() -> None:
    top = DESIGN.advise_pending(state([(3, 0), (5, 0)], 1), (0.5,))
    closed = DESIGN.advise_pending(state([(5, 0), (3, 3)], 0), (0.5,))
    assert top is not None
    assert closed is not None
    assert (top.action, top.level) == ("stay", 1)
    assert (closed.action, closed.level) == ("stay", 0)


def test_nobody_pending_is_boin() -> None:
    boin = Boin(0.30)
    for n in range(1, 19):
        assert DESIGN.row(n) == boin.row(n)
    here = state([(6, 1), (3, 1), (0, 0)], 1)
    assert DESIGN.advise_pending(here, ()) == DESIGN.advise(here) == boin.advise(here)
    assert DESIGN.select(here.counts) == boin.select(here.counts)


@pytest.mark.parametrize("y", range(7))
def test_followed_to_the_end_is_boin(y: int) -> None:
    done = DESIGN.advise_pending(state([(6, 0), (6, y), (0, 0)], 1), (1.0,) * 3)
    boin = Boin(0.30).advise(state([(6, 0), (9, y), (0, 0)], 1))
    assert done is not None
    assert (done.action, done.level, done.open_levels) == (boin.action, boin.level,
                                                           boin.open_levels)  # fmt: skip


@pytest.mark.parametrize("part", [-0.1, 1.1])
def test_parts_of_the_window_are_from_0_to_1(part: float) -> None:
    with pytest.raises(ValueError, match="not all from 0 to 1"):
        DESIGN.advise_pending(State((Count(3, 0),), 0), (part,))
