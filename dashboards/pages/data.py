"""Data: what is held, what the checks say, and whether every row is accounted for."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import dcc

from dashboards import data
from dashboards.components.parts import commands, no_snapshot
from dashboards.data_page import checks, deliveries, held, work
from dashboards.data_page.views import VIEWS
from safety.store.read import Snapshot

dash.register_page(__name__, path="/data", name="Data", order=4, title="toxwatch: data")


def layout(study: str | None = None, **_: Any) -> Any:
    """Return the page for the newest snapshot of a study."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    return dmc.Stack(
        [
            dcc.Store(id="data-study", data=shot.study),
            _how_to_act(shot),
            held.part(shot),
            checks.part(shot),
            work.part(VIEWS["held-rows"], shot),
            work.part(VIEWS["queries"], shot),
            deliveries.part(shot),
        ],
        gap="lg",
    )


def _how_to_act(shot: Snapshot) -> Any:
    name = data.command_name(shot.study)
    unnamed = (
        " STUDY is the study's file, with its path if it is not in the folder of studies."
        if name == data.NO_NAME
        else ""
    )
    return dmc.Box(
        [
            dmc.Text(
                "This page only shows. Rows and queries are settled by named users with these "
                f"commands until there are accounts; each act is kept with its reason.{unnamed}",
                size="sm",
            ),
            commands(
                [f"toxwatch {what} list {name}" for what in ("quarantine", "queries")],
                "commands-list",
            ),
        ]
    )
