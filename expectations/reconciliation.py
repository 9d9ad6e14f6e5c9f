"""Checks on records of two kinds beside each other, after grading."""

from __future__ import annotations

from expectations.check import Check
from expectations.common import compared

CHECKS: list[Check] = [
    compared(
        "RC-001", "reconciliation", "A value of grade 3 or more is reported as an event",
        "UNREPORTED", "fault 31",
    ),
    compared(
        "RC-002", "reconciliation", "No value is of a higher grade than the event of its time",
        "LOWERGRADE", "fault 30", severity="critical",
    ),
    compared(
        "RC-003", "reconciliation", "A result supports an event of a laboratory term",
        "UNSUPPORTED", "fault 32",
    ),
]  # fmt: skip
