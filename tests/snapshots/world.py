"""A database in which snapshots were published, without a pipeline: rows in, snapshots out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from safety.manifest import FeedDelivery, Manifest, Release
from safety.store import sync, tables
from safety.store.engine import writer
from safety.store.read import Snapshot, Store
from safety.study.model import Study
from safety.versioning import canonical_json, digest
from tests import build

STUDY = "T1"
Rows = Iterable[Mapping[str, Any]]


def evidence(*records: str) -> str:
    """Return the argument of a result that cites records."""
    return canonical_json([{"record": r, "date": "2024-03-10", "text": r} for r in records])


def measurement(key: str = "LB|S1|1", value: str = "3.1", **changes: Any) -> dict[str, Any]:
    row = {"KEY": key, "USUBJID": "S1", "PARAMCD": "NEUT", "SPEC": "BLOOD", "AVALC": value,
           "AVALU": "10^9/L", "AVAL": float(value), "ADTC": "2024-03-10", "DOMAIN": "LB",
           "FEED": "lab", "SRCFILE": "1/lb.csv", "SRCROW": 1}  # fmt: skip
    return row | changes


def event(key: str = "AE|S1|1", grade: str = "3", **changes: Any) -> dict[str, Any]:
    row = {"KEY": key, "USUBJID": "S1", "AETERM": "tired", "AEDECOD": "Fatigue", "AETOXGR": grade,
           "AESER": "N", "AEREL": "POSSIBLE", "AEOUT": "NOT RECOVERED/NOT RESOLVED",
           "STDTC": "2024-03-05", "DOMAIN": "AE", "FEED": "edc", "SRCFILE": "1/ae.csv",
           "SRCROW": 1}  # fmt: skip
    return row | changes


def verdict(usubjid: str = "S1", verdict: str = "DLT", **changes: Any) -> dict[str, Any]:
    row = {"KEY": usubjid, "USUBJID": usubjid, "DOSELVL": "L1", "VERDICT": verdict,
           "EVALUABLE": "Y", "CLOSES": "2024-03-22"}  # fmt: skip
    return row | changes


def rule(
    usubjid: str = "S1", state: str = "met", *cites: str, rule: str = "N1", **changes: Any
) -> dict[str, Any]:
    row = {"KEY": f"{usubjid}#{rule}#", "USUBJID": usubjid, "RULE": rule, "LATE": "",
           "KIND": "dose_limiting", "STATE": state, "TERMS": '["Fatigue"]' if cites else "[]",
           "EVIDENCE": evidence(*cites), "PLACES": "[]", "MISSING": "[]"}  # fmt: skip
    return row | changes


@cache
def study_of(studyid: str) -> Study:
    return build.study(studyid=studyid)


@cache
def _nothing(name: str) -> pd.DataFrame:
    return sync.prepare(name, pd.DataFrame(columns=["KEY"]))


class World:
    """Publishes snapshots of one study; a table that is not given stays as it was."""

    def __init__(self, db_url: str, studyid: str = STUDY, study: Study | None = None) -> None:
        self.db_url, self.studyid = db_url, studyid
        self.study = study or study_of(studyid)
        self.store = Store(db_url)
        self._tables: dict[str, list[dict[str, Any]]] = {}
        self._engine = writer(db_url)

    def close(self) -> None:
        self._engine.dispose()

    def begin(self) -> Any:
        """Return a transaction."""
        return self._engine.begin()

    def tamper(self, table: str, key: str = "", **values: Any) -> None:
        """Change stored rows behind the back of the database's guards."""
        target = tables.metadata.tables[table]
        with self.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER no_update_of_{table}")
            else:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            change = update(target).values(values)
            connection.execute(change.where(target.c.key == key) if key else change)

    def deliver(self, feed: str, day: str, **files: str) -> int:
        """Receive the files of a day, by domain; return the sequence of the delivery."""
        with self.begin() as connection:
            seq = int(connection.execute(insert(tables.delivery).values(
                study=self.studyid, feed=feed, day=day, sha256=f"{feed}{day}",
                received_at=f"{day}T08:00:00+00:00", status="published", reason="",
            )).inserted_primary_key[0])  # fmt: skip
            counts = dict.fromkeys(("size", "received", "accepted", "quarantined", "duplicates"), 0)
            for domain, name in files.items():
                connection.execute(insert(tables.delivery_file).values(
                    delivery_seq=seq, name=name, sha256=name, domain=domain, **counts
                ))  # fmt: skip
        return seq

    def publish(
        self, as_of: str, *, rules: str = "r", code: str = "c", released: Iterable[str] = (),
        at: str = "", kept: bool = True, **changed: Rows,
    ) -> Snapshot:  # fmt: skip
        """Publish a snapshot on what was delivered; `changed` replaces whole tables."""
        with self.begin() as connection:
            return self.write(
                connection, as_of, rules=rules, code=code, released=released, at=at, kept=kept,
                **changed,
            )  # fmt: skip

    def write(self, connection: Connection, as_of: str, **given: Any) -> Snapshot:
        """Publish in a transaction that is open already."""
        named = {n: given.pop(n) for n in ("rules", "code", "released", "at", "kept") if n in given}
        self._tables |= {name: [dict(row) for row in rows] for name, rows in given.items()}
        frames = {name: self.prepared(name) for name in self._tables}
        row = self._row(connection, as_of, frames, **named)
        added = connection.execute(insert(tables.snapshot).values(row))
        seq = int(added.inserted_primary_key[0])
        for name in given:
            sync.sync(connection, name, self.studyid, frames[name], seq)
        names = Snapshot.__dataclass_fields__
        texts = {"header": json.loads(row["header"]), "summary": json.loads(row["summary"])}
        return Snapshot(**{"seq": seq} | {n: v for n, v in row.items() if n in names} | texts)

    def prepared(self, name: str) -> pd.DataFrame:
        """Return the rows of a table now, as they are stored."""
        rows = self._tables.get(name, [])
        if not rows:
            return _nothing(name)
        return sync.prepare(name, pd.DataFrame(rows))

    def _used(self, connection: Connection) -> tuple[FeedDelivery, ...]:
        """Return what a run reads: the newest of each feed and day that is not held."""
        table = tables.delivery
        query = select(table.c["feed", "day", "sha256"]).where(
            table.c.study == self.studyid, table.c.status != "held"
        )
        newest = {(r.feed, r.day): r for r in connection.execute(query.order_by(table.c.seq))}
        return tuple(FeedDelivery(r.feed, r.sha256, (), r.day) for r in newest.values())

    def hold(self, feed: str, day: str) -> int:
        """Receive what cannot be used; return the sequence of the delivery."""
        with self.begin() as connection:
            added = connection.execute(insert(tables.delivery).values(
                study=self.studyid, feed=feed, day=day, sha256="held", status="held",
                received_at="2024-04-02T09:00:00+00:00", reason="a file is missing",
            ))  # fmt: skip
        return int(added.inserted_primary_key[0])

    def _row(
        self, connection: Connection, as_of: str, frames: dict[str, pd.DataFrame], *,
        rules: str = "r", code: str = "c", released: Iterable[str] = (), at: str = "",
        kept: bool = True,
    ) -> dict[str, Any]:  # fmt: skip
        newest = select(tables.delivery.c.seq).where(tables.delivery.c.study == self.studyid)
        last = connection.scalar(newest.order_by(tables.delivery.c.seq.desc()).limit(1))
        releases = tuple(Release(key, "f", "A", "why") for key in released)
        manifest = Manifest("", self.study, rules, code, as_of, "",
                            self._used(connection), releases)  # fmt: skip
        content = canonical_json(manifest.content()) if kept else ""
        results = {name: frames.get(name, _nothing(name)) for name in tables.RESULTS}
        records = {name: frames.get(name, _nothing(name)) for name in tables.RECORDS}
        return {
            "snapshot_id": digest(self.studyid, as_of, rules, code, str(last), *released),
            "study": self.studyid, "delivery_seq": last, "as_of": as_of, "rule_set": rules,
            "ctcae": "6.0", "code_version": code, "result_hash": sync.result_hash(results),
            "record_hash": sync.result_hash(records), "header": "{}", "summary": "{}",
            "created_at": at or f"{as_of}T20:00:00+00:00", "manifest": content,
        }  # fmt: skip
