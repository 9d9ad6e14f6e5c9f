"""Tables of what people decide, what is owed to an authority, and the audit trail of all of it.

A work item is a held row or a query that people settle. A decision rests on cells of a snapshot
(`basis`); a question says that newer data moved one of them. An obligation is a report with a due
time. All but work_item and obligation are only ever added to. Times are UTC, ISO 8601.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from safety.store.base import Sequence, metadata

work_item = Table(
    "work_item",
    metadata,
    Column("item_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("key", Text, nullable=False),
    Column("usubjid", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("owner", Text, nullable=False),
    Column("first_as_of", String(10), nullable=False),
    Column("first_snapshot", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("last_as_of", String(10), nullable=False),
    Column("last_snapshot", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("times_seen", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("study", "kind", "key"),
)
work_event = Table(
    "work_event",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("item_id", ForeignKey("work_item.item_id"), nullable=False, index=True),
    Column("action", String(12), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state_before", String(12), nullable=False),
    Column("state_after", String(12), nullable=False),
    Column("at", String(32), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id"), nullable=False),
)
decision = Table(
    "decision",
    metadata,
    Column("decision_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("kind", String(16), nullable=False),  # adjudication | dose | other
    Column("usubjid", Text, nullable=False),  # "" if it is not about one subject
    Column("doselvl", Text, nullable=False),  # "" if it is not about a dose level
    Column("statement", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("basis", Text, nullable=False),  # JSON: table -> key -> {column: value}
    Column("next_level", Text, nullable=False),  # of the next subjects, "stop"; "" if not said
    Column("quoted", Text, nullable=False),  # JSON of the recommendation that it was made on, or ""
)
question = Table(
    "question",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("decision_id", ForeignKey("decision.decision_id"), nullable=False, index=True),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("at", String(32), nullable=False),
    Column("cells", Text, nullable=False),  # JSON list: table, key, column, before, after
    Column("deliveries", Text, nullable=False),  # JSON list: sequences that moved them
    UniqueConstraint("decision_id", "snapshot_id"),
)
obligation = Table(
    "obligation",
    metadata,
    Column("obligation_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("usubjid", Text, nullable=False),
    Column("event", Text, nullable=False),  # key of the adverse event
    Column("kind", String(16), nullable=False),  # of safety/reporting/clocks.yaml
    Column("aware_on", String(10), nullable=False),  # day 0, a day of the sponsor's zone
    Column("due_at", String(32), nullable=False),
    Column("state", String(12), nullable=False),  # open | submitted | not_required | replaced
    Column("said", Text, nullable=False),  # JSON: what the event said when it was last judged
    Column("warned", Integer, nullable=False),  # percent of the time of which somebody was told
    Column("first_snapshot", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("last_snapshot", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("study", "usubjid", "event", "kind"),
)
obligation_event = Table(
    "obligation_event",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("obligation_id", ForeignKey("obligation.obligation_id"), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state_before", String(12), nullable=False),
    Column("state_after", String(12), nullable=False),
    Column("due_at", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id")),
)
audit = Table(
    "audit",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("study", String(41), nullable=False),  # the chain; "" of what belongs to no study
    Column("number", Integer, nullable=False),  # in its chain, from 1
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", String(24), nullable=False),
    Column("action", String(24), nullable=False),
    Column("object_type", String(24), nullable=False),
    Column("object_id", Text, nullable=False),
    Column("before", Text, nullable=False),  # canonical JSON, "" for nothing
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("snapshot_id", String(64), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("study", "prev_hash"),
    UniqueConstraint("study", "number"),
)
