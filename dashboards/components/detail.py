"""One thing in full: what is known of it, and the tables that belong to it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.components.parts import labelled
from dashboards.components.table import exports, table
from dashboards.shown import SOURCES
from dashboards.view import View


def facts(rows: list[tuple[str, Any]], label: str) -> html.Div:
    """Return what is known of something as a table of two columns; what is None stands as none.

    rows: what it is, and a text or a component. label: what a screen reader calls the table.
    """
    body = [
        html.Tr([html.Th(name, scope="row"), html.Td(value)])
        for name, value in rows
        if value is not None
    ]
    return html.Div(
        html.Table([html.Caption(label, className="toxwatch-unseen"), html.Tbody(body)],
                   className="toxwatch-table"),
        className="toxwatch-scroll", tabIndex=0, role="region", **labelled(label),
    )  # fmt: skip


def inner(name: str, view: View) -> dmc.Stack:
    """Return the table of a name as a part of a part: its heading is one level lower."""
    found = SOURCES[name].make(view)
    return under(
        found.title,
        dmc.Text(found.note, size="sm", c="#495057") if found.note else None,
        exports(name, view) if len(found.rows) else None,
        table(found),
    )


def under(title: str, *children: Any) -> dmc.Stack:
    """Return a titled part of a part."""
    return dmc.Stack([dmc.Title(title, order=3, size="h5"), *children], gap="xs")


def unfolded(summary: str, content: Any, *, is_open: bool = False) -> html.Details:
    """Return what opens when somebody asks for it, or is open from the start."""
    return html.Details([html.Summary(summary), content], open=is_open,
                        className="toxwatch-details")  # fmt: skip
