"""Rows of frames as small typed tuples by subject, and the parts that facts are made of."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import lru_cache
from math import nan
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from safety.assess.facts import Source
from safety.assess.moments import Moment, between, moment

Row = TypeVar("Row", bound=NamedTuple)
# The days that dates of records may mean (as `intake.dates`): a date that is not told.
ANY_DAY = between(date(1900, 1, 1), date(2100, 12, 31))

when = lru_cache(maxsize=200_000)(moment)  # the same few days stand in most rows


def by_subject(frame: pd.DataFrame | None, kind: type[Row]) -> dict[str, list[Row]]:
    """Return the rows of a frame by USUBJID; each field of `kind` is the column of its name.

    Missing text is "", a missing number NaN. A column that the frame lacks is missing throughout.
    """
    if frame is None or frame.empty:
        return {}
    kinds = kind.__annotations__
    columns = [_cells(frame, name, kinds[name]) for name in kind._fields]
    found: dict[str, list[Row]] = defaultdict(list)
    subject = kind._fields.index("USUBJID")
    for cells in zip(*columns, strict=True):
        found[cells[subject]].append(kind._make(cells))
    return found


def _cells(frame: pd.DataFrame, name: str, kind: object) -> list[Any]:
    is_number = str(getattr(kind, "__forward_arg__", kind)) == "float"
    if name not in frame:
        return [nan if is_number else ""] * len(frame)
    column = frame[name]
    if is_number:
        return column.to_numpy(np.float64, na_value=np.nan).tolist()
    if pd.api.types.is_numeric_dtype(column.dtype):  # whole numbers and truths: never missing
        return column.tolist()
    return column.astype("object").where(column.notna(), "").tolist()


class Notes:
    """Queries about a subject's own records, each once."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, key: str, text: str) -> None:
        self._texts[f"{key}: {text}"] = None

    def sorted(self) -> tuple[str, ...]:
        return tuple(sorted(self._texts))


class Dated(NamedTuple):
    """What rows of most kinds share."""

    key: str
    start: str  # ISO 8601 text as received, "" for missing
    end: str


def start_of(row: Dated, notes: Notes) -> Moment | None:
    """Return when it began; None, with a query, for a text that is no date."""
    return _read(row.key, "start", row.start, notes)


def period_of(row: Dated, notes: Notes) -> tuple[Moment | None, Moment | None]:
    """Return start and end of something. An end before the start is not used (fault 13)."""
    start, end = start_of(row, notes), _read(row.key, "end", row.end, notes)
    if start is None or end is None:
        return start, end
    if end.latest < start.earliest or end.last_day < start.first_day:
        notes.add(row.key, f"ends {end}, before it starts {start}; the end is not used")
        return start, None
    return start, Moment(max(end.earliest, start.earliest), end.latest)


def _read(key: str, what: str, text: str, notes: Notes) -> Moment | None:
    found = when(text) if text else None
    if text and found is None:
        notes.add(key, f"{what} {text[:40]!r} is no ISO 8601 date; correct it")
    return found


def source(text: str, start: str, key: str, file: str, row: int) -> Source:
    """Return the source of a fact; `start` is the date as received."""
    return Source(start[:10], text, key, file, int(row))


def lasting(start: Moment | None, end: Moment | None) -> str:
    """Return a period in words, with a comma before it. A start that is not told is left out."""
    if start is None or start.earliest == ANY_DAY.earliest:
        return "" if end is None else f", until {end}"
    return f", from {start}" if end is None else f", {start} to {end}"
