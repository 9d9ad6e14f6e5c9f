"""First tables: deliveries, bitemporal records and results, snapshots, alerts, outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of safety.store.tables must not rewrite this step.
KINDS = {"text": sa.Text, "float": sa.Float, "small": sa.SmallInteger, "int": sa.Integer}
BITEMPORAL = {
    "subject": {
        "text": (
            "usubjid siteid sex armcd arm actarmcd actarm rfstdtc rfendtc rficdtc dthdtc "
            "dthfl domain feed srcfile "
        ),
        "float": "age",
        "int": "srcrow",
    },
    "dose": {
        "text": (
            "usubjid trt dosec dosu dosfrq visit stdtc endtc stdtmin stdtmax endtmin endtmax "
            "domain feed srcfile "
        ),
        "float": "dose",
        "int": "srcrow",
    },
    "measurement": {
        "text": (
            "usubjid paramcd param spec method pos tpt avalc avalu ucum comparator valuestate "
            "anrloc anrhic nrind stat visitnum visit adtc adtmin adtmax domain feed srcfile "
        ),
        "float": "aval anrlo anrhi",
        "int": "srcrow",
    },
    "adverse_event": {
        "text": (
            "usubjid aeseq aetoxgr aesev aeser aesdth aeslife aeshosp aerel aeacn aeout stdtc "
            "endtc stdtmin stdtmax endtmin endtmax aeterm aedecod aebodsys domain feed "
            "srcfile "
        ),
        "int": "srcrow",
    },
    "exposure": {
        "text": "usubjid trtsdt trtedt trtsource",
        "int": "doses expdays",
    },
    "grade": {
        "text": (
            "usubjid paramcd adtmin adtmax direction ablfl postfl trtemfl meddracd possible "
            "numposs criterion gunit mkey term soc reasons "
        ),
        "int": "ady",
        "small": "atoxgr btoxgr basestate",
        "float": "gval base",
    },
    "event_grade": {
        "text": "usubjid possible rel trtemfl",
        "small": "atoxgr",
        "int": "astdy astdymin astdymax",
    },
    "episode": {
        "text": "usubjid direction episode endt recovered trtemfl term",
        "small": "maxgr",
        "int": "lower upper samples ungraded",
    },
    "worst_grade": {
        "text": "usubjid direction trtemfl term soc",
        "small": "basegr worstgr worstpos tegr",
        "int": "values graded ungraded",
    },
    "worst_event": {
        "text": "usubjid worst related serious term soc",
        "small": "maxgr mingr",
        "int": "events",
    },
    "candidate": {
        "text": "usubjid rule direction state onsetdt grades term evidence missing",
        "int": "onsetdy",
    },
    "finding": {
        "text": "checkid domain status severity handling title citation file note",
        "int": "checked failed",
    },
    "finding_row": {
        "text": "checkid domain usubjid record file",
        "int": "srcrow",
    },
    "quarantine": {
        "text": "domain usubjid checks reason raw srcfile",
        "int": "srcrow",
    },
}
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("seq", sequence, autoincrement=True, nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("feed", sa.String(31), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_delivery"),
    )
    op.create_index("ix_delivery_study_feed", "delivery", ["study", "feed"])
    op.create_table(
        "delivery_file",
        sa.Column("delivery_seq", sequence, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("received", "accepted", "quarantined", "duplicates")
        ),
        sa.PrimaryKeyConstraint("delivery_seq", "name", name="pk_delivery_file"),
        sa.ForeignKeyConstraint(
            ["delivery_seq"], ["delivery.seq"], name="fk_delivery_file_delivery_seq"
        ),
    )
    op.create_table(
        "snapshot",
        sa.Column("seq", sequence, autoincrement=True, nullable=False),
        sa.Column("snapshot_id", sa.String(64), nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("delivery_seq", sequence, nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("rule_set", sa.String(16), nullable=False),
        sa.Column("ctcae", sa.String(5), nullable=False),
        sa.Column("code_version", sa.String(16), nullable=False),
        sa.Column("result_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_snapshot"),
        sa.UniqueConstraint("snapshot_id", name="uq_snapshot_snapshot_id"),
        sa.ForeignKeyConstraint(
            ["delivery_seq"], ["delivery.seq"], name="fk_snapshot_delivery_seq"
        ),
    )
    op.create_table(
        "alert",
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("usubjid", sa.Text, nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("episode", sa.Text, nullable=False),
        sa.Column("tier", sa.String(2), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("verified", sa.SmallInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("first_snapshot", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", name="pk_alert"),
        sa.UniqueConstraint(
            "study", "usubjid", "rule", "episode", name="uq_alert_study_usubjid_rule_episode"
        ),
        sa.ForeignKeyConstraint(
            ["first_snapshot"], ["snapshot.snapshot_id"], name="fk_alert_first_snapshot"
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sequence, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("sent_at", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint(
            "alert_id",
            "revision",
            "channel",
            "recipient",
            name="uq_outbox_alert_id_revision_channel_recipient",
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name="fk_outbox_alert_id"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])
    for name, columns in BITEMPORAL.items():
        _create_bitemporal(name, columns)


def _create_bitemporal(name: str, columns: dict[str, str]) -> None:
    fields: list[sa.Column[object]] = [
        sa.Column(column, KINDS[kind])
        for kind, names in columns.items()
        for column in names.split()
    ]
    op.create_table(
        name,
        sa.Column("id", sequence, autoincrement=True, nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("row_hash", sa.String(32), nullable=False),
        sa.Column("tx_from", sa.Integer, nullable=False),
        sa.Column("tx_to", sa.Integer, nullable=False),
        *fields,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("study", "key", "tx_from", name=f"uq_{name}_study_key_tx_from"),
    )
    op.create_index(f"ix_{name}_current", name, ["study", "tx_to"])
    if any(f.name == "usubjid" for f in fields):
        op.create_index(f"ix_{name}_subject", name, ["study", "usubjid"])


def downgrade() -> None:
    for name in [*BITEMPORAL, "outbox", "alert", "snapshot", "delivery_file", "delivery"]:
        op.drop_table(name)
