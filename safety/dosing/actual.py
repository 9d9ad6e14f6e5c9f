"""Which doses of a drug were surely taken, by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Source
from safety.dosing.ledger import fates, told


class DayTaken(NamedTuple):
    """What was taken on one day. mg: the highest of its intakes; total: all of them."""

    mg: float | None
    total: float | None
    intakes: int
    source: Source


def days_taken(case: Case, drug: str) -> Mapping[date, DayTaken]:
    """Return what was taken of a drug by day, in order of time."""
    treatment = case.study.treatment
    if treatment is None:
        return {}
    daily = treatment.drugs[drug].schedule.intakes_a_day
    found: dict[date, DayTaken] = {}
    for day, rows in sorted(told(case, drug).items()):
        given = [f for f in fates(rows, daily, daily).fates if f.kind == "taken" and f.record]
        records = [(f.intakes, f.record) for f in given if f.record is not None]
        if not records:
            continue
        amounts = [r.mg for _, r in records]
        known = [mg for mg in amounts if mg is not None]
        total = sum(n * (r.mg or 0.0) for n, r in records) if len(known) == len(amounts) else None
        found[day] = DayTaken(
            max(known) if len(known) == len(amounts) else None,
            total,
            sum(n for n, _ in records),
            min(r.source for _, r in records),
        )
    return found


def taken(case: Case, drug: str) -> dict[date, float | None]:
    """Return mg per intake by day on which a drug was taken, in order of time."""
    return {day: of_day.mg for day, of_day in days_taken(case, drug).items()}


def stretch(days: Iterable[date]) -> str:
    """Return the first and the last of some days in words."""
    ordered = sorted(days)
    first, last = ordered[0], ordered[-1]
    return f"on {first}" if first == last else f"from {first} to {last}"
