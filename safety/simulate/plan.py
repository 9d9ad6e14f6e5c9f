"""Which files come in which delivery, what each holds, and when each version first came."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from safety.simulate.deliveries import FilePlan, RowVersion
from safety.simulate.model import Arrivals, Day, Trial
from safety.simulate.sdtm.row import updated
from safety.simulate.sdtm.samples import CANCELLED


@dataclass(frozen=True, slots=True)
class Source:
    """One feed of the simulated site. suffix: of its files. domains in the order of the study."""

    id: str
    suffix: str
    delivers: Literal["snapshot", "changes"]
    domains: tuple[str, ...]


SOURCES = (
    Source("edc", "xpt", "snapshot", ("DM", "SV", "VS", "AE", "SUPPAE", "CM", "PR", "MH", "DS")),
    Source("central_lab", "csv", "changes", ("LB",)),
    Source("diary", "json", "snapshot", ("EC",)),
)
FIRST_FILE = "DM"  # deliveries begin on the day its first row is known
NEVER = 10**9  # a day after every other
Versions = Mapping[str, Sequence[Sequence[RowVersion]]]


def plan(
    trial: Trial, versions: Iterable[RowVersion], deliveries: int | None = None
) -> tuple[FilePlan, ...]:
    """Return the files of every delivery in order; a domain without rows has no file.

    deliveries: only the last so many days are delivered, the first of them carries everything
    before; None for all days from the first subject on.
    """
    by_row = histories(versions)
    begins = min((v.known for rows in by_row.get(FIRST_FILE, ()) for v in rows), default=NEVER)
    end = trial.options.days
    first = max(begins, 0 if deliveries is None else end - deliveries)
    return tuple(
        file
        for day in range(first, end)
        for file in _delivery(trial, by_row, day, is_first=day == first)
    )


def _delivery(trial: Trial, by_row: Versions, day: Day, *, is_first: bool) -> Iterator[FilePlan]:
    for source in SOURCES:
        since = None
        if source.delivers == "changes":
            since = -NEVER if is_first else day - 1
        for domain in source.domains:
            # A file of changes has a name of its own: delivered again, it says which one it is.
            own = f"_{trial.date(day):%Y%m%d}" if source.delivers == "changes" else ""
            name = f"{domain.lower()}{own}.{source.suffix}"
            file = FilePlan(day, source.id, domain, name, day, since)
            if next(held(by_row, file), None) is not None:
                yield file


def histories(versions: Iterable[RowVersion]) -> Versions:
    """Return the versions of each row in order of `known`, by domain; rows as they first stand."""
    found: dict[str, dict[str, list[RowVersion]]] = defaultdict(lambda: defaultdict(list))
    for v in versions:
        found[v.domain][v.row].append(v)
    return {
        domain: tuple(tuple(sorted(of, key=lambda v: v.known)) for of in rows.values())
        for domain, rows in found.items()
    }


def held(by_row: Versions, file: FilePlan) -> Iterator[RowVersion]:
    """Yield what a file holds: of every row its newest version, and what stands beside it.

    A snapshot lacks deleted rows; a file of changes has them, marked as cancelled, and lacks
    what the source held before.
    """
    for history in by_row.get(file.domain, ()):
        end = bisect_right(history, file.content, key=lambda v: v.known)
        if not end:
            continue
        current = next((v for v in reversed(history[:end]) if not v.extra), None)
        newest = history[0].known if current is None else current.known
        for v in history[:end]:
            if v is current or (v.extra and v.known >= newest):
                yield from _told(v, file)


def _told(version: RowVersion, file: FilePlan) -> Iterator[RowVersion]:
    if file.since is None:
        if not version.deleted:
            yield version
    elif version.known > file.since:
        yield version


def cancelled(trial: Trial, version: RowVersion) -> Mapping[str, str]:
    """Return the values of a row in a file of changes: a deleted one says that it is cancelled."""
    if not version.deleted:
        return version.values
    when = updated(trial, version.known)
    return {**version.values, "LBRESSTA": CANCELLED, "LBUPDTC": when}


def arrivals(
    trial: Trial,
    versions: Iterable[RowVersion],
    plans: Iterable[FilePlan],
    spoiled: Mapping[str, tuple[tuple[Day, Day | None], ...]],
) -> Arrivals:
    """Return the day each version first came in a usable file.

    A version that a later one overtook before any file held it never came. Of a file of changes
    that cannot be used nothing came; what it held comes with its redelivery.
    """
    usable: dict[str, list[FilePlan]] = defaultdict(list)
    for file in plans:
        if file.usable:
            usable[file.domain].append(file)

    @cache  # many rows of a domain share the days between two versions
    def first(domain: str, known: Day, overtaken: Day) -> Day | None:
        days = (
            f.day for f in usable[domain]
            if known <= f.content < overtaken and (f.since is None or f.since < known)
        )  # fmt: skip
        return min(days, default=None)

    came = {}
    for domain, rows in histories(versions).items():
        for history in rows:
            for version, overtaken in _overtaken(history, trial.options.days):
                day = first(domain, version.known, overtaken)
                if day is not None:
                    came[version.row, version.known] = day
    return Arrivals(came, spoiled)


def _overtaken(history: Sequence[RowVersion], end: Day) -> Iterator[tuple[RowVersion, Day]]:
    """Yield each version of a row with the day from which a later one takes its place.

    end: the day after the last delivery, for the newest version.
    """
    plain = [v for v in history if not v.extra]
    later = [*(v.known for v in plain[1:]), end]
    yield from zip(plain, later, strict=True)
