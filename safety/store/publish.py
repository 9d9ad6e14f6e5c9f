"""One transaction a delivery: records, results, alerts and outbox together, or none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    Select,
    func,
    insert,
    inspect,
    select,
)

from safety.audit import key
from safety.errors import WrongUseError
from safety.failpoints import reached
from safety.manifest import Manifest
from safety.settings import Settings
from safety.stamp import stamp
from safety.store import receipts, rows_accounted, sync, tables
from safety.store import summary as summaries
from safety.store.engine import lock, reader, writer
from safety.store.receipts import PUBLISHED, Receipt, new_id
from safety.study.model import Study
from safety.versioning import canonical_json
from safety.workspace import Workspace


def is_published(db_url: str, snapshot_id: str) -> bool:
    """Return whether a snapshot is in the database."""
    query = select(tables.snapshot.c.seq).where(tables.snapshot.c.snapshot_id == snapshot_id)
    return _scalar(db_url, query) is not None


def newest_as_of(db_url: str, studyid: str) -> str | None:
    """Return the as_of of a study's newest snapshot."""
    table = tables.snapshot
    newest = select(table.c.as_of).where(table.c.study == studyid).order_by(table.c.seq.desc())
    found: str | None = _scalar(db_url, newest.limit(1))
    return found


def superseded_by(db_url: str, studyid: str, feed: str, sha256: str) -> tuple[int, int] | None:
    """Return (own, newest) sequence of a delivery that another has replaced since, else None.

    Without a time of extraction in a feed, bytes that were seen before and are no longer the
    newest are an old delivery that came again, not news.
    """
    table = tables.delivery
    of_feed = (table.c.study == studyid) & (table.c.feed == feed)
    own = _scalar(db_url, select(func.max(table.c.seq)).where(of_feed, table.c.sha256 == sha256))
    published = of_feed & (table.c.status == PUBLISHED)
    newest = _scalar(db_url, select(func.max(table.c.seq)).where(published))
    return None if own is None or newest is None or newest <= own else (own, newest)


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


def record_receipt(
    settings: Settings,
    studyid: str,
    feed: str,
    sha256: str,
    *,
    status: str,
    reason: str,
    stamp: str,
    day: str = "",
) -> None:
    """Record that a feed delivered something, e.g. what cannot be used and is held.

    day: of a daily feed, the one whose folder it is.
    """
    trail, receipt = key.trail(settings), Receipt(feed, day, sha256)
    engine = writer(settings.db_url)
    with engine.begin() as connection:
        lock(connection, f"study {studyid}")
        receipts.delivery(connection, trail, studyid, receipt, status, reason, stamp)
    engine.dispose()


def publish(
    settings: Settings, space: Workspace, now: datetime, also: Callable[[Connection, str], int]
) -> dict[str, Any]:
    """Write the run in `space`; return its summary with how many rows were written.

    Runs of a study are written one after the other, and only if none of a later as_of was.

    also: writes alerts in the same transaction, given its connection and time stamp, and returns
    how many are new.
    """
    manifest = space.manifest()
    engine = writer(settings.db_url)
    frames = record_frames(space)
    records, results = prepared(space, frames)
    accounts = space.read_json("accounts")
    at = stamp(now)
    with engine.begin() as connection:
        lock(connection, f"study {manifest.study.studyid}")
        _require_newest(connection, manifest)
        delivery_seq = receipts.write(connection, key.trail(settings), manifest, accounts)
        content = summaries.build(space, results)
        content["result_hash"] = sync.result_hash(results)
        content["record_hash"] = sync.result_hash(records)
        snapshot_seq = _snapshot(connection, manifest, delivery_seq, content, at)
        written = {}
        for name, frame in (records | results).items():
            difference = sync.sync(connection, name, manifest.study.studyid, frame, snapshot_seq)
            written[name] = difference.written
            reached("rows")
        rows_accounted.require(
            connection, manifest.study.studyid, accounts, frames, space.read("quarantine")
        )
        reached("accounted")
        new = also(connection, at)
        reached("before_commit")
    reached("after_commit")
    engine.dispose()
    return content | {
        "changed": True,
        "written": {k: v for k, v in written.items() if v},
        "new_alerts": new,
    }


def _require_newest(connection: Connection, manifest: Manifest) -> None:
    """Raise WrongUseError if another run of a later as_of was faster."""
    table = tables.snapshot
    of_study = table.c.study == manifest.study.studyid
    newest = connection.scalar(select(func.max(table.c.as_of)).where(of_study))
    if newest is not None and manifest.as_of < newest:
        raise WrongUseError(
            f"as of {manifest.as_of} lies before the newest snapshot of "
            f"{manifest.study.studyid} ({newest}), which another run wrote meanwhile."
        )


def record_frames(space: Workspace) -> dict[str, pd.DataFrame]:
    """Return the accepted records of a run by table."""
    return {name: _frame(space, name) for name in tables.RECORDS}


def prepared(
    space: Workspace, frames: dict[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return records (`record_frames`) and results of a run as they are stored and hashed."""
    records = {name: sync.prepare(name, frame) for name, frame in frames.items()}
    results = {name: sync.prepare(name, space.read(name)) for name in tables.RESULTS}
    return records, results


def _frame(space: Workspace, name: str) -> pd.DataFrame:
    """Return the records of a kind; none of one that the study need not have and has not."""
    if name in tables.OPTIONAL and not space.has(name):
        return pd.DataFrame({"KEY": pd.array([], dtype="str")})
    return space.read(name)


def _snapshot(
    connection: Connection,
    manifest: Manifest,
    delivery_seq: int,
    content: dict[str, Any],
    stamp: str,
) -> int:
    study = manifest.study
    content["snapshot_id"] = manifest.snapshot_id
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
            record_hash=content["record_hash"],
            created_at=stamp,
            header=canonical_json({
                "title": study.title, "phase": study.phase, "notice": _notice(study),
                "timezone": study.timezone, "window": study.dose_limiting.window.model_dump(),
                "rules": {r.id: r.text for r in study.dose_limiting.rules},
            }),
            summary=canonical_json(content),
            manifest=canonical_json(manifest.content()),
        )
    )  # fmt: skip
    return new_id(added)


def _notice(study: Study) -> str:
    """Return what every page says of the study: its own notice, and that its rules are a draft."""
    rules = ""
    if study.protocol is not None and not study.protocol.approved_by:
        rules = f"Rules of version {study.protocol.version} are a draft, not approved."
    return " ".join(text for text in (study.notice, rules) if text)
