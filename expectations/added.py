"""Checks that a study adds: a test of a field becomes a comparison, as all others are.

No text of a study is run as code: there are seven tests, and patterns are RE2's, which takes time
in proportion to the text whatever the pattern.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from expectations.check import Check, Compare, Weight
from expectations.common import compared

PREFIX = "ADDED "  # of the columns of added checks: no field has a space in its name


@dataclass(frozen=True, slots=True)
class CellTest:
    """One test of a field: which cells are wrong, and what to say of them.

    name: the column it looks at. wrong: from the frame to the rows that fail. says: what is said
    of each. columns: what it needs besides. is_about_presence: missing cells are judged too. when:
    texts of other fields that a row must have to be judged.
    """

    name: str
    wrong: Callable[[pd.DataFrame], pd.Series]
    says: str
    columns: tuple[str, ...] = ()
    is_about_presence: bool = False
    when: Mapping[str, Sequence[str]] = field(default_factory=dict)


def added(
    check: str, record: str, title: str, citation: str, test: CellTest, weight: Weight
) -> tuple[Check, Compare]:
    """Return the check of a test, and what makes the column that it asks of."""
    looked_at = () if test.is_about_presence else (test.name,)
    built = compared(
        check, record, title, PREFIX + check, citation, *looked_at, *test.columns, *test.when,
        **weight,
    )  # fmt: skip
    if test.is_about_presence:  # a column that was not delivered is no column of missing cells
        built = replace(built, needs_one_of=(test.name,))
    return built, lambda frame: _column(frame, test)


def _column(frame: pd.DataFrame, test: CellTest) -> pd.Series:
    """Return what is wrong with each row, "" for nothing, missing where it is not judged."""
    judged = pd.Series(True, index=frame.index)
    for name, texts in test.when.items():
        judged &= plain(frame[name]).isin([t.strip().upper() for t in texts])
    if not test.is_about_presence:
        judged &= frame[[test.name, *test.columns]].notna().all(axis=1)
    wrong = judged & test.wrong(frame).fillna(False).astype(bool)
    said = pd.Series("", index=frame.index, dtype="str").mask(wrong, test.says)
    return said.where(judged)


def plain(cells: pd.Series) -> pd.Series:
    """Return cells as they are compared: without case and without spaces around them."""
    return cells.astype("str").str.strip().str.upper()


def one_of(name: str, texts: Sequence[str]) -> CellTest:
    """Return the test that a cell is one of some texts."""
    known = [t.strip().upper() for t in texts]
    return CellTest(
        name, lambda f: ~plain(f[name]).isin(known), f"{name} is none of {_listed(texts)}"
    )


def not_in(name: str, texts: Sequence[str]) -> CellTest:
    """Return the test that a cell is none of some texts."""
    known = [t.strip().upper() for t in texts]
    return CellTest(
        name, lambda f: plain(f[name]).isin(known), f"{name} is one of {_listed(texts)}"
    )


def between(name: str, low: float | None, high: float | None) -> CellTest:
    """Return the test that a cell is a number from `low` to `high`; None is no limit."""
    limits = [f"{sign} {x:g}" for sign, x in ((">=", low), ("<=", high)) if x is not None]
    lowest, highest = (-math.inf if low is None else low), (math.inf if high is None else high)
    return CellTest(
        name,
        lambda f: ~pd.to_numeric(f[name], errors="coerce").between(lowest, highest),
        f"{name} is no number {' and '.join(limits)}",
    )


def matches(name: str, pattern: str) -> CellTest:
    """Return the test that a whole cell is of a pattern. Raises ValueError if RE2 knows it not."""
    whole = f"^(?:{pattern})$"
    try:
        pc.match_substring_regex(pa.array([""]), pattern=whole)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        raise ValueError(f"{pattern!r} is no pattern of RE2: {error}") from error

    def wrong(frame: pd.DataFrame) -> pd.Series:
        cells = pa.array(frame[name].astype("str"), from_pandas=True)
        fits = pc.fill_null(pc.match_substring_regex(cells, pattern=whole), False)
        return ~pd.Series(fits.to_numpy(zero_copy_only=False), index=frame.index, dtype=bool)

    return CellTest(name, wrong, f"{name} is not of the form {pattern}")


def present(name: str) -> CellTest:
    """Return the test that a cell is not missing."""
    return CellTest(name, lambda f: f[name].isna(), f"{name} is missing", is_about_presence=True)


def not_before(name: str, other: str, latest: str, earliest: str) -> CellTest:
    """Return the test that a date is not certainly before another.

    latest: column of the last day that the one may mean; earliest: of the first of the other.
    """
    said = f"{name} is before {other}"
    return CellTest(name, lambda f: f[latest] < f[earliest], said, (other, latest, earliest))


def not_after(name: str, other: str, earliest: str, latest: str) -> CellTest:
    """Return the test that a date is not certainly after another; as `not_before`."""
    said = f"{name} is after {other}"
    return CellTest(name, lambda f: f[earliest] > f[latest], said, (other, earliest, latest))


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts)
