"""Anchors: the heads of all chains, written down outside the database.

A chain cannot notice that its tail was cut off. A line of the file says what the head was: number
and hash of the newest entry. There is one a day, and one after each act of a person.
"""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from safety.audit import anchor_lines, key
from safety.audit.anchor_lines import Head
from safety.settings import Settings
from safety.stamp import stamp
from safety.store.engine import reader
from safety.store.tables import audit


def write(settings: Settings, now: datetime, *, again: bool = False) -> list[Head]:
    """Append the head of every chain that has no line of this day (UTC) yet; return all heads.

    now: aware. again: also of one that has a line of this day, if it has grown since. Two that
    write at once write each line once; they are on the disk when this returns.
    """
    at = stamp(now)
    trail = key.trail(settings)
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            found = heads(connection, at)
    finally:
        engine.dispose()
    path = settings.anchors
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        known, _ = anchor_lines.read(anchor_lines.split(content), (*trail.older, trail.key))
        newest = {head.study: head for head in known}
        new = [head for head in found if _is_due(head, newest.get(head.study), again=again)]
        file.write(anchor_lines.text(content, new, trail.key))
        file.flush()
        os.fsync(file.fileno())
    return found


def _is_due(head: Head, newest: Head | None, *, again: bool) -> bool:
    if newest is None or newest.at[:10] < head.at[:10]:
        return True
    return again and newest.number < head.number


def heads(connection: Connection, at: str) -> list[Head]:
    """Return the head of every chain."""
    newest = select(audit.c.study, func.max(audit.c.number).label("number")).group_by(audit.c.study)
    of = newest.subquery()
    query = (
        select(audit.c.study, audit.c.number, audit.c.hash)
        .join(of, (of.c.study == audit.c.study) & (of.c.number == audit.c.number))
        .order_by(audit.c.study)
    )
    return [Head(study, number, hash_, at) for study, number, hash_ in connection.execute(query)]


def lines_of(path: Path) -> list[bytes]:
    """Return the lines of the file with their ends, none where there is none yet."""
    return anchor_lines.split(path.read_bytes()) if path.is_file() else []
