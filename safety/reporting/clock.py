"""When a report is due, and how much of its time has passed. Pure: no clock is read here.

Day 0 is the day of awareness in the study's zone. A clock of days ends on day 0 + N at 23:59 there,
weekends and holidays counted; a clock of hours runs from the moment of awareness.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from safety.reporting.kinds import Clocks, Kind
from safety.stamp import stamp

END_OF_DAY = time(23, 59)
DUE = 100  # percent


@dataclass(frozen=True, slots=True)
class Awareness:
    """Since when something is known: day 0 (YYYY-MM-DD, of the zone) and the moment (UTC)."""

    day: str
    at: str


def aware_at(moment: datetime, zone: ZoneInfo) -> Awareness:
    """Return the awareness of a moment; one without a zone is of the given one."""
    there = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    return Awareness(there.date().isoformat(), stamp(there))


def due(clocks: Clocks, kind: Kind, aware: Awareness) -> str:
    """Return when a report is due, UTC."""
    days = clocks.days(kind)
    if days is None:
        return stamp(moment(aware.at) + timedelta(hours=kind.hours or 0))
    return stamp(_there(date.fromisoformat(aware.day) + timedelta(days=days), END_OF_DAY, clocks))


def begins(clocks: Clocks, kind: Kind, aware: Awareness) -> datetime:
    """Return when the time of a report began to pass: day 0 at 00:00, or the moment."""
    if clocks.days(kind) is None:
        return moment(aware.at)
    return _there(date.fromisoformat(aware.day), time(0), clocks)


def stage(begin: datetime, end: datetime, now: datetime, warn_at: Iterable[int]) -> int:
    """Return the highest warning that is due: a percent, 100 + days once it is overdue, else 0."""
    if now >= end:
        return DUE + (now - end).days
    passed = (now - begin) / (end - begin) * DUE if end > begin else DUE
    return max((p for p in warn_at if p < DUE and p <= passed), default=0)


def moment(text: str) -> datetime:
    """Return a stored moment."""
    return datetime.fromisoformat(text)


def _there(day: date, at: time, clocks: Clocks) -> datetime:
    """Return a local time in UTC; where the clocks show it twice, the first one."""
    local = datetime.combine(day, at, clocks.zone)
    return min(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
