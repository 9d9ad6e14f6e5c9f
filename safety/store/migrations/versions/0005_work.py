"""Drafted queries, what people work on, and several domains in one delivered file."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of safety.store.tables must not rewrite this step.
QUERY = "usubjid checkid term episode severity topic text evidence places"
CELLS = ("cells", "said")
ROWS = "received = accepted + quarantined + duplicates + superseded + deleted"
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in CELLS:
        op.add_column("finding_row", sa.Column(column, sa.Text))
    _query()
    _work_item()
    _work_event()
    # no table refers to this one: SQLite may make it anew
    with op.batch_alter_table("delivery_file") as batch:
        batch.drop_constraint("pk_delivery_file", type_="primary")
        batch.create_primary_key("pk_delivery_file", ["delivery_seq", "name", "domain"])
        batch.create_check_constraint("ck_delivery_file_rows", ROWS)


def _query() -> None:
    op.create_table(
        "query",
        sa.Column("id", sequence, autoincrement=True, nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("row_hash", sa.String(32), nullable=False),
        sa.Column("tx_from", sa.Integer, nullable=False),
        sa.Column("tx_to", sa.Integer, nullable=False),
        *(sa.Column(column, sa.Text) for column in QUERY.split()),
        sa.PrimaryKeyConstraint("id", name="pk_query"),
        sa.UniqueConstraint("study", "key", "tx_from", name="uq_query_study_key_tx_from"),
    )
    op.create_index("ix_query_current", "query", ["study", "tx_to"])
    op.create_index("ix_query_subject", "query", ["study", "usubjid"])


def _work_item() -> None:
    op.create_table(
        "work_item",
        sa.Column("item_id", sa.String(32), nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "usubjid")),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("first_as_of", sa.String(10), nullable=False),
        sa.Column("first_snapshot", sa.String(64), nullable=False),
        sa.Column("last_as_of", sa.String(10), nullable=False),
        sa.Column("last_snapshot", sa.String(64), nullable=False),
        sa.Column("times_seen", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_work_item"),
        sa.UniqueConstraint("study", "kind", "key", name="uq_work_item_study_kind_key"),
        *(
            sa.ForeignKeyConstraint([name], ["snapshot.snapshot_id"], name=f"fk_work_item_{name}")
            for name in ("first_snapshot", "last_snapshot")
        ),
    )


def _work_event() -> None:
    op.create_table(
        "work_event",
        sa.Column("id", sequence, autoincrement=True, nullable=False),
        sa.Column("item_id", sa.String(32), nullable=False),
        sa.Column("action", sa.String(12), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "reason")),
        sa.Column("state_before", sa.String(12), nullable=False),
        sa.Column("state_after", sa.String(12), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("snapshot_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work_event"),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.item_id"], name="fk_work_event_item_id"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.snapshot_id"], name="fk_work_event_snapshot_id"
        ),
    )
    op.create_index("ix_work_event_item_id", "work_event", ["item_id"])


def downgrade() -> None:
    # of a file of several domains one stays: before, there was a place for one only
    op.execute(
        "DELETE FROM delivery_file WHERE EXISTS (SELECT 1 FROM delivery_file AS other WHERE "
        "other.delivery_seq = delivery_file.delivery_seq AND other.name = delivery_file.name "
        "AND other.domain < delivery_file.domain)"
    )
    with op.batch_alter_table("delivery_file") as batch:
        batch.drop_constraint("ck_delivery_file_rows", type_="check")
        batch.drop_constraint("pk_delivery_file", type_="primary")
        batch.create_primary_key("pk_delivery_file", ["delivery_seq", "name"])
    for name in ("work_event", "work_item", "query"):
        op.drop_table(name)
    for column in reversed(CELLS):
        op.drop_column("finding_row", column)
