"""A database in which snapshots with held rows and queries were published, without a pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import insert, select

from safety.manifest import Manifest
from safety.store import sync, tables
from safety.store.engine import writer
from safety.worklist import ledger
from safety.workspace import Workspace
from tests import build, databases
from tests.trail import TRAIL

Rows = list[dict[str, Any]]
STAMP = "2024-04-02T08:00:00+00:00"
ROW = {
    "KEY": "LB|S1|ALT|1#0123456789ab", "USUBJID": "S1", "DOMAIN": "LB", "CHECKS": "ME-005",
    "REASON": "not so: sample date is not in the future (ME-005, fault 7)", "RAW": "{}",
    "SRCFILE": "lb.csv", "SRCROW": 3, "FINGERPRINT": "f1", "REFUSED": "",
}  # fmt: skip
QUERY = {
    "KEY": "RE-001#S1#7", "USUBJID": "S1", "CHECKID": "RE-001", "SEVERITY": "critical",
    "TERM": "Anemia", "EPISODE": "7", "TOPIC": "grade without event",
    "TEXT": "=Please look at this",
    "EVIDENCE": json.dumps([{"record": "LB|1", "date": "2024-03-10", "text": "HGB 60 g/L"}]),
    "PLACES": "[]",
}  # fmt: skip


def publish(
    home: Path,
    snapshot_id: str,
    as_of: str,
    held: Rows = (),
    queries: Rows = (),
    accepted: Rows = (),
    passed: Rows = (),
    unchanged: list[str] | None = None,
) -> list[ledger.Change]:
    """Publish a snapshot in a home; held and queries replace what the one before it had."""
    study = build.study()
    space = Workspace(home / "work", snapshot_id)
    manifest = Manifest(snapshot_id, study, "r", "c", as_of, STAMP, ())
    space.create(manifest)
    frames = {
        "quarantine": pd.DataFrame(held, columns=list(ROW)),
        "query": pd.DataFrame(queries, columns=list(QUERY)),
        "passed": pd.DataFrame(passed, columns=["KEY", "USUBJID", "FINGERPRINT"]),
        "measurement": pd.DataFrame(accepted, columns=["KEY"]),
    }
    for name, frame in frames.items():
        space.write(name, frame.astype({c: "str" for c in frame if c != "SRCROW"}))
    space.write_json("unchanged", unchanged or [])
    engine = writer(databases.of(home))
    with engine.begin() as connection:
        if connection.scalar(select(tables.delivery.c.seq)) is None:
            connection.execute(insert(tables.delivery).values(
                study="T1", feed="f", day="", sha256="x", received_at=STAMP, status="published",
                reason="",
            ))  # fmt: skip
        texts = dict.fromkeys(
            ("rule_set", "ctcae", "code_version", "result_hash", "created_at"), "x"
        )
        connection.execute(insert(tables.snapshot).values(
            snapshot_id=snapshot_id, study="T1", delivery_seq=1, as_of=as_of, header="{}",
            summary="{}", **texts,
        ))  # fmt: skip
        seq = connection.scalar(
            select(tables.snapshot.c.seq).where(tables.snapshot.c.snapshot_id == snapshot_id)
        )
        for name in ("quarantine", "query"):
            sync.sync(connection, name, "T1", sync.prepare(name, space.read(name)), seq)
        changes = ledger.add(connection, space, TRAIL, STAMP)
    engine.dispose()
    return changes
