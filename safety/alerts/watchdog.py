"""What should move and stands still: the data of a study, a daily feed, a hold.

It asks the database only, so that it speaks when no run comes any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, inspect, select

from safety.alerts import clocks, operations, studies, working_time
from safety.alerts.data import rung
from safety.alerts.fact import AlertFact, alert
from safety.alerts.failures import FAULTS, fault
from safety.alerts.operations import TIER, WATCHDOG
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.store import tables
from safety.store.engine import reader
from safety.store.read import Hold, Store
from safety.store.receipts import HELD
from safety.study.feeds import DAY, Feed
from safety.study.model import Study

HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database knows of a study's data; times UTC, ISO 8601, "" for never.

    snapshot_at: when the newest snapshot was made. as_of: of that snapshot. first_at: when anything
    of the study came first. days: newest day of delivery by daily feed. holds: what is held now.
    standing: episodes of what was told to stand still and does.
    """

    snapshot_id: str = ""
    snapshot_at: str = ""
    as_of: str = ""
    first_at: str = ""
    days: Mapping[str, str] = field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
    standing: frozenset[str] = frozenset()


def facts(study: Study, seen: Seen, now: datetime) -> list[AlertFact]:
    """Return what stands still in a study, none of one whose data are closed."""
    hours = study.alerts.max_data_age_hours
    if study.data_cut is not None:
        return []
    late = [] if hours is None else [*_old(study, seen, now, hours * HOUR)]
    late += _feeds(study, seen, now)
    return late if hours is None else [*late, *_holds(study, seen, now, hours * HOUR)]


def _old(study: Study, seen: Seen, now: datetime, limit: timedelta) -> Iterator[AlertFact]:
    since = seen.snapshot_at or seen.first_at
    if not since or now - clocks.instant(since) <= limit:
        return
    age = now - clocks.instant(since)
    made = f"The newest one is of data as of {seen.as_of}."
    none = "None was ever made; this is when the first delivery came."
    lines = [
        f"no new snapshot since {clocks.here(study, since)}",
        made if seen.snapshot_at else none,
        f"One is expected every {limit // HOUR} hours. See whether the daily run still runs.",
    ]
    yield _fact(study, f"DATA|{since}", age, lines)


def _feeds(study: Study, seen: Seen, now: datetime) -> Iterator[AlertFact]:
    """Yield daily feeds that were late yesterday where no run has said so (check IN-004).

    What today brings may still come. What was told stands until the feed has a newer day: else it
    would come and go with every run.
    """
    until = now.astimezone(ZoneInfo(study.timezone)).date() - A_DAY
    ran = seen.as_of >= until.isoformat()
    for feed in study.feeds:
        last = seen.days.get(feed.id, "")
        episode = f"FEED|{feed.id}|{last}"
        if ran and episode not in seen.standing:
            continue
        if last and DAY in feed.path and _is_late(feed, last, until):
            lines = [
                f"feed {feed.id} is late",
                f"Its newest delivery is of {last}; the next is late {feed.late_after} after it.",
            ]
            yield _fact(study, episode, until - date.fromisoformat(last), lines)


def _is_late(feed: Feed, last: str, until: date) -> bool:
    return (until - date.fromisoformat(last)).days > feed.late_after.whole_days


def _holds(study: Study, seen: Seen, now: datetime, limit: timedelta) -> Iterator[AlertFact]:
    zone = ZoneInfo(study.timezone)
    for hold in seen.holds:
        age = now - working_time.local(date.fromisoformat(hold.since), "00:00", zone)
        if age > limit:
            what = " ".join(part for part in (hold.feed, hold.domain) if part)
            lines = [
                f"{what} is held since {hold.since}",
                hold.reason,
                "The state before it stays current until somebody settles it.",
            ]
            yield _fact(study, f"HOLD|{hold.feed}|{hold.domain}|{hold.since}", age, lines)


def _fact(study: Study, episode: str, age: timedelta, lines: list[str]) -> AlertFact:
    """Return the alert; it is told again after 1, 2, 5, 10, 20 days and so on."""
    return alert(study, "", WATCHDOG, episode, TIER, rung(max(1, age // A_DAY)), True, lines)


def seen(connection: Connection, settings: Settings, study: Study) -> Seen:
    """Return what the database knows of a study."""
    store = Store(settings.db_url)
    newest = store.latest(study.studyid)
    table = tables.delivery
    of_study = table.c.study == study.studyid
    days = select(table.c.feed, func.max(table.c.day)).where(of_study).group_by(table.c.feed)
    first = connection.scalar(select(func.min(table.c.received_at)).where(of_study)) or ""
    known: dict[str, Any] = {
        "first_at": first,
        "days": {feed: day for feed, day in connection.execute(days) if day},
        "standing": frozenset(f.episode for f in operations.standing(connection, study, WATCHDOG)),
    }
    if newest is None:
        return Seen(**known)
    some = any(feed["held"] for feed in newest.summary.get("feeds", []))
    some = some or bool(
        connection.scalar(select(func.count()).where(of_study, table.c.status == HELD))
    )
    holds = tuple(store.holds(newest)) if some else ()
    return Seen(newest.snapshot_id, newest.created_at, newest.as_of, holds=holds, **known)


def check(settings: Settings, now: datetime) -> list[tuple[str, AlertFact]]:
    """Return what stands still in every study, by study id; nothing is written.

    A study that cannot be read is among it, and stops the watch of no other. Raises WrongUseError
    where there is no study: nothing would be watched.
    """
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            there = inspect(connection).has_table(tables.outbox.name)
            known = studies.ids(connection) if there else []
        if not known:
            raise WrongUseError(
                "the database has no study: nothing is watched. Run one, or see whether "
                "TOXWATCH_HOME and TOXWATCH_DB_URL are those of the runs."
            )
        return [(i, fact) for i in known for fact in _of_one(engine, settings, i, now)]
    finally:
        engine.dispose()


def _of_one(engine: Engine, settings: Settings, studyid: str, now: datetime) -> list[AlertFact]:
    """Return what stands still in a study; that it cannot be watched, if it cannot."""
    try:
        study = studies.find(settings, studyid)
        with engine.connect() as connection:
            return facts(study, seen(connection, settings, study), now)
    except FAULTS as error:
        said = fault(error)
        log.warning("study %s cannot be watched: %s", studyid, said)
        title = f"{TIER} {studyid}: it cannot be watched"
        return [AlertFact("", WATCHDOG, "STUDY", TIER, 1, True, title, said)]
