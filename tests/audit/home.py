"""A small home with two snapshots, what people did, evidence, and a trail of all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Float, Integer, Table, insert

from safety.alerts import messages
from safety.audit import anchor, key, published, record
from safety.audit.chain import Entry
from safety.audit.trail import Trail
from safety.audit.verify import objects
from safety.intake import evidence
from safety.manifest import FeedDelivery, Manifest
from safety.settings import Settings, from_environment
from safety.signed import sign
from safety.store import receipts, sync, tables
from safety.store.engine import writer
from safety.versioning import canonical_json
from safety.worklist import acts, ledger
from safety.worklist.acts import Desk
from safety.workspace import Workspace
from tests import build, databases, delivery
from tests.worklist.published import QUERY, ROW

NOW = datetime(2024, 4, 2, 8, tzinfo=UTC)
STAMP = "2024-04-02T08:00:00+00:00"
LEE = sign("A. Lee", "confirmed by the laboratory", NOW)
ACCOUNT = {"feed": "sdtm", "received": 2, "accepted": 2, "quarantined": 0, "duplicates": 0,
           "superseded": 0, "deleted": 0, "status": "used", "reason": ""}  # fmt: skip
IDS = ("s1" * 32, "s2" * 32)


def settings(home: Path) -> Settings:
    return from_environment(databases.environment(home))


def at(home: Path) -> Settings:
    """Settings of a home with a file as its database."""
    return from_environment({"TOXWATCH_HOME": str(home)})


def small(home: Path) -> Settings:
    """Two snapshots of a few rows in every table, then acts, and an anchor at the end."""
    used = settings(home)
    trail = key.trail(used)
    engine = writer(used.db_url)
    for number, keys in enumerate((("k1", "k2", "k3"), ("k1", "k2", "k4"))):
        with engine.begin() as connection:
            _publish(connection, used, trail, number, keys)
    acts.perform(Desk(used.db_url, trail, "T1", "held_row"), ROW["KEY"], "ask", LEE)
    with engine.begin() as connection:
        _others(connection, trail)
        views = [Entry("T1", "dashboard", "view", "page", "/labs", None, {"rows": n})
                 for n in range(3)]  # fmt: skip
        trail.append(connection, views, STAMP)
        trail.append(connection, [Entry("", "root", "read", "audit", "")], STAMP)
    engine.dispose()
    anchor.write(used, NOW)
    return used


def _publish(
    connection: Connection, used: Settings, trail: Trail, number: int, keys: tuple[str, ...]
) -> None:
    manifest = _manifest(used, number)
    space = Workspace(used.work, IDS[number])
    space.create(manifest)
    accounts = [ACCOUNT | {"file": f.name, "domain": f.name[:2].upper()}
                for f in manifest.deliveries[0].files]  # fmt: skip
    delivery_seq = receipts.write(connection, trail, manifest, accounts)
    frames = {n: sync.prepare(n, _frame(t, keys, number)) for n, t in tables.BITEMPORAL.items()}
    hashes = [sync.result_hash({n: frames[n] for n in names})
              for names in (tables.RESULTS, tables.RECORDS)]  # fmt: skip
    connection.execute(insert(tables.snapshot).values(
        seq=number + 1, snapshot_id=IDS[number], study="T1", delivery_seq=delivery_seq,
        as_of=manifest.as_of, rule_set="r", ctcae="5.0", code_version="c", result_hash=hashes[0],
        record_hash=hashes[1], created_at=STAMP, header="{}", summary="{}",
        manifest=canonical_json(manifest.content()),
    ))  # fmt: skip
    for name, frame in frames.items():
        sync.sync(connection, name, "T1", frame, number + 1)
    space.write("quarantine", pd.DataFrame([ROW]).astype({"REASON": "str"}))
    space.write("query", pd.DataFrame([QUERY]))
    space.write("passed", pd.DataFrame(columns=["KEY", "USUBJID", "FINGERPRINT"]).astype("str"))
    ledger.add(connection, space, trail, STAMP)
    trail.append(connection, published.entries(connection, manifest), STAMP)


def _manifest(used: Settings, number: int) -> Manifest:
    folder = used.home / "feeds"
    folder.mkdir(exist_ok=True)
    files = []
    for name in ("lb.csv", "ae.csv"):
        (folder / name).write_text(f"{name} of delivery {number}\n" * 40, encoding="utf-8")
        files.append(evidence.land(folder / name, used.evidence, 10_000))
    delivered = FeedDelivery("sdtm", str(number) * 64, tuple(files))
    as_of = date(2024, 4, 1 + number).isoformat()
    return Manifest(IDS[number], build.study(), "r", "c", as_of, STAMP, (delivered,))


def _frame(table: Table, keys: tuple[str, ...], number: int) -> pd.DataFrame:
    """A row of each key; of k2 every value is another one in the second snapshot."""
    moved = {"k2": number}
    columns = [c for c in table.columns if c.name not in sync.BOOKKEEPING]
    return pd.DataFrame(
        {"KEY": key_} | {c.name.upper(): _value(c.type, moved.get(key_, 0)) for c in columns}
        for key_ in keys
    )


def _value(kind: Any, moved: int) -> Any:
    if isinstance(kind, Integer):
        return 3 + moved
    return 1.5 + moved if isinstance(kind, Float) else f"S{moved}"


def _others(connection: Connection, trail: Trail) -> None:
    """Rows of the tables of alerts, decisions and reports, each with its entry."""
    alert = {c.name: "" for c in tables.alert.columns} | {
        "alert_id": "a1", "study": "T1", "usubjid": "S1", "rule": "H1", "tier": "P1",
        "state": "open", "condition": "holds", "level": 4, "verified": 1, "revision": 1, "step": 0,
        "title": "P1 T1 S1", "body": "a long text " * 20, "first_snapshot": IDS[1],
        "last_snapshot": IDS[1],
    }  # fmt: skip
    message = {"study": "T1", "alert_id": "a1", "key": "m1", "kind": "raise", "revision": 1,
               "tier": "P1", "channel": "file", "recipient": "x", "subject": "s", "body": "b",
               "state": "sent", "attempts": 1, "last_error": "", "created_at": STAMP,
               "sent_at": STAMP}  # fmt: skip
    acted = {"actor": "A. Lee", "reason": "seen", "state_before": "open", "at": STAMP,
             "snapshot_id": IDS[1]}  # fmt: skip
    event = {n: alert[n] for n in ("alert_id", "revision", "condition", "tier", "level",
             "verified", "title", "body")} | acted | {"action": "acknowledge",
             "state_after": "acknowledged"}  # fmt: skip
    decision = {"decision_id": "d1", "study": "T1", "kind": "dose", "usubjid": "", "doselvl": "L1",
                "statement": "expand", "actor": "A. Lee", "reason": "no DLT", "at": STAMP,
                "snapshot_id": IDS[0], "basis": "{}", "next_level": "", "quoted": ""}  # fmt: skip
    question = {"decision_id": "d1", "snapshot_id": IDS[1], "at": STAMP, "cells": "[]",
                "deliveries": "[2]"}  # fmt: skip
    owed = {"obligation_id": "o1", "study": "T1", "usubjid": "S1", "event": "AE|1", "kind": "susar",
            "aware_on": "2024-04-01", "due_at": STAMP, "state": "open", "said": "{}", "warned": 0,
            "first_snapshot": IDS[0], "last_snapshot": IDS[1], "revision": 1}  # fmt: skip
    told = acted | {"obligation_id": "o1", "action": "submit", "state_after": "submitted",
                    "due_at": STAMP}  # fmt: skip
    sent = {"outbox_id": 1, "attempt": 1, "outcome": "sent", "reply": "250", "at": STAMP}
    record.insert_rows(connection, tables.alert, [alert])
    messages.write(connection, [message], trail)
    entries = [record.added(tables.alert, alert, "T1", "raise")]
    for table, row in (
        (tables.alert_event, event), (tables.decision, decision), (tables.question, question),
        (tables.obligation, owed), (tables.obligation_event, told), (tables.delivery_log, sent),
    ):  # fmt: skip
        rows = record.insert_rows(connection, table, [row, *_second(table, row)])
        entries += [record.added(table, each, "T1", "add") for each in rows]
    trail.append(connection, [*entries, *_people(connection)], STAMP)


def _people(connection: Connection) -> list[Entry]:
    """A row of each table of people and what they sign, each with its entry."""
    account = {c.name: "" for c in tables.account.columns} | {
        "account_id": "p1", "username": "lee", "name": "A. Lee", "password": "$argon2id$v=19$...",
        "issuer": None, "subject": None, "state": "active", "demo": 0, "revision": 1,
    }  # fmt: skip
    grant = {"account_id": "p1", "study": "T1", "role": "chair", "granted_at": STAMP,
             "granted_by": "A. Wu"}  # fmt: skip
    review = {"study": "T1", "object_type": "verdict", "key": "k1", "row_hash": "ab" * 16,
              "state": "reviewed", "actor": "lee", "at": STAMP, "snapshot_id": IDS[1]}  # fmt: skip
    meeting = {"meeting_id": "g1", "study": "T1", "title": "first", "planned_on": "2024-04-03",
               "state": "open", "snapshot_id": IDS[1], "created_at": STAMP, "created_by": "lee",
               "revision": 1}  # fmt: skip
    event = {"meeting_id": "g1", "kind": "open", "actor": "lee", "body": "{}", "at": STAMP}
    proposal = {c.name: "" for c in tables.proposal.columns} | {
        "proposal_id": "q1", "study": "T1", "kind": "dose", "doselvl": "L1", "content": "{}",
        "content_sha256": "cd" * 32, "snapshot_id": IDS[1], "meeting_id": "g1",
        "state": "confirmed", "decision_id": "d1", "revision": 2,
    }  # fmt: skip
    signature = {"signature_id": "z1", "study": "T1", "object_type": "proposal", "object_id": "q1",
                 "content_sha256": "cd" * 32, "meaning": "author", "account_id": "p1",
                 "printed_name": "A. Lee", "method": "password", "auth_at": STAMP, "at": STAMP,
                 "snapshot_id": IDS[1]}  # fmt: skip
    given = ((tables.account, account), (tables.role_grant, grant), (tables.review, review),
             (tables.meeting, meeting), (tables.meeting_event, event),
             (tables.proposal, proposal), (tables.signature, signature))  # fmt: skip
    rows = [(table, record.insert_rows(connection, table, [row])[0]) for table, row in given]
    return [
        record.added(table, row, "" if table.name in objects.OF_NO_STUDY else "T1", "add")
        for table, row in rows
    ]


def _second(table: Table, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Another row of a table that counts up by itself."""
    return [row | {"reply": "451"}] if table is tables.delivery_log else []


def real(home: Path) -> Settings:
    """Three deliveries of the small trial by the whole pipeline, an act of a person, anchors."""
    used = delivery.trial_settings(home)
    rows = delivery.trial_rows()
    delivery.write(home, rows)
    delivery.run(used, date(2024, 4, 1))
    anchor.write(used, NOW, again=True)
    low = delivery.counts_of({"2024-02-28": "3.6", "2024-03-10": "0.4", "2024-03-18": "0.4"})
    strange = build.measurement("ALB", "40", "furlong", LBORNRLO="35", LBORNRHI="50", LBSEQ="9")
    delivery.write(home, rows | {"lb": [*low, strange]})
    delivery.run(used, date(2024, 4, 2))
    anchor.write(used, NOW, again=True)
    delivery.write(home, rows | {"lb": [*low[:2], strange]})
    delivery.run(used, date(2024, 4, 3))
    desk = Desk(used.db_url, key.trail(used), "T1", "held_row")
    [held] = [i for i in _held(desk)]
    acts.perform(desk, held, "ask", LEE)
    anchor.write(used, NOW, again=True)
    return used


def _held(desk: Desk) -> list[str]:
    from safety.worklist import listing

    return listing.listing(desk.db_url, "T1", "held_row").items["KEY"].tolist()
