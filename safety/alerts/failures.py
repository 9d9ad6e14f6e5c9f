"""A step of a run that failed: an alert of rule RUN, until the step works again.

Called by whoever runs the steps: the callbacks of a scheduler, and `tick` of its own work.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from safety.alerts import ledger, operations, studies
from safety.alerts.fact import alert
from safety.alerts.operations import RUN, TIER
from safety.alerts.voice import Voice
from safety.errors import StudyError, ToxwatchError
from safety.settings import Settings
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock, reader, upgrade, writer
from safety.study import load
from safety.study.model import Study

MAX_LINE = 300  # characters of an error
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
        recovered(connection, operations.voice(settings, study), step, stamp(now))


def recovered(connection: Connection, speaker: Voice, step: Step, at: str) -> None:
    """Clear the alert of a step that failed before, in the caller's transaction."""
    known = operations.standing(connection, speaker.study, RUN)
    others = [f for f in known if f.episode != step.episode]
    if len(others) < len(known):
        operations.replace(connection, speaker, RUN, others, at)


def tell_failure(connection: Connection, speaker: Voice, step: Step, said: str, at: str) -> None:
    """Write that a step failed, in the caller's transaction."""
    study = speaker.study
    before = _row(connection, study, step.episode)
    # a person called it resolved, and it failed again: that is worse, and told anew
    level = 1 if before is None else before["level"] + _is_settled(before)
    run = f", run {step.run_id}" if step.run_id else ""
    lines = [
        f"{step.task or 'the run'} of {step.dag} failed",
        f"{step.dag}, task {step.task or 'none'}{run}: {said}",
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


def _is_settled(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == "resolved" and row["condition"] == "holds")
