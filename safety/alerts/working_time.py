"""Working hours of a study: when has so much working time passed? Pure arithmetic.

Opening and closing are times of day in the study's time zone, each turned into UTC by the rules of
its own day: a day on which the clock changes is worked from its opening to its closing, however
many hours these are apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from safety.study.alerts import Working

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ONE_DAY = timedelta(days=1)
HORIZON_DAYS = 3_660  # ten years: no clock of an alert is longer


def local(day: date, at: str, zone: ZoneInfo) -> datetime:
    """Return the time of day `HH:MM` of a day in a zone, in UTC.

    Of a time that comes twice, the first; one that the clock leaves out is as long after the change
    as it would have been (PEP 495, fold 0).
    """
    return datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC)


def is_worked(day: date, working: Working) -> bool:
    """Return whether somebody works on a day: no weekend, no holiday."""
    return WEEKDAYS[day.weekday()] in working.days and day not in working.holidays


def after_hours(start: datetime, hours: float, working: Working, zone: ZoneInfo) -> datetime:
    """Return the first moment at which so many working hours have passed since `start`, in UTC."""
    start = start.astimezone(UTC)  # sums within a zone are of its clock, not of time
    left = timedelta(hours=hours)
    for opens, closes in _windows(start, working, zone):
        begin = max(start, opens)
        if begin + left <= closes:
            return begin + left
        left -= max(closes - begin, timedelta(0))
    return start + timedelta(hours=hours)  # nobody works for years: the clock runs all the same


def after_days(start: datetime, days: int, working: Working, zone: ZoneInfo) -> datetime:
    """Return when so many working days have passed: the same time of day, or the day's end.

    What is told outside working hours counts from the next opening, so that its first day ends with
    the closing of that day.
    """
    start = start.astimezone(UTC)
    opens = next((o for o, closes in _windows(start, working, zone) if start < closes), None)
    if opens is None:
        return start + timedelta(days=days)
    if start <= opens:
        return _window(_day(opens, zone), days - 1, working, zone)[1]
    until = _window(_day(opens, zone), days, working, zone)
    return min(until[0] + (start - opens), until[1])


def _window(day: date, later: int, working: Working, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return opening and closing of the working day that comes `later` after a working day."""
    for _ in range(HORIZON_DAYS):
        if not later:
            break
        day += ONE_DAY
        later -= is_worked(day, working)
    return local(day, working.start, zone), local(day, working.end, zone)


def _windows(
    start: datetime, working: Working, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing of every working day from that of `start` on."""
    day = _day(start, zone)
    for _ in range(HORIZON_DAYS):
        if is_worked(day, working):
            yield local(day, working.start, zone), local(day, working.end, zone)
        day += ONE_DAY


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
