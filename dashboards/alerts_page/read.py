"""What the page of alerts reads: alerts as they stand now, what happened to them, what was sent.

None of it is of a snapshot: a person at a past snapshot is shown what is to be done today.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Select, select

from dashboards.view import View
from safety.alerts import listing, studies
from safety.alerts.deeds import allowed
from safety.alerts.known import find
from safety.alerts.states import Alert
from safety.store import tables
from safety.study.model import Study

EVENT = listing.EVENT
_box, _log, _event, _alert = tables.outbox, tables.delivery_log, tables.alert_event, tables.alert


def now() -> datetime:
    """Return the time: here is where the page reads the clock."""
    return datetime.now(UTC)


def study(view: View) -> Study:
    """Return the study by which its alerts are told; raise ToxwatchError if nothing says so."""
    return studies.find(view.settings, view.shot.study)


def alerts(view: View, at: datetime) -> pd.DataFrame:
    """Return all alerts of the study in the order in which they ask for somebody."""
    return listing.table(view.store.alerts(view.shot.study), at)


def alert(view: View, alert_id: str) -> tuple[Alert, list[str]]:
    """Return an alert and what a person may do with it now; raise WrongUseError for none."""
    with view.connection("alert") as connection:
        found = find(connection, view.shot.study, alert_id)
    return found, allowed(found)


def events(view: View, alert_id: str = "") -> pd.DataFrame:
    """Return ALERT_ID and EVENT of what happened, in that order; alert_id: of one alert."""
    query = (
        select(_event.c.alert_id, *(_event.c[name.lower()] for name in EVENT))
        .join(_alert, _alert.c.alert_id == _event.c.alert_id)
        .where(_alert.c.study == view.shot.study)
        .order_by(_event.c.id)
    )
    return _frame(view, "alert_event",
                  query.where(_event.c.alert_id == alert_id) if alert_id else query)  # fmt: skip


def messages(view: View, alert_id: str) -> pd.DataFrame:
    """Return a row an attempt to send a message about an alert, or a message not tried yet."""
    box = ("created_at", "kind", "tier", "recipient", "channel", "state", "not_before")
    query = (
        select(*(_box.c[name] for name in box), _log.c.attempt, _log.c.outcome, _log.c.reply,
               _log.c.at)
        .outerjoin(_log, _log.c.outbox_id == _box.c.id)
        .where(_box.c.study == view.shot.study, _box.c.alert_id == alert_id)
        .order_by(_box.c.id, _log.c.id)
    )  # fmt: skip
    return _frame(view, "outbox", query)


def _frame(view: View, table: str, query: Select[tuple[object, ...]]) -> pd.DataFrame:
    with view.connection(table) as connection:
        return pd.read_sql_query(query, connection).rename(columns=str.upper)
