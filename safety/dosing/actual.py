"""What was done: which doses of a drug were surely taken on which day, and which were skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Source
from safety.assess.moments import DAY
from safety.dosing.ledger import fates, told
from safety.dosing.plan import planned
from safety.study.treatment import Drug, Treatment


class Taken(NamedTuple):
    """What was taken on one day. mg: the highest of its intakes; total: mg of all of them.

    Both None where a record gives no dose.
    """

    mg: float | None
    total: float | None
    source: Source


def days_taken(case: Case, treatment: Treatment, drug: str) -> Mapping[date, Taken]:
    """Return what was surely taken of a drug by day, in order of time."""
    daily = treatment.drugs[drug].schedule.intakes_a_day
    found: dict[date, Taken] = {}
    for day, rows in sorted(told(case, drug).items()):
        given = fates(rows, daily, daily).fates
        doses = [(f.intakes, f.record) for f in given if f.kind == "taken" and f.record is not None]
        if not doses:
            continue
        amounts = [(n, r.mg) for n, r in doses if r.mg is not None]
        is_known = len(amounts) == len(doses)
        found[day] = Taken(
            max(mg for _, mg in amounts) if is_known else None,
            sum(n * mg for n, mg in amounts) if is_known else None,
            min(r.source for _, r in doses),
        )
    return found


@dataclass(frozen=True)
class Actual:
    """Everything that is known of the doses of one drug."""

    case: Case
    treatment: Treatment
    drug: str

    @property
    def rules(self) -> Drug:
        return self.treatment.drugs[self.drug]

    @cached_property
    def taken(self) -> Mapping[date, Taken]:
        return days_taken(self.case, self.treatment, self.drug)

    @cached_property
    def planned(self) -> Mapping[int, tuple[date, ...]]:
        """Planned days by cycle."""
        return {c: planned(self.case, c, self.drug).days for c in sorted(self.case.cycles)}

    @cached_property
    def skipped(self) -> frozenset[date]:
        """Days on which a dose was due, or would have been but for a delay, and none was taken."""
        due = {d for days in self.planned.values() for d in days}
        due |= {
            d
            for d, rows in told(self.case, self.drug).items()
            if any(r.record.taken is False for r in rows)
        }
        first = self.rules.schedule.days.first - 1
        for cycle, start in self.case.cycles.items():
            planned_start = self.case.planned_start(cycle)
            if planned_start is not None:
                late = range((start - planned_start).days)
                due |= {planned_start + (first + n) * DAY for n in late}
        return frozenset(d for d in due if d <= self.case.as_of and d not in self.taken)

    def is_interrupted(self, first: date, before: date) -> bool:
        """Return whether a dose was skipped from a day on and before another."""
        return any(first <= d < before for d in self.skipped)

    def stretches(self, days: Iterable[date]) -> Iterator[list[date]]:
        """Yield days of intake, split where a dose was skipped in between."""
        group: list[date] = []
        for day in sorted(days):
            if group and self.is_interrupted(group[-1], day):
                yield group
                group = []
            group.append(day)
        if group:
            yield group

    def cycle_days(self, cycle: int) -> list[date]:
        """Return the days of intake in a cycle and the delay after it."""
        start = self.case.cycles[cycle]
        after = min((s for s in self.case.cycles.values() if s > start), default=None)
        return [d for d in self.taken if start <= d and (after is None or d < after)]

    def in_words(self, days: list[date]) -> str:
        """Return which doses were taken on which days: `250 mg from 2024-03-12 to 2024-03-14`."""
        amounts = {self.taken[d].mg for d in days}
        doses = sorted(f"{mg:g} mg" if mg is not None else "an unknown dose" for mg in amounts)
        when = f"on {days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
        count = "" if len(days) == 1 else f" ({len(days)} days)"
        return f"{self.drug}: {' and '.join(doses)} taken {when}{count}"

    def evidence(self, days: Iterable[date]) -> tuple[Source, ...]:
        return tuple(sorted({self.taken[d].source for d in days}))
