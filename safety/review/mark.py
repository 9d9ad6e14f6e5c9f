"""Marking rows as reviewed, or taking that back: what a named person did, only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, select

from safety.audit import key, record
from safety.errors import WrongUseError
from safety.review.states import versions
from safety.rows.listed import listed
from safety.settings import Settings
from safety.signed import MAX_NAME
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock, upgrade, writer
from safety.store.read import Cut

State = Literal["reviewed", "unreviewed"]
ACTIONS: dict[State, str] = {"reviewed": "review", "unreviewed": "take review back"}
MAX_MARKED = 1000  # rows: nobody looks at more at once


def mark(
    settings: Settings, studyid: str, object_type: str, rows: Sequence[tuple[str, str]],
    reviewer: str, now: datetime, snapshot_id: str, state: State = "reviewed",
) -> int:  # fmt: skip
    """Mark rows of a listing of a snapshot; return how many.

    rows: key and hash of each, as the reviewer saw them. Each mark has its own entry of the trail,
    so that it can be told of each row, and verified, who looked at it. Raises WrongUseError, and
    writes nothing, for rows that the snapshot does not have so.
    """
    listed(object_type)
    marked, by = dict(rows), reviewer.strip()
    _require(marked, rows, by, state)
    upgrade(settings.db_url)
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            lock(connection, f"study {studyid}")  # first, as whoever publishes does
            cut = _cut(connection, studyid, snapshot_id)
            _require_seen(connection, cut, object_type, marked)
            same = {"study": studyid, "object_type": object_type, "state": state, "actor": by,
                    "at": stamp(now), "snapshot_id": snapshot_id}  # fmt: skip
            _write(connection, settings, [
                same | {"key": name, "row_hash": row_hash} for name, row_hash in marked.items()
            ])  # fmt: skip
    finally:
        engine.dispose()
    return len(marked)


def _require(
    marked: dict[str, str], rows: Sequence[tuple[str, str]], by: str, state: State
) -> None:
    if state not in ACTIONS:
        raise WrongUseError(f"{state!r} is no mark: give {' or '.join(get_args(State))}.")
    if not by or len(by) > MAX_NAME or not by.isprintable():
        raise WrongUseError(
            f"the reviewer: give a name of one line, of at most {MAX_NAME} characters."
        )
    if not 1 <= len(rows) <= MAX_MARKED or len(marked) != len(rows):
        raise WrongUseError(
            f"{len(rows)} rows, {len(marked)} of them different: mark 1 to {MAX_MARKED:,} rows at "
            "once, each of them once."
        )


def _cut(connection: Connection, studyid: str, snapshot_id: str) -> Cut:
    shot = tables.snapshot
    query = select(shot.c.seq).where(shot.c.snapshot_id == snapshot_id, shot.c.study == studyid)
    seq = connection.scalar(query)
    if seq is None:
        raise WrongUseError(f"{studyid} has no snapshot {snapshot_id[:12]!r}: open the page again.")
    return Cut(studyid, seq)


def _require_seen(
    connection: Connection, cut: Cut, object_type: str, marked: dict[str, str]
) -> None:
    """Raise WrongUseError for rows that are not there, or not as they were seen; names none."""
    found = versions(connection, cut, object_type, marked)
    others = sum(found.get(name) != row_hash for name, row_hash in marked.items())
    if others:
        raise WrongUseError(
            f"{others} of {len(marked)} rows are not in this snapshot as they were shown: open the "
            "page again and look at them. Nothing was marked."
        )


def _write(connection: Connection, settings: Settings, rows: list[dict[str, str]]) -> None:
    added = record.insert_rows(connection, tables.review, rows)
    entries = [
        record.added(
            tables.review, row, row["study"], ACTIONS[row["state"]], actor=row["actor"],
            snapshot_id=row["snapshot_id"],
        )
        for row in added
    ]  # fmt: skip
    key.trail(settings).append(connection, entries, rows[0]["at"])
