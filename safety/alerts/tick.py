"""What time alone brings about: escalations, reminders, digests, and what stands still.

Called by the dispatcher before each pass, by the hourly watchdog and by hand. A second call at the
same time does nothing. Each study is worked on in one transaction and each task in a savepoint of
it: a study that fails stops no other, a task that fails is undone and stops none of the others.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from safety.alerts import acts, digest, escalation, failures, operations, studies, watchdog
from safety.alerts.failures import FAULTS, Step
from safety.alerts.voice import Voice
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

    A study or a task that fails is told to the study's data engineers. Raises ToxwatchError at the
    end if that is not possible: nobody is known, or the database is away or busy, which may be
    better the next time.
    """
    counts, untold = Counter[str](), list[str]()
    engine = _engine(settings.db_url)
    for studyid in _studies(engine):
        try:
            done, silent = _one(engine, settings, studyid, now)
            counts.update(done)
            untold += silent
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


def _one(
    engine: Engine, settings: Settings, studyid: str, now: datetime
) -> tuple[Counter[str], list[str]]:
    """Do what is due in a study; return how much of each, and the faults that were not told."""
    study = studies.find(settings, studyid)
    voice = operations.voice(settings, study)
    with engine.begin() as connection:
        lock(connection, f"study {studyid}")
        tasks = _tasks(connection, settings, voice, now)
        done = {name: _attempt(connection, task) for name, task in tasks.items()}
        counts = Counter({name: n for name, n in done.items() if isinstance(n, int)})
        faults = {name: error for name, error in done.items() if not isinstance(error, int)}
        works = [STEP, *(Step(STEP.dag, name) for name in counts)]
        over = _attempt(
            connection, lambda: failures.recovered(connection, voice, works, stamp(now))
        )
        if not isinstance(over, int):
            faults[STEP.task] = over
        told = [_tell(connection, voice, name, error, now) for name, error in faults.items()]
    counts["failed"] = len(faults)
    return counts, [said for said in told if said]


def _tasks(
    connection: Connection, settings: Settings, voice: Voice, now: datetime
) -> dict[str, Callable[[], int]]:
    """Return what time asks for in a study, in the order in which it is done."""
    seen = cache(lambda: watchdog.seen(connection, settings, voice.study))

    def stale() -> int:
        standing = watchdog.facts(voice.study, seen(), now)
        return operations.replace(connection, voice, operations.WATCHDOG, standing, stamp(now))

    return {
        "unsuppressed": lambda: acts.end_suppressions(connection, voice, now),
        "reminded": lambda: remind.remind(connection, voice, now),
        "stale": stale,
        "escalated": lambda: escalation.escalate(connection, voice, now),
        "digests": lambda: digest.send(connection, voice, seen(), now),
    }


def _attempt(connection: Connection, task: Callable[[], int]) -> int | Exception:
    """Do a task whole or not at all; return how much was done, or its fault."""
    try:
        with connection.begin_nested():
            return task()
    except FAULTS as error:
        return error


def _tell(connection: Connection, voice: Voice, name: str, error: Exception, now: datetime) -> str:
    """Tell that a task failed, in its study's transaction; return it if that is not possible."""
    said, studyid = failures.fault(error), voice.study.studyid
    log.warning("study %s: %s failed: %s", studyid, name, said)
    untold = f"study {studyid}: {name}: {said}"
    if isinstance(error, OperationalError):
        return untold
    try:
        with connection.begin_nested():
            failures.tell_failure(connection, voice, Step(STEP.dag, name), said, stamp(now))
    except FAULTS:
        return untold
    return ""


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
