"""Ends of reported events that their outcome contradicts: told to go on, with an end date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from safety.assess.building.rows import ANY_DAY, when
from safety.assess.moments import DAY, Moment

DATE = len("2024-03-01")


class Told(NamedTuple):
    """What a row tells of its end, dates as received.

    event: what rows of one event share. goes_on: by its outcome, or by AEENRF.
    """

    key: str
    event: str
    goes_on: bool
    start: str
    end: str


def contradicted(rows: Iterable[Told]) -> frozenset[str]:
    """Return the keys of rows that go on by their outcome, end by their date, and have no sequel.

    A row that another of its event follows, on the day of its end or the day after, ended because
    the grade changed.
    """
    rows = tuple(rows)
    starts = Counter((r.event, r.start[:DATE]) for r in rows)
    going_on = [(r, when(r.end)) for r in rows if r.end and r.goes_on]
    return frozenset(
        row.key
        for row, end in going_on
        if end is not None and not _has_sequel(row, end.last_day, starts)
    )


def _has_sequel(row: Told, end: date, starts: Counter[tuple[str, str]]) -> bool:
    days = {end.isoformat(), (end + DAY).isoformat()}
    own = row.start[:DATE] in days
    return sum(starts[row.event, day] for day in days) > own


def open_end(end: Moment | None) -> Moment | None:
    """Return an end that may be on that day, or any day later."""
    return None if end is None else Moment(end.earliest, ANY_DAY.latest)
