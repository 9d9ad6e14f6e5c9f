"""Checks on what people wrote freely: it is kept as text, and names nobody."""

from __future__ import annotations

from expectations.check import Check
from expectations.common import compared


def of_free_text(record: str, prefix: str) -> list[Check]:
    """Checks on the free text of a kind of record; the comparisons say what was found."""
    return [
        compared(
            f"{prefix}-T01", record, "Free text holds nothing that could be run", "UNSAFE",
            "fault 55", severity="info", handling="warn",
        ),
        compared(
            f"{prefix}-T02", record, "Free text names no person", "IDENTIFIER", "fault 56",
            severity="critical", handling="warn", alert="P4",
        ),
    ]  # fmt: skip
