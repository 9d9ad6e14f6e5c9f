"""Verdicts, rules, surveillance, dose accounts, triggers, deviations and pauses; no candidates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of safety.store.tables must not rewrite this step.
ARGUMENT = "evidence places"
ADDED = {
    "verdict": "usubjid doselvl verdict evaluable reason late onsetdy closes windowtext flags "
    "queries",
    "rule_result": "usubjid rule late kind state onsetdy terms duration missing settlesby "
    + ARGUMENT,
    "surveillance": "usubjid assessment duewindow status dueby doneon",
    "dose_account": "usubjid drug cycle planned taken plannedmg takenmg rdi missed unrecorded "
    "reducedmg complete",
    "trigger": "usubjid rule drug action ondt state wins resume nextdose untildt missing advice "
    "ruletext " + ARGUMENT,
    "deviation": "usubjid kind drug ondt expected actual rule " + ARGUMENT,
    "pause": "rule doselvl ruletext subjects",
}
CANDIDATE = "usubjid rule direction state onsetdt grades term evidence missing onsetdy"
WHOLE = {"onsetdy", "cycle"}
NUMBERS = {"planned", "taken", "plannedmg", "takenmg", "rdi", "unrecorded", "reducedmg"}
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("candidate")
    for name, columns in ADDED.items():
        _create(name, columns.split())


def downgrade() -> None:
    for name in ADDED:
        op.drop_table(name)
    _create("candidate", CANDIDATE.split())


def _create(name: str, columns: list[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sequence, autoincrement=True, nullable=False),
        sa.Column("study", sa.String(41), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("row_hash", sa.String(32), nullable=False),
        sa.Column("tx_from", sa.Integer, nullable=False),
        sa.Column("tx_to", sa.Integer, nullable=False),
        *(sa.Column(column, _kind(column)) for column in columns),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("study", "key", "tx_from", name=f"uq_{name}_study_key_tx_from"),
    )
    op.create_index(f"ix_{name}_current", name, ["study", "tx_to"])
    if "usubjid" in columns:
        op.create_index(f"ix_{name}_subject", name, ["study", "usubjid"])


def _kind(column: str) -> type:
    if column in WHOLE:
        return sa.Integer
    return sa.Float if column in NUMBERS else sa.Text
