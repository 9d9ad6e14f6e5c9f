"""Reads for the dashboard and the command line: everything as of one snapshot."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
from pydantic import ValidationError
from sqlalchemy import Engine, Select, case, func, inspect, select

from safety.errors import StudyError, WrongUseError
from safety.manifest import Manifest
from safety.store import tables
from safety.store.engine import reader
from safety.study.model import Study

MOST = 8  # snapshots that a message names


class Cut(NamedTuple):
    """Where in the sequences a snapshot stands: all that a read needs."""

    study: str
    seq: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published data cut; results and records are read as they stood in it."""

    seq: int
    snapshot_id: str
    study: str
    delivery_seq: int
    as_of: str
    rule_set: str
    ctcae: str
    code_version: str
    result_hash: str
    record_hash: str
    created_at: str
    header: dict[str, Any]
    summary: dict[str, Any]

    @property
    def cut(self) -> Cut:
        return Cut(self.study, self.seq)


@lru_cache(maxsize=8)
def _engine(db_url: str) -> Engine:
    return reader(db_url)


@dataclass(frozen=True, slots=True)
class Hold:
    """A file, or a whole delivery (domain ""), that waits while the state before stays current."""

    feed: str
    domain: str
    since: str
    reason: str


class Store:
    """Reads of one database. Every method answers from current tables, never from a cache."""

    def __init__(self, db_url: str) -> None:
        self._engine = _engine(db_url)

    def is_ready(self) -> bool:
        """Return whether the database has its tables."""
        return inspect(self._engine).has_table("snapshot")

    def studies(self) -> list[str]:
        """Return ids of studies with a published snapshot."""
        return self._scalars(select(tables.snapshot.c.study).distinct().order_by("study"))

    def snapshots(self, study: str, most: int | None = None) -> list[Snapshot]:
        """Return the snapshots of a study, newest first: every one, or at most so many."""
        table = tables.snapshot
        columns = [table.c[f.name] for f in fields(Snapshot)]  # not the manifest, which is large
        query = select(*columns).where(table.c.study == study).order_by(table.c.seq.desc())
        rows = self._rows(query.limit(most))
        return [
            Snapshot(**r | {name: json.loads(r[name]) for name in ("header", "summary")})
            for r in rows
        ]

    def latest(self, study: str) -> Snapshot | None:
        """Return the newest snapshot of a study, or None."""
        found = self.snapshots(study, most=1)
        return found[0] if found else None

    def snapshot(self, study: str, prefix: str) -> Snapshot:
        """Return the snapshot of a study whose id begins so; the newest of an as_of YYYY-MM-DD.

        study: "" for any. Raises WrongUseError, naming those there are, if there is none or more
        than one.
        """
        studies = [study] if study else self.studies()
        known = [s for each in studies for s in self.snapshots(each)]
        by_day = {s.study: s for s in reversed(known) if s.as_of == prefix}.values()
        found = list(by_day) or [s for s in known if prefix and s.snapshot_id.startswith(prefix)]
        if len(found) != 1:
            raise WrongUseError(_not_one(study, prefix, found or known, bool(found)))
        return found[0]

    def manifest(self, snapshot_id: str) -> Manifest | None:
        """Return what a snapshot was made from; None of one of before manifests were kept.

        Raises StudyError if its study was written in a form that this version cannot read.
        """
        table = tables.snapshot
        query = select(table.c.manifest).where(table.c.snapshot_id == snapshot_id)
        return _manifest(snapshot_id, "".join(self._scalars(query)))

    def study(self, studyid: str) -> Study | None:
        """Return a study as its newest snapshot has it; None where no manifest was kept."""
        table = tables.snapshot
        query = select(table.c.snapshot_id, table.c.manifest).where(table.c.study == studyid)
        for row in self._rows(query.order_by(table.c.seq.desc()).limit(1)):
            found = _manifest(row["snapshot_id"], row["manifest"])
            return found.study if found else None
        return None

    def frame(
        self, name: str, cut: Cut, columns: list[str] | None = None, **equal: str
    ) -> pd.DataFrame:
        """Return rows of a record or result table as they stood in a snapshot.

        columns: lower-case names, all by default; equal: column = value filters. The frame's
        columns are in upper case, as everywhere outside the database.
        """
        table = tables.BITEMPORAL[name]
        chosen = [table.c[c] for c in columns] if columns else list(table.c)
        query = select(*chosen).where(
            table.c.study == cut.study,
            table.c.tx_from <= cut.seq,
            table.c.tx_to > cut.seq,
            *(table.c[c] == value for c, value in equal.items()),
        )
        with self._engine.connect() as connection:
            return pd.read_sql_query(query, connection).rename(columns=str.upper)

    def deliveries(self, study: str) -> pd.DataFrame:
        """Return deliveries of a study with their files and row accounting, newest first."""
        d, f = tables.delivery, tables.delivery_file
        query = (
            select(d.c.seq, d.c.feed, d.c.day, d.c.received_at, d.c.status, d.c.reason, f.c.name,
                   f.c.domain, f.c.sha256, f.c.size, f.c.received, f.c.accepted,
                   f.c.quarantined, f.c.duplicates, f.c.superseded, f.c.deleted,
                   f.c.status.label("file_status"), f.c.reason.label("file_reason"))
            .outerjoin(f, f.c.delivery_seq == d.c.seq)
            .where(d.c.study == study)
            .order_by(d.c.seq.desc(), f.c.name, f.c.domain)
        )  # fmt: skip
        return self._frame(query)

    def holds(self, snapshot: Snapshot) -> list[Hold]:
        """Return what is held now: files as the snapshot knows them, and deliveries since."""
        files = [
            Hold(feed["feed"], h["domain"], h["since"], f"{h['file']}: {h['reason']}")
            for feed in snapshot.summary.get("feeds", [])
            for h in feed["held"]
        ]
        told = {h.feed for h in files}
        deliveries = self.deliveries(snapshot.study).drop_duplicates("SEQ")
        whole = [_held(of_feed) for _, of_feed in deliveries.groupby("FEED", sort=True)]
        since = [
            hold for seq, hold in whole
            if hold is not None and (seq > snapshot.delivery_seq or hold.feed not in told)
        ]  # fmt: skip
        return [*files, *since]

    def alerts(self, study: str) -> pd.DataFrame:
        """Return alerts of a study with how many of their messages were sent."""
        a, o = tables.alert, tables.outbox
        sent = func.sum(case((o.c.state == "sent", 1), else_=0)).label("sent")
        query = (
            select(a, sent, func.count(o.c.id).label("messages"))
            .outerjoin(o, o.c.alert_id == a.c.alert_id)
            .where(a.c.study == study)
            .group_by(*a.c)
            .order_by(a.c.tier, a.c.usubjid, a.c.rule, a.c.episode)
        )
        return self._frame(query)

    def _frame(self, query: Select[Any]) -> pd.DataFrame:
        with self._engine.connect() as connection:
            return pd.read_sql_query(query, connection).rename(columns=str.upper)

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def _scalars(self, query: Select[Any]) -> list[str]:
        with self._engine.connect() as connection:
            return [str(v) for v in connection.scalars(query)]


