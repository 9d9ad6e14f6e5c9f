"""By when an alert must be told and acknowledged, by the clocks of its tier.

The usual clocks stand in clocks.yaml with their source; a study may give a tier another one.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from safety.alerts import working_time
from safety.stamp import stamp
from safety.study.alerts import QuietHours, TierClock
from safety.study.model import Study

DATA = Path(__file__).with_name("clocks.yaml")
SKEW = timedelta(seconds=120)  # what is later than now by more was written by a wrong clock
HELD_BACK = "P2"  # in quiet hours: P1 never waits, P3 is in the digest, P4 is for machines


def clock(study: Study, tier: str) -> TierClock:
    """Return the clock of a tier: the study's own, or the usual one."""
    own = {str(name): c for name, c in study.alerts.tiers.items()}
    return own.get(tier) or _usual()[tier][0]


def citation(tier: str) -> str:
    """Return where the usual clock of a tier comes from."""
    return _usual()[tier][1]


def due_at(study: Study, tier: str, told_at: str) -> str:
    """Return by when somebody must acknowledge what was told, "" where nobody must.

    told_at and the result: UTC, ISO 8601.
    """
    told, rule, zone = instant(told_at), clock(study, tier), ZoneInfo(study.timezone)
    working, due = study.alerts.working, []
    if rule.acknowledge_hours is not None:
        due.append(told + timedelta(hours=rule.acknowledge_hours))
    if rule.acknowledge_working_hours is not None:
        hours = rule.acknowledge_working_hours
        due.append(working_time.after_hours(told, hours, working, zone))
    if rule.acknowledge_working_days is not None:
        days = rule.acknowledge_working_days
        due.append(working_time.after_days(told, days, working, zone))
    return stamp(min(due)) if due else ""


def not_before(study: Study, tier: str, at: str) -> str:
    """Return the end of the quiet hours that `at` lies in, "" to send at once. Never for P1."""
    quiet = study.alerts.quiet_hours
    if tier != HELD_BACK or quiet is None:
        return ""
    zone = ZoneInfo(study.timezone)
    here = instant(at).astimezone(zone)
    if not _within(here.time(), quiet):
        return ""
    day = here.date()
    if here.time() >= time.fromisoformat(quiet.end):  # it ends in the morning of the next day
        day += working_time.ONE_DAY
    return max(at, stamp(working_time.local(day, quiet.end, zone)))


def _within(at: time, quiet: QuietHours) -> bool:
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    return start <= at < end if start < end else at >= start or at < end


def is_told_singly(tier: str) -> bool:
    """Return whether an alert of a tier is told by a message of its own, not in the digest only.

    No study can change it: an omission in its file must not silence a tier.
    """
    return _usual()[tier][0].notify_minutes is not None


def instant(at: str) -> datetime:
    """Return the moment of a stored time."""
    return datetime.fromisoformat(at)


def here(study: Study, at: str) -> str:
    """Return a stored time as people at the site read it."""
    return f"{instant(at).astimezone(ZoneInfo(study.timezone)):%Y-%m-%d %H:%M} {study.timezone}"


@lru_cache(maxsize=1)
def _usual() -> dict[str, tuple[TierClock, str]]:
    content = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {
        tier: (TierClock.model_validate({k: v for k, v in c.items() if k != "citation"}),
               c["citation"])
        for tier, c in content.items()
    }  # fmt: skip
