"""How old the data of a study may be, as its newest snapshot has it, and whether they are older.

What counts as late is what the watchdog alarms of (`safety.alerts.watchdog`): no snapshot for
longer than the study allows, or a daily feed that is overdue. Nothing of a study whose data are
closed is late.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from safety.store import tables
from safety.study.feeds import DAY
from safety.study.language import Duration

BATCH = 200  # manifests that are read at once


@dataclass(frozen=True, slots=True)
class Rhythm:
    """hours: within which a new snapshot is expected, None for never. late: days by daily feed."""

    hours: int | None
    late: Mapping[str, int]
    timezone: str
    is_closed: bool


def rhythms(connection: Connection, snapshot_ids: Collection[str]) -> dict[str, Rhythm]:
    """Return the rhythm of the study of each snapshot; of one without a manifest none is known."""
    wanted, t = sorted(snapshot_ids), tables.snapshot.c
    found: dict[str, Rhythm] = {}
    for start in range(0, len(wanted), BATCH):
        ids = wanted[start : start + BATCH]
        query = select(t.snapshot_id, t.manifest).where(t.snapshot_id.in_(ids))
        rows = connection.execute(query)
        found |= {row.snapshot_id: rhythm(row.manifest) for row in rows if row.manifest}
    return found


def rhythm(manifest: str) -> Rhythm:
    """Return the rhythm that a manifest tells. It is read as it stands: a whole study takes long.

    A manifest of an older version may lack a setting: then the usual one holds.
    """
    study = json.loads(manifest)["study"]
    late = {
        feed["id"]: Duration.parse(feed.get("late_after", "1d")).whole_days
        for feed in study["feeds"] if DAY in (feed.get("path") or "")
    }  # fmt: skip
    hours = study.get("alerts", {}).get("max_data_age_hours", 36)
    return Rhythm(hours, late, study["timezone"], bool(study.get("data_cut")))


def days(connection: Connection, studies: Collection[str]) -> dict[tuple[str, str], str]:
    """Return the newest day of delivery by study and daily feed."""
    d = tables.delivery.c
    query = select(d.study, d.feed, func.max(d.day)).where(d.study.in_(studies), d.day != "")
    return {(row[0], row[1]): row[2] for row in connection.execute(query.group_by(d.study, d.feed))}


def is_old(of: Rhythm, created_at: str, now: datetime) -> bool:
    """Return whether a new snapshot is overdue. created_at: of the newest one."""
    if of.is_closed or of.hours is None:
        return False
    return now - datetime.fromisoformat(created_at) > timedelta(hours=of.hours)


def late_feeds(
    of: Rhythm, study: str, newest: Mapping[tuple[str, str], str], now: datetime
) -> Iterable[str]:
    """Return the daily feeds whose next delivery is overdue. newest: of `days`."""
    if of.is_closed:
        return []
    yesterday = now.astimezone(ZoneInfo(of.timezone)).date() - timedelta(days=1)
    known = {feed: newest[study, feed] for feed in of.late if (study, feed) in newest}
    return [
        feed for feed, day in sorted(known.items())
        if (yesterday - date.fromisoformat(day)).days > of.late[feed]
    ]  # fmt: skip


def age(of: Rhythm | None, as_of: str, now: datetime) -> int:
    """Return how many days ago, in the zone of the study, its data were known; UTC without one."""
    zone = ZoneInfo(of.timezone if of else "UTC")
    return (now.astimezone(zone).date() - date.fromisoformat(as_of)).days
