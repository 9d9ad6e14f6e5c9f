"""The different cells of a frame: what a check says of one, it says of every row that has it.

Great Expectations judges each once, in a frame of a few hundred rows instead of tens of thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Group:
    """The different cells of some columns in some rows.

    columns: which. places: of the frame's rows, one for each different cell or pair of cells.
    codes: of every row, which of them it has, -1 for a row that is not looked at.
    """

    columns: tuple[str, ...]
    places: Codes
    codes: Codes

    def rows(self, failing: Sequence[int]) -> Mask:
        """Return which rows of the frame have one of the failing cells, by their places here."""
        wrong = np.zeros(len(self.places) + 1, dtype=bool)  # the last one answers for -1
        wrong[[i for i in failing if i < len(self.places)]] = True
        found: Mask = wrong[self.codes]
        return found


@dataclass(slots=True)
class Cells:
    """A frame and what is known of its cells; every column is looked through once."""

    frame: pd.DataFrame
    _codes: dict[tuple[str, ...], Codes] = field(default_factory=dict)
    _present: dict[str, Mask] = field(default_factory=dict)

    def present(self, columns: Sequence[str]) -> Mask:
        """Return the rows in which none of the columns is missing."""
        found: Mask = np.ones(len(self.frame), dtype=bool)
        for column in columns:
            if column not in self._present:
                self._present[column] = self.frame[column].notna().to_numpy(bool)
            found &= self._present[column]
        return found

    def different(self, columns: tuple[str, ...], keep: Mask | None) -> Group:
        """Return the different cells, or pairs of cells, of the columns in the rows to keep."""
        codes = self._coded(columns)
        first = np.zeros(codes.max(initial=-1) + 1, dtype=np.intp)
        first[codes[::-1]] = np.arange(len(codes))[::-1]  # of a code told twice, the last is kept
        if keep is None:
            return Group(columns, first, codes)
        used = np.unique(codes[keep])
        number = np.full(len(first), -1, dtype=np.intp)
        number[used] = np.arange(len(used))
        return Group(columns, first[used], np.where(keep, number[codes], -1))

    def _coded(self, columns: tuple[str, ...]) -> Codes:
        if columns not in self._codes:
            of_each = [pd.factorize(self.frame[c], use_na_sentinel=False)[0] for c in columns]
            codes = of_each[0]
            for more in of_each[1:]:
                codes = pd.factorize(codes * (more.max(initial=0) + 1) + more)[0]
            self._codes[columns] = codes
        return self._codes[columns]


def every_row(columns: tuple[str, ...], keep: Mask) -> Group:
    """Return each row by itself: for what is asked of a column as a whole, as being unique."""
    places = np.flatnonzero(keep)
    codes = np.full(len(keep), -1, dtype=np.intp)
    codes[places] = np.arange(len(places))
    return Group(columns, places, codes)


def table(frame: pd.DataFrame, groups: Sequence[Group]) -> pd.DataFrame:
    """Return the cells of the groups beside each other: column `NAME#n` is NAME of group n.

    A shorter column is filled up with its first cell, so that nothing else is judged.
    """
    height = max(len(g.places) for g in groups)
    columns = {}
    for number, group in enumerate(groups):
        more = np.full(height - len(group.places), group.places[0], dtype=np.intp)
        places = np.concatenate([group.places, more])
        for name in group.columns:
            columns[named(name, number)] = _dated(frame[name].take(places)).reset_index(drop=True)
    return pd.DataFrame(columns)


def named(column: str, number: int) -> str:
    """Return what a column of a group is called in the table."""
    return f"{column}#{number}"


def _dated(column: pd.Series) -> pd.Series:
    """Date bounds as datetimes: Great Expectations does not order text."""
    is_bound = str(column.name).endswith(("DTMIN", "DTMAX"))
    return pd.to_datetime(column) if is_bound else column
