"""One bar a subject over study days: doses by drug, and what happened, each with its sign."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards.figures.palette import GRID, INK, Paint, painted
from dashboards.figures.swimmer_signs import draw_signs
from dashboards.i18n import t
from safety.displays.days import axis_day, day_ticks
from safety.displays.dosing import NOT_TAKEN, REDUCED, TAKEN, UNKNOWN
from safety.displays.swimmer import CYCLE, Swimmer

Lane = Mapping[tuple[str, str], int]
LANE, HEAD, GAP, TITLE = 1.0, 2.1, 0.5, 1.6  # heights: drug, signs, between, level
PIXELS = 15  # of a height of 1
PATTERNS = {TAKEN: "", REDUCED: "/", NOT_TAKEN: "x", UNKNOWN: "."}
WIDE = 0.045  # share of the axis from which a stretch has room for its dose


def swimmer_figure(found: Swimmer, states: Mapping[str, str]) -> go.Figure:
    """Return the figure of the subjects in found.bars. states: of a dose, in words."""
    figure = go.Figure()
    drugs = list(dict.fromkeys(found.segments["DRUG"].sort_values()))
    paints = painted(drugs)
    lanes = int(found.segments.groupby("USUBJID")["DRUG"].nunique().max()) if drugs else 1
    places = _places(found.bars, lanes)
    last = float(found.bars["LAST"].max()) if len(found.bars) else 21.0
    first = min(1.0, float(axis_day(found.marks["DAYMIN"]).min())) if len(found.marks) else 1.0
    _draw_windows(figure, found.bars, places, lanes)
    _draw_cycles(figure, found, places, lanes)
    lane = _lanes(found.segments)
    _draw_doses(figure, found.segments, lane, places, paints, states, last)
    _draw_holds(figure, found.holds, lane, places)
    draw_signs(figure, found.marks, places)
    _draw_ongoing(figure, found.bars, places)
    _label(figure, found.bars, places, lanes)
    _axes(figure, places, lanes, (first, last))
    return figure


def _places(bars: pd.DataFrame, lanes: int) -> dict[str, float]:
    """Return where each subject's block begins, from the top down; a level begins with its name."""
    places: dict[str, float] = {}
    y, level = 0.0, ""
    for row in bars.itertuples(index=False):
        own = str(row.LEVEL)
        y += TITLE if level != own else 0
        level = own
        places[row.USUBJID] = y
        y += HEAD + LANE * lanes + GAP
    return places


def _draw_windows(
    figure: go.Figure, bars: pd.DataFrame, places: Mapping[str, float], lanes: int
) -> None:
    known = bars[bars["WINDOWEND"].notna()]
    x: list[float | None] = []
    y: list[float | None] = []
    for row in known.itertuples(index=False):
        top, end = places[row.USUBJID], float(row.WINDOWEND) + 0.5
        low = top + HEAD + LANE * lanes + 0.15
        x += [0.5, end, end, 0.5, 0.5, None]
        y += [top, top, low, low, top, None]
    figure.add_trace(go.Scatter(
        x=x, y=y, mode="lines", name=t("DLT window"), hoverinfo="skip",
        line={"color": "#5C3B8C", "width": 1.5, "dash": "dash"},
    ))  # fmt: skip


def _draw_cycles(
    figure: go.Figure, found: Swimmer, places: Mapping[str, float], lanes: int
) -> None:
    cycles = found.marks[found.marks["KIND"].eq(CYCLE)]
    x: list[float | None] = []
    y: list[float | None] = []
    for row in cycles.itertuples(index=False):
        at = float(row.DAYMIN) - 0.5
        top = places[row.USUBJID] + 0.4
        x, y = [*x, at, at, None], [*y, top, top + HEAD + LANE * lanes - 0.3, None]
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", name=t("cycle begins"), hoverinfo="skip",
                                line={"color": INK, "width": 1}))  # fmt: skip


def _lanes(segments: pd.DataFrame) -> Lane:
    """Return the number, from 0, of the lane that each drug of a subject has."""
    known = segments[["USUBJID", "DRUG"]].drop_duplicates().sort_values(["USUBJID", "DRUG"])
    number = known.groupby("USUBJID").cumcount()
    pairs = zip(known["USUBJID"], known["DRUG"], strict=True)
    return {(str(a), str(b)): int(n) for (a, b), n in zip(pairs, number, strict=True)}


def _tops(own: pd.DataFrame, lane: Lane, places: Mapping[str, float]) -> list[float]:
    pairs = zip(own["USUBJID"], own["DRUG"], strict=True)
    return [places[who] + HEAD + LANE * lane[who, drug] for who, drug in pairs]


