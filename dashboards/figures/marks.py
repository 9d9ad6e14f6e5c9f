"""Lines, bands and texts of a figure, added at once: one by one plotly judges all before anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

Mark = dict[str, Any]


def add(figure: go.Figure, shapes: Iterable[Mark] = (), texts: Iterable[Mark] = ()) -> None:
    """Add shapes and texts to those that a figure has."""
    layout = figure.layout
    more, said = tuple(shapes), tuple(texts)
    if more:
        layout.shapes = (*layout.shapes, *more)
    if said:
        layout.annotations = (*layout.annotations, *said)


def band(low: float, high: float, colour: str, opacity: float) -> Mark:
    """Return a band over the whole width, behind the data."""
    return {"type": "rect", "xref": "x domain", "x0": 0, "x1": 1, "y0": low, "y1": high,
            "fillcolor": colour, "opacity": opacity, "line": {"width": 0},
            "layer": "below"}  # fmt: skip


def span(low: float, high: float, colour: str) -> Mark:
    """Return a band over the whole height, behind the data."""
    return {"type": "rect", "yref": "y domain", "y0": 0, "y1": 1, "x0": low, "x1": high,
            "fillcolor": colour, "line": {"width": 0}, "layer": "below"}  # fmt: skip


def upright(x: float, line: Mark) -> Mark:
    """Return a line over the whole height."""
    return {"type": "line", "yref": "y domain", "y0": 0, "y1": 1, "x0": x, "x1": x, "line": line}


def above(x: float, text: str, *, side: str, colour: str, shift: float = 0) -> Mark:
    """Return a text above the drawing. side: the one of it that stands at x."""
    return {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": side, "text": text,
            "yshift": shift, "showarrow": False, "font": {"size": 12, "color": colour}}  # fmt: skip
