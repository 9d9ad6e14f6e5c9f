"""The DLT window (3.3): study days 1 to 21, and longer while cycle 2 waits because of toxicity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from safety.simulate.model import Day, Dose
from safety.simulate.truth.case import CYCLE_2, Case, Event

LENGTH = 21
PLANNED = 22  # study day of cycle 2
LONGEST = 36  # study day: cycle 2 at the latest
TOXICITY = "ADVERSE EVENT"
STOPPED = frozenset({"PROGRESSIVE DISEASE", "ADVERSE EVENT", "WITHDRAWAL BY SUBJECT", "DEATH"})

# started: cycle 2 is known to have begun. waiting: it is held back because of toxicity.
# closed: the window is over without cycle 2. running: day 22 has not passed. unknown: nothing says
Status = Literal["started", "waiting", "closed", "running", "unknown"]


@dataclass(frozen=True, slots=True)
class Window:
    """last: last study day that surely counts. status: of cycle 2. open_after: beyond `last` up to
    day 36 nobody knows yet.
    """

    last: int
    status: Status
    pre_dose: bool
    open_after: bool

    @property
    def over(self) -> bool:
        return self.status in {"started", "closed"}

    def has(self, study_day: int, visit: str) -> bool | None:
        """Return whether an onset counts; the sample before cycle 2 belongs to cycle 1."""
        if study_day <= self.last:
            return True
        if self.pre_dose and visit == CYCLE_2 and study_day <= LONGEST:
            return True
        return None if self.open_after and study_day <= LONGEST else False


def window(case: Case) -> Window:
    """Return the window as far as the case tells."""
    today = case.study_day(case.now)
    if case.second_cycle is not None:
        return _started(case, case.study_day(case.second_cycle))
    if today < PLANNED:
        return Window(LENGTH, "running", pre_dose=True, open_after=False)
    stopped = [d for d in case.dispositions if d.name in STOPPED and d.day <= case.now]
    if case.death is not None or any(d.name != TOXICITY for d in stopped):
        return Window(LENGTH, "closed", pre_dose=True, open_after=False)
    reasons = [d.reason for d in waiting_doses(case)]
    if stopped or reasons:
        if stopped or for_toxicity(case):
            over = today > LONGEST
            return Window(LONGEST, "closed" if over else "waiting", True, False)
        return Window(LENGTH, "closed", pre_dose=False, open_after=False)
    return Window(LENGTH, "unknown", pre_dose=True, open_after=True)


def _started(case: Case, second: int) -> Window:
    if second > PLANNED and for_toxicity(case):
        return Window(min(second - 1, LONGEST), "started", pre_dose=True, open_after=False)
    on_time = second <= PLANNED
    return Window(LENGTH, "started", pre_dose=on_time, open_after=False)


def waiting_doses(case: Case) -> tuple[Dose, ...]:
    """Return the doses of planned cycle 2 that were not taken before it began."""
    end = case.now if case.second_cycle is None else case.second_cycle - 1
    return tuple(
        d for d in case.doses
        if d.taken == 0 and d.due > 0 and case.study_day(d.day) >= PLANNED and d.day <= end
    )  # fmt: skip


def for_toxicity(case: Case) -> bool:
    """Return whether cycle 2 waits, or waited, for related toxicity; no reason counts as one."""
    if case.whole and case.subject.delayed_for:
        return case.subject.delayed_for == TOXICITY
    doses = waiting_doses(case)
    said = [d for d in doses if d.reason]
    if said and not any(d.reason == TOXICITY for d in said):
        return False
    days = [d.day for d in doses] or [case.first_dose + PLANNED - 1]
    return any(related_on(case, day) for day in days)


def related_on(case: Case, day: Day) -> bool:
    """Return whether toxicity of a day counts as related: unless all of its events are not."""
    present = [e for e in case.events if e.on(day, day) and e.start >= case.first_dose]
    return (
        not present or any(e.is_related() for e in present) or _silent_finding(case, day, present)
    )


def _silent_finding(case: Case, day: Day, present: Iterable[Event]) -> bool:
    """Return whether a value of grade 2 of the last week has no event: it counts as related."""
    named = {e.term for e in present}
    return any(
        p.least >= 2 and day - LENGTH // 3 <= p.day <= day and not case.before(p)
        for term, points in case.points.items()
        if term not in named
        for p in points
    )
