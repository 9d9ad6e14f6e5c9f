"""Deliveries of a day, and what became of each of their files."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = ("superseded", "deleted", "status", "reason")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("day", sa.String(10), nullable=False, server_default=""))
    for column in (
        sa.Column("superseded", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deleted", sa.Integer, nullable=False, server_default="0"),
        sa.Column("status", sa.String(10), nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("delivery_file", column)
    # until now a delivery was used whole; a file without a domain was kept and not used
    op.execute(
        "UPDATE delivery_file SET status = CASE WHEN domain = '' THEN 'unused' ELSE 'used' END"
    )


def downgrade() -> None:
    # not in batches: those drop the table and make it anew, which its rows' references forbid
    for name in reversed(ADDED):
        op.drop_column("delivery_file", name)
    op.drop_column("delivery", "day")
