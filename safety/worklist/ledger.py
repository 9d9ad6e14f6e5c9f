"""Work items and their events in the database; what happened to an item is only ever added to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update

from safety.audit import record
from safety.audit.chain import Entry
from safety.audit.trail import Trail
from safety.store import tables
from safety.study.model import Study
from safety.worklist import facts
from safety.worklist.items import item_id, items
from safety.worklist.life import ABSENT, Change, Fact, Item, Kind, advance
from safety.workspace import Workspace

BATCH = 500  # keys in one question
SYSTEM = "toxwatch"  # the actor of what nobody did by hand
OWNERS: dict[Kind, str] = {"held_row": "data engineering", "query": "site"}
ROLES: dict[Kind, str] = {"held_row": "data_engineer", "query": "medical_monitor"}
CHANGING = ("state", "owner", "last_as_of", "last_snapshot", "times_seen", "fingerprint",
            "revision")  # fmt: skip
# Of the columns that change with every snapshot the trail keeps one sum (safety.audit.seal).
SEEN = frozenset({"last_as_of", "last_snapshot", "times_seen"})


def add(connection: Connection, space: Workspace, trail: Trail, stamp: str) -> list[Change]:
    """Write what the snapshot in `space` changes, and tell the trail; inside its transaction.

    The row of the snapshot must be there. Returns the changes, also those without an event.
    """
    manifest = space.manifest()
    study = manifest.study
    known = items(connection, study.studyid)
    now = [
        *facts.of_rows(space.read("quarantine"), space.read("passed")),
        *facts.of_queries(space.read("query")),
    ]
    causes = _causes(connection, space, known, now)
    snapshot = (space.snapshot_id, manifest.as_of)
    changes = advance(known, now, snapshot, owners(study), causes)
    _write(connection, study.studyid, changes)
    told = [
        event(study.studyid, c.item, c.action, SYSTEM, c.reason, c.before)
        | {"at": stamp, "snapshot_id": space.snapshot_id}
        for c in changes
        if c.action
    ]
    events = record.insert_rows(connection, tables.work_event, told)
    trail.append(connection, [
        *_entries(study.studyid, known, changes, space.snapshot_id),
        *(record.added(tables.work_event, e, study.studyid, e["action"], reason=e["reason"],
                       snapshot_id=space.snapshot_id) for e in events),
    ], stamp)  # fmt: skip
    return changes


def _entries(
    studyid: str, known: Iterable[Item], changes: Iterable[Change], snapshot_id: str
) -> list[Entry]:
    """Return an entry of each item that is new or of which more changed than when it was seen."""
    before = {(i.kind, i.key): row_of(studyid, i) for i in known}
    entries = []
    for change in changes:
        was, row = before.get((change.item.kind, change.item.key)), row_of(studyid, change.item)
        told = {"reason": change.reason, "snapshot_id": snapshot_id}
        if was is None:
            entries.append(record.added(tables.work_item, row, studyid, change.action, **told))
        elif was != row:
            action = change.action or "see"
            entries.append(record.changed(tables.work_item, was, row, studyid, action, **told))
    return entries


def row_of(studyid: str, item: Item) -> dict[str, Any]:
    """Return the row of an item without what changes whenever it is seen."""
    row = {"item_id": item_id(studyid, item.kind, item.key), "study": studyid} | asdict(item)
    return {name: value for name, value in row.items() if name not in SEEN}


def owners(study: Study) -> dict[Kind, str]:
    """Return who owns new items: the first of the study's people in that role, else a desk."""
    people: dict[str, str] = {m.role: m.address for m in reversed(study.alerts.monitors)}
    return {kind: people.get(ROLES[kind], desk) for kind, desk in OWNERS.items()}


def event(
    studyid: str, item: Item, action: str, actor: str, reason: str, before: str
) -> dict[str, Any]:
    """Return an event of an item that is now in its new state; `at` and `snapshot_id` lack."""
    return {
        "item_id": item_id(studyid, item.kind, item.key), "action": action, "actor": actor,
        "reason": reason, "state_before": before, "state_after": item.state,
    }  # fmt: skip


def _write(connection: Connection, studyid: str, changes: Iterable[Change]) -> None:
    rows = [
        asdict(c.item)
        | {"study": studyid, "item_id": item_id(studyid, c.item.kind, c.item.key), "new": c.before}
        for c in changes
    ]
    new = [{k: v for k, v in row.items() if k != "new"} for row in rows if row["new"] == ""]
    if new:
        connection.execute(insert(tables.work_item), new)
    seen = [
        {"this": row["item_id"]} | {f"new_{name}": row[name] for name in CHANGING}
        for row in rows
        if row["new"] != ""
    ]
    if seen:
        table = tables.work_item
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in CHANGING}
        connection.execute(
            update(table).where(table.c.item_id == bindparam("this")).values(changed), seen
        )


def _causes(
    connection: Connection, space: Workspace, known: Iterable[Item], now: Iterable[Fact]
) -> dict[str, str]:
    """Return why rows that were held are held no more."""
    held = {f.key for f in now if f.kind == "held_row"}
    gone = [
        i.key
        for i in known
        if i.kind == "held_row" and i.fingerprint != ABSENT and i.key not in held
    ]
    if not gone:
        return {}
    reasons = _reasons(connection, space.manifest().study.studyid, gone)
    return facts.causes(reasons, _accepted(space, gone), held, set(space.read_json("unchanged")))


def _accepted(space: Workspace, gone: Iterable[str]) -> set[str]:
    """Return which natural keys of rows that were held are accepted now."""
    wanted = {facts.natural(key) for key in gone}
    names = [n for n in tables.RECORDS if space.has(n)]
    keys = pd.concat([space.read(name)["KEY"] for name in names])
    return wanted.intersection(keys)


def _reasons(connection: Connection, studyid: str, keys: list[str]) -> dict[str, str]:
    """Return for what rows were held when they last were."""
    table, found = tables.BITEMPORAL["quarantine"], dict.fromkeys(keys, "")
    for start in range(0, len(keys), BATCH):
        these = table.c.key.in_(keys[start : start + BATCH])
        query = select(table.c.key, table.c.reason).where(table.c.study == studyid, these)
        rows = connection.execute(query.order_by(table.c.tx_from))
        found |= {key: reason or "" for key, reason in rows}
    return found
