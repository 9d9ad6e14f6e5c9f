"""Decision: what the design says and why, on whom it rests, and what could change it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from dashboards.components import table
from dashboards.decision_page import (
    advised,
    design,
    fan,
    levels,
    limiting,
    made,
    people,
    roster,
    statement,
    stopping,
    waiting,
    without,
)
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View

# in the order in which the committee asks
NAMES = (
    levels.NAME, fan.GRID, fan.BRANCHES, fan.OPEN, limiting.LATE, stopping.NAME, design.NAME,
    roster.NAME, limiting.DLTS, made.NAME, waiting.ALERTS, waiting.QUERIES,
)  # fmt: skip


def draw(view: View) -> Any:
    """Return the page; of a number, those whom it counts."""
    if view.address.get("who") in people.HEADERS:
        return _behind(view)
    found = advised.of(view)
    if found is None:
        return dmc.Stack(without.parts(view), gap="lg")
    return dmc.Stack(
        [
            _filters(view),
            made.alarm(view),
            statement.part(view, found),
            *(table.part(name, view) for name in NAMES),
        ],
        gap="lg",
    )


def _filters(view: View) -> Any:
    said = advised.filters_said(view)
    return dmc.Text(said, className="toxwatch-notice") if said else None


def _behind(view: View) -> Any:
    back = dcc.Link(t("Back to the whole page"), href=view.address.to("/decision"))
    return dmc.Stack([back, table.part(roster.NAME, view)], gap="md")


PAGE = Page("/decision", mark("Decision"), draw)
