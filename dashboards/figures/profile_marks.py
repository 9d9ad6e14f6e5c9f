"""Marks of the profile of a subject: bars, bounds that are not sure, digits, lines through all."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboards.components import grades
from dashboards.figures import marks
from dashboards.i18n import t
from safety.displays.days import axis_day
from safety.displays.reported import MISSING

EDGES = {"A": "START", "B": "STARTMAX", "C": "END", "D": "ENDMAX"}  # places on the axis, of days
MOST = 30  # characters of the name of a line
SERIOUS = ", serious"  # how the text of a serious event ends
INK = "#343A40"


def short(name: str) -> str:
    """Return the name of a line, cut where it would not fit."""
    return name if len(name) <= MOST else f"{name[: MOST - 1]}\u2026"


def when(start: object, end: object, text: str) -> str:
    """Return what is told of a bar when it is pointed at."""
    days = t("day {a}", a=start) if start == end else t("day {a} to {b}", a=start, b=end)
    return f"{text}<br>{days}"


def highest(label: str) -> int | None:
    """Return the highest grade of a label `3` or `3 or 4`; None for one that says none."""
    last = label.rpartition(" ")[2]
    return int(last) if last in set("12345") else None


def colour(label: str) -> str:
    """Return the colour of a grade; of several possible ones, that of the highest."""
    grade = highest(label)
    return grades.COLOURS[grade] if grade else grades.NOT_GRADABLE


def digit(label: str, text: str) -> str:
    """Return what stands on an event: its grade, and S if it is serious."""
    said = "?" if label == MISSING else label.replace(" or ", "-")
    return f"{said} S" if text.endswith(SERIOUS) else said


def bars(figure: go.Figure, rows: pd.DataFrame, colours: Sequence[str]) -> None:
    """Draw the days on which something surely was."""
    sure = rows["B"].le(rows["C"])
    own = rows[sure]
    figure.add_trace(
        go.Bar(
            orientation="h", base=own["B"] - 0.5, x=own["C"] - own["B"] + 1, y=own["Y"], width=0.5,
            marker={"color": [c for c, s in zip(colours, sure, strict=True) if s],
                    "line": {"color": INK, "width": 1}},
            hovertext=_hover(own), hoverinfo="text",
        )
    )  # fmt: skip


def unsure(figure: go.Figure, rows: pd.DataFrame) -> None:
    """Draw dashed lines over the days on which something may have begun or ended."""
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high in (("A", "B"), ("C", "D")):
        own = rows[rows[low].lt(rows[high])]
        for a, b, place in zip(own[low], own[high], own["Y"], strict=True):
            x += [float(a) - 0.5, float(b) + 0.5, None]
            y += [float(place), float(place), None]
    if x:
        figure.add_trace(go.Scatter(x=x, y=y, mode="lines", hoverinfo="skip",
                                    line={"color": INK, "width": 3, "dash": "dot"}))  # fmt: skip


def arrows(figure: go.Figure, rows: pd.DataFrame, edge: float) -> None:
    """Draw an arrow where something goes on, at the edge of the axis at last: no end is known."""
    own = rows[rows["OPEN"]]
    looks = {"symbol": "triangle-right", "size": 14, "color": INK}
    figure.add_trace(
        go.Scatter(
            x=(own["D"] + 0.5).clip(upper=edge),
            y=own["Y"],
            mode="markers",
            hoverinfo="skip",
            marker=looks,
            cliponaxis=False,
        )
    )


def labels(figure: go.Figure, rows: pd.DataFrame, said: Sequence[str]) -> None:
    """Draw the grade on its colour where each row begins; a higher one covers a lower one."""
    told = rows.assign(SAID=list(said), TOP=[highest(label) or 0 for label in rows["GRADE"]])
    for top, own in told.groupby("TOP"):
        grade = int(str(top))
        fill = grades.COLOURS[grade] if grade else grades.NOT_GRADABLE
        marked(figure, own, list(own["SAID"]), "square", (fill, grades.TEXT.get(grade, "#000000")))


def marked(
    figure: go.Figure, rows: pd.DataFrame, said: Sequence[str], symbol: str,
    colours: tuple[str, str],
) -> None:  # fmt: skip
    """Draw a mark with its text where each row begins. colours: of the mark and of the text."""
    fill, ink = colours
    figure.add_trace(
        go.Scatter(
            x=rows["A"], y=rows["Y"], mode="markers+text", text=list(said),
            textfont={"size": [11 if len(s) == 1 else 9 for s in said], "color": ink},
            marker={"symbol": symbol, "color": fill, "line": {"color": INK, "width": 1},
                    "size": [16 if len(s) == 1 else 22 for s in said], "opacity": 1},
            hovertext=_hover(rows), hoverinfo="text", cliponaxis=False,
        )
    )  # fmt: skip


def _hover(rows: pd.DataFrame) -> list[str]:
    told = zip(rows["NAME"], rows["TEXT"], rows["START"], rows["ENDMAX"], strict=True)
    return [when(start, end, f"{name}: {text}") for name, text, start, end in told]


def window(figure: go.Figure, last: int | None) -> None:
    """Shade the DLT window, from the first dose on."""
    if last is None or last < 1:
        return
    text = t("DLT window to day {day}", day=last)
    told = marks.above(0.5, text, side="left", colour="#1D5C8A", shift=16)
    marks.add(figure, [marks.span(0.5, last + 0.5, "#E7F0F9")], [told])


def cycles(figure: go.Figure, rows: pd.DataFrame, low: float, high: float) -> None:
    """Draw a line where each cycle began."""
    line = {"color": "#868E96", "width": 1, "dash": "dot"}
    begun = [
        (float(place) - 0.5, str(text))
        for place, text in zip(axis_day(rows["START"]), rows["TEXT"], strict=True)
        if low <= float(place) <= high
    ]
    marks.add(
        figure,
        [marks.upright(x, line) for x, _ in begun],
        [marks.above(x, text, side="left", colour="#495057") for x, text in begun],
    )


def today(figure: go.Figure, place: float, high: float) -> None:
    """Draw the day of the data; one beyond the axis is told at its edge."""
    beyond = place + 0.5 > high
    at, day = min(place + 0.5, high), int(place)
    text = t("as of day {day}, to the right", day=day) if beyond else t("as of day {day}", day=day)
    line = [] if beyond else [marks.upright(at, {"color": "#212529", "width": 2})]
    marks.add(figure, line, [marks.above(at, text, side="right", colour="#212529", shift=32)])
