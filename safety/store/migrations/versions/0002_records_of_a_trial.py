"""Supplements, medications, procedures, dispositions, visits, history and declarations.

Doses, measurements and adverse events get what a trial of several drugs needs besides.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of safety.store.tables must not rewrite this step.
START, PERIOD = "stdtc stdtmin stdtmax", "stdtc stdtmin stdtmax endtc endtmin endtmax"
SOURCE = "domain feed srcfile"
RECORDS = {
    "supplement": "rdomain idvar idvarval qnam qval",
    "medication": f"trt decod cat indc occur {PERIOD}",
    "procedure": f"trt decod cat indc occur {PERIOD}",
    "disposition": f"decod term {START}",
    "visit": f"visit visitnum {PERIOD}",
    "history": f"decod term occur {START}",
    "declaration": f"term text {START} signedby signeddtc",
}
ADDED = {"dose": "occur reason adj mood", "measurement": "clsig", "adverse_event": "grpid"}
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, columns in ADDED.items():
        for column in columns.split():
            op.add_column(name, sa.Column(column, sa.Text))
    for name, columns in RECORDS.items():
        _create(name, columns)


def _create(name: str, columns: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sequence, autoincrement=True, nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("row_hash", sa.String(32), nullable=False),
        sa.Column("tx_from", sa.Integer, nullable=False),
        sa.Column("tx_to", sa.Integer, nullable=False),
        *(sa.Column(c, sa.Text) for c in f"usubjid {columns} {SOURCE}".split()),
        sa.Column("srcrow", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("study", "key", "tx_from", name=f"uq_{name}_study_key_tx_from"),
    )
    op.create_index(f"ix_{name}_current", name, ["study", "tx_to"])
    op.create_index(f"ix_{name}_subject", name, ["study", "usubjid"])


def downgrade() -> None:
    for name in RECORDS:
        op.drop_table(name)
    for name, columns in ADDED.items():
        for column in columns.split():
            op.drop_column(name, column)
