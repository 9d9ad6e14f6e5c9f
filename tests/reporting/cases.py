"""Serious adverse events of a small study, and its snapshots in a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import insert, select

from safety.alerts.voice import Voice
from safety.assess.grades import grade_events
from safety.reporting import ledger, life
from safety.reporting.clock import Awareness
from safety.reporting.events import Event, events
from safety.reporting.obligation import Change, Cut, Obligation
from safety.store import tables
from safety.store.engine import writer
from safety.study.model import Study
from tests import build
from tests.trail import TRAIL

Row = dict[str, Any]


def study(**reporting: Any) -> Study:
    """A study that reports; times are of Shanghai."""
    return build.study(reporting=reporting)


def serious(seq: str = "1", **changes: str | None) -> Row:
    """A serious, related grade 3 for which somebody came to hospital."""
    return build.event(seq, "3", **{"AESER": "Y", "AESHOSP": "Y"} | changes)


def frame(*rows: Row, of: Study | None = None) -> pd.DataFrame:
    """The frame `event_grade` of rows of AE."""
    records = build.records("AE", *rows)
    subjects = sorted({row["USUBJID"] for row in rows} | {"S1"})
    return grade_events(
        records, build.exposures(*(build.exposed(s) for s in subjects)), of or study()
    )


def told(*rows: Row, of: Study | None = None) -> list[Event]:
    return events(frame(*rows, of=of)) if rows else []


def cut(day: str, number: int = 1) -> Cut:
    """A snapshot of a day, published at 10:00 UTC."""
    return Cut(f"s{number}", Awareness(day, f"{day}T10:00:00+00:00"))


class Book:
    """The reports of a study, snapshot after snapshot, without a database."""

    def __init__(self, of: Study | None = None) -> None:
        self.study, self.number = of or study(), 0
        self.known: dict[str, Obligation] = {}

    def publish(self, day: str, *rows: Row) -> list[Change]:
        return self.advance(day, told(*rows, of=self.study))

    def advance(self, day: str, found_events: list[Event]) -> list[Change]:
        self.number += 1
        now = cut(day, self.number)
        found = life.advance(self.known.values(), found_events, self.study, now)
        self.known |= {c.now.obligation_id: c.now for c in found}
        return found

    def owed(self) -> dict[str, tuple[str, str]]:
        """State and due time by kind; the kinds of one event."""
        return {o.kind: (o.state, o.due_at) for o in self.known.values()}

    def act(self, kind: str, **changes: Any) -> None:
        """Change the report of a kind as a person would."""
        found = next(o for o in self.known.values() if o.kind == kind)
        self.known[found.obligation_id] = replace(found, **changes)


def publish(
    url: str, snapshot_id: str, day: str, *rows: Row, of: Study | None = None, at: str = ""
) -> None:
    """Publish a snapshot in a database with the reports that it calls for."""
    chosen = of or study()
    engine = writer(url)
    with engine.begin() as connection:
        _snapshot(connection, snapshot_id, day)
        ledger.add(
            connection,
            Voice(chosen, "file", TRAIL),
            frame(*rows, of=chosen) if rows else frame(serious(), of=chosen)[:0],
            snapshot_id=snapshot_id,
            as_of=day,
            at=at or f"{day}T10:00:00+00:00",
        )
    engine.dispose()


def _snapshot(connection: Any, snapshot_id: str, day: str) -> None:
    if connection.scalar(select(tables.delivery.c.seq)) is None:
        connection.execute(insert(tables.delivery).values(
            study="T1", feed="f", day="", sha256="x", received_at=day, status="published",
            reason="",
        ))  # fmt: skip
    first = connection.scalar(select(tables.delivery.c.seq))
    same = tables.snapshot.c.snapshot_id == snapshot_id
    if connection.scalar(select(tables.snapshot.c.seq).where(same)) is not None:
        return
    texts = dict.fromkeys(("rule_set", "ctcae", "code_version", "result_hash", "created_at"), "x")
    connection.execute(insert(tables.snapshot).values(
        snapshot_id=snapshot_id, study="T1", delivery_seq=first, as_of=day, header="{}",
        summary="{}", **texts,
    ))  # fmt: skip
