"""The daily digest: when it is due, what is read for it, and to whom it goes.

One message a study, day and recipient. After an outage only the newest that was missed is sent,
and covers everything since the last one. A study without news gets one too: it shows that toxwatch
is alive.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, func, or_, select

from safety.alerts import clocks, messages, recipients, working_time
from safety.alerts.digest_text import COLUMNS, OF_PEOPLE, Known, subject_line, text
from safety.alerts.messages import DEAD, PENDING, Message
from safety.alerts.voice import Voice
from safety.alerts.watchdog import Seen
from safety.audit.trail import head_of
from safety.stamp import stamp
from safety.store import tables
from safety.study.model import Study

KIND, TIER = "digest", "P3"
TOO_LONG = timedelta(hours=1)  # a message that waits longer than this is told


def send(connection: Connection, voice: Voice, seen: Seen, now: datetime) -> int:
    """Put the digest that is due, if it is not there; return how many messages were new.

    seen: what is known of the study's data. In the transaction of the caller, who holds the
    study's lock.
    """
    study, day = voice.study, due_day(voice.study, now)
    revision = int(f"{day:%Y%m%d}")
    newest, since = _before(connection, study, now)
    if newest >= revision or not (since or _began(seen) <= _due_at(study, day)):
        return 0
    known = _known(connection, study, seen, day, since, stamp(now))
    told = Message(
        study.studyid, "", KIND, revision, TIER, subject_line(known), text(known), known.now
    )
    return messages.put(connection, told, audience(study), voice.mail_channel, voice.trail)


def due_day(study: Study, now: datetime) -> date:
    """Return the day, at the site, of the newest digest that is due."""
    here = now.astimezone(ZoneInfo(study.timezone))
    today = here.date()
    return today if stamp(now) >= _due_at(study, today) else today - timedelta(days=1)


def audience(study: Study) -> list[str]:
    """Return everybody who hears of a tier of the digest, each once."""
    found = [address for tier in OF_PEOPLE for address in recipients.of(study, tier)]
    return list(dict.fromkeys(found))


def _due_at(study: Study, day: date) -> str:
    zone = ZoneInfo(study.timezone)
    return stamp(working_time.local(day, study.alerts.digest_at, zone))


def _began(seen: Seen) -> str:
    """Return since when anything is known; the first digest is that of the next morning."""
    return seen.first_at or seen.snapshot_at or "9"  # later than any time


def _before(connection: Connection, study: Study, now: datetime) -> tuple[int, str]:
    """Return day (as a number) and time of the digest before; (0, "") if there was none.

    One of a time to come was made by a clock that was ahead: it must not silence those of now. Of
    the others the one written last counts, so that the days between are told.
    """
    table = tables.outbox
    query = select(table.c.revision, table.c.created_at).where(
        table.c.study == study.studyid, table.c.kind == KIND,
        table.c.created_at <= stamp(now + clocks.SKEW),
    )  # fmt: skip
    found = connection.execute(query.order_by(table.c.id.desc()).limit(1)).first()
    return (found.revision, found.created_at) if found else (0, "")


def _known(
    connection: Connection, study: Study, seen: Seen, day: date, since: str, now: str
) -> Known:
    return Known(
        study=study,
        day=day.isoformat(),
        since=since,
        now=now,
        alerts=_alerts(connection, study),
        snapshot_id=seen.snapshot_id,
        snapshot_at=seen.snapshot_at,
        as_of=seen.as_of,
        holds=seen.holds,
        unsent=_unsent(connection, study, now),
        audit=head_of(connection, study.studyid),
    )


def _alerts(connection: Connection, study: Study) -> pd.DataFrame:
    """Return the alerts that people hear of, with when the data last cleared each."""
    alert, event = tables.alert, tables.alert_event
    cleared = (
        select(event.c.alert_id, func.max(event.c.at).label("cleared_at"))
        .where(event.c.action == "clear")
        .group_by(event.c.alert_id)
        .subquery()
    )
    query = (
        select(alert, func.coalesce(cleared.c.cleared_at, "").label("cleared_at"))
        .outerjoin(cleared, cleared.c.alert_id == alert.c.alert_id)
        .where(alert.c.study == study.studyid, alert.c.tier.in_(OF_PEOPLE))
        .order_by(alert.c.alert_id)
    )
    rows: list[dict[str, Any]] = [dict(r) for r in connection.execute(query).mappings()]
    return pd.DataFrame([[row[c.lower()] for c in COLUMNS] for row in rows], columns=list(COLUMNS))


def _unsent(connection: Connection, study: Study, now: str) -> pd.DataFrame:
    """Return how many messages were given up, or wait for long, by tier, channel and state."""
    table = tables.outbox
    groups = (table.c.tier, table.c.channel, table.c.state)
    before = stamp(clocks.instant(now) - TOO_LONG)
    waits = (
        (table.c.state == PENDING) & (table.c.created_at < before) & (table.c.not_before < before)
    )
    query = (
        select(*groups, func.count().label("messages"))
        .where(table.c.study == study.studyid, or_(table.c.state == DEAD, waits))
        .group_by(*groups)
        .order_by(*groups)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    return pd.DataFrame(rows, columns=["TIER", "CHANNEL", "STATE", "MESSAGES"])
