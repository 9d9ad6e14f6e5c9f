"""What asks for somebody before a decision: open alerts of tier P1, and queries that matter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from dash import dcc

from dashboards.components.verdicts import given
from dashboards.decision_page import advised
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.alerts import listing
from safety.alerts.states import CRITICAL, RESOLVED
from safety.nextdose.doubts import ASKED, UNTIL_ANSWERED
from safety.snapshots import as_of

ALERTS, QUERIES = "decision-alerts", "decision-queries"


@shown(ALERTS)
def alerts(view: View) -> Shown:
    """Return the alerts of the highest tier that nobody has resolved, as they stand now."""
    found = listing.table(view.store.alerts(view.shot.study), datetime.now(UTC))
    own = found[found["TIER"].eq(CRITICAL) & found["STATE"].ne(RESOLVED)]
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("WHAT", t("Alert"), wide=True,
               href=lambda row: view.address.to("/alerts", alert=row["ALERT_ID"])),
        Column("STATE", t("State")), Column("CONDITION", t("Condition")),
        Column("DUE (UTC)", t("Acknowledge (UTC)")), Column("OWNER", t("Owner")),
    )  # fmt: skip
    names = [*(c.name for c in columns), "ALERT_ID"]
    return Shown(t("Alerts of tier P1 that are not resolved"), own[names], columns,
                 t("As they stand now."), t("No alert of tier P1 is unresolved."))  # fmt: skip


@shown(QUERIES)
def queries(view: View) -> Shown:
    """Return the open queries that a verdict or an evaluability can still depend on."""
    found = advised.of(view)
    rows = _asked(view)
    if found is not None:
        rows = rows[_matters(rows, found)]
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("TOPIC", t("About")), Column("TERM", t("Term")), Column("STATE", t("State")),
        Column("TEXT", t("What is asked"), wide=True),
    )  # fmt: skip
    return Shown(t("Open queries that matter"), rows[[c.name for c in columns]], columns,
                 t("Of {n} open queries, those that ask for what a verdict "
                   "rests on.", n=_open(view)),
                 t("No open query can change a verdict."))  # fmt: skip


def line(view: View) -> Any:
    """Return how many queries are open, and of them those that ask for what verdicts rest on."""
    said = t("Open queries: {n}; of them {m} ask for what a verdict rests on.", n=_open(view),
             m=len(_asked(view)))  # fmt: skip
    return dcc.Link(said, href=view.address.to("/data"))


def _matters(rows: pd.DataFrame, found: advised.Advised) -> pd.Series:
    """Tell which queries put a made verdict in doubt, or are of somebody who has none yet."""
    pending = {s.usubjid for s in found.found.fan.open if s.stands is None}
    why = {(s.usubjid, each) for s in found.found.fan.open for each in s.open_for}
    told = zip(rows["USUBJID"], rows["TOPIC"], rows["TERM"], strict=True)
    return pd.Series(
        [who in pending or (who, f"query: {topic}, {given(term)}".rstrip(", ")) in why
         for who, topic, term in told],
        index=rows.index, dtype="bool",
    )  # fmt: skip


def _states(view: View) -> pd.DataFrame:
    with view.connection("query") as connection:
        items = as_of.work_items(connection, view.shot.study, view.shot.seq)
    states = dict(zip(items["KEY"], items["STATE"], strict=True))
    rows = view.frame("query")
    found = rows.assign(STATE=rows["KEY"].map(states).fillna("open"))
    return found[found["STATE"].isin(UNTIL_ANSWERED)]


def _asked(view: View) -> pd.DataFrame:
    rows = _states(view)
    return rows[rows["CHECKID"].str.startswith(ASKED)].sort_values(["USUBJID", "CHECKID"])


def _open(view: View) -> int:
    return len(_states(view))
