"""A step of a run that failed: an alert of rule RUN, until the step works again.

Called by whoever runs the steps: the callbacks of a scheduler, and `tick` of its own work.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from safety.alerts import clocks, ledger, operations, studies
from safety.alerts.data import rung
from safety.alerts.fact import alert
from safety.alerts.operations import RUN, TIER
from safety.alerts.states import HOLDS, RESOLVED
from safety.alerts.voice import Voice
from safety.errors import StudyError, ToxwatchError
from safety.settings import Settings
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock, reader, upgrade, writer
from safety.study import load
from safety.study.model import Study

MAX_LINE = 300  # characters of an error
A_DAY = timedelta(days=1)
BEGINS = ("raise", "return")
# What work that must not stop other work may raise, whatever the cause.
FAULTS = (
    ToxwatchError, SQLAlchemyError, OSError, ValueError, LookupError, TypeError, AttributeError,
    ArithmeticError,
)  # fmt: skip
STUDYID = re.compile(r"^studyid:\s*['\"]?([A-Za-z0-9][A-Za-z0-9_.-]{0,40})", re.MULTILINE)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run: of which DAG and run, "" of a run as a whole or of no scheduler's."""

    dag: str
    task: str
    run_id: str = ""

    @property
    def episode(self) -> str:
        return f"{self.dag}|{self.task}"


def failed(settings: Settings, name: str, step: Step, error: object, now: datetime) -> None:
    """Raise an alert that a step failed; of a step that fails again and again there is one.

    name: of the study's file. error: what was raised, or a word for it. Raises what reading the
    study or writing to the database raises.
    """
    study = of_name(settings, name)
    with _writing(settings, study) as connection:
        tell_failure(connection, operations.voice(settings, study), step, fault(error), stamp(now))


def succeeded(settings: Settings, name: str, step: Step, now: datetime) -> None:
    """Clear the alert of a step that failed before, if there is one."""
    study = of_name(settings, name)
    if not _has_failed(settings, study, step):
        return
    with _writing(settings, study) as connection:
        recovered(connection, operations.voice(settings, study), [step], stamp(now))


def recovered(connection: Connection, speaker: Voice, steps: Iterable[Step], at: str) -> int:
    """Clear the alerts of steps that failed before, in the caller's transaction.

    Returns how many of it are told: none, a clear of P4 is not.
    """
    known, works = operations.standing(connection, speaker.study, RUN), {s.episode for s in steps}
    others = [f for f in known if f.episode not in works]
    if len(others) == len(known):
        return 0
    return operations.replace(connection, speaker, RUN, others, at)


def tell_failure(connection: Connection, speaker: Voice, step: Step, said: str, at: str) -> None:
    """Write that a step failed, in the caller's transaction.

    Told again when a person called it resolved and it failed again, and after 1, 2, 5, 10 days.
    """
    study = speaker.study
    before = _row(connection, study, step.episode)
    since = at if before is None else _since(connection, before, at)
    level = 1 if before is None else before["level"] + _is_due_again(before, since, at)
    run = f", run {step.run_id}" if step.run_id else ""
    lines = [
        f"{step.task or 'the run'} of {step.dag} failed",
        f"{step.dag}, task {step.task or 'none'}{run}: {said}",
        f"It fails since {clocks.here(study, since)}.",
        "What was published before stays current.",
    ]
    fact = alert(study, "", RUN, step.episode, TIER, level, True, lines)
    ledger.add(connection, speaker, [fact], snapshot_id=None, at=at, owns=frozenset())


def quietly(act: Callable[[], None]) -> None:
    """Do something that must not fail whoever asks for it, e.g. in a callback; else log why."""
    try:
        act()
    except FAULTS as error:
        log.warning("an alert of operations could not be written: %s", fault(error))


def of_name(settings: Settings, name: str) -> Study:
    """Return the study of a file; of one that cannot be read, as its newest snapshot has it."""
    path = load.find(name, settings.studies)
    try:
        return load.load(path)
    except StudyError:
        known = STUDYID.search(path.read_text(encoding="utf-8", errors="replace"))
        if known is None:
            raise
        return studies.find(settings, known[1])


def fault(error: object) -> str:
    """Return what an error says, in a line without data.

    Errors that toxwatch raises on purpose are written to be read. Of others only the kind is told:
    their words may hold values or a secret.
    """
    for said in (error, getattr(error, "__cause__", None)):
        if isinstance(said, ToxwatchError):
            return str(said).partition("\n")[0][:MAX_LINE]
    if isinstance(error, str):
        return error.partition("\n")[0][:MAX_LINE]
    if isinstance(error, DBAPIError):
        return f"{type(error).__name__} of the database"
    told = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return "no error was given" if error is None else f"{type(error).__name__}{told}"


@contextmanager
def _writing(settings: Settings, study: Study) -> Iterator[Connection]:
    upgrade(settings.db_url)
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            lock(connection, f"study {study.studyid}")
            yield connection
    finally:
        engine.dispose()


def _has_failed(settings: Settings, study: Study, step: Step) -> bool:
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(tables.outbox.name):
                return False
            return any(
                f.episode == step.episode for f in operations.standing(connection, study, RUN)
            )
    finally:
        engine.dispose()


def _row(connection: Connection, study: Study, episode: str) -> dict[str, Any] | None:
    table = tables.alert
    query = select(table).where(
        table.c.study == study.studyid, table.c.rule == RUN, table.c.episode == episode
    )
    found = connection.execute(query).mappings().first()
    return dict(found) if found else None


def _since(connection: Connection, row: Mapping[str, Any], at: str) -> str:
    """Return since when a step fails: when it was told after it had worked the last time."""
    if row["condition"] != HOLDS:
        return at
    event = tables.alert_event.c
    query = select(func.max(event.at)).where(
        event.alert_id == row["alert_id"], event.action.in_(BEGINS), event.at <= at
    )
    return connection.scalar(query) or at


def _is_due_again(row: Mapping[str, Any], since: str, at: str) -> bool:
    """Return whether a failure that is known is told again."""
    if row["condition"] != HOLDS:
        return False  # it is told as having come back
    if row["state"] == RESOLVED or row["told_at"] > stamp(clocks.instant(at) + clocks.SKEW):
        return True  # called resolved by a person; or told by a clock that was ahead
    return _rung(since, at) > _rung(since, row["told_at"])


def _rung(since: str, until: str) -> int:
    days = (clocks.instant(until) - clocks.instant(since)) // A_DAY
    return rung(days) if days > 0 else 0
