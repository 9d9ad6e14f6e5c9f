"""An alert as it is kept, the states it may be in, and a change of it."""

from __future__ import annotations

from dataclasses import dataclass

OPEN, ACKNOWLEDGED, IN_REVIEW = "open", "acknowledged", "in_review"
RESOLVED, SUPPRESSED = "resolved", "suppressed"
HOLDS, CLEARED, OVER = "holds", "cleared", "over"
URGENT = frozenset({"P1", "P2"})
LEAST_URGENT = "P2"  # an alert that was urgent once never sinks below: only a person ends it
CRITICAL = "P1"


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of the table of alerts: one a study, subject, rule and episode.

    revision: counts what there was to tell of it. last_snapshot: the newest that changed it.
    due_at: by when somebody must acknowledge it, "" if nobody must. step: of the escalation.
    """

    alert_id: str
    study: str
    usubjid: str
    rule: str
    episode: str
    tier: str
    level: int
    verified: int
    title: str
    body: str
    state: str
    condition: str
    revision: int
    first_snapshot: str | None
    last_snapshot: str | None
    created_at: str
    told_at: str
    due_at: str = ""
    step: int = 0
    owner: str = ""
    outcome: str = ""
    suppressed_until: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """An alert as it is now and as it was, what happened, and why.

    told: the tier in which somebody is told, "" if nobody is.
    """

    alert: Alert
    before: Alert | None
    action: str
    reason: str
    told: str = ""
