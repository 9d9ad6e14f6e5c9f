"""Writing a meeting and its events, each with its entry of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from safety.audit import record
from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.store import tables
from safety.versioning import canonical_json


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes in a transaction that holds the study. actor: as the trail tells it; at: UTC."""

    connection: Connection
    trail: Trail
    studyid: str
    actor: str
    at: str

    def add_meeting(self, row: Mapping[str, Any]) -> None:
        """Write a new meeting."""
        table = tables.meeting
        [added] = record.insert_rows(self.connection, table, [row])
        entry = record.added(table, added, self.studyid, "plan", actor=self.actor)
        self.trail.append(self.connection, [entry], self.at)

    def add(
        self, meeting_id: str, kind: str, body: Mapping[str, Any], *, reason: str = ""
    ) -> None:  # fmt: skip
        """Write an event of a meeting."""
        table = tables.meeting_event
        row = {"meeting_id": meeting_id, "kind": kind, "actor": self.actor,
               "body": canonical_json(body), "at": self.at}  # fmt: skip
        [added] = record.insert_rows(self.connection, table, [row])
        entry = record.added(table, added, self.studyid, kind, actor=self.actor, reason=reason)
        self.trail.append(self.connection, [entry], self.at)

    def move(self, meeting_id: str, **values: str) -> None:
        """Change state or snapshot of a meeting, which its newest event tells too."""
        table = tables.meeting
        this = table.c.meeting_id == meeting_id
        before = dict(self.connection.execute(select(table).where(this)).mappings().one())
        after = before | values | {"revision": before["revision"] + 1}
        query = update(table).where(this, table.c.revision == before["revision"])
        moved = {name: after[name] for name in (*values, "revision")}
        if self.connection.execute(query.values(moved)).rowcount != 1:
            raise WrongUseError("the meeting was changed by somebody else just now: look again.")
        entry = record.changed(
            table, before, after, self.studyid, "move", actor=self.actor,
            snapshot_id=after["snapshot_id"] or "",
        )  # fmt: skip
        self.trail.append(self.connection, [entry], self.at)
