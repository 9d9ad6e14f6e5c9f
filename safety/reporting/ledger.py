"""Reports that are owed in the database: read, and written with what happened to them.

What happened is only ever added; every change stands in the trail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, insert, select, update

from safety.alerts.voice import Voice
from safety.audit import record
from safety.audit.chain import Entry
from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.reporting import life
from safety.reporting.clock import aware_at, moment
from safety.reporting.events import events as read_events
from safety.reporting.kinds import clocks
from safety.reporting.obligation import Change, Cut, Obligation
from safety.store import tables
from safety.versioning import canonical_json


def add(
    connection: Connection,
    voice: Voice,
    events: pd.DataFrame,
    *,
    snapshot_id: str,
    as_of: str,
    at: str,
) -> None:
    """Write which reports the events of a snapshot call for; called inside its transaction.

    events: of `grade_events`, with REL over all drugs (`events.attributed`). as_of: day 0 of what
    is new, unless the day of `at` in the clocks' zone is earlier. at: UTC, when the snapshot is
    published, from which clocks of hours run. The same snapshot twice changes nothing; nothing is
    owed by a study that says nothing of reports.
    """
    if voice.study.reporting is None:
        return
    known = obligations(connection, voice.study.studyid)
    published = aware_at(moment(at), clocks(voice.study).zone)
    # The day of the site may be ahead of the clocks' zone, or lie in the future.
    cut = Cut(snapshot_id, replace(published, day=min(as_of, published.day)))
    changes = life.advance(known, read_events(events), voice.study, cut)
    write(connection, voice.trail, changes, snapshot_id=snapshot_id, at=at)


def obligations(connection: Connection, studyid: str) -> list[Obligation]:
    """Return every report of a study, by subject, event and kind."""
    table = tables.obligation
    query = select(table).where(table.c.study == studyid)
    rows = connection.execute(query.order_by(table.c.usubjid, table.c.event, table.c.kind))
    return [_read(row) for row in rows]


def write(
    connection: Connection, trail: Trail, changes: Iterable[Change], *, snapshot_id: str, at: str
) -> list[int]:
    """Write changes, an event and two entries of the trail each; return the events' ids."""
    made = list(changes)
    for change in made:
        _put(connection, change)
    rows = [_event(change, snapshot_id, at) for change in made]
    told = record.insert_rows(connection, tables.obligation_event, rows)
    entries = [
        entry
        for change, row in zip(made, told, strict=True)
        for entry in (_entry(change, snapshot_id), _told(change, row, snapshot_id))
    ]
    trail.append(connection, entries, at)
    return [int(row["id"]) for row in told]


def _put(connection: Connection, change: Change) -> None:
    table, row = tables.obligation, _row(change.now)
    if change.before is None:
        connection.execute(insert(table).values(row))
        return
    this = table.c.obligation_id == change.now.obligation_id
    same = table.c.revision == change.before.revision
    done = connection.execute(update(table).where(this, same).values(row))
    if done.rowcount != 1:
        raise WrongUseError(f"{change.now.obligation_id} was changed just now: look at it again.")


def _event(change: Change, snapshot_id: str, at: str) -> dict[str, Any]:
    before = change.before.state if change.before else ""
    return {
        "obligation_id": change.now.obligation_id, "action": change.action,
        "actor": change.actor, "reason": change.reason, "state_before": before,
        "state_after": change.now.state, "due_at": change.now.due_at, "at": at,
        "snapshot_id": snapshot_id or None,
    }  # fmt: skip


def _entry(change: Change, snapshot_id: str) -> Entry:
    table, after = tables.obligation, _row(change.now)
    who = {"actor": change.actor, "reason": change.reason, "snapshot_id": snapshot_id}
    if change.before is None:
        return record.added(table, after, change.now.study, change.action, **who)
    before = _row(change.before)
    return record.changed(table, before, after, change.now.study, change.action, **who)


def _told(change: Change, row: dict[str, Any], snapshot_id: str) -> Entry:
    return record.added(
        tables.obligation_event, row, change.now.study, change.action, actor=change.actor,
        reason=change.reason, snapshot_id=snapshot_id,
    )  # fmt: skip


def _row(o: Obligation) -> dict[str, Any]:
    return asdict(o) | {"said": canonical_json(o.said)}


def _read(row: Row[Any]) -> Obligation:
    values = {f.name: getattr(row, f.name) for f in fields(Obligation)}
    return Obligation(**values | {"said": json.loads(row.said)})
