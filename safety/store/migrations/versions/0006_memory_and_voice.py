"""The life of alerts, what is sent of them, decisions, reports that are owed, and the audit."""

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of the tables must not rewrite this step.
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Rows = list[dict[str, Any]]
OLD_CHANNELS = ("file", "smtp")
ALERT_TEXTS = {"told_at": 32, "due_at": 32, "suppressed_until": 32}


def text(
    name: str, length: int = 0, default: str | None = None, *, nullable: bool = False
) -> sa.Column[str]:
    return sa.Column(
        name, sa.String(length) if length else sa.Text(), nullable=nullable, server_default=default
    )


def number(name: str, kind: Any = sa.Integer, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def upgrade() -> None:
    op.add_column("snapshot", text("record_hash", 64, ""))
    op.add_column("snapshot", text("manifest", default=""))
    waiting = _rows("outbox")
    op.drop_table("outbox")  # it refers to the table of alerts, which is made anew
    _alert()
    _alert_event()
    _outbox()
    _delivery_log()
    _keep_outbox(waiting)
    _decision()
    _obligation()
    _audit()
    _monitor()


def _rows(table: str, order: str = "id") -> Rows:
    query = sa.select(sa.text("*")).select_from(sa.table(table)).order_by(sa.text(order))
    return [dict(row) for row in op.get_bind().execute(query).mappings()]


def _alert() -> None:
    with op.batch_alter_table("alert") as batch:
        batch.alter_column("first_snapshot", existing_type=sa.String(64), nullable=True)
        batch.add_column(text("last_snapshot", 64, nullable=True))
        batch.create_foreign_key(
            "fk_alert_last_snapshot", "snapshot", ["last_snapshot"], ["snapshot_id"]
        )
        batch.add_column(text("condition", 8, "holds"))
        for name, length in ALERT_TEXTS.items():
            batch.add_column(text(name, length, ""))
        batch.add_column(number("step", default="0"))
        for name in ("owner", "outcome"):
            batch.add_column(text(name, default=""))
    op.execute("UPDATE alert SET last_snapshot = first_snapshot, told_at = created_at")


def _alert_event() -> None:
    op.create_table(
        "alert_event",
        number("id", sequence),
        text("alert_id", 32),
        number("revision"),
        text("action", 12),
        *(text(name) for name in ("actor", "reason")),
        *(text(name, 12) for name in ("state_before", "state_after")),
        text("condition", 8),
        text("tier", 2),
        number("level", sa.SmallInteger),
        number("verified", sa.SmallInteger),
        *(text(name) for name in ("title", "body")),
        text("at", 32),
        text("snapshot_id", 64, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alert_event"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name="fk_alert_event_alert_id"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.snapshot_id"], name="fk_alert_event_snapshot_id"
        ),
    )
    op.create_index("ix_alert_event_alert_id", "alert_event", ["alert_id"])
    op.execute(
        "INSERT INTO alert_event (alert_id, revision, action, actor, reason, state_before, "
        "state_after, condition, tier, level, verified, title, body, at, snapshot_id) "
        "SELECT alert_id, revision, 'raise', 'toxwatch', '', '', state, condition, tier, level, "
        "verified, title, body, created_at, first_snapshot FROM alert"
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        number("id", sequence),
        text("study", 41),
        text("alert_id", 32, nullable=True),
        text("key", 64),
        text("thread", 64, ""),
        text("kind", 12),
        number("revision"),
        text("tier", 2),
        text("channel", 40),
        *(text(name) for name in ("recipient", "subject", "body")),
        text("state", 8),
        number("attempts"),
        text("last_error"),
        text("created_at", 32),
        *(text(name, 32, "") for name in ("not_before", "lease_until")),
        text("leased_by", 64, ""),
        text("sent_at", 32, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name="fk_outbox_alert_id"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_index("ix_outbox_alert_id", "outbox", ["alert_id"])


def _delivery_log() -> None:
    op.create_table(
        "delivery_log",
        number("id", sequence),
        number("outbox_id", sequence),
        number("attempt"),
        text("outcome", 8),
        text("reply"),
        text("at", 32),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_log"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_delivery_log_outbox_id"),
    )
    op.create_index("ix_delivery_log_outbox_id", "delivery_log", ["outbox_id"])
    op.create_table(
        "breaker",
        text("channel", 40),
        number("failures"),
        *(text(name, 32) for name in ("since", "probe_at")),
        text("error"),
        sa.PrimaryKeyConstraint("channel", name="pk_breaker"),
    )


def _keep_outbox(rows: Rows) -> None:
    """Messages as they were, under the key their Message-ID had, those sent with an entry."""
    alerts = {row["alert_id"]: row for row in _rows("alert", "alert_id")}
    outbox = sa.table("outbox", *(sa.column(c) for c in (
        "id", "study", "alert_id", "key", "thread", "kind", "revision", "tier", "channel",
        "recipient", "subject", "body", "state", "attempts", "last_error", "created_at", "sent_at",
    )))  # fmt: skip
    entries = ("outbox_id", "attempt", "outcome", "reply", "at")
    log = sa.table("delivery_log", *(sa.column(c) for c in entries))
    for row in rows:
        alert = alerts[row["alert_id"]]
        data = row["recipient"].encode()
        to = hashlib.sha256(len(data).to_bytes(8, "big") + data).hexdigest()[:12]
        first = f"{row['alert_id']}.1.{to}"
        told = {
            "study": alert["study"], "key": f"{row['alert_id']}.{row['revision']}.{to}",
            "thread": "" if row["revision"] == 1 else first,
            "kind": "raise" if row["revision"] == 1 else "worsen", "tier": alert["tier"],
            "subject": alert["title"], "body": alert["body"], "created_at": alert["created_at"],
        }  # fmt: skip
        op.execute(sa.insert(outbox).values(**row, **told))
        if row["state"] == "sent":
            entry = {"outbox_id": row["id"], "attempt": row["attempts"], "outcome": "sent",
                     "reply": "", "at": row["sent_at"]}  # fmt: skip
            op.execute(sa.insert(log).values(**entry))
    if rows:
        _number_on()


def _number_on() -> None:
    """Let messages be numbered after those that were put there with their numbers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('outbox_id_seq', (SELECT max(id) FROM outbox))")


def _monitor() -> None:
    """What a stopping rule counts, a result like the others."""
    texts = ("rule", "doselvl", "ruletext", "subjects", "atrisk", "undecided", "waiting")
    op.create_table(
        "monitor",
        number("id", sequence),
        text("study", 41),
        text("key"),
        text("row_hash", 32),
        *(number(name) for name in ("tx_from", "tx_to")),
        *(text(name, nullable=True) for name in texts),
        *(sa.Column(name, sa.Integer) for name in ("n", "events")),
        sa.PrimaryKeyConstraint("id", name="pk_monitor"),
        sa.UniqueConstraint("study", "key", "tx_from", name="uq_monitor_study_key_tx_from"),
    )
    op.create_index("ix_monitor_current", "monitor", ["study", "tx_to"])


def _decision() -> None:
    op.create_table(
        "decision",
        text("decision_id", 32),
        text("study", 41),
        text("kind", 16),
        *(text(name) for name in ("usubjid", "doselvl", "statement", "actor", "reason")),
        text("at", 32),
        text("snapshot_id", 64),
        *(text(name) for name in ("basis", "next_level", "quoted")),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decision"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.snapshot_id"], name="fk_decision_snapshot_id"
        ),
    )
    op.create_table(
        "question",
        number("id", sequence),
        text("decision_id", 32),
        text("snapshot_id", 64),
        text("at", 32),
        *(text(name) for name in ("cells", "deliveries")),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], name="fk_question_decision_id"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.snapshot_id"], name="fk_question_snapshot_id"
        ),
        sa.UniqueConstraint(
            "decision_id", "snapshot_id", name="uq_question_decision_id_snapshot_id"
        ),
    )
    op.create_index("ix_question_decision_id", "question", ["decision_id"])


def _obligation() -> None:
    op.create_table(
        "obligation",
        text("obligation_id", 32),
        text("study", 41),
        *(text(name) for name in ("usubjid", "event")),
        text("kind", 16),
        text("aware_on", 10),
        text("due_at", 32),
        text("state", 12),
        text("said"),
        number("warned"),
        *(text(name, 64) for name in ("first_snapshot", "last_snapshot")),
        number("revision"),
        sa.PrimaryKeyConstraint("obligation_id", name="pk_obligation"),
        sa.UniqueConstraint(
            "study", "usubjid", "event", "kind", name="uq_obligation_study_usubjid_event_kind"
        ),
        *(
            sa.ForeignKeyConstraint([name], ["snapshot.snapshot_id"], name=f"fk_obligation_{name}")
            for name in ("first_snapshot", "last_snapshot")
        ),
    )
    op.create_table(
        "obligation_event",
        number("id", sequence),
        text("obligation_id", 32),
        text("action", 16),
        *(text(name) for name in ("actor", "reason")),
        *(text(name, 12) for name in ("state_before", "state_after")),
        *(text(name, 32) for name in ("due_at", "at")),
        text("snapshot_id", 64, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_obligation_event"),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.obligation_id"],
            name="fk_obligation_event_obligation_id",
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.snapshot_id"], name="fk_obligation_event_snapshot_id"
        ),
    )  # fmt: skip
    op.create_index("ix_obligation_event_obligation_id", "obligation_event", ["obligation_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        number("seq", sequence),
        text("study", 41),
        number("number"),
        text("at", 32),
        text("actor"),
        *(text(name, 24) for name in ("role", "action", "object_type")),
        *(text(name) for name in ("object_id", "before", "after", "reason")),
        *(text(name, 64) for name in ("snapshot_id", "prev_hash", "hash")),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sa.UniqueConstraint("study", "prev_hash", name="uq_audit_study_prev_hash"),
        sa.UniqueConstraint("study", "number", name="uq_audit_study_number"),
    )


def downgrade() -> None:
    """Take it back; of messages those by mail stay whose alert did, of alerts those of a snapshot.

    Messages to a webhook or a chat go: nothing of before knows how to send them.
    """
    for name in ("audit", "obligation_event", "obligation", "question", "decision",
                 "breaker", "delivery_log", "monitor"):  # fmt: skip
        op.drop_table(name)
    waiting = [row for row in _rows("outbox") if row["kind"] in {"raise", "worsen"}]
    for name in ("outbox", "alert_event"):
        op.drop_table(name)
    op.execute("DELETE FROM alert WHERE first_snapshot IS NULL")
    with op.batch_alter_table("alert") as batch:
        batch.drop_constraint("fk_alert_last_snapshot", type_="foreignkey")
        for name in ("last_snapshot", "condition", *ALERT_TEXTS, "step", "owner", "outcome"):
            batch.drop_column(name)
        batch.alter_column("first_snapshot", existing_type=sa.String(64), nullable=False)
    _old_outbox(waiting)
    for name in ("manifest", "record_hash"):
        op.drop_column("snapshot", name)


def _old_outbox(rows: Rows) -> None:
    columns = (
        number("id", sequence), text("alert_id", 32), number("revision"), text("channel", 8),
        text("recipient"), text("state", 8), number("attempts"), text("last_error"),
        text("sent_at", 32, nullable=True),
    )  # fmt: skip
    table = op.create_table(
        "outbox",
        *columns,
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name="fk_outbox_alert_id"),
        sa.UniqueConstraint(
            "alert_id", "revision", "channel", "recipient",
            name="uq_outbox_alert_id_revision_channel_recipient",
        ),
    )  # fmt: skip
    op.create_index("ix_outbox_state", "outbox", ["state"])
    kept = {row["alert_id"] for row in _rows("alert", "alert_id")}
    names = [c.name for c in columns]
    old = [
        {n: row[n] for n in names}
        for row in rows
        if row["alert_id"] in kept and row["channel"] in OLD_CHANNELS
    ]
    if old:
        op.bulk_insert(table, old)
        _number_on()
