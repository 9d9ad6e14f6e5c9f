"""Which doses of a drug are planned in a cycle: the schedule's days at the level's dose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from safety.assess.case import Case
from safety.assess.facts import Source
from safety.assess.moments import DAY
from safety.dosing.dose import level_dose
from safety.dosing.ledger import DayFates, fates, told, was_taken
from safety.study.treatment import Schedule


@dataclass(frozen=True, slots=True)
class Plan:
    """Doses of one drug in one cycle. mg: per intake, None if not known (`missing` says why).

    may_start_until: last day on which a course that has not begun might still have begun; before
    it none of its doses was lost. notes: queries about what was supposed.
    """

    drug: str
    cycle: int
    days: tuple[date, ...]
    per_day: int
    mg: float | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Source, ...] = ()
    may_start_until: date | None = None

    @property
    def intakes(self) -> int:
        return len(self.days) * self.per_day


def planned(case: Case, cycle: int, drug: str) -> Plan:
    """Return the plan of a drug in a cycle that has begun, at the dose of the assigned level.

    The dose follows weight, height and creatinine clearance known on the drug's first day of the
    cycle; reductions are judged elsewhere. Days from the next cycle's day 1 on belong to that one.
    Raises ValueError if the study has no treatment or the cycle has not begun.
    """
    treatment, start = case.study.treatment, case.cycles.get(cycle)
    if treatment is None or start is None:
        raise ValueError(f"{case.facts.usubjid}: no cycle {cycle} with planned doses has begun")
    schedule = treatment.drugs[drug].schedule
    first = start + timedelta(days=schedule.days.first - 1)
    dose = level_dose(case, drug, first)
    begins, until = _course(case, drug, schedule, start)
    days = [begins + timedelta(days=n) for n in range(schedule.days.days)]
    after = min((s for s in case.cycles.values() if s > start), default=None)
    notes = list(dose.notes)
    if after is not None and days[-1] >= after:
        notes.append(f"{drug}: days from {after} on were planned in the next cycle")
        days = [d for d in days if d < after]
    if dose.mg == 0:
        notes.append(f"{drug} is not planned in cycle {cycle}: creatinine clearance is too low")
    if dose.mg == 0 or schedule.days.cycle not in {None, cycle}:
        days = []
    return Plan(
        drug, cycle, tuple(days), schedule.intakes_a_day, dose.mg,
        missing=dose.missing, notes=tuple(notes), evidence=dose.evidence, may_start_until=until,
    )  # fmt: skip


def days_of_cycle(case: Case, plan: Plan) -> Iterator[tuple[date, DayFates]]:
    """Yield the days of a plan's cycle on which a dose was due or is told of, up to now.

    From the day follow-up ended on no dose is due. Days of a delay belong to the cycle before it.
    """
    records = told(case, plan.drug)
    start = case.cycles[plan.cycle]
    after = min((s for s in case.cycles.values() if s > start), default=None)
    own = {d for d in records if start <= d and (after is None or d < after)}
    for day in sorted(own | set(plan.days)):
        rows = records.get(day, ())
        gone = case.follow_up_ended is not None and day >= case.follow_up_ended
        if day <= case.as_of and (rows or not gone):
            yield day, fates(rows, plan.per_day if day in plan.days else 0, plan.per_day)


def _course(case: Case, drug: str, schedule: Schedule, start: date) -> tuple[date, date | None]:
    """Return the day a course begins and, while no dose of it was taken, until when it might."""
    first = start + timedelta(days=schedule.days.first - 1)
    if schedule.latest_start is None:
        return first, None
    latest = start + timedelta(days=schedule.latest_start - 1)
    records = told(case, drug)
    slip = [d for d in records if first <= d <= latest]
    taken = [d for d in slip if any(was_taken(r.record) for r in records[d])]
    if taken:
        return _late(case, min(taken), first, schedule.days.days, set(records)), None
    held = max(
        (d for d in slip if any(was_taken(r.record) is False for r in records[d])), default=None
    )
    if held is not None and held < latest and case.as_of <= latest:
        return held + DAY, latest
    return first, latest


def _late(case: Case, begun: date, first: date, length: int, records: set[date]) -> date:
    """Return the day a course counts from that was begun some days late.

    Held, it keeps its full length. If it is over and nothing was recorded beyond the scheduled
    days, its first days were skipped, not moved.
    """
    moved = {begun + timedelta(days=n) for n in range(length)}
    beyond = {d for d in moved if d >= first + timedelta(days=length)}
    is_over = case.as_of > max(moved)
    return first if is_over and not beyond & records else begun
