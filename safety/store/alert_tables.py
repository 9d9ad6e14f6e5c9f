"""Tables of alerts: what holds, what happened to each, what is to be sent and what was.

`alert` holds the newest state; `alert_event` and `delivery_log` are only ever added to.
Times are UTC, ISO 8601; "" stands for never.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from safety.store.base import Sequence, metadata

alert = Table(
    "alert",
    metadata,
    Column("alert_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("usubjid", Text, nullable=False),
    Column("rule", String(16), nullable=False),
    Column("episode", Text, nullable=False),
    Column("tier", String(2), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("verified", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),
    # holds | cleared (by a change of the data) | over (its time has passed)
    Column("condition", String(8), nullable=False, server_default="holds"),
    Column("revision", Integer, nullable=False),
    Column("first_snapshot", ForeignKey("snapshot.snapshot_id")),
    Column("last_snapshot", ForeignKey("snapshot.snapshot_id")),
    Column("created_at", String(32), nullable=False),
    # when its newest revision was told: from then on somebody has to acknowledge it
    Column("told_at", String(32), nullable=False, server_default=""),
    Column("due_at", String(32), nullable=False, server_default=""),
    Column("step", Integer, nullable=False, server_default="0"),  # of the escalation, done so far
    Column("owner", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("suppressed_until", String(32), nullable=False, server_default=""),
    UniqueConstraint("study", "usubjid", "rule", "episode"),
)
alert_event = Table(
    "alert_event",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("alert_id", ForeignKey("alert.alert_id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("action", String(12), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state_before", String(12), nullable=False),
    Column("state_after", String(12), nullable=False),
    Column("condition", String(8), nullable=False),
    Column("tier", String(2), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("verified", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id")),
)
outbox = Table(
    "outbox",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("study", String(41), nullable=False),
    Column("alert_id", ForeignKey("alert.alert_id")),  # none: a digest
    # what is sent to whom, once: also the Message-ID and the Idempotency-Key
    Column("key", String(64), nullable=False),
    Column("thread", String(64), nullable=False, server_default=""),  # key of the first message
    Column("kind", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("tier", String(2), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False),  # pending | sent | dead
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("not_before", String(32), nullable=False, server_default=""),
    Column("lease_until", String(32), nullable=False, server_default=""),
    Column("leased_by", String(64), nullable=False, server_default=""),
    Column("sent_at", String(32)),
    UniqueConstraint("key"),
    Index("ix_outbox_state", "state"),
    Index("ix_outbox_alert_id", "alert_id"),
)
delivery_log = Table(
    "delivery_log",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("outcome", String(8), nullable=False),  # sent | failed | dead
    Column("reply", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
breaker = Table(  # of a channel that does not answer; a closed one has no row
    "breaker",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", String(32), nullable=False),
    Column("probe_at", String(32), nullable=False),
    Column("error", Text, nullable=False),
)
