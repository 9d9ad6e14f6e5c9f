"""The DLT window of one subject: which days it has, and whether it has closed.

Day 1 is the first dose. The window ends with its last day, or with the assessment before the next
cycle's first dose; while that cycle is delayed for toxicity it goes on, up to a last day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from safety.assess.case import Case
from safety.assess.moments import Moment, day_of
from safety.assess.occurrence import Occurrence
from safety.assess.truth import Truth
from safety.dosing.delay import Delay, delay

Place = Literal["before", "inside", "after", "unclear"]


@dataclass(frozen=True, slots=True)
class DltWindow:
    """first_day to last_day (both inside); predose_of: the cycle whose assessment before its
    first dose, on predose_day, is inside as well. open: nothing is known yet beyond as_of.
    """

    first_day: date
    last_day: date
    predose_cycle: int
    predose_day: date | None
    is_open: bool
    text: str
    cut_short: bool = False  # follow-up ended before it closed

    @property
    def closes(self) -> date:
        """The last day on which something inside it can be found."""
        return max(self.last_day, self.predose_day or self.last_day)

    def place(self, occurrence: Occurrence) -> Place:
        """Return where the onset of an occurrence lies."""
        if occurrence.standing:
            return "inside"
        if occurrence.predose_cycle == self.predose_cycle and self.predose_day is not None:
            return "inside"
        return self._place(occurrence.onset)

    def _place(self, onset: Moment) -> Place:
        if onset.last_day < self.first_day:
            return "before"
        if onset.last_day <= self.last_day:
            return "inside"  # a partial date that may lie before the first dose counts as after it
        if onset.first_day > self.closes:
            return "after"
        on_predose_day = self.predose_day is not None and onset.first_day == self.predose_day
        if onset.first_day > self.last_day and not on_predose_day:
            return "after"
        return "unclear"  # partial, or on the day of the next cycle's first dose without its time


def inside(place: Place) -> Truth:
    """Return whether a place is inside the window."""
    return {"inside": Truth.MET, "unclear": Truth.UNKNOWN}.get(place, Truth.NOT_MET)


def dlt_window(case: Case) -> DltWindow | None:
    """Return the window of a treated subject, None before the first dose."""
    start = case.first_dose
    if start is None:
        return None
    rule = case.study.dose_limiting.window
    first, last = day_of(rule.first_day, start), day_of(rule.last_day, start)
    late = delay(case, 2)
    if late is None:
        found = DltWindow(first, last, 2, None, case.as_of <= last, f"to day {rule.last_day}")
    else:
        found = _by_next_cycle(case, first, last, late)
    return _cut_short(found, case)


def _by_next_cycle(case: Case, first: date, last: date, late: Delay) -> DltWindow:
    start, rule = case.first_dose or first, case.study.dose_limiting.window
    limit = day_of(rule.extends_to_day or rule.last_day, start)
    for_toxicity = late.toxicity is not Truth.NOT_MET
    actual = late.actual
    if actual is not None:
        extends = late.days > 0 and for_toxicity and limit > last
        if late.days > 0 and not extends:
            return DltWindow(
                first, last, 2, None, case.as_of <= last,
                f"to day {rule.last_day}: cycle 2 was delayed, not for toxicity",
            )  # fmt: skip
        before = actual - timedelta(days=1)
        end = min(max(last, before), limit) if extends else max(last, before)
        predose = actual if end < actual <= max(limit, late.planned) else None
        text = "to the assessment before the first dose of cycle 2"
        if extends:
            text += f", which was {late.days} days late for toxicity"
        return DltWindow(first, end, 2, predose, case.as_of <= last, text)
    if case.as_of < late.planned:
        predose = late.planned if for_toxicity else None
        is_open = case.as_of <= last or for_toxicity
        return DltWindow(first, last, 2, predose, is_open, f"to day {rule.last_day}")
    if not for_toxicity:
        text = f"to day {rule.last_day}: cycle 2 was not started, not for toxicity"
        return DltWindow(first, last, 2, None, case.as_of <= last, text)
    end = min(case.as_of, limit)
    text = f"cycle 2 not started: it goes on to day {rule.extends_to_day or rule.last_day}"
    return DltWindow(first, max(end, last), 2, None, case.as_of <= limit, text)


def _cut_short(window: DltWindow, case: Case) -> DltWindow:
    """Return a window nothing more can be known of, because follow-up ended.

    What was seen after the end of follow-up all the same keeps its place.
    """
    ended = case.follow_up_ended
    if ended is None:
        return window
    natural = day_of(case.study.dose_limiting.window.last_day, case.first_dose or ended)
    if ended >= window.closes and (not window.is_open or window.closes == natural):
        return replace(window, is_open=False)
    text = f"follow-up ended on {ended.isoformat()}, before it closed"
    return replace(window, predose_day=None, is_open=False, text=text, cut_short=True)


def settles(case: Case, window: DltWindow) -> date:
    """Return the day on which an open window closes at the latest."""
    start = case.first_dose or window.first_day
    rule = case.study.dose_limiting.window
    if case.as_of <= window.last_day and window.predose_day is not None:
        return window.predose_day
    return max(window.closes, day_of(rule.extends_to_day or rule.last_day, start))
