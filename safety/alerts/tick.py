"""What time alone brings about: escalations, reminders, digests, and what stands still.

Called by the dispatcher before each pass, by the hourly watchdog and by hand. A second call at the
same time does nothing. Each study is worked on in one transaction; one that fails stops no other.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import OperationalError

from safety.alerts import acts, digest, escalation, failures, operations, studies, watchdog
from safety.alerts.failures import FAULTS, Step
from safety.audit import anchor
from safety.errors import ToxwatchError
from safety.reporting import remind
from safety.settings import Settings
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock, writer

NAMES = ("unsuppressed", "reminded", "stale", "escalated", "digests", "failed")
STEP = Step("time", "tick")
log = logging.getLogger(__name__)


def tick(settings: Settings, now: datetime) -> dict[str, int]:
    """Do for every study in the database what is due; return how much of each was done.

    A study that fails is told to its data engineers. Raises ToxwatchError at the end if that is not
    possible: nobody is known, or the database is away or busy, which may be better the next time.
    """
    counts, untold = Counter[str](), list[str]()
    engine = _engine(settings.db_url)
    for studyid in _studies(engine):
        try:
            counts.update(_one(engine, settings, studyid, now))
        except FAULTS as error:
            counts["failed"] += 1
            untold += _told(engine, settings, studyid, error, now)
    if counts["digests"]:
        anchor.write(settings, now)
    if untold:
        raise ToxwatchError(" ".join(untold))
    return {name: counts[name] for name in NAMES}


@lru_cache(maxsize=8)
def _engine(db_url: str) -> Engine:
    """Kept from tick to tick: it knows its queries by then."""
    return writer(db_url)


def _studies(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        there = inspect(connection).has_table(tables.outbox.name)
        return studies.ids(connection) if there else []


def _one(engine: Engine, settings: Settings, studyid: str, now: datetime) -> dict[str, int]:
    study = studies.find(settings, studyid)
    voice = operations.voice(settings, study)
    with engine.begin() as connection:
        lock(connection, f"study {studyid}")
        seen = watchdog.seen(connection, settings, study)
        standing = watchdog.facts(study, seen, now)
        at = stamp(now)
        done = {
            "unsuppressed": acts.end_suppressions(connection, voice, now),
            "reminded": remind.remind(connection, voice, now),
            "stale": operations.replace(connection, voice, operations.WATCHDOG, standing, at),
            "escalated": escalation.escalate(connection, voice, now),
            "digests": digest.send(connection, voice, seen, now),
        }
        failures.recovered(connection, voice, STEP, at)
        return done


def _told(
    engine: Engine, settings: Settings, studyid: str, error: Exception, now: datetime
) -> list[str]:
    """Tell that a study failed; return what could not be told."""
    said = failures.fault(error)
    log.warning("study %s: what time asks for failed: %s", studyid, said)
    if isinstance(error, OperationalError):
        return [f"study {studyid}: {said}"]
    try:
        voice = operations.voice(settings, studies.find(settings, studyid))
        with engine.begin() as connection:
            lock(connection, f"study {studyid}")
            failures.tell_failure(connection, voice, STEP, said, stamp(now))
    except FAULTS:
        return [f"study {studyid}: {said}"]
    return []
