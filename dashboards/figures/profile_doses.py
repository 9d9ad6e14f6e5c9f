"""Dosing in the profile of a subject: a bar for each stretch of days with one dose."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboards.figures import profile_marks as marks
from dashboards.i18n import t
from safety.displays import profile
from safety.displays.days import axis_day
from safety.displays.dosing import NOT_TAKEN, REDUCED, TAKEN, UNKNOWN

Places = dict[tuple[str, str], int]  # of each line of each track, counted from above
# Dosing differs by pattern as well as by colour: fill, pattern and its colour, text.
DOSES = {
    TAKEN: ("#2F6699", "", "#2F6699", "#FFFFFF"), REDUCED: ("#E3EEF8", "/", "#A9C6E3", "#000000"),
    NOT_TAKEN: ("#FFFFFF", "x", "#868E96", "#000000"),
    UNKNOWN: ("#F1F3F5", ".", "#868E96", "#000000"),
}  # fmt: skip


def doses(figure: go.Figure, rows: pd.DataFrame, places: Places) -> None:
    """Draw each state of dosing with its own fill and pattern."""
    for state, (fill, pattern, line, ink) in DOSES.items():
        own = rows[rows["STATE"].eq(state)]
        if own.empty:
            continue
        start, end = axis_day(own["START"]), axis_day(own["END"])
        figure.add_trace(
            go.Bar(
                orientation="h", base=start - 0.5, x=end - start + 1, name=t(state),
                y=[places[profile.DOSING, str(drug)] for drug in own["DRUG"]], width=0.7,
                marker={"color": fill, "line": {"color": "#1B3A57", "width": 1},
                        "pattern": {"shape": pattern, "fgcolor": line, "size": 6}},
                text=own["TEXT"] if state in {TAKEN, REDUCED} else None, textposition="inside",
                insidetextanchor="start", textfont={"color": ink}, hoverinfo="text",
                hovertext=[marks.when(s, e, f"{text} ({t(state)})") for s, e, text in zip(
                    own["START"], own["END"], own["TEXT"], strict=True)],
            )
        )  # fmt: skip
