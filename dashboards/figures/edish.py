"""Peak aminotransferase against peak bilirubin on log axes, with the limits of Hy's law."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10

import pandas as pd
import plotly.graph_objects as go

from dashboards.figures.palette import GRID, INK, painted
from dashboards.i18n import t
from safety.displays.edish import CHOLESTASIS, HYS_LAW, MET, NORMAL, NOT_MET, TEMPLE, HysLawRule

SHAPES = {MET: "diamond", "cannot be judged": "x", NOT_MET: "circle"}
LOW, HIGH = 0.1, 10.0  # the axes show at least these multiples
TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100)
SMALLEST = 0.01  # a log axis has no 0


def edish_figure(
    peaks: pd.DataFrame, rule: HysLawRule, *, by_baseline: bool, quadrants: Mapping[str, str],
    states: Mapping[str, str],
) -> go.Figure:  # fmt: skip
    """Return the figure. peaks: USUBJID, LEVEL, TEST, X, Y, ALTDY, BILIDY, QUADRANT, HYS.

    quadrants, states: their names in the language of the page.
    """
    figure = go.Figure()
    paints = painted(peaks["LEVEL"])
    for (level, state), own in peaks.groupby(["LEVEL", "HYS"], sort=False):
        paint = paints[str(level)]
        size = 9 if state == NOT_MET else 15
        figure.add_trace(go.Scatter(
            x=own["X"].clip(lower=SMALLEST), y=own["Y"].clip(lower=SMALLEST), mode="markers",
            name=f"{level}: {states[str(state)]}",
            marker={"color": paint.fill, "symbol": SHAPES[str(state)], "size": size,
                    "line": {"color": INK, "width": 1}},
            hovertext=[_hover(r, states) for r in own.to_dict("records")], hoverinfo="text",
        ))  # fmt: skip
    _draw_limits(figure, peaks, rule, quadrants)
    unit = t("x ULN, or x baseline where that was above the ULN") if by_baseline else t("x ULN")
    figure.update_xaxes(title=t("Peak ALT or AST ({unit})", unit=unit), **_axis(peaks["X"]))
    figure.update_yaxes(title=t("Peak bilirubin ({unit})", unit=unit), **_axis(peaks["Y"]))
    figure.update_layout(height=560, margin={"l": 70, "r": 30, "t": 60, "b": 60},
                         legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
                         showlegend=True)  # fmt: skip
    return figure


def _hover(row: dict[str, object], states: Mapping[str, str]) -> str:
    liver = f"{row['TEST']} {row['X']:.2f}, D{row['ALTDY']}"
    said = t("Hy's law by time: {state}", state=states[str(row["HYS"])])
    return (f"{row['USUBJID']} ({row['LEVEL']})<br>{liver}<br>BILI {row['Y']:.2f}, "
            f"D{row['BILIDY']}<br>{said}")  # fmt: skip


def _axis(values: pd.Series) -> dict[str, object]:
    """Return a log axis that shows every value, in powers of ten."""
    known = values.dropna().clip(lower=SMALLEST)
    low, high = (min(LOW, known.min()), max(HIGH, known.max())) if len(known) else (LOW, HIGH)
    ends = [log10(low * 0.8), log10(high * 1.25)]
    return {"type": "log", "range": ends, "tickvals": TICKS, "ticktext": [f"{x:g}" for x in TICKS],
            "gridcolor": GRID, "zeroline": False}  # fmt: skip


def _draw_limits(
    figure: go.Figure, peaks: pd.DataFrame, rule: HysLawRule, quadrants: Mapping[str, str]
) -> None:
    """Draw both limits, and name and count each quadrant in its corner."""
    line = {"color": "#7F0F18", "dash": "dash", "width": 1.5}
    figure.add_vline(x=rule.aminotransferase, line=line)
    figure.add_hline(y=rule.bilirubin, line=line)
    corners = {
        HYS_LAW: (1, 1, "right", "top"), CHOLESTASIS: (0, 1, "left", "top"),
        TEMPLE: (1, 0, "right", "bottom"), NORMAL: (0, 0, "left", "bottom"),
    }  # fmt: skip
    for quadrant, (x, y, side, end) in corners.items():
        n = int(peaks["QUADRANT"].eq(quadrant).sum())
        figure.add_annotation(
            xref="paper", yref="paper", x=x, y=y, xanchor=side, yanchor=end, showarrow=False,
            text=f"<b>{quadrants[quadrant]}: {n}</b>", bgcolor="rgba(255,255,255,0.8)",
        )  # fmt: skip
