"""Anchors: the heads of all chains, written down outside the database once a day.

A chain cannot notice that its tail was cut off. A line of this file says what the head was: number
and hash of the newest entry. Each line also carries an HMAC of the line before it, so that no
line can be changed or taken out.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from safety.audit import key
from safety.audit.chain import START
from safety.settings import Settings
from safety.stamp import stamp
from safety.store.engine import reader
from safety.store.tables import audit
from safety.versioning import canonical_json


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a chain when it was anchored. at: UTC, ISO 8601."""

    study: str
    number: int
    hash: str
    at: str


def write(settings: Settings, now: datetime, *, again: bool = False) -> list[Head]:
    """Append the head of every chain that has no line of this day (UTC) yet; return all heads.

    now: aware. again: also of one that has a line of this day, if it has grown since. Two that
    write at once write each line once; they are on the disk when this returns.
    """
    at = stamp(now)
    newest_key = key.trail(settings).key
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
        newest = {h.study: h for h in read(content.splitlines()) if h is not None}
        new = [head for head in found if _is_due(head, newest.get(head.study), again=again)]
        file.write(_text(content, new, newest_key))
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


def read(lines: Iterable[bytes]) -> list[Head | None]:
    """Return the head that each line of the file tells; None of one that was cut by a crash."""
    return [_head(line) for line in lines]


def broken(lines: Sequence[bytes], keys: Sequence[bytes]) -> int | None:
    """Return the number (from 1) of the first line that does not follow the line before it."""
    before = b""
    for number, line in enumerate(lines, start=1):
        if _head(line) is not None:
            told = json.loads(line).get("prev")
            if told not in {_follows(before, k) for k in keys}:
                return number
        before = line
    return None


def _head(line: bytes) -> Head | None:
    try:
        told = json.loads(line)
        return Head(**{name: told[name] for name in Head.__slots__})
    except (ValueError, TypeError, KeyError):
        return None


def _text(content: bytes, new: Iterable[Head], key_: bytes) -> bytes:
    """Return what is to be appended; a line that a crash has cut is ended first."""
    before = content.splitlines()[-1] if content else b""
    lines = []
    for head in new:
        line = canonical_json(asdict(head) | {"prev": _follows(before, key_)}).encode()
        lines.append(line)
        before = line
    start = b"\n" if content and not content.endswith(b"\n") and lines else b""
    return start + b"".join(line + b"\n" for line in lines)


def _follows(before: bytes, key_: bytes) -> str:
    return hmac.digest(key_, before, "sha256").hex() if before else START


def lines_of(path: Path) -> list[bytes]:
    """Return the lines of the file, none where there is none yet."""
    return path.read_bytes().splitlines() if path.is_file() else []
