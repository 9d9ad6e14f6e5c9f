"""Alerts: what was raised, how surely, and whether it left."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, html

from dashboards import data
from dashboards.components.grid import grid, text
from dashboards.components.parts import no_snapshot, nothing, section

dash.register_page(__name__, path="/alerts", name="Alerts", order=3, title="toxwatch: alerts")


def layout(study: str | None = None, **_: Any) -> Any:
    """Return the page for the alerts of a study."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    alerts = data.store().alerts(shot.study)
    unsent = int((alerts["SENT"] < alerts["MESSAGES"]).sum())
    if alerts.empty:
        return section("Alerts", "0 alerts", nothing("No rule has raised an alert so far."))
    alerts["SURE"] = alerts["VERIFIED"].map({1: "yes", 0: "unverified"})
    alerts["DELIVERY"] = [
        "sent" if s == m else f"{s} of {m} sent"
        for s, m in zip(alerts["SENT"], alerts["MESSAGES"], strict=True)
    ]
    alerts["WHAT"] = alerts["BODY"].str.split("\n").str[0]
    columns = [
        text("TIER", "Tier", 60),
        text("STATE", "State", 80),
        text("SURE", "Verified", 110),
        text("RULE", "Rule", 120),
        text("USUBJID", "Subject", 240),
        text("WHAT", "Alert", 400),
        text("DELIVERY", "Message", 110),
        text("CREATED_AT", "Raised at (UTC)", 200),
    ]
    return section(
        "Alerts",
        f"{len(alerts):,} alerts, {int(alerts['STATE'].eq('open').sum()):,} open, "
        f"{unsent:,} not sent yet. Click a row for its content.",
        grid(alerts, columns, grid_id="alerts", height=460, label="Alerts"),
        dmc.Box(id="alert-detail"),
    )


@callback(Output("alert-detail", "children"), Input("alerts", "selectedRows"))
def show_detail(selected: list[dict[str, Any]] | None) -> Any:
    """Show the content of the alert that was clicked."""
    if not selected:
        return nothing("No alert is selected.")
    chosen = selected[0]
    return dmc.Paper(
        [
            dmc.Title(chosen["TITLE"], order=3, size="h5"),
            html.Pre(chosen["BODY"], className="toxwatch-body"),
            dmc.Text(f"First seen in snapshot {chosen['FIRST_SNAPSHOT']}", size="sm"),
        ],
        withBorder=True,
        p="md",
    )
