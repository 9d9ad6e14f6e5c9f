"""A database of either kind in which snapshots tell of alerts, without a run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select

from safety.alerts import ledger
from safety.alerts.fact import AlertFact
from safety.alerts.known import alerts
from safety.alerts.states import Alert
from safety.alerts.voice import Voice
from safety.store import tables
from safety.store.engine import reader, writer
from safety.study.model import Study
from tests import build
from tests.trail import TRAIL

AT = "2026-11-24T02:00:00+00:00"  # a Tuesday, ten in the morning in Shanghai
MONITOR, BACKUP, DATA = "monitor@example.org", "backup@example.org", "data@example.org"
STUDY = build.study(alerts={
    "recipients": [MONITOR],
    "monitors": [
        {"role": "backup", "address": BACKUP, "tiers": ["P1"]},
        {"role": "data_engineer", "address": DATA, "tiers": ["P4"]},
    ],
})  # fmt: skip


def voice(study: Study = STUDY) -> Voice:
    return Voice(study, "file", TRAIL)


def fact(usubjid: str = "S1", tier: str = "P1", **columns: Any) -> AlertFact:
    content = {
        "rule": "DLT", "episode": "R1|3", "level": 3, "verified": True,
        "title": f"{tier} T1 {usubjid}: DLT rash", "body": f"DLT rash of {usubjid}\nRule R1",
    }  # fmt: skip
    return AlertFact(usubjid=usubjid, tier=tier, **content | columns)


def snapshot(db_url: str, *facts: AlertFact, number: int = 1, at: str = AT, **how: Any) -> int:
    """Write a snapshot, if it is new, and what it says of alerts; return how many are told."""
    engine = writer(db_url)
    with engine.begin() as connection:
        told = snapshot_in(connection, *facts, number=number, at=at, **how)
    engine.dispose()
    return told


def snapshot_in(
    connection: Connection, *facts: AlertFact, number: int = 1, at: str = AT, **how: Any
) -> int:
    """Do so in a transaction that is open."""
    snapshot_id = f"snap{number}"
    known = tables.snapshot.c.snapshot_id == snapshot_id
    if not connection.scalar(select(func.count()).where(known)):
        _add(connection, snapshot_id, at)
    return ledger.add(connection, voice(), facts, snapshot_id=snapshot_id, at=at, **how)


def _add(connection: Connection, snapshot_id: str, at: str) -> None:
    seq = connection.scalar(insert(tables.delivery).values(
        study="T1", feed="f", day="", sha256=snapshot_id, received_at=at, status="published",
        reason="",
    ).returning(tables.delivery.c.seq))  # fmt: skip
    connection.execute(insert(tables.snapshot).values(
        snapshot_id=snapshot_id, study="T1", delivery_seq=seq, as_of=at[:10], rule_set="r",
        ctcae="5.0", code_version="c", result_hash="", created_at=at, header="{}", summary="{}",
    ))  # fmt: skip


def known(db_url: str) -> dict[str, Alert]:
    """Return the alerts of the study by subject."""
    engine = reader(db_url)
    with engine.connect() as connection:
        found = {a.usubjid: a for a in alerts(connection, "T1")}
    engine.dispose()
    return found


def rows(db_url: str, table: Any) -> list[dict[str, Any]]:
    engine = reader(db_url)
    with engine.connect() as connection:
        query = select(table).order_by(*table.primary_key.columns)
        found = [dict(row) for row in connection.execute(query).mappings()]
    engine.dispose()
    return found
