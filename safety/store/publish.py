"""One transaction a delivery: records, results, alerts and outbox together, or none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    CursorResult,
    Select,
    func,
    insert,
    inspect,
    select,
    update,
)

from safety.errors import ToxwatchError
from safety.settings import Settings
from safety.store import summary as summaries
from safety.store import sync, tables
from safety.store.engine import reader, writer
from safety.versioning import canonical_json
from safety.workspace import Manifest, Workspace

PUBLISHED, HELD = "published", "held"


def is_published(db_url: str, snapshot_id: str) -> bool:
    """Return whether a snapshot is in the database."""
    query = select(tables.snapshot.c.seq).where(tables.snapshot.c.snapshot_id == snapshot_id)
    return _scalar(db_url, query) is not None


def superseded_by(db_url: str, studyid: str, feed: str, sha256: str) -> tuple[int, int] | None:
    """Return (own, newest) sequence of a delivery that another has replaced since, else None.

    Without a time of extraction in a feed, bytes that were seen before and are no longer the
    newest are an old delivery that came again, not news.
    """
    table = tables.delivery
    published = (table.c.study == studyid) & (table.c.feed == feed) & (table.c.status == PUBLISHED)
    own = _scalar(db_url, select(table.c.seq).where(published, table.c.sha256 == sha256))
    newest = _scalar(db_url, select(func.max(table.c.seq)).where(published))
    return None if own is None or own == newest else (own, newest)


def _scalar(db_url: str, query: Select[Any]) -> Any:
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("snapshot"):
                return None
            return connection.scalar(query)
    finally:
        engine.dispose()


def summary(db_url: str, snapshot_id: str) -> dict[str, Any]:
    """Return the stored summary of a published snapshot, with nothing new in it."""
    query = select(tables.snapshot.c.summary).where(tables.snapshot.c.snapshot_id == snapshot_id)
    text = _scalar(db_url, query)
    content: dict[str, Any] = json.loads(text or "{}")
    return content | {"changed": False, "written": {}, "new_alerts": 0}


def hold(db_url: str, manifest: Manifest, feed: str, reason: str) -> None:
    """Record a feed's delivery that cannot be used; the previous snapshot stays current."""
    engine = writer(db_url)
    delivered = next(d for d in manifest.deliveries if d.feed == feed)
    with engine.begin() as connection:
        _delivery(connection, manifest, feed, delivered.sha256, HELD, reason)
    engine.dispose()


def publish(
    settings: Settings, space: Workspace, now: datetime, also: Callable[[Connection, str], int]
) -> dict[str, Any]:
    """Write the run in `space`; return its summary with how many rows were written.

    also: writes alerts in the same transaction, given its connection and time stamp, and returns
    how many are new.
    """
    manifest = space.manifest()
    engine = writer(settings.db_url)
    results = {name: sync.prepare(name, space.read(name)) for name in tables.RESULTS}
    stamp = now.isoformat(timespec="seconds")
    with engine.begin() as connection:
        delivery_seq = _deliveries(connection, manifest, space.read_json("accounts"))
        written = _records(connection, manifest, space, delivery_seq)
        content = summaries.build(space, results)
        snapshot_seq = _snapshot(connection, manifest, max(delivery_seq.values()), results,
                                 content, stamp)  # fmt: skip
        for name, frame in results.items():
            difference = sync.sync(connection, name, manifest.study.studyid, frame, snapshot_seq)
            written[name] = difference.written
        new = also(connection, stamp)
    engine.dispose()
    return content | {
        "changed": True,
        "written": {k: v for k, v in written.items() if v},
        "new_alerts": new,
    }


def _deliveries(
    connection: Connection, manifest: Manifest, accounts: list[dict[str, Any]]
) -> dict[str, int]:
    """Write deliveries and their files; return the sequence of each feed's delivery."""
    by_file = {a["file"]: a for a in accounts}
    sequences = {}
    for delivered in manifest.deliveries:
        seq = _delivery(connection, manifest, delivered.feed, delivered.sha256, PUBLISHED, "")
        sequences[delivered.feed] = seq
        known = tables.delivery_file.c.delivery_seq == seq
        if connection.scalar(select(tables.delivery_file.c.name).where(known).limit(1)):
            continue
        unused = {"domain": "", "received": 0, "accepted": 0, "quarantined": 0, "duplicates": 0}
        rows = [
            unused
            | by_file.get(f.name, {})
            | {"delivery_seq": seq, "name": f.name, "sha256": f.sha256, "size": f.size}
            for f in delivered.files
        ]
        names = set(tables.delivery_file.c.keys())
        connection.execute(
            insert(tables.delivery_file), [{k: v for k, v in r.items() if k in names} for r in rows]
        )
    return sequences


def _delivery(
    connection: Connection, manifest: Manifest, feed: str, sha256: str, status: str, reason: str
) -> int:
    """Return the sequence of a delivery, known by its content; its status may change."""
    table = tables.delivery
    same = (
        (table.c.study == manifest.study.studyid)
        & (table.c.feed == feed)
        & (table.c.sha256 == sha256)
    )
    seq = connection.scalar(select(table.c.seq).where(same))
    if seq is not None:
        connection.execute(update(table).where(same).values(status=status, reason=reason))
        return int(seq)
    added = connection.execute(
        insert(table).values(
            study=manifest.study.studyid,
            feed=feed,
            sha256=sha256,
            received_at=manifest.received_at,
            status=status,
            reason=reason,
        )
    )
    return _new_id(added)


def _records(
    connection: Connection, manifest: Manifest, space: Workspace, sequences: dict[str, int]
) -> dict[str, int]:
    written = {}
    for name in tables.RECORDS:
        frame = space.read(name)
        written[name] = 0
        for feed, seq in sequences.items():
            table = sync.prepare(name, frame[frame["FEED"].eq(feed)])
            difference = sync.sync(connection, name, manifest.study.studyid, table, seq, feed)
            written[name] += difference.written
    return written


def _snapshot(
    connection: Connection,
    manifest: Manifest,
    delivery_seq: int,
    results: dict[str, pd.DataFrame],
    content: dict[str, Any],
    stamp: str,
) -> int:
    study = manifest.study
    content["snapshot_id"] = manifest.snapshot_id
    content["result_hash"] = sync.result_hash(results)
    added = connection.execute(
        insert(tables.snapshot).values(
            snapshot_id=manifest.snapshot_id,
            study=study.studyid,
            delivery_seq=delivery_seq,
            as_of=manifest.as_of,
            rule_set=manifest.rule_set,
            ctcae=study.ctcae,
            code_version=manifest.code_version,
            result_hash=content["result_hash"],
            created_at=stamp,
            header=canonical_json({
                "title": study.title, "phase": study.phase, "notice": study.notice,
                "timezone": study.timezone, "window": study.dose_limiting.window.model_dump(),
                "rules": {r.id: r.text for r in study.dose_limiting.rules},
            }),
            summary=canonical_json(content),
        )
    )  # fmt: skip
    return _new_id(added)


def _new_id(added: CursorResult[Any]) -> int:
    key = added.inserted_primary_key
    if key is None:
        raise ToxwatchError("the database gave no id for a new row.")
    return int(key[0])
