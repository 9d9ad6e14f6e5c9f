"""Receipts: which feed delivered what and when, and what became of every file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, RowMapping, delete, insert, select, update

from safety.audit import record
from safety.audit.chain import Entry
from safety.audit.trail import Trail
from safety.errors import ToxwatchError
from safety.manifest import FeedDelivery, Manifest
from safety.store import tables
from safety.store.engine import reader

PUBLISHED, HELD = "published", "held"
COUNTED = {"used", "superseded"}  # status of files whose rows count or did once
UNUSED = {
    "domain": "", "received": 0, "accepted": 0, "quarantined": 0, "duplicates": 0,
    "superseded": 0, "deleted": 0, "status": "unused", "reason": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came: the feed, of a daily feed the day ("" otherwise), and a hash over its files."""

    feed: str
    day: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file as it was received. was_used: its rows count or did once."""

    name: str
    sha256: str
    was_used: bool


def write(
    connection: Connection, trail: Trail, manifest: Manifest, accounts: list[dict[str, Any]]
) -> int:
    """Write deliveries and what became of each domain of their files; return the newest sequence.

    A file that holds rows of no domain has one row as well, with domain "". All of it is told to
    the trail.
    """
    by_file: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for account in accounts:
        by_file[account["feed"], account["file"]].append(account)
    newest = 0
    for delivered in manifest.deliveries:
        rows = [
            _row(account, file)
            for file in delivered.files
            for account in by_file.get((delivered.feed, file.name), [{}])
        ]
        status, reason = _status(delivered, rows)
        receipt = Receipt(delivered.feed, delivered.day, delivered.sha256)
        studyid, at = manifest.study.studyid, manifest.received_at
        seq = delivery(connection, trail, studyid, receipt, status, reason, at)
        entries = _write_files(connection, studyid, seq, rows)
        trail.append(connection, entries, at)
        newest = max(newest, seq)
    return newest


def delivered(db_url: str, studyid: str, feed: str, until: str) -> list[Delivered]:
    """Return all files that a daily feed delivered up to a day, in the order they were received.

    A name whose bytes were replaced is there once for each of them.
    """
    d, f = tables.delivery, tables.delivery_file
    of_feed = (d.c.study == studyid) & (d.c.feed == feed) & (d.c.day != "") & (d.c.day <= until)
    files = select(f.c.name, f.c.sha256, f.c.status).join(d, d.c.seq == f.c.delivery_seq)
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(files.where(of_feed).order_by(d.c.seq)).all()
    finally:
        engine.dispose()
    return [Delivered(name, sha256, status in COUNTED) for name, sha256, status in rows]


def _row(account: dict[str, Any], file: Any) -> dict[str, Any]:
    known = {name: account.get(name, unused) for name, unused in UNUSED.items()}
    return known | {"name": file.name, "sha256": file.sha256, "size": file.size}


def _status(delivered: FeedDelivery, rows: list[dict[str, Any]]) -> tuple[str, str]:
    """Return status and reason of a delivery: held if one of its files is."""
    held = dict.fromkeys(f"{r['name']}: {r['reason']}" for r in rows if r["status"] == HELD)
    return (HELD, "; ".join([*held, *delivered.strange])) if held else (PUBLISHED, "")


def _write_files(
    connection: Connection, studyid: str, seq: int, rows: list[dict[str, Any]]
) -> list[Entry]:
    """Write the files of a delivery by domain; of those that are known, only what has changed.

    Returns an entry of each row that is new, changed or gone.
    """
    table = tables.delivery_file
    this = table.c.delivery_seq == seq
    found = [dict(r) for r in connection.execute(select(table).where(this)).mappings()]
    known = {_place(row): row for row in found}
    wanted = {_place(row): row | {"delivery_seq": seq} for row in rows}
    for place, row in known.items():
        if row != wanted.get(place):  # what a study reads out of a file may change
            same = (table.c.name == place[0]) & (table.c.domain == place[1])
            connection.execute(delete(table).where(this, same))
    added = [row for place, row in wanted.items() if row != known.get(place)]
    if added:
        connection.execute(insert(table), added)
    gone = [row for place, row in known.items() if place not in wanted]
    return [
        *(record.removed(table, row, studyid, "remove") for row in gone),
        *(_entry_of_file(studyid, known.get(_place(row)), row) for row in added),
    ]


def _entry_of_file(studyid: str, before: dict[str, Any] | None, after: dict[str, Any]) -> Entry:
    table = tables.delivery_file
    if before is None:
        return record.added(table, after, studyid, "receive")
    return record.changed(table, before, after, studyid, "change")


def _place(row: Mapping[Any, Any]) -> tuple[str, str]:
    return str(row["name"]), str(row["domain"])


def delivery(
    connection: Connection,
    trail: Trail,
    studyid: str,
    receipt: Receipt,
    status: str,
    reason: str,
    stamp: str,
) -> int:
    """Return the sequence of a receipt; the newest one again if its bytes are the same.

    Its status may change from held to published; back only where a day is judged anew.
    """
    table = tables.delivery
    newest = _newest(connection, studyid, receipt)
    if newest is not None and newest["sha256"] == receipt.sha256:
        changed = (newest["status"], newest["reason"]) != (status, reason)
        if changed and (newest["status"] != PUBLISHED or receipt.day):
            this = table.c.seq == newest["seq"]
            connection.execute(update(table).where(this).values(status=status, reason=reason))
            after = dict(newest) | {"status": status, "reason": reason}
            told = record.changed(table, newest, after, studyid, status, reason=reason)
            trail.append(connection, [told], stamp)
        return int(newest["seq"])
    row = {
        "study": studyid, "feed": receipt.feed, "day": receipt.day, "sha256": receipt.sha256,
        "received_at": stamp, "status": status, "reason": reason,
    }  # fmt: skip
    seq = new_id(connection.execute(insert(table).values(row)))
    told = record.added(table, row | {"seq": seq}, studyid, status, reason=reason)
    trail.append(connection, [told], stamp)
    return seq


def _newest(connection: Connection, studyid: str, receipt: Receipt) -> RowMapping | None:
    table = tables.delivery
    of_feed = (table.c.study == studyid) & (table.c.feed == receipt.feed)
    query = (
        select(table).where(of_feed, table.c.day == receipt.day).order_by(table.c.seq.desc())
    ).limit(1)
    return connection.execute(query).mappings().first()


def new_id(added: CursorResult[Any]) -> int:
    """Return the id that the database gave a new row."""
    key = added.inserted_primary_key
    if key is None:
        raise ToxwatchError("the database gave no id for a new row.")
    return int(key[0])
