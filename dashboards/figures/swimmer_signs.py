"""What happened to subjects, as signs above their bars: a digit or a word, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.components import grades
from dashboards.figures.palette import INK
from dashboards.i18n import t
from safety.displays.days import axis_day
from safety.displays.swimmer import DEATH, DLT, END, SERIOUS, SEVERE

SIGNS = {DLT: "DLT", DEATH: "\u271d", END: "END", SERIOUS: "S"}
ROWS = {DLT: 0.3, END: 0.3, DEATH: 0.3, SERIOUS: 0.95, SEVERE: 1.6}  # below the top of a block


def draw_signs(figure: go.Figure, marks: pd.DataFrame, places: Mapping[str, float]) -> None:
    """Draw events above the bars: the digit of a grade on its colour, a word for all else."""
    events = marks[marks["KIND"].isin([SEVERE, *SIGNS])]
    for kind, name in ((SEVERE, t("grade 3 or more, by digit")), (SERIOUS, t("S: serious")),
                       (DLT, t("DLT proposed")), (END, t("END: end of treatment")),
                       (DEATH, t("death"))):  # fmt: skip
        own = events[events["KIND"].eq(kind)]
        if own.empty:
            continue
        days = [t("D{a} - D{b}", a=r.DAYMIN, b=r.DAYMAX) if r.DAYMIN != r.DAYMAX else f"D{r.DAYMIN}"
                for r in own.itertuples(index=False)]  # fmt: skip
        figure.add_trace(go.Scatter(
            x=axis_day(own["DAYMIN"]), y=own["USUBJID"].map(places).astype("float64") + ROWS[kind],
            mode="markers+text", name=name, marker=_marker(kind, own),
            text=_texts(kind, own), textfont=_font(kind, own), textposition="middle center",
            hovertext=[f"{r.USUBJID}<br>{d}: {r.TEXT}" for r, d in
                       zip(own.itertuples(index=False), days, strict=True)],
            hoverinfo="text",
        ))  # fmt: skip


def digits(texts: pd.Series) -> list[int]:
    """Return the highest grade that each text names after `grade`; 3 where none is known."""
    found = texts.str.extract(r"grade .*?([1-5])(?!.*[1-5])", expand=False)
    return [int(x) for x in found.fillna("3")]


def _texts(kind: str, own: pd.DataFrame) -> list[str]:
    if kind != SEVERE:
        return [SIGNS[kind]] * len(own)
    unsure = own["TEXT"].str.contains(r"grade \d or|grade missing", regex=True)
    return [f"{d}{'?' if u else ''}" for d, u in zip(digits(own["TEXT"]), unsure, strict=True)]


def _marker(kind: str, own: pd.DataFrame) -> dict[str, Any]:
    if kind == SEVERE:
        return {"symbol": "square", "size": 12, "line": {"color": INK, "width": 1},
                "color": [grades.COLOURS[d] for d in digits(own["TEXT"])]}  # fmt: skip
    return {"symbol": "square", "size": 12 if kind in {SERIOUS, DEATH} else 24,
            "color": "#5C3B8C" if kind == DLT else "#FFFFFF",
            "line": {"color": INK, "width": 1}}  # fmt: skip


def _font(kind: str, own: pd.DataFrame) -> dict[str, Any]:
    if kind == SEVERE:
        return {"size": 10, "color": [grades.TEXT[d] for d in digits(own["TEXT"])]}
    return {"size": 10, "color": "#FFFFFF" if kind == DLT else INK}
