"""A figure on a page: stamped, with its numbers as a table, and ways to take both away."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import plotly.io
from dash import dcc, html

from dashboards.components.parts import labelled, section, stamp
from dashboards.components.table import exports, table
from dashboards.i18n import t
from dashboards.shown import SOURCES
from dashboards.view import View

plotly.io.templates.default = None  # what all figures share is set in `stamped`, in a few lines
CONFIG: Any = {"displaylogo": False, "displayModeBar": False, "responsive": True}
ROOM = 84  # pixels below a figure: its axis and the stamp
AXIS = {"gridcolor": "#E3E7EB", "zerolinecolor": "#CED4DA", "automargin": True}
HEIGHT = 450  # pixels, of a figure that says none
FONT = {"family": 'system-ui, "Noto Sans CJK SC", sans-serif', "size": 13, "color": "#212529"}


def part(name: str, figure: go.Figure, view: View, *, alt: str, lead: Any = None) -> Any:
    """Return a figure with the table of the same name under it. alt: what the figure shows."""
    found = SOURCES[name].make(view)
    buttons = [
        html.Button(kind.upper(), id={"figure": name, "kind": kind}, className="toxwatch-export",
                    **labelled(t("Download the figure as {kind}", kind=kind.upper())))
        for kind in ("svg", "png")
    ]  # fmt: skip
    return section(
        found.title,
        found.note,
        lead,
        html.Div(
            dcc.Graph(figure=stamped(figure, view), id={"graph": name}, config=CONFIG,
                      responsive=True, style={"height": f"{figure.layout.height or HEIGHT}px"}),
            role="img",
            **labelled(alt),
        ),
        html.Div([html.Span(t("Figure"), className="toxwatch-label"), *buttons],
                 className="toxwatch-exports"),
        html.Details(
            [html.Summary(t("As a table")), exports(name, view), table(found)],
            className="toxwatch-details",
        ),
    )  # fmt: skip


def stamped(figure: go.Figure, view: View) -> dict[str, Any]:
    """Return a figure as a browser draws it; under it stands of which data it is."""
    drawn: dict[str, Any] = figure.to_plotly_json()
    layout = drawn["layout"]
    margin = {"l": 80, "r": 80, "t": 100, "b": 60} | layout.get("margin", {})
    layout["margin"] = margin | {"b": max(margin["b"], ROOM)}
    layout["annotations"] = [*layout.get("annotations", ()), _stamp(view, margin["l"])]
    layout |= {"font": FONT, "plot_bgcolor": "#FFFFFF", "paper_bgcolor": "#FFFFFF"}
    for name in ("xaxis", "yaxis"):
        layout[name] = AXIS | layout.get(name, {})
    return drawn


def _stamp(view: View, left: float) -> dict[str, Any]:
    shot = view.shot
    notice = f"{shot.header['notice']}<br>" if shot.header.get("notice") else ""
    told = ", ".join(x for x in (population_said(view), filters_said(view)) if x)
    return {
        "text": f"{notice}{shot.study}, {stamp(shot.as_of, shot.snapshot_id)}, {told}",
        "xref": "paper", "yref": "paper", "x": 0, "y": 0, "xanchor": "left", "yanchor": "top",
        "xshift": -left, "yshift": -52, "showarrow": False, "align": "left",
        "font": {"size": 11, "color": "#495057"},
    }  # fmt: skip


def filters_said(view: View) -> str:
    """Return the filters that are on, in words; "" for none."""
    scope = view.address.scope
    said = [
        *([t("levels {names}", names=", ".join(scope.levels))] if scope.levels else []),
        *([t("related only")] if scope.related else []),
        *([t("serious only")] if scope.serious else []),
        *([t("grade {n} or more", n=scope.least_grade)] if scope.least_grade else []),
        *([] if scope.emergent else [t("also before treatment")]),
    ]
    return ", ".join(said)


def population_said(view: View) -> str:
    """Return how many subjects are left of how many."""
    found = view.population()
    return t("{n} of {m} treated subjects", n=len(found), m=found.treated)
