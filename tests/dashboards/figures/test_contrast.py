"""Every word in a figure can be read on what is behind it, as WCAG 2.2 AA asks: 4.5 to 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboards.pages import PAGES
from tests.dashboards.desk import view, walk
from tests.e2e.trials import Pilot

pytestmark = pytest.mark.xdist_group("pilot")
NAMES = {"white": (255, 255, 255), "black": (0, 0, 0)}
WHITE, INK, LEAST = "#ffffff", "#212529", 4.5


def channels(colour: str) -> tuple[float, ...]:
    """Red, green and blue of a colour, as it is on white if it is not opaque."""
    if colour in NAMES:
        return NAMES[colour]
    if colour.startswith("#"):
        whole = colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])
        return tuple(int(whole[i : i + 2], 16) for i in (1, 3, 5))
    *rgb, alpha = [*(float(n) for n in re.findall(r"[\d.]+", colour)), 1.0][:4]
    return tuple(alpha * c + (1 - alpha) * 255 for c in rgb)


def luminance(colour: str) -> float:
    parts = [c / 255 for c in channels(colour)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def each(value: Any, n: int, default: str) -> list[str]:
    """One value a point: of a list, or the same for all."""
    if value is None:
        return [default] * n
    return [value] * n if isinstance(value, str) else list(value)


def words(figure: go.Figure) -> Iterator[tuple[str, str, str]]:
    """Each text of a figure with its colour and what is behind it."""
    usual = figure.layout.font.color or INK
    for note in figure.layout.annotations:
        yield note.text, note.font.color or usual, note.bgcolor or WHITE
    for trace in figure.data:
        yield from _of_trace(trace, usual)


def _of_trace(trace: Any, usual: str) -> Iterator[tuple[str, str, str]]:
    if trace.type not in {"scatter", "bar"} or trace.text is None:
        return
    if trace.type == "scatter" and "text" not in (trace.mode or ""):
        return
    text = each(trace.text, len(trace.x), "")
    colours = each(trace.textfont.color, len(text), usual)
    on = "middle center" if trace.type == "scatter" else "inside"
    places = each(trace.textposition, len(text), on)
    has_mark = trace.type == "bar" or "markers" in (trace.mode or "")
    marks = each(trace.marker.color, len(text), WHITE) if has_mark else [WHITE] * len(text)
    for said, colour, place, mark in zip(text, colours, places, marks, strict=True):
        if said:
            yield str(said), colour, mark if place == on else WHITE


@pytest.mark.parametrize(
    "url",
    ["/labs", "/labs?show=edish", "/exposure", "/exposure?show=intensity",
     "/subject", "/events?show=onset"],
)  # fmt: skip
def test_every_word_can_be_read(dose_finding: Pilot, url: str) -> None:
    path, _, asked = url.partition("?")
    page = next(p for p in PAGES if p.path == path)
    drawn = page.draw(view(dose_finding.environ, f"{path}?study=NCT06038461&{asked}", "chair"))
    figures = [part.figure for part in walk(drawn) if type(part).__name__ == "Graph"]
    assert figures
    told = [word for figure in figures for word in words(go.Figure(figure))]
    assert told
    assert [(text, colour, behind) for text, colour, behind in told
            if text.strip() and contrast(colour, behind) < LEAST] == []  # fmt: skip


def test_what_is_too_light_would_be_found() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("rgba(0, 0, 0, 0.5)", "white") == pytest.approx(3.98, abs=0.1)
    figure = go.Figure(go.Scatter(x=[1], y=[1], mode="text", text=["a"],
                                  textfont={"color": "#adb5bd"}))  # fmt: skip
    [(_, colour, behind)] = words(figure)
    assert contrast(colour, behind) < LEAST
