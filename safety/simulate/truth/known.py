"""What had come of one subject, in usable form, by the delivery of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from safety.simulate.model import (
    Arrivals,
    Day,
    Disposition,
    Dose,
    Medicine,
    Procedure,
    Report,
    Sample,
    Subject,
    Visit,
)


class Recorded(Protocol):
    @property
    def row(self) -> str: ...

    @property
    def known(self) -> Day: ...


R = TypeVar("R", bound=Recorded)


@dataclass(frozen=True, slots=True)
class Result:
    """One test of one sample: a row of its own at the source."""

    row: str
    known: Day
    test: str
    sample: Sample


@dataclass(frozen=True, slots=True)
class Known:
    """The newest usable version of every row; deleted ones are gone. death: the day DM says."""

    results: tuple[Result, ...]
    reports: tuple[Report, ...]
    doses: tuple[Dose, ...]
    visits: tuple[Visit, ...]
    medicines: tuple[Medicine, ...]
    procedures: tuple[Procedure, ...]
    dispositions: tuple[Disposition, ...]
    death: Day | None


Usable = Callable[[str, Day], bool]  # of a version, by its row and `known`


def recorded(subject: Subject) -> Known:
    """Return all that sites ever recorded, in its last version."""
    return _known(subject, lambda _row, _known: True)


def known(subject: Subject, arrivals: Arrivals, day: Day) -> Known:
    """Return what was known at the end of the delivery of `day`."""
    return _known(subject, lambda row, version: arrivals.usable(row, version, day))


def _known(s: Subject, usable: Usable) -> Known:
    results = (Result(row, x.known, t, x) for x in s.samples for t, row in x.rows.items())
    told = None if s.death_known is None else max(s.known, s.death_known)
    return Known(
        results=_newest(results, usable),
        reports=tuple(r for r in _newest(s.reports, usable) if not r.deleted),
        doses=_newest(s.doses, usable),
        visits=_newest(s.visits, usable),
        medicines=_newest(s.medicines, usable),
        procedures=_newest(s.procedures, usable),
        dispositions=_newest(s.dispositions, usable),
        death=s.death if told is not None and usable(f"DM|{s.usubjid}", told) else None,
    )


def _newest(versions: Iterable[R], usable: Usable) -> tuple[R, ...]:
    found: dict[str, R] = {}
    for version in versions:
        if usable(version.row, version.known):
            before = found.get(version.row)
            if before is None or before.known <= version.known:
                found[version.row] = version
    return tuple(found.values())


def changes(subject: Subject, arrivals: Arrivals) -> frozenset[Day]:
    """Return the days of delivery on which what is known of a subject may change."""
    rows = _rows(subject)
    came = {day for (row, _), day in arrivals.came.items() if row in rows}
    spoiled = {
        day
        for row in rows & arrivals.spoiled.keys()
        for first, last in arrivals.spoiled[row]
        for day in (first, None if last is None else last + 1)
        if day is not None
    }
    return frozenset(came | spoiled)


def _rows(s: Subject) -> frozenset[str]:
    kinds = (s.reports, s.doses, s.visits, s.medicines, s.procedures, s.dispositions)
    rows = {x.row for kind in kinds for x in kind}
    samples = {row for sample in s.samples for row in sample.rows.values()}
    return frozenset(rows | samples | {f"DM|{s.usubjid}"})
