"""One analyte of one subject over study days, on its grade bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.components import grades
from dashboards.figures import marks
from dashboards.figures.palette import GRID, INK
from dashboards.i18n import t
from safety.ctcae.bands import Band
from safety.displays.days import axis_day, day_ticks

HEADROOM = 1.15


def lab_figure(
    values: pd.DataFrame, bands: Sequence[Band], *, title: str, unit: str,
    last_dose_day: float | None,
) -> go.Figure:  # fmt: skip
    """Return the figure. values: ADY, AVAL, GRADE and TEXT (hover), ABLFL, TPT.

    Each time point (lying, standing ...) is a line of its own.
    """
    figure = go.Figure()
    shown = values[values["AVAL"].notna() & values["ADY"].notna()]
    x = axis_day(shown["ADY"])
    top = top_of(shown["AVAL"], bands)
    draw_bands(figure, bands, top, t("grade {n}"))
    for _, series in shown.groupby(shown["TPT"].fillna("")):
        _draw_values(figure, series, x[series.index], title)
    if len(shown):
        places, labels = day_ticks(float(x.min()), float(x.max()))
        figure.update_xaxes(tickvals=places, ticktext=labels)
    _draw_day(figure, 1, t("first dose (day 1)"), "left", "dash")
    if last_dose_day is not None:
        _draw_day(figure, last_dose_day, t("last dose"), "right", "dot")
    lowest = float(shown["AVAL"].min()) if len(shown) else 0.0
    figure.update_layout(
        height=460,
        margin={"l": 70, "r": 90, "t": 40, "b": 60},
        xaxis={"title": t("Study day (there is no day 0)"), "showgrid": False},
        yaxis={"title": f"{title} ({unit or t('no unit')})", "range": [min(0.0, lowest), top],
               "gridcolor": GRID},
        showlegend=False,
    )  # fmt: skip
    return figure


def top_of(values: Any, bands: Sequence[Band]) -> float:
    """Upper end of the axis: above every value, and far enough to show the next band."""
    highest = float(values.max()) if len(values) else 1.0
    edges = sorted(b.low for b in bands if b.low > highest)
    return HEADROOM * max(highest, min(edges[0], 2 * highest) if edges else highest)


def draw_bands(figure: go.Figure, bands: Sequence[Band], top: float, label: str) -> None:
    """Draw the bands below `top`, each with its grade. label: with {n} for the grade."""
    shown = [(b, min(b.high, top)) for b in bands if b.grade > 0 and b.low < top]
    marks.add(
        figure,
        [marks.band(b.low, high, grades.COLOURS[b.grade], 0.35) for b, high in shown],
        [
            {"x": 1.0, "xref": "paper", "y": (b.low + high) / 2, "text": label.format(n=b.grade),
             "showarrow": False, "xanchor": "left", "font": {"size": 12, "color": INK}}
            for b, high in shown
        ],
    )  # fmt: skip


def _draw_day(figure: go.Figure, day: float, text: str, side: str, dash: str) -> None:
    line = {"color": "#495057", "dash": dash}
    told = marks.above(day, text, side=side, colour=INK)
    marks.add(figure, [marks.upright(day, line)], [told])


def _draw_values(figure: go.Figure, shown: pd.DataFrame, x: pd.Series, title: str) -> None:
    colour = {str(g): c for g, c in grades.COLOURS.items()} | {grades.NOT_GRADABLE_MARK: "#ADB5BD"}
    figure.add_trace(
        go.Scatter(
            x=x, y=shown["AVAL"], mode="lines+markers+text", name=title,
            line={"color": "#343A40", "width": 1.5},
            marker={
                "size": 12, "line": {"color": "#343A40", "width": 1.5},
                "color": [colour.get(g, "#FFFFFF") for g in shown["GRADE"]],
                "symbol": ["diamond" if b == "Y" else "circle" for b in shown["ABLFL"]],
            },
            text=[g if g != "0" else "" for g in shown["GRADE"]],
            textposition="top center", hovertext=shown["TEXT"], hoverinfo="text",
        )
    )  # fmt: skip
