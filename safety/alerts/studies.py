"""The studies of a database, with the settings by which their alerts are told."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, select, union

from safety.errors import StudyError, ToxwatchError
from safety.settings import Settings
from safety.store import tables
from safety.store.read import Store
from safety.study import load
from safety.study.model import Study


def ids(connection: Connection) -> list[str]:
    """Return the ids of the studies that anything is known of: a delivery, a snapshot, an alert."""
    known = (tables.snapshot.c.study, tables.delivery.c.study, tables.alert.c.study)
    found = connection.scalars(union(*(select(column) for column in known)))
    return sorted({str(studyid) for studyid in found if studyid})


def find(settings: Settings, studyid: str) -> Study:
    """Return a study as its newest snapshot has it, else as its file has it.

    Raises ToxwatchError if neither can be read: then nobody can be told.
    """
    newest = Store(settings.db_url).latest(studyid)
    kept = _of_snapshot(settings.db_url, newest.snapshot_id) if newest else None
    found = kept or _in_files(settings, studyid)
    if found is None:
        raise ToxwatchError(
            f"study {studyid}: neither its newest snapshot nor a file in {settings.studies} says "
            "whom its alerts go to. Put its study file there."
        )
    return found


@lru_cache(maxsize=16)
def _of_snapshot(db_url: str, snapshot_id: str) -> Study | None:
    """Return the study of a snapshot, which never changes; None if it cannot be read any more."""
    try:
        made = Store(db_url).manifest(snapshot_id)
    except StudyError:  # of an older version of toxwatch
        return None
    return made.study if made else None


def _in_files(settings: Settings, studyid: str) -> Study | None:
    for path in sorted(settings.studies.glob("*.yaml")):
        try:
            found = load.load(path)
        except StudyError:
            continue
        if found.studyid == studyid:
            return found
    return None
