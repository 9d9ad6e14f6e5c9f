"""mTPI-2 against its published table."""

from __future__ import annotations

import pytest

from safety.escalation.advice import Row
from safety.escalation.designs.keyboard import Keyboard
from safety.escalation.state import Count

# n, escalate if DLTs <=, de-escalate if >=, eliminate if >=; target 0.30 (R package Keyboard
# 0.1.3, which has no least number of subjects for elimination; 3, 6 and 9 in Guo 2017, figure 3).
TABLE_030 = [
    (1, 0, 1, None), (2, 0, 1, None), (3, 0, 2, 3), (4, 0, 2, 3), (5, 1, 2, 4), (6, 1, 3, 4),
    (7, 1, 3, 5), (8, 1, 3, 5), (9, 2, 4, 5), (10, 2, 4, 6), (11, 2, 4, 6), (12, 2, 5, 7),
    (13, 3, 5, 7), (14, 3, 5, 8), (15, 3, 6, 8), (16, 3, 6, 8), (17, 4, 6, 9), (18, 4, 7, 9),
    (19, 4, 7, 9), (20, 4, 7, 10), (21, 5, 8, 10), (22, 5, 8, 11), (23, 5, 9, 11), (24, 5, 9, 11),
    (25, 6, 9, 12), (26, 6, 10, 12), (27, 6, 10, 12), (28, 6, 10, 13), (29, 7, 11, 13),
    (30, 7, 11, 14),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE_030, ids=lambda row: f"n={row[0]}")
def test_table(row: tuple[int, int | None, int | None, int | None]) -> None:
    assert Keyboard(0.30).row(row[0]) == Row(*row)


def test_keys_reach_from_0_to_1() -> None:
    edges = [0, 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1]
    assert Keyboard(0.30).edges == pytest.approx(edges, abs=1e-12)
    assert Keyboard(0.30, below=0.10, above=0.10).edges == pytest.approx(
        [0, 0.2, 0.4, 0.6, 0.8, 1], abs=1e-12
    )


def test_shorter_key_at_the_end_counts_by_its_width() -> None:
    """Below 0.03 to 0.13 there is only a short key: no DLT makes it the strongest."""
    assert Keyboard(0.08).judge(Count(3, 0))[0] == 1
    assert Keyboard(0.08).judge(Count(10, 1))[0] == 0


@pytest.mark.parametrize(
    ("target", "step"),
    [
        (0.45, -1),  # 0.40-0.50 is the target key, 0.50-0.60 as strong
        (0.55, 0),  # 0.40-0.50 is as strong as the target key
    ],
)
def test_of_equally_strong_keys_the_most_toxic_speaks(target: float, step: int) -> None:
    for n in (2, 4, 8, 20):
        assert Keyboard(target).judge(Count(n, n // 2))[0] == step


@pytest.mark.parametrize(
    ("count", "step", "why"),
    [
        (Count(6, 1), 1, "0.167): the likeliest rates are 0.150 to 0.250, below 0.250 to 0.350"),
        (Count(6, 2), 0, "0.333): the likeliest rates are 0.250 to 0.350, as sought"),
        (Count(6, 3), -1, "0.500): the likeliest rates are 0.450 to 0.550, above 0.250 to 0.350"),
    ],
)
def test_reason_has_its_numbers(count: Count, step: int, why: str) -> None:
    found, text = Keyboard(0.30).judge(count)
    assert found == step
    assert text.endswith(why)


@pytest.mark.parametrize("wrong", [{"below": 0.0}, {"above": 0.0}, {"below": 0.3}, {"above": 0.7}])
def test_interval_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"no interval around 0\.3"):
        Keyboard(0.30, **wrong)
