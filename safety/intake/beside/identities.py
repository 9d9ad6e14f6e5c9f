"""Subject ids beside each other: a spreadsheet drops leading zeros (fault 54)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pandas as pd

_DIGITS = re.compile(r"(\d+)")
MOST = 0.5  # share of the ids of one form that must have the usual length


def lost_zeros(subjects: pd.DataFrame) -> pd.Series:
    """Say of ids with a number shorter than that of most others, some of which begin with zeros.

    Ids are compared if all else in them is the same: 01-7 with 01-001, not with 02-1. Where no
    other id has a leading zero, 9 and 10 are simply numbers.
    """
    ids = subjects["USUBJID"]
    forms: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in ids.dropna().unique():
        forms[_form(name)].append(name)
    texts = {name: text for names in forms.values() for name, text in _odd(names).items()}
    judged = {name for names in forms.values() if len(names) > 1 for name in names}
    return ids.map(texts).astype("str").fillna("").where(ids.isin(judged))


def _form(name: str) -> tuple[str, ...]:
    """Return the id without its last number: what ids of one site and study have in common."""
    parts = _DIGITS.split(name)
    return (*parts[:-2], parts[-1]) if len(parts) > 1 else (name, "")


def _odd(names: list[str]) -> dict[str, str]:
    numbers = {n: found[-1] for n in names if (found := _DIGITS.findall(n))}
    lengths = Counter(len(n) for n in numbers.values())
    if not lengths:
        return {}
    usual, often = max(lengths.items(), key=lambda item: (item[1], item[0]))
    padded = any(len(n) == usual and n.startswith("0") for n in numbers.values())
    if not padded or often <= MOST * len(numbers):
        return {}
    text = f"its number has fewer than the {usual} digits of the others: leading zeros lost?"
    return {name: text for name, n in numbers.items() if len(n) < usual}
