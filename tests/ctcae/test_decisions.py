"""Every adopted decision is named by a test, and by the code or data where it acts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The ids of the table of adopted decisions (`ctcae_decisions.md`); the missing ones were dropped.
DECISIONS = [
    "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13",
    "D14", "D15", "D16", "D17", "D18", "D19", "D20", "D21", "D22", "D23", "D24", "D25", "D26",
    "D27", "D28", "D29", "D30", "D33", "D34", "D35", "D36", "D38", "D39", "D41", "D42", "D44",
    "D45", "D46",
]  # fmt: skip
THIS = Path(__file__).name


@cache
def named(folder: str, *patterns: str) -> set[str]:
    """Return the decisions that files of a folder name, a range (D06-D10) as its members."""
    found = set()
    for pattern in patterns:
        for path in (ROOT / folder).rglob(pattern):
            if path.name != THIS:
                text = path.read_text(encoding="utf-8")
                found |= set(re.findall(r"\bD[0-4][0-9]\b", text.replace("_d", " D")))
                for first, last in re.findall(r"\bD(\d\d)-D(\d\d)\b", text):
                    if (first, last) != ("01", "46"):
                        found |= {f"D{n:02}" for n in range(int(first), int(last) + 1)}
    return found


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_has_a_test(decision) -> None:
    assert decision in named("tests", "*.py")


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_is_named_where_it_acts(decision) -> None:
    # in code, or in the column `decisions` of the criteria
    assert decision in named("safety", "*.py", "*.csv")
