"""Checks on what was reported and what was measured beside each other, after grading.

One row is an episode and the record of it that is asked about (`safety.assess.reconciliation`).
"""

from __future__ import annotations

from expectations.check import Check
from expectations.common import compared

MONITORING = "ICH E6(R2) 5.18.4(m)"  # what is reported agrees with the source, doses included
RECORD = "reconciliation"

CHECKS: list[Check] = [
    compared(
        "RC-001", RECORD, "A value of grade 3 or more is reported as an event",
        "UNREPORTED", "fault 31", alert="P3",
    ),
    compared(
        "RC-002", RECORD, "No value is of a higher grade than the event of its time",
        "LOWERGRADE", "fault 30", severity="critical",
    ),
    compared(
        "RC-003", RECORD, "A result supports an event of a laboratory term",
        "UNSUPPORTED", "fault 32",
    ),
    compared(
        "RC-004", RECORD, "An event begins and ends when its values do", "DATESAPART", MONITORING
    ),
    compared(
        "RC-005", RECORD, "The outcome of an event is that of its values", "OUTCOMEAPART",
        MONITORING,
    ),
    compared(
        "RC-006", RECORD, "The action taken can be seen in the doses", "NOTDONE", MONITORING
    ),
    compared(
        "RC-007", RECORD, "An event is of no higher grade than the values of its time",
        "HIGHERGRADE", "fault 30", severity="info", handling="warn",
    ),
    compared(
        "RC-008", RECORD, "A result is as grave as the life-threatening event of its time",
        "NOTGRAVE", "fault 41",
    ),
    compared(
        "RC-009", RECORD, "A toxicity that is treated is reported as an event", "UNTOLD",
        MONITORING, severity="info", handling="warn",
    ),
]  # fmt: skip
