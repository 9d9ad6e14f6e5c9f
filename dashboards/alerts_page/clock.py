"""The clocks of an alert in words: how long until somebody must answer, and who hears next. Pure.

Every time is UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dashboards.i18n import t
from safety.alerts import clocks, escalation
from safety.alerts.states import OPEN
from safety.study.model import Study

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


def minute(at: str) -> str:
    """Return a stored time to the minute; "" for none."""
    return at[:16].replace("T", " ")


def span(gap: timedelta) -> str:
    """Return a length of time in its two largest units."""
    if gap >= A_DAY:
        return t("{d} d {h} h", d=f"{gap.days:,}", h=gap.seconds // 3600)
    if gap >= AN_HOUR:
        return t("{h} h {m} min", h=gap.seconds // 3600, m=gap.seconds % 3600 // 60)
    return t("{m} min", m=gap.seconds // 60)


def waits(state: str, due_at: str, now: datetime) -> str:
    """Return how long somebody has to acknowledge an alert, or for how long it is overdue."""
    if state != OPEN:
        return ""
    if not due_at:
        return t("no clock")
    gap = clocks.instant(due_at) - now
    if gap > timedelta(0):
        return t("{span} left", span=span(gap))
    return t("overdue by {span}", span=span(-gap))


def next_step(study: Study, alert: Mapping[str, Any]) -> str:
    """Return who hears next of an alert that nobody acknowledges, when it is due.

    alert: STATE, DUE_AT, TIER, STEP.
    """
    if alert["STATE"] != OPEN or not alert["DUE_AT"]:
        return ""
    chain = clocks.clock(study, alert["TIER"]).escalate
    if not chain:
        return t("it goes to nobody else")
    if alert["STEP"] >= len(chain):
        return t("{n} of {n} steps: nobody is left", n=len(chain))
    said = escalation.next_step(study, alert["TIER"], alert["STEP"]).said
    return t("{n} of {m} steps. {said}", said=said, n=alert["STEP"], m=len(chain))
