"""Time to the first event of a grade: a step curve a level, and how many are at risk."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboards.figures.palette import GRID, INK, MUTED, painted
from safety.displays.days import day_ticks
from safety.displays.first_event import ALL, FirstEvents, at_risk

ROW = 20  # pixels of a line of numbers at risk
TOP, CURVES, AXIS, BOTTOM = 20, 300, 44, 84  # pixels: above the curves, of them, below, at the end


def onset_figure(
    found: FirstEvents, levels: tuple[str, ...], words: Mapping[str, str]
) -> go.Figure:
    """Return the figure: per cent of subjects against study days.

    levels: a curve each. words: `day`, `percent`, `at_risk`, `left` (who left, without event),
    `all` in the language of the page.
    """
    names = levels if len(levels) > 1 else (ALL,)
    figure = go.Figure()
    last = max(int(found.steps["DAY"].max()), 2)
    for name, paint in painted(names).items():
        _draw(figure, found.steps[found.steps["LEVEL"].eq(name)], _called(name, words),
              {"color": paint.fill, "dash": paint.dash, "width": 3}, words["left"])  # fmt: skip
    places, labels = day_ticks(1, last)
    days = [int(p) for p in places]
    plotted = CURVES + AXIS + ROW * (len(names) + 1)
    low = 1 - CURVES / plotted
    figure.update_layout(
        height=TOP + plotted + BOTTOM, margin={"t": TOP, "b": BOTTOM, "l": 150, "r": 20},
        plot_bgcolor="#FFFFFF", legend={"orientation": "v", "x": 0.01, "y": 0.99},
        hovermode="closest",
        annotations=_numbers_at_risk(_at_risk(found, names, days), words, low),
        xaxis={"title": words["day"], "range": [0, last + 0.5], "tickvals": places,
               "ticktext": labels, "gridcolor": GRID, "zeroline": False, "color": INK,
               "anchor": "y"},
        yaxis={"title": words["percent"], "range": [0, 100], "domain": [low, 1],
               "gridcolor": GRID, "color": INK},
    )  # fmt: skip
    return figure


def _called(name: str, words: Mapping[str, str]) -> str:
    return words["all"] if name == ALL else name


def _draw(
    figure: go.Figure, steps: pd.DataFrame, name: str, line: Mapping[str, object], left: str
) -> None:
    days, share = steps["DAY"].tolist(), (100 * steps["INCIDENCE"]).tolist()
    figure.add_scatter(x=days, y=share, mode="lines", name=name, line={"shape": "hv", **line},
                       hovertemplate=f"{name}: %{{x}}: %{{y:.0f}} %<extra></extra>")  # fmt: skip
    gone = steps[steps["CENSORED"].gt(0)]
    figure.add_scatter(
        x=gone["DAY"].tolist(), y=(100 * gone["INCIDENCE"]).tolist(), mode="markers", name=left,
        marker={"symbol": "line-ns-open", "size": 10, "color": line["color"], "line": {"width": 2}},
        showlegend=False, customdata=gone["CENSORED"].tolist(),
        hovertemplate=f"{name}: %{{x}}: %{{customdata}} {left}<extra></extra>",
    )  # fmt: skip


def _at_risk(
    found: FirstEvents, names: tuple[str, ...], days: list[int]
) -> dict[str, dict[int, int]]:
    people = found.subjects
    return {
        name: dict(zip(days, at_risk(own, days), strict=True))
        for name in names
        for own in [people if name == ALL else people[people["LEVEL"].eq(name)]]
    }


def _numbers_at_risk(
    numbers: Mapping[str, Mapping[int, int]], words: Mapping[str, str], low: float
) -> list[dict[str, object]]:
    """Return what is written under the axis: how many are at risk just before each labelled day.

    low: where the curves end, as a share of the height.
    """
    below = {"xref": "x", "yref": "paper", "y": low, "yanchor": "top", "showarrow": False}
    side = below | {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -8}
    said = [side | {"text": words["at_risk"], "font": {"color": MUTED}, "yshift": -AXIS}]
    for line, (name, by_day) in enumerate(numbers.items(), start=1):
        place = {"yshift": -AXIS - ROW * line}
        said.append(side | place | {"text": _called(name, words)})
        said += [below | place | {"text": str(n), "x": day} for day, n in by_day.items()]
    return said
