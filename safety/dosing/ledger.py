"""What the dose records tell of one day: each intake taken, missed, contradicted or untold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Intake
from safety.assess.moments import DAY

TOLD = "told"  # of a case's memo
CONTRADICTION = "records tell of more intakes taken and missed than were due"
TOO_MANY = "overlapping records tell of more intakes than the schedule has; counted once"
NO_FREQUENCY = "a record gives no frequency of the schedule; how much was taken is not known"
NOT_TOLD = "a record does not say whether the dose was taken"


class Told(NamedTuple):
    """What one record tells of one day. per_day: intakes, None if the frequency is not known."""

    day: date
    per_day: int | None
    record: Intake


class Fate(NamedTuple):
    """What became of some intakes of a day. contradicted: told as taken and as missed."""

    kind: Literal["taken", "missed", "contradicted", "unrecorded"]
    intakes: int
    record: Intake | None


class DayFates(NamedTuple):
    """Every intake of a day, and what is to be asked about its records."""

    fates: tuple[Fate, ...]
    doubts: tuple[str, ...]


def told(case: Case, drug: str) -> Mapping[date, tuple[Told, ...]]:
    """Return by day what records surely tell of it, up to the knowledge date.

    Of a record with partial dates these are the days it covers however they are completed.
    """
    key = TOLD, drug
    if key not in case.memo:
        case.memo[key] = MappingProxyType(_told(case, drug))
    known: Mapping[date, tuple[Told, ...]] = case.memo[key]
    return known


def _told(case: Case, drug: str) -> dict[date, tuple[Told, ...]]:
    found: dict[date, list[Told]] = {}
    for record in case.facts.intakes:
        if record.drug == drug:
            for day in days_of(case, record):
                found.setdefault(day, []).append(Told(day, record.per_day, record))
    return {day: tuple(sorted(rows, key=_order)) for day, rows in found.items()}


def days_of(case: Case, record: Intake) -> list[date]:
    """Return the days a record surely covers. One that goes on does so while doses are due."""
    first, last = record.start.last_day, case.as_of
    if record.end is not None:
        last = min(last, record.end.first_day)
    elif case.treatment_ended is not None:
        last = min(last, case.treatment_ended - DAY)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def partly_dated(case: Case, drug: str) -> tuple[Intake, ...]:
    """Return the records of a drug whose days are not all certain."""
    return tuple(
        r
        for r in case.facts.intakes
        if r.drug == drug
        and not (r.start.is_one_day and (r.end is None or r.end.is_one_day))
    )  # fmt: skip


def fates(rows: Sequence[Told], due: int, daily: int) -> DayFates:
    """Return what became of the intakes of one day.

    due: planned intakes of the day, 0 on a day without dose; daily: those of the schedule.
    More intakes than the schedule has count only if one record tells of them all: several such
    records repeat each other, and the smallest doses are kept. A record without frequency tells of
    at most what the schedule has: who counts doses asks for its `per_day`.
    """
    given = [r for r in rows if was_taken(r.record) is True]
    skipped = [r for r in rows if was_taken(r.record) is False]
    most = max([daily, *(_count(r, daily) for r in given)])
    taken = min(sum(_count(r, daily) for r in given), most)
    missed = min(sum(_count(r, daily) for r in skipped), due)
    both = max(0, min(taken, due) + missed - due)
    found = [
        *(Fate("taken", n, r.record) for r, n in _first(given, taken - both, daily)),
        *(Fate("missed", n, r.record) for r, n in _first(skipped, missed - both, daily)),
    ]
    if both:
        found.append(Fate("contradicted", both, given[0].record))
    rest = due - min(taken, due) - missed
    if rest > 0:
        found.append(Fate("unrecorded", rest, None))
    doubts = {
        CONTRADICTION: both > 0,
        TOO_MANY: sum(_count(r, daily) for r in given) > most
        or sum(_count(r, daily) for r in skipped) > daily,
        NO_FREQUENCY: any(r.per_day is None for r in rows),
        NOT_TOLD: any(r.record.taken is None for r in rows),
    }
    return DayFates(tuple(found), tuple(text for text, so in doubts.items() if so))


def was_taken(record: Intake) -> bool | None:
    """Return whether a record tells of doses taken; 0 mg taken is a dose not taken."""
    return False if record.mg == 0 else record.taken


def in_words(days: list[date]) -> str:
    """Return days in words: the first one, and how many more there are."""
    more = len(days) - 1
    return f"{min(days)}" + (f" and {more} more day{'s' if more > 1 else ''}" if more else "")


def _order(row: Told) -> tuple[bool, float, object]:
    mg = row.record.mg
    return mg is None, mg or 0.0, row.record.source


def _count(row: Told, daily: int) -> int:
    return daily if row.per_day is None else row.per_day


def _first(rows: Sequence[Told], intakes: int, daily: int) -> list[tuple[Told, int]]:
    """Return the first so many intakes of some records."""
    found: list[tuple[Told, int]] = []
    for row in rows:
        count = min(intakes, _count(row, daily))
        if count > 0:
            found.append((row, count))
            intakes -= count
    return found
