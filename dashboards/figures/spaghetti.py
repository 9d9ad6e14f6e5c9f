"""Values of one analyte over study days or cycle days: a line a subject, bands, median, doses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboards.components import grades
from dashboards.exposure_page.regimen import Planned
from dashboards.figures import marks
from dashboards.figures.labs import draw_bands, top_of
from dashboards.figures.palette import GRID, INK, painted
from safety.ctcae.bands import Band
from safety.displays.days import axis_day, day_ticks
from safety.displays.spaghetti import Spaghetti

LEAST = 3  # subjects of a median
ROW = 0.05  # height of a drug's bar, as a share of the figure
MOST_CYCLES = 60


def spaghetti_figure(
    found: Spaghetti, bands: Sequence[Band], planned: Sequence[Planned], lines: Mapping[str, int],
    *, by_cycle: bool, title: str, words: Mapping[str, str],
) -> go.Figure:  # fmt: skip
    """Return the figure. lines: the number of each subject's line.

    words: `day`, `cycle_day`, `median`, `grade` (with {n}) in the language of the page.
    """
    figure = go.Figure()
    values = _placed(found.values, by_cycle=by_cycle)
    base = ROW * len(planned) + (0.02 if planned else 0)
    top = top_of(values["VALUE"], bands)
    draw_bands(figure, bands, top, words["grade"])
    _draw_lines(figure, values, lines, by_cycle=by_cycle)
    _draw_values(figure, values)
    _draw_median(figure, found.median, words["median"], by_cycle=by_cycle)
    span = (float(values["X"].min()), float(values["X"].max())) if len(values) else (1.0, 21.0)
    _draw_planned(figure, planned, span[1], by_cycle=by_cycle)
    places, labels = day_ticks(*span)
    figure.update_xaxes(
        tickvals=places, ticktext=labels, anchor="free", position=0, showgrid=False,
        range=[span[0] - 1, span[1] + 0.03 * (span[1] - span[0]) + 1],
        title=words["cycle_day"] if by_cycle else words["day"],
    )  # fmt: skip
    figure.update_yaxes(domain=[base, 1], title=title, range=[min(0, _lowest(values)), top],
                        gridcolor=GRID)  # fmt: skip
    figure.update_layout(
        height=520, margin={"l": 100, "r": 90, "t": 50, "b": 60}, hovermode="closest",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure


def _lowest(values: pd.DataFrame) -> float:
    return float(values["VALUE"].min()) if len(values) else 0.0


def _placed(values: pd.DataFrame, *, by_cycle: bool) -> pd.DataFrame:
    """Return values with their place on the axis; a value before cycle 1 has no cycle day."""
    if by_cycle:
        known = values[values["CYCLEDY"].notna()]
        return known.assign(X=known["CYCLEDY"].astype("float64"))
    return values.assign(X=axis_day(values["ADY"]))


def _draw_lines(
    figure: go.Figure, values: pd.DataFrame, lines: Mapping[str, int], *, by_cycle: bool
) -> None:
    """Draw a line a subject and series (and cycle), by level; its number stands at its end."""
    paints = painted(values["LEVEL"])
    keys = ["USUBJID", "SERIES", *(["CYCLE"] if by_cycle else [])]
    for level, of_level in values.groupby("LEVEL", sort=False):
        paint = paints[str(level)]
        x: list[float | None] = []
        y: list[float | None] = []
        for _, own in of_level.groupby(keys, sort=False):
            x += [*own["X"], None]
            y += [*own["VALUE"], None]
        figure.add_trace(go.Scatter(
            x=x, y=y, mode="lines", name=str(level), hoverinfo="skip",
            line={"color": paint.fill, "width": 1.5, "dash": paint.dash},
        ))  # fmt: skip
    ends = values.sort_values("X", kind="stable").drop_duplicates("USUBJID", keep="last")
    figure.add_trace(go.Scatter(
        x=ends["X"], y=ends["VALUE"], mode="text", showlegend=False, hoverinfo="skip",
        text=[f"  {lines.get(who, '')}" for who in ends["USUBJID"]], textposition="middle right",
        textfont={"size": 11, "color": INK},
    ))  # fmt: skip


def _draw_values(figure: go.Figure, values: pd.DataFrame) -> None:
    """Draw each value: a graded one with its digit; grade 0 small, not gradable hollow."""
    grade = [grades.mark(g) for g in values["GRADE"]]
    raised = [g in {"1", "2", "3", "4"} for g in grade]
    figure.add_trace(go.Scatter(
        x=values["X"], y=values["VALUE"], mode="markers+text", showlegend=False,
        marker={
            "size": [15 if r else 10 if g == grades.NOT_GRADABLE_MARK else 5
                     for r, g in zip(raised, grade, strict=True)],
            "color": [grades.COLOURS[int(g)] if r else "#FFFFFF" if g != "0" else INK
                      for r, g in zip(raised, grade, strict=True)],
            "symbol": ["x-thin-open" if g == grades.NOT_GRADABLE_MARK else "circle" for g in grade],
            "line": {"color": INK, "width": 1}, "opacity": 1,
        },
        text=[g if r else "" for r, g in zip(raised, grade, strict=True)],
        textfont={"size": 10, "color": [grades.TEXT[int(g)] if r else INK
                                        for r, g in zip(raised, grade, strict=True)]},
        hovertext=list(_hovers(values, grade)), hoverinfo="text",
    ))  # fmt: skip


def _hovers(values: pd.DataFrame, grade: Sequence[str]) -> Iterable[str]:
    for row, mark in zip(values.to_dict("records"), grade, strict=True):
        cycle = "" if pd.isna(row["CYCLE"]) else f", C{row['CYCLE']}D{row['CYCLEDY']}"
        number = f"{row['COMPARATOR']}{row['VALUE']:.4g}"
        yield f"{row['USUBJID']} ({row['LEVEL']})<br>D{row['ADY']}{cycle}: {number}, {mark}"


def _draw_median(figure: go.Figure, median: pd.DataFrame, name: str, *, by_cycle: bool) -> None:
    known = median[median["N"].ge(LEAST)]
    x: list[float | None] = []
    y: list[float | None] = []
    for _, own in known.groupby("CYCLE") if by_cycle else [("", known)]:
        day = own["CYCLEDY"].astype("float64") if by_cycle else axis_day(own["DAY"])
        x, y = [*x, *day, None], [*y, *own["MEDIAN"], None]
    figure.add_trace(go.Scatter(
        x=x, y=y, mode="lines", name=name, hoverinfo="skip",
        line={"color": "#000000", "width": 4}, opacity=0.55,
    ))  # fmt: skip


def _draw_planned(
    figure: go.Figure, planned: Sequence[Planned], last: float, *, by_cycle: bool
) -> None:
    """Draw the planned days of each drug under the axis, every cycle beginning on time."""
    paints = painted(p.drug for p in planned)
    bars: list[marks.Mark] = []
    names: list[marks.Mark] = []
    for i, plan in enumerate(planned):
        low = ROW * (len(planned) - 1 - i)
        cycles = 1 if by_cycle else min(int((last - 1) // plan.length) + 1, MOST_CYCLES)
        begun = [k * plan.length for k in range(cycles) if plan.first + k * plan.length <= last]
        bars += [
            {"type": "rect", "xref": "x", "yref": "paper", "x0": plan.first + since - 0.5,
             "x1": min(plan.last + since, last) + 0.5, "y0": low + 0.008, "y1": low + ROW,
             "fillcolor": paints[plan.drug].fill, "line": {"color": INK, "width": 1}}
            for since in begun
        ]  # fmt: skip
        names.append(
            {"xref": "paper", "yref": "paper", "x": 0, "y": low + ROW / 2, "xanchor": "right",
             "yanchor": "middle", "text": plan.drug, "showarrow": False, "font": {"size": 11}}
        )  # fmt: skip
    marks.add(figure, bars, names)
