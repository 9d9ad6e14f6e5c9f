"""What is asked of a listing: which rows, in which order, from which to which. Checked when made.

Columns are named as the frames name them, in upper case. A missing value is null or an empty text.
No message quotes a value: it may be the id of a subject.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, get_args

from safety.errors import WrongUseError
from safety.rows.listed import Kind, columns
from safety.store.read import Cut

Test = Literal["is", "in", "not", "contains", "least", "most", "missing", "present"]
Value = str | int | float
# How many values a test takes, at least and at most.
MAX_VALUES = 10_000  # of all conditions together: a database binds at most 32,766
TAKES: dict[Test, tuple[int, int]] = {
    "is": (1, 1), "in": (0, MAX_VALUES), "not": (1, MAX_VALUES), "contains": (1, 1),
    "least": (1, 1), "most": (1, 1), "missing": (0, 0), "present": (0, 0),
}  # fmt: skip
MAX_TEXT = 1000  # characters of a value
MAX_NUMBER = 2**53  # beyond it whole numbers are not told apart
MAX_PAGE = 1000  # rows
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")  # what a database cannot take as text


@dataclass(frozen=True, slots=True)
class Condition:
    """What the value in a column must be.

    is, in: one of `values` exactly; not: none of them, so also missing; contains: has the text,
    A-Z like a-z; least, most: not missing, and at least or at most the value, texts by their
    characters, so dates as well; missing, present: no values.
    """

    column: str
    test: Test
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of `table` at a cut that meet every condition: `most` of them from the `first` (0).

    order: column and whether it is descending; missing values come last either way, and the key
    decides between equal rows. Raises WrongUseError for what no listing can answer.
    """

    table: str
    cut: Cut
    where: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    first: int = 0
    most: int = 100

    def __post_init__(self) -> None:
        known = columns(self.table)
        for name in (*(c.column for c in self.where), *(name for name, _ in self.order)):
            if name not in known:
                raise WrongUseError(
                    f"{self.table} has no column {name!r}; it has {', '.join(known)}."
                )
        for condition in self.where:
            _require(condition, known[condition.column])
        if sum(len(c.values) for c in self.where) > MAX_VALUES:
            raise WrongUseError(f"more than {MAX_VALUES:,} values are asked for: choose fewer.")
        if not 0 <= self.first <= MAX_NUMBER or not 1 <= self.most <= MAX_PAGE:
            raise WrongUseError(
                f"rows from {self.first}, {self.most} of them: a page begins at 0 or later and "
                f"has 1 to {MAX_PAGE:,} rows."
            )


def _require(condition: Condition, kind: Kind) -> None:
    column, test, values = condition.column, condition.test, condition.values
    if test not in TAKES:
        raise WrongUseError(f"{column}: {test!r} is no test; give {', '.join(get_args(Test))}.")
    least, most = TAKES[test]
    if not least <= len(values) <= most:
        number = str(least) if least == most else f"{least} to {most:,}"
        raise WrongUseError(f"{column}: {test!r} takes {number} values, not {len(values)}.")
    if test == "contains" and kind != "text":
        raise WrongUseError(f"{column} holds numbers: ask by 'is', 'least' or 'most'.")
    if not all(_fits(value, kind) for value in values):
        form = f"a text of at most {MAX_TEXT} characters" if kind == "text" else "a number"
        raise WrongUseError(f"{column}: give {form} to {test!r}.")


def _fits(value: object, kind: Kind) -> bool:
    if kind == "text":
        return isinstance(value, str) and len(value) <= MAX_TEXT and _UNUSABLE.search(value) is None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and abs(value) <= MAX_NUMBER
