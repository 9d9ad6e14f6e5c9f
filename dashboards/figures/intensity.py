"""Relative dose intensity of each subject and drug, with what unrecorded doses leave open."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.figures.palette import GRID, INK, painted
from dashboards.i18n import t
from safety.displays.intensity import LOW

PIXELS = 16  # of a drug of a subject


def intensity_figure(totals: pd.DataFrame) -> go.Figure:
    """Return the figure. totals: USUBJID, LEVEL, DRUG, RDI, RDIMAX (shares), by subject.

    A drug without an RDI has no point. A line leads to what it would be if every dose that no
    record tells of had been taken.
    """
    figure = go.Figure()
    known = totals[totals["RDI"].notna()]
    drugs = sorted(set(known["DRUG"]))
    paints = painted(drugs)
    who = list(dict.fromkeys(known["USUBJID"]))
    place = {name: i for i, name in enumerate(who)}
    for i, drug in enumerate(drugs):
        own = known[known["DRUG"].eq(drug)]
        y = own["USUBJID"].map(place) + 0.22 * (i - (len(drugs) - 1) / 2)
        low = own["RDI"].astype("float64") * 100
        paint = paints[drug]
        figure.add_trace(go.Scatter(
            x=low, y=y, mode="markers", name=drug,
            error_x={"type": "data", "symmetric": False, "width": 3, "color": INK,
                     "array": own["RDIMAX"].astype("float64") * 100 - low,
                     "arrayminus": [0] * len(own)},
            marker={"color": paint.fill, "symbol": paint.symbol, "size": 11,
                    "line": {"color": INK, "width": 1}},
            hovertext=[f"{r.USUBJID} ({r.LEVEL})<br>{drug}: {x:.1f} %"
                       for r, x in zip(own.itertuples(index=False), low, strict=True)],
            hoverinfo="text",
        ))  # fmt: skip
    figure.add_vline(x=LOW * 100, line={"color": "#7F0F18", "dash": "dash", "width": 1.5})
    figure.add_annotation(x=LOW * 100, y=1, yref="paper", text=t("80 %"), showarrow=False,
                          xanchor="left", yanchor="bottom")  # fmt: skip
    highest = float(known["RDIMAX"].astype("float64").max()) * 100 if len(known) else 100.0
    figure.update_xaxes(title=t("Relative dose intensity (%)"), range=[0, max(105.0, highest + 5)],
                        gridcolor=GRID, zeroline=False)  # fmt: skip
    figure.update_yaxes(tickvals=list(place.values()), ticktext=who, range=[len(who) - 0.5, -0.5],
                        automargin=True, gridcolor=GRID, zeroline=False)  # fmt: skip
    figure.update_layout(
        height=220 + PIXELS * max(len(drugs), 2) * len(who),
        margin={"l": 190, "r": 20, "t": 60, "b": 60}, showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.15},
    )  # fmt: skip
    return figure
