"""One analyte of one subject over study days, on its grade bands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards.components import grades
from safety.ctcae.bands import Band

SYMBOLS = {"low": "triangle-down", "high": "triangle-up"}
HEADROOM = 1.15


def axis_day(study_day: pd.Series) -> pd.Series:
    """Place study days on a continuous axis: there is no day 0, so day -1 stands at 0."""
    day = study_day.astype("float64")
    return day.where(day > 0, day + 1)


def day_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Return tick places and labels for an axis of `axis_day`; no label reads 0."""
    span = max(high - low, 1)
    step = next(s for s in (1, 2, 7, 14, 28, 56, 112, 224, 10**6) if span / s <= 14)
    first = int(np.ceil((low - 1) / step))
    places = [1 + step * k for k in range(first, int((high - 1) // step) + 1)]
    return [float(p) for p in places], [str(p if p > 0 else p - 1) for p in places]


def lab_figure(
    values: pd.DataFrame, bands: list[Band], *, title: str, unit: str, last_dose_day: float | None
) -> go.Figure:
    """Return the figure. values: ADY, AVAL, GRADE and TEXT (hover), ABLFL, TPT.

    Each time point (lying, standing ...) is a line of its own.
    """
    figure = go.Figure()
    shown = values[values["AVAL"].notna() & values["ADY"].notna()]
    x = axis_day(shown["ADY"])
    top = _top(shown, bands)
    for band in bands:
        _draw_band(figure, band, top)
    for _, series in shown.groupby(shown["TPT"].fillna("")):
        _draw_values(figure, series, x[series.index], title)
    if len(shown):
        places, labels = day_ticks(float(x.min()), float(x.max()))
        figure.update_xaxes(tickvals=places, ticktext=labels)
    figure.add_vline(x=1, line={"color": "#1C7ED6", "dash": "dash"})
    figure.add_annotation(x=1, y=1.0, yref="paper", text="first dose (day 1)", showarrow=False,
                          xanchor="left", yanchor="bottom", font={"size": 12})  # fmt: skip
    if last_dose_day is not None:
        figure.add_vline(x=last_dose_day, line={"color": "#495057", "dash": "dot"})
        figure.add_annotation(x=last_dose_day, y=1.0, yref="paper", text="last dose",
                              showarrow=False, xanchor="right", yanchor="bottom",
                              font={"size": 12})  # fmt: skip
    figure.update_layout(
        template="plotly_white",
        height=460,
        margin={"l": 70, "r": 90, "t": 40, "b": 60},
        xaxis_title="Study day (there is no day 0)",
        yaxis={"title": f"{title} ({unit or 'no unit'})", "range": [0, top]},
        showlegend=False,
    )
    return figure


def _top(shown: pd.DataFrame, bands: list[Band]) -> float:
    """Upper end of the axis: above every value, and far enough to show the next band."""
    highest = float(shown["AVAL"].max()) if len(shown) else 1.0
    edges = sorted(b.low for b in bands if b.low > highest)
    return HEADROOM * max(highest, min(edges[0], 2 * highest) if edges else highest)


def _draw_band(figure: go.Figure, band: Band, top: float) -> None:
    high = min(band.high, top)
    if band.grade <= 0 or band.low >= top:
        return
    figure.add_hrect(
        y0=band.low, y1=high, fillcolor=grades.COLOURS[band.grade], opacity=0.35, line_width=0,
        layer="below",
    )  # fmt: skip
    figure.add_annotation(
        x=1.0, xref="paper", y=(band.low + high) / 2, text=f"grade {band.grade}", showarrow=False,
        xanchor="left", font={"size": 12, "color": "#212529"},
    )  # fmt: skip


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
