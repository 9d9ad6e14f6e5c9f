"""What a named user does with an item: checked, written with its reason, never taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from safety.audit import record
from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.signed import MAX_REASON, Signed
from safety.store import tables
from safety.store.engine import lock, upgrade, writer
from safety.worklist import ledger, releases
from safety.worklist.items import NAMES, find, item_id
from safety.worklist.life import ASSIGN, Item, Kind, act, allowed


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody acts: a database, its trail, a study, a kind of item.

    releasable: ids of checks that a user may overrule.
    """

    db_url: str
    trail: Trail
    studyid: str
    kind: Kind
    releasable: frozenset[str] = frozenset()


def perform(desk: Desk, key: str, name: str, signed: Signed) -> Item:
    """Do something with an item of a study; return it as it is now.

    key: of the item, its id, or how the id begins. Raises WrongUseError, and writes nothing, for
    an item that is not there or an act that its state does not allow.
    """
    with _transaction(desk) as connection:
        item = find(connection, desk.studyid, desk.kind, key)
        done = act(item, name)
        if done is None:
            raise WrongUseError(_refusal(item, name))
        if name == "release":
            releases.require(connection, desk.studyid, item, desk.releasable)
        _write(connection, desk, item, done, name, signed)
    return done


def assign(desk: Desk, key: str, owner: str, signed: Signed) -> Item:
    """Give an item to somebody else; its state stays."""
    given = Signed(owner.strip(), signed.reason, signed.at).by
    with _transaction(desk) as connection:
        item = find(connection, desk.studyid, desk.kind, key)
        done = replace(item, owner=given, revision=item.revision + 1)
        told = replace(signed, reason=f"to {given}: {signed.reason}"[:MAX_REASON])
        _write(connection, desk, item, done, ASSIGN, told)
    return done


def _refusal(item: Item, name: str) -> str:
    can = ", ".join([*allowed(item), ASSIGN])
    return (
        f"{NAMES[item.kind]} {item.key} is {item.state}: {name} is not possible; possible: {can}."
    )


def _write(
    connection: Connection, desk: Desk, item: Item, done: Item, action: str, signed: Signed
) -> None:
    table, studyid = tables.work_item, desk.studyid
    this = table.c.item_id == item_id(studyid, item.kind, item.key)
    updated = connection.execute(
        update(table)
        .where(this, table.c.revision == item.revision)
        .values(state=done.state, owner=done.owner, revision=done.revision)
    )
    if updated.rowcount != 1:
        raise WrongUseError(f"{item.key} was changed by somebody else just now: look at it again.")
    told = ledger.event(studyid, done, action, signed.by, signed.reason, item.state)
    newest = select(tables.snapshot.c.snapshot_id).where(tables.snapshot.c.study == studyid)
    last = connection.scalar(newest.order_by(tables.snapshot.c.seq.desc()).limit(1))
    [event] = record.insert_rows(
        connection, tables.work_event, [told | {"at": signed.at, "snapshot_id": last}]
    )
    by: dict[str, str] = {
        "actor": signed.by, "reason": signed.reason, "snapshot_id": event["snapshot_id"],
    }  # fmt: skip
    before, after = ledger.row_of(studyid, item), ledger.row_of(studyid, done)
    desk.trail.append(connection, [
        record.changed(table, before, after, studyid, action, **by),
        record.added(tables.work_event, event, studyid, action, **by),
    ], signed.at)  # fmt: skip


@contextmanager
def _transaction(desk: Desk) -> Iterator[Connection]:
    upgrade(desk.db_url)
    engine = writer(desk.db_url)
    try:
        with engine.begin() as connection:
            lock(connection, f"study {desk.studyid}")  # first, as whoever publishes does
            yield connection
    finally:
        engine.dispose()
