"""Rows of the audited tables against what the trail tells of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, Table, literal, select

from safety.alerts.messages import MOVED
from safety.audit.record import HASH, Row, id_of
from safety.audit.seal import SEEN, seen, stream_mappings
from safety.audit.verify.chain import Columns, Told
from safety.audit.verify.problem import Problem
from safety.store import tables

AUDITED: dict[str, Table] = {
    t.name: t
    for t in (
        tables.delivery, tables.delivery_file, tables.snapshot, tables.work_item,
        tables.work_event, tables.alert, tables.alert_event, tables.outbox, tables.delivery_log,
        tables.decision, tables.question, tables.obligation, tables.obligation_event,
        tables.account, tables.role_grant, tables.review, tables.meeting, tables.meeting_event,
        tables.proposal, tables.signature,
    )
}  # fmt: skip
# Not session, which moves with every request and lasts half a day, nor throttle, which only counts:
# that somebody signed in or was refused stands in the trail itself.

# Who may do what belongs to no study; a grant only names one, or "*".
OF_NO_STUDY = frozenset({"account", "role_grant"})
# By table: its column that names the row to which it belongs, and where that row stands.
OWNER: dict[str, tuple[str, Table]] = {
    "delivery_file": ("delivery_seq", tables.delivery),
    "work_event": ("item_id", tables.work_item),
    "alert_event": ("alert_id", tables.alert),
    "delivery_log": ("outbox_id", tables.outbox),
    "question": ("decision_id", tables.decision),
    "obligation_event": ("obligation_id", tables.obligation),
    "meeting_event": ("meeting_id", tables.meeting),
}
# Changes with every snapshot, and the seal of the newest one covers it; or with every attempt to
# send, of which the log tells (safety.audit.verify.sent).
SUMMED = {"work_item": frozenset(SEEN) - {"item_id"}, "outbox": MOVED}
ADOPT = (
    "If it is older than the trail, take it over by `toxwatch audit adopt`; otherwise somebody "
    "wrote it past toxwatch: keep the database as it is and tell who answers for the data."
)


def of_study(name: str, study: str) -> Select[Any]:
    """Return the rows of a table that belong to a study; of study "" those that belong to none."""
    table = AUDITED[name]
    if name in OF_NO_STUDY:
        return select(table).where(literal(not study))
    if name not in OWNER:
        return select(table).where(table.c.study == study)
    column, owner = OWNER[name]
    [key] = owner.primary_key.columns
    joined = select(table).outerjoin(owner, key == table.c[column])
    return joined.where(owner.c.study == study if study else owner.c.study.is_(None))


def check(connection: Connection, study: str, told: Told) -> Iterator[Problem | int]:
    """Yield what is wrong with the audited rows of a study, and 1 for each row."""
    for name, table in AUDITED.items():
        left = told.objects[name]
        for row in stream_mappings(connection, of_study(name, study)):
            yield 1
            key = id_of(table, row)
            wrong = _wrong(row, left.pop(key, {}), SUMMED.get(name, frozenset()))
            if wrong:
                yield Problem(study, "object", f"{name} {key} {wrong[0]}", *wrong[1:])
        for key, columns in left.items():
            if columns is not None:
                yield Problem(study, "object", f"{name} {key} is in the trail and not in its table")
    yield from _check_seen(connection, study, told)


def _wrong(row: Row, told: Columns | None, summed: frozenset[str]) -> tuple[str, ...]:
    """Return what is wrong with a row, and what to do if it is not what is always to be done."""
    if told is None:
        return ("is in its table, but the trail says that it is gone",)
    if not told:
        return ("is in its table, but the trail has no entry of it", ADOPT)
    for name, value in row.items():
        if name in summed:
            continue
        if name in told:
            if told[name] != value:
                return (f"was altered: {name} is not what the trail says",)
        elif name + HASH not in told:
            return (f"has an entry that does not tell its {name}",)
        elif told[name + HASH] != hashlib.sha256(str(value).encode()).hexdigest():
            return (f"was altered: {name} is not what the trail says",)
    return ()


def _check_seen(connection: Connection, study: str, told: Told) -> Iterator[Problem]:
    if told.seen is not None and told.seen != seen(connection, study):
        yield Problem(
            study, "object",
            "work_item: when its rows were last seen is not what the newest snapshot left",
        )  # fmt: skip