def _manifest(snapshot_id: str, text: str) -> Manifest | None:
    if not text:
        return None
    try:
        return Manifest.from_content(snapshot_id, json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"{place}: {first['msg']}. Run the study again: its newest snapshot is of today."
        raise StudyError(f"study of snapshot {snapshot_id[:12]}", [problem]) from error


def _not_one(study: str, prefix: str, candidates: list[Snapshot], several: bool) -> str:
    what = "several snapshots begin with, or are as of," if several else "no snapshot begins with"
    listed = ", ".join(f"{s.snapshot_id[:12]} ({s.study}, {s.as_of})" for s in candidates[:MOST])
    more = f" and {len(candidates) - MOST} more" if len(candidates) > MOST else ""
    return f"{study or 'database'}: {what} {prefix!r}; there are: {listed or 'none'}{more}."


def _held(of_feed: pd.DataFrame) -> tuple[int, Hold | None]:
    """Return the sequence of a feed's newest delivery, and its hold if it is held.

    of_feed: deliveries, newest first. Held since the first one after the last that was used.
    """
    newest = of_feed.iloc[0]
    if newest["STATUS"] != "held":
        return int(newest["SEQ"]), None
    used = of_feed["STATUS"].ne("held")
    first = of_feed[~used.cummax()].iloc[-1]
    since = str(first["DAY"] or first["RECEIVED_AT"][:10])
    return int(newest["SEQ"]), Hold(str(newest["FEED"]), "", since, str(newest["REASON"]))
