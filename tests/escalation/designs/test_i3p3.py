"""i3+3 against the table of its rules."""

from __future__ import annotations

import pytest

from safety.escalation.designs.i3p3 import I3P3
from safety.escalation.state import Count

# Decisions by the number of DLTs from 0; target 0.30: Escalate, Stay, De-escalate, U: eliminate.
TABLE_030 = {
    1: "ES",
    2: "ESD",
    3: "ESDU",
    4: "ESDUU",
    5: "EESDUU",
    6: "EESDUUU",
    7: "EESDDUUU",
    8: "EESDDUUUU",
    9: "EEESDUUUUU",
    12: "EEESSDDUUUUUU",
}
ABOVE = "2 of 5 with DLT (0.400) is above 0.250 to 0.350"
LETTERS = {1: "E", 0: "S", -1: "D"}


@pytest.mark.parametrize(("n", "letters"), TABLE_030.items())
def test_table(n: int, letters: str) -> None:
    matrix = I3P3(0.30).matrix(n)
    found = [
        "U" if matrix.eliminate[n, y] else LETTERS[matrix.decision[n, y]] for y in range(n + 1)
    ]
    assert "".join(found) == letters


@pytest.mark.parametrize(("n", "letters"), TABLE_030.items())
def test_row_says_the_same(n: int, letters: str) -> None:
    row = I3P3(0.30).row(n)
    assert row.escalate_if_le == letters.rindex("E")
    toxic = [y for y, letter in enumerate(letters) if letter in "DU"]
    assert row.deescalate_if_ge == min(toxic, default=None)
    assert row.eliminate_if_ge == (letters.index("U") if "U" in letters else None)


@pytest.mark.parametrize(
    ("target", "n", "y"),
    [(0.30, 12, 3), (0.30, 20, 7), (0.20, 20, 3), (0.35, 10, 4)],  # 0.20 - 0.05 is not quite 0.15
)
def test_ends_of_the_interval_are_within(target: float, n: int, y: int) -> None:
    step, why = I3P3(target).judge(Count(n, y))
    assert step == 0
    assert "is within" in why


@pytest.mark.parametrize(
    ("count", "step", "why"),
    [
        (Count(6, 1), 1, "1 of 6 with DLT (0.167) is below 0.250 to 0.350"),
        (Count(6, 2), 0, "2 of 6 with DLT (0.333) is within 0.250 to 0.350"),
        (
            Count(5, 2),
            0,
            f"{ABOVE}, but one DLT fewer (0.200) would be below",
        ),
        (Count(5, 3), -1, "3 of 5 with DLT (0.600) is above 0.250 to 0.350"),
    ],
)
def test_reason_has_its_numbers(count: Count, step: int, why: str) -> None:
    assert I3P3(0.30).judge(count) == (step, why)
