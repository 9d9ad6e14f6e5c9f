"""Alerts: where each stands, what was said of it, whether it left, and what happened to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, callback, dcc, html

from dashboards import data, seen
from dashboards.components.grid import grid, in_utc, text
from dashboards.components.parts import commands, no_snapshot, nothing, section
from safety.alerts.deeds import ASSIGN
from safety.alerts.listing import history, study_of, table
from safety.alerts.states import CLEARED, HOLDS, OPEN, OVER, Alert
from safety.alerts.wording import SHORT
from safety.errors import WrongUseError
from safety.settings import from_environment

dash.register_page(__name__, path="/alerts", name="Alerts", order=3, title="toxwatch: alerts")

COLUMNS = [
    text("TIER", "Tier", 60),
    text("STATE", "State", 110),
    text("CONDITION", "Condition", 90),
    text("DUE (UTC)", "Acknowledge (UTC)", 200),
    text("SURE", "Verified", 100),
    text("RULE", "Rule", 110),
    text("USUBJID", "Subject", 200),
    text("WHAT", "Alert", 400),
    text("OWNER", "Owner", 100),
    text("DELIVERY", "Message", 110),
    text("CREATED_AT", "Raised at (UTC)", 180),
]
CONDITIONS = {
    HOLDS: "The newest data support it.",
    CLEARED: "The newest data do not support it any more: it still wants an answer.",
    OVER: "It is still in the data, and its time has passed.",
}
NEEDS = {
    "resolve": "--outcome OUTCOME ", "suppress": "--until 'DAY' ", ASSIGN: "--to 'NAME' ",
}  # fmt: skip
SIGNED = "--by 'YOUR NAME' --reason 'WHY'"


def layout(study: str | None = None, alert: str | None = None, **_: Any) -> Any:
    """Return the page for the alerts of a study; `alert` is the id that a message links to."""
    of_link = study_of(from_environment().db_url, alert) if alert and data.studies() else None
    shot = data.snapshot(of_link or study)
    if shot is None:
        return no_snapshot()
    found = data.store().alerts(shot.study)
    if found.empty:
        return section("Alerts", "0 alerts", nothing("No rule has raised an alert so far."))
    alerts = told(found, datetime.now(UTC))
    return section(
        "Alerts",
        f"{counted(alerts)} Click a row for its content and its history.",
        grid(alerts, COLUMNS, grid_id="alerts", height=460, label="Alerts"),
        dcc.Store(id="alerts-study", data=shot.study),
        dcc.Store(id="alerts-linked", data=alert),
        dmc.Box(id="alert-detail"),
    )


def told(found: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Return alerts as the grid lists them: open ones first, the most severe first."""
    listed = table(found, now)
    listed["SURE"] = listed["VERIFIED"].map({1: "yes", 0: "unverified"})
    listed["CREATED_AT"] = in_utc(listed["CREATED_AT"])
    return listed.drop(columns=["BODY", "TITLE"])


def counted(alerts: pd.DataFrame) -> str:
    """Return how many alerts there are, and of how many somebody must do something."""
    unsent = int((alerts["SENT"] < alerts["MESSAGES"]).sum())
    return (
        f"{len(alerts):,} alerts, {int(alerts['STATE'].eq(OPEN).sum()):,} open, "
        f"{unsent:,} not sent yet, {int(alerts['OVERDUE'].sum()):,} overdue."
    )


@callback(
    Output("alert-detail", "children"),
    Input("alerts", "selectedRows"),
    State("alerts-linked", "data"),
    State("alerts-study", "data"),
)
def show_detail(selected: list[dict[str, Any]] | None, linked: str | None, study: str) -> Any:
    """Show the alert that was clicked, or the one that the address names."""
    chosen = str(selected[0]["ALERT_ID"]) if selected else linked
    if not chosen:
        return nothing("No alert is selected.")
    seen.table(study, "alert_event")
    try:
        alert, events, allowed = history(from_environment().db_url, study, chosen)
    except WrongUseError as error:
        return nothing(str(error))
    lines = what_to_do(data.command_name(study), alert.alert_id, allowed)
    return dmc.Paper(
        [
            dmc.Title(alert.title, order=3, size="h5"),
            dmc.Text(standing(alert), size="sm"),
            html.Pre(alert.body, className="toxwatch-body"),
            dmc.Title("What happened", order=4, size="h6", mt="sm"),
            _events(events),
            dmc.Title("What you can do", order=4, size="h6", mt="sm"),
            commands(lines, "commands-alert"),
        ],
        withBorder=True,
        p="md",
    )


def standing(alert: Alert) -> str:
    """Return where an alert stands, as a sentence or two."""
    parts = [alert.tier, alert.state, f"revision {alert.revision}"]
    if alert.due_at:
        parts.append(f"to be acknowledged by {_minute(alert.due_at)}")
    if alert.suppressed_until:
        parts.append(f"suppressed until {_minute(alert.suppressed_until)}")
    if alert.outcome:
        parts.append(f"outcome {alert.outcome.replace('_', ' ')}")
    parts.append(f"owner {alert.owner or 'nobody'}")
    return f"{', '.join(parts)}. {CONDITIONS[alert.condition]}"


def _minute(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"


def what_to_do(study: str, alert_id: str, allowed: list[str]) -> list[str]:
    """Return a command for each act that the state of an alert allows."""
    return [
        f"toxwatch alerts {act} {study} {alert_id[:SHORT]} {NEEDS.get(act, '')}{SIGNED}"
        for act in allowed
    ]


def _events(events: pd.DataFrame) -> Any:
    shown = events.assign(AT=in_utc(events["AT"]), SNAPSHOT_ID=events["SNAPSHOT_ID"].str[:SHORT])
    columns = [
        text("AT", "At (UTC)", 150),
        text("ACTION", "What", 100),
        text("ACTOR", "Who", 120),
        text("REASON", "Why", 300, wrap=True),
        text("STATE_AFTER", "State after", 100),
        text("CONDITION", "Condition", 90),
        text("TIER", "Tier", 60),
        text("REVISION", "Revision", 80),
        text("SNAPSHOT_ID", "Snapshot", 120),
    ]
    label = "What happened to the alert"
    return grid(shown, columns, grid_id="alert-events", height=220, label=label)