def _draw_holds(
    figure: go.Figure, holds: pd.DataFrame, lane: Lane, places: Mapping[str, float]
) -> None:
    """Draw when a rule asks to hold a drug: a line on top of its lane, to see doses against."""
    pairs = zip(holds["USUBJID"], holds["DRUG"], strict=True)
    drawn = pd.Series([pair in lane for pair in pairs], index=holds.index, dtype="bool")
    for is_met, name, dash in (
        (True, t("on hold by a rule"), "solid"),
        (False, t("perhaps on hold: cannot be judged"), "dot"),
    ):
        own = holds[drawn & holds["STATE"].eq("met").eq(is_met)]
        x: list[float | None] = []
        y: list[float | None] = []
        for start, end, top in zip(
            axis_day(own["START"]), axis_day(own["END"]), _tops(own, lane, places), strict=True
        ):
            x, y = [*x, start - 0.5, end + 0.5, None], [*y, top, top, None]
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="lines",
                name=name,
                hoverinfo="skip",
                line={"color": "#000000", "width": 4, "dash": dash},
            )
        )


def _draw_doses(
    figure: go.Figure, segments: pd.DataFrame, lane: Lane, places: Mapping[str, float],
    paints: Mapping[str, Paint], states: Mapping[str, str], last: float,
) -> None:  # fmt: skip
    """Draw the doses: colour and lane by drug, pattern by state, the dose where there is room."""
    for (drug, state), own in segments.groupby(["DRUG", "STATE"]):
        paint = paints[str(drug)]
        start, end = axis_day(own["START"]) - 0.5, axis_day(own["END"]) + 0.5
        top = _tops(own, lane, places)
        has_room = (end - start).gt(WIDE * last)
        hollow = state in {NOT_TAKEN, UNKNOWN}
        figure.add_trace(go.Bar(
            base=start, x=end - start, y=[y + LANE / 2 for y in top], width=LANE * 0.9,
            orientation="h",
            name=f"{drug}: {states[str(state)]}",
            marker={"color": "#FFFFFF" if hollow else paint.fill,
                    "line": {"color": paint.fill if hollow else INK, "width": 1},
                    "pattern": {"shape": PATTERNS[str(state)], "size": 6, "solidity": 0.12,
                                "fgcolor": INK}},
            text=[_short(x) if room and not hollow else "" for x, room in
                  zip(own["TEXT"], has_room, strict=True)],
            textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
            textfont={"size": 10, "color": paint.text},
            hovertext=[f"{r.USUBJID}<br>{drug}: {r.TEXT}, D{r.START} - D{r.END}"
                       for r in own.itertuples(index=False)],
            hoverinfo="text",
        ))  # fmt: skip


def _short(text: str) -> str:
    """Return a dose without its frequency: `60 mg`."""
    return " ".join(text.split()[:2])


def _draw_ongoing(figure: go.Figure, bars: pd.DataFrame, places: Mapping[str, float]) -> None:
    """Draw an arrow where neither an end of treatment nor a death is recorded."""
    own = bars[bars["ONGOING"]]
    figure.add_trace(go.Scatter(
        x=own["LAST"].astype("float64") + 1.5,
        y=own["USUBJID"].map(places).astype("float64") + HEAD + LANE / 2,
        mode="markers", name=t("no end of treatment is recorded"),
        marker={"symbol": "triangle-right", "size": 13, "color": INK},
        hovertext=[f"{r.USUBJID}, D{r.LAST}" for r in own.itertuples(index=False)],
        hoverinfo="text",
    ))  # fmt: skip


def _label(figure: go.Figure, bars: pd.DataFrame, places: Mapping[str, float], lanes: int) -> None:
    for level, own in bars.groupby("LEVEL", sort=False):
        top = places[own["USUBJID"].iloc[0]]
        said = t("{level}: {n} subjects drawn", level=level, n=len(own))
        figure.add_annotation(
            xref="paper", x=0, y=top - 0.5, xanchor="left", yanchor="bottom", showarrow=False,
            text=f"<b>{said}</b>", font={"size": 13, "color": INK},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=[places[who] + HEAD + LANE * lanes / 2 for who in bars["USUBJID"]],
        ticktext=list(bars["USUBJID"]), tickfont={"size": 11},
    )  # fmt: skip


def _axes(
    figure: go.Figure, places: Mapping[str, float], lanes: int, span: tuple[float, float]
) -> None:
    depth = max(places.values(), default=0) + HEAD + LANE * lanes + GAP
    ticks, labels = day_ticks(*span)
    margin = 0.02 * (span[1] - span[0]) + 2
    figure.update_xaxes(title=t("Study day (there is no day 0)"), tickvals=ticks, ticktext=labels,
                        range=[span[0] - margin, span[1] + margin + 2], gridcolor=GRID,
                        zeroline=False)  # fmt: skip
    figure.update_yaxes(range=[depth, -0.2], showgrid=False, zeroline=False, automargin=True)
    figure.update_layout(
        height=int(np.ceil(depth * PIXELS)) + 240, barmode="overlay", bargap=0,
        margin={"l": 190, "r": 20, "t": 110, "b": 60},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
    )  # fmt: skip
