"""Who may do what, what people have looked at, and what they sign together."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of the tables must not rewrite this step.
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = "rows are kept for ever and only added to"
# Of those that are only ever added to the columns that tell rows apart.
ADDED_TO = {"meeting_event": "id", "review": "id", "signature": "signature_id"}
TABLES = ("account", "role_grant", "session", "throttle", "review", "meeting", "meeting_event",
          "proposal", "signature")  # fmt: skip


def text(name: str, length: int = 0, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def number(name: str, kind: Any = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False)


def _create(name: str, key: str, *parts: Any) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{name}"))


def _refers(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [to], name=f"fk_{table}_{name}")


def upgrade() -> None:
    _accounts()
    _review()
    _meetings()
    _proposal()
    _signature()
    for table, key in ADDED_TO.items():
        _guard(table, key)


def _accounts() -> None:
    _create(
        "account", "account_id",
        text("account_id", 32), text("username", 64), text("name"), text("password"),
        text("issuer", nullable=True), text("subject", nullable=True), text("language", 8),
        text("state", 10), number("demo"), text("created_at", 32), text("password_at", 32),
        number("revision"),
        sa.UniqueConstraint("username", name="uq_account_username"),
        sa.UniqueConstraint("issuer", "subject", name="uq_account_issuer_subject"),
    )  # fmt: skip
    _create(
        "role_grant", "account_id study role",
        text("account_id", 32), text("study", 41), text("role", 12), text("granted_at", 32),
        text("granted_by"), _refers("role_grant", "account_id", "account.account_id"),
    )  # fmt: skip
    _create(
        "session", "session_id",
        text("session_id", 64), text("account_id", 32), text("method", 10),
        *(text(name, 32) for name in ("created_at", "seen_at", "auth_at")), text("address"),
        text("ended_at", 32), text("ended_for", 20),
        _refers("session", "account_id", "account.account_id"),
    )  # fmt: skip
    op.create_index("ix_session_account_id", "session", ["account_id"])
    _create("throttle", "key", text("key", 64), number("failures"), text("last_at", 32),
            text("until", 32))  # fmt: skip


def _review() -> None:
    _create(
        "review", "id",
        number("id", sequence), text("study", 41), text("object_type", 24), text("key"),
        text("row_hash", 32), text("state", 12), text("actor"), text("at", 32),
        text("snapshot_id", 64), _refers("review", "snapshot_id", "snapshot.snapshot_id"),
    )  # fmt: skip
    op.create_index("ix_review_object", "review", ["study", "object_type", "key"])


def _meetings() -> None:
    _create(
        "meeting", "meeting_id",
        text("meeting_id", 32), text("study", 41), text("title"), text("planned_on", 10),
        text("state", 10), text("snapshot_id", 64, nullable=True), text("created_at", 32),
        text("created_by"), number("revision"),
        _refers("meeting", "snapshot_id", "snapshot.snapshot_id"),
    )  # fmt: skip
    op.create_index("ix_meeting_study", "meeting", ["study"])
    _create(
        "meeting_event", "id",
        number("id", sequence), text("meeting_id", 32), text("kind", 16), text("actor"),
        text("body"), text("at", 32), _refers("meeting_event", "meeting_id", "meeting.meeting_id"),
    )  # fmt: skip
    op.create_index("ix_meeting_event_meeting_id", "meeting_event", ["meeting_id"])


def _proposal() -> None:
    _create(
        "proposal", "proposal_id",
        text("proposal_id", 32), text("study", 41), text("kind", 16),
        *(text(name) for name in ("usubjid", "doselvl", "statement", "next_level", "reason",
                                  "content")),
        text("content_sha256", 64), text("snapshot_id", 64), text("meeting_id", 32, nullable=True),
        text("state", 10), text("proposed_by"), text("proposed_at", 32), text("ended_by"),
        text("ended_at", 32), text("ended_for"), text("decision_id", 32, nullable=True),
        number("revision"),
        _refers("proposal", "snapshot_id", "snapshot.snapshot_id"),
        _refers("proposal", "meeting_id", "meeting.meeting_id"),
        _refers("proposal", "decision_id", "decision.decision_id"),
    )  # fmt: skip
    op.create_index("ix_proposal_study", "proposal", ["study", "state"])


def _signature() -> None:
    _create(
        "signature", "signature_id",
        text("signature_id", 32), text("study", 41), text("object_type", 24), text("object_id"),
        text("content_sha256", 64), text("meaning", 16), text("account_id", 32),
        text("printed_name"), text("method", 10), text("auth_at", 32), text("at", 32),
        text("snapshot_id", 64),
        _refers("signature", "account_id", "account.account_id"),
        _refers("signature", "snapshot_id", "snapshot.snapshot_id"),
    )  # fmt: skip
    op.create_index("ix_signature_object", "signature", ["object_type", "object_id"])


def _guard(table: str, key: str) -> None:
    """Refuse to change or take away a row, as step 0007 does for the tables before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f'CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION toxwatch_only_added_to('ADDED')"
        )
        op.execute(
            f'CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION toxwatch_only_added_to('ADDED')"
        )
        return
    same = sa.column(key) == sa.literal_column(f'NEW."{key}"')
    there = sa.exists(sa.literal_column("1")).select_from(sa.table(table)).where(same)
    _refuse(f"no_update_of_{table}", "UPDATE", table)
    _refuse(f"no_delete_of_{table}", "DELETE", table)
    _refuse(f"no_replacing_of_{table}", "INSERT", table, f"WHEN {there.compile(op.get_bind())} ")


def _refuse(name: str, act: str, table: str, when: str = "") -> None:
    op.execute(
        f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" {when}'
        f"BEGIN SELECT RAISE(ABORT, '{act} of {table} refused: {KEPT}'); END"
    )


def downgrade() -> None:
    """Take it back, with the triggers of the tables; decisions that were signed stay decisions."""
    for table in reversed(TABLES):
        op.drop_table(table)
