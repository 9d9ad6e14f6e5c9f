"""The rows that one snapshot wrote are found by the index too, not only those that are current."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of the tables must not rewrite this step.
BITEMPORAL = (
    "subject", "dose", "measurement", "adverse_event", "supplement", "medication", "procedure",
    "disposition", "visit", "history", "declaration", "exposure", "grade", "event_grade", "episode",
    "worst_grade", "worst_event", "verdict", "rule_result", "surveillance", "dose_account",
    "trigger", "deviation", "pause", "monitor", "finding", "finding_row", "query", "quarantine",
)  # fmt: skip


def upgrade() -> None:
    _index("study", "tx_to", "tx_from")


def downgrade() -> None:
    _index("study", "tx_to")


def _index(*columns: str) -> None:
    for table in BITEMPORAL:
        op.drop_index(f"ix_{table}_current", table)
        op.create_index(f"ix_{table}_current", table, list(columns))
