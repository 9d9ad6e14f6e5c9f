"""A letter as the dispatcher hands it over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from safety.alerts.message import Letter, letter

ROW: dict[str, Any] = {
    "key": "a" * 40, "thread": "", "study": "T1", "alert_id": "b" * 32, "kind": "raise",
    "revision": 1, "tier": "P1", "recipient": "m@example.org", "attempts": 1,
    "subject": "P1 T1 S1: platelet count decreased: grade 4",
    "body": "Platelet count decreased: grade 4\nValue 20 10^9/L\nBaseline 210\nRule\nSource lb.csv",
    "created_at": "2024-04-02T08:00:00+00:00",
}  # fmt: skip
AT = datetime(2024, 4, 2, 8, 0, 5, tzinfo=UTC)


def made(**changes: Any) -> Letter:
    return letter(ROW | changes, "https://tox.example.org", AT)
