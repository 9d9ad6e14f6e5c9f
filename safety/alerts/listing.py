"""Alerts as tables, as they stand now, for the command line and for pages."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import select

from safety.alerts.deeds import allowed
from safety.alerts.known import find
from safety.alerts.states import ACKNOWLEDGED, IN_REVIEW, OPEN, RESOLVED, SUPPRESSED, Alert
from safety.alerts.wording import SHORT
from safety.errors import WrongUseError
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import reader
from safety.store.read import Store

ORDER = [OPEN, ACKNOWLEDGED, IN_REVIEW, SUPPRESSED, RESOLVED]
# What a person reads of a list; a program gets everything.
BRIEF = ["ALERT", "TIER", "STATE", "CONDITION", "DUE (UTC)", "OWNER", "TITLE", "DELIVERY"]
EVENT = ("AT", "ACTION", "ACTOR", "REASON", "STATE_BEFORE", "STATE_AFTER", "CONDITION", "TIER",
         "REVISION", "TITLE", "SNAPSHOT_ID")  # fmt: skip


def listing(db_url: str, studyid: str, now: datetime, *, ended: bool = False) -> pd.DataFrame:
    """Return the alerts of a study, open ones first, then the most severe, then the most overdue.

    ended: also those that are resolved. Raises WrongUseError for a study of which nothing is known.
    """
    store = Store(db_url)
    found = store.alerts(studyid)
    if found.empty and store.latest(studyid) is None:
        raise WrongUseError(f"{studyid} has no snapshot yet: run it first.")
    listed = table(found, now)
    return listed if ended else listed[listed["STATE"].ne(RESOLVED)].reset_index(drop=True)


def table(found: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Return alerts as `Store.alerts` has them in order, with ALERT, OVERDUE, DUE, DELIVERY, WHAT.

    OVERDUE: whether nobody acknowledged it in time. DELIVERY: of its messages.
    """
    due = found["DUE_AT"]
    overdue = found["STATE"].eq(OPEN) & due.ne("") & due.le(stamp(now))
    added = found.assign(
        ALERT=found["ALERT_ID"].str[:SHORT],
        OVERDUE=overdue,
        WHAT=found["BODY"].str.split("\n").str[0],
        DELIVERY=[_delivery(s, m) for s, m in zip(found["SENT"], found["MESSAGES"], strict=True)],
        RANK=found["STATE"].map({state: i for i, state in enumerate(ORDER)}),
        WAITS=due.where(due.ne(""), "9999"),
    )
    added["DUE (UTC)"] = [_due(d, o) for d, o in zip(due, overdue, strict=True)]
    order = ["RANK", "TIER", "WAITS", "USUBJID", "RULE", "EPISODE"]
    return added.sort_values(order).drop(columns=["RANK", "WAITS"]).reset_index(drop=True)


def _delivery(sent: int, messages: int) -> str:
    if not messages:
        return "in the digest"
    return "sent" if sent == messages else f"{sent} of {messages} sent"


def _due(due_at: str, overdue: bool) -> str:
    if not due_at:
        return ""
    return f"{'overdue since' if overdue else 'by'} {due_at[:16].replace('T', ' ')}"


def study_of(db_url: str, alert_id: str) -> str | None:
    """Return the study of an alert, None if there is no such alert."""
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            table = tables.alert
            query = select(table.c.study).where(table.c.alert_id == alert_id)
            found: str | None = connection.scalar(query)
            return found
    finally:
        engine.dispose()


def history(db_url: str, studyid: str, alert_id: str) -> tuple[Alert, pd.DataFrame, list[str]]:
    """Return an alert, its events in the order they came, and what may be done with it now.

    alert_id: or how it begins. Raises WrongUseError for one that is not there.
    """
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            alert = find(connection, studyid, alert_id)
            event = tables.alert_event
            query = select(*(event.c[c.lower()] for c in EVENT)).where(
                event.c.alert_id == alert.alert_id
            )
            events = pd.read_sql_query(query.order_by(event.c.id), connection)
            return alert, events.rename(columns=str.upper), allowed(alert)
    finally:
        engine.dispose()
