"""One subject over study days: dosing, events, values, medications, on one axis."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from dashboards.figures import profile_marks as marks
from dashboards.figures.profile_doses import Places, doses
from dashboards.i18n import mark, t
from safety.displays import profile
from safety.displays.days import axis_day, day_ticks

BEFORE = 28  # days before the first dose that are drawn; what is earlier is said in words
BEYOND = 28  # days after the last thing told; an as-of later than that stands at the edge
LEFT, RIGHT = 240, 80  # pixels: the same for every figure on the axis
LINE, HEAD, FOOT = 26, 70, 90  # pixels: of a line, above and below all lines
HEADS = {
    profile.MILESTONE: mark("Milestones"), profile.DOSING: mark("Dosing"),
    profile.EVENT: mark("Adverse events"), profile.LAB: mark("Values not of grade 0"),
    profile.MEDICATION: mark("Medications"), profile.PROCEDURE: mark("Procedures"),
}  # fmt: skip
CYCLE = "cycle"  # the milestone that is drawn through all lines
COURSE = "#B9C0C7"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What the figure is of; all days are study days.

    bars: of `safety.displays.profile`; segments: of `dosing.stretches`. window_end: last day of the
    DLT window, None where it is not known; today: as_of.
    """

    bars: pd.DataFrame
    segments: pd.DataFrame
    window_end: int | None
    today: int


def profile_figure(drawn: Drawn, *, title: str) -> go.Figure:
    """Return the figure. title: whose it is, for whoever cuts it out."""
    told = drawn.bars[drawn.bars["NAME"].ne(CYCLE)]
    told = told[told["TRACK"].ne(profile.DOSING)]
    places, labels = _lines(told, drawn.segments)
    figure, (low, high) = go.Figure(), span(drawn)
    doses(figure, drawn.segments, places)
    _events(figure, _of(told, profile.EVENT, places), high)
    for track in (profile.MEDICATION, profile.PROCEDURE):
        _courses(figure, _of(told, track, places), high)
    _values(figure, _of(told, profile.LAB, places))
    _milestones(figure, _of(told, profile.MILESTONE, places))
    marks.window(figure, drawn.window_end)
    marks.cycles(figure, drawn.bars[drawn.bars["NAME"].eq(CYCLE)], low, high)
    marks.today(figure, _place(drawn.today), high)
    on_axis(figure, (low, high))
    figure.update_yaxes(range=[len(labels) - 0.5, -0.5], tickvals=list(range(len(labels))),
                        ticktext=labels, zeroline=False, showgrid=True)  # fmt: skip
    figure.update_layout(
        title={"text": title, "font": {"size": 14}, "x": 0, "xref": "paper"}, barmode="overlay",
        height=HEAD + FOOT + LINE * len(labels), showlegend=False,
        margin={"l": LEFT, "r": RIGHT, "t": HEAD, "b": FOOT},
        uniformtext={"minsize": 9, "mode": "hide"},
    )  # fmt: skip
    return figure


def on_axis(figure: go.Figure, ends: tuple[float, float]) -> None:
    """Give a figure the axis of study days of a profile."""
    ticks, texts = day_ticks(*ends)
    figure.update_xaxes(range=list(ends), tickvals=ticks, ticktext=texts, zeroline=False,
                        title=t("Study day (there is no day 0)"))  # fmt: skip
    figure.update_layout(margin={"l": LEFT, "r": RIGHT})


def _lines(told: pd.DataFrame, segments: pd.DataFrame) -> tuple[Places, list[str]]:
    """Return where each line of each track stands, counted from above, and what it is called."""
    names = {track: _names(told[told["TRACK"].eq(track)]) for track in HEADS}
    names[profile.DOSING] = sorted(set(segments["DRUG"]))
    places: Places = {}
    labels: list[str] = []
    for track, head in HEADS.items():
        if not names[track]:
            continue
        labels.append(f"<b>{t(head)}</b>")
        for name in names[track]:
            places[track, name] = len(labels)
            labels.append(marks.short(name))
    return places, labels


def _names(rows: pd.DataFrame) -> list[str]:
    """Names of a track, that which begins first above."""
    first = rows.assign(FIRST=rows["START"]).groupby("NAME", as_index=False)["FIRST"].min()
    return [str(name) for name in first.sort_values(["FIRST", "NAME"])["NAME"]]


def _of(told: pd.DataFrame, track: str, places: Places) -> pd.DataFrame:
    """Rows of a track with X0 and X1 (bounds on the axis) and Y."""
    rows = told[told["TRACK"].eq(track)]
    edges = {name: axis_day(rows[c]) for name, c in marks.EDGES.items()}
    where = [float(places[track, str(name)]) for name in rows["NAME"]]
    return rows.assign(**edges, Y=pd.Series(where, index=rows.index, dtype="float64"))


def _place(day: int) -> float:
    return float(axis_day(pd.Series([day], dtype="Int64")).iloc[0])


def span(drawn: Drawn) -> tuple[float, float]:
    """Return the ends of the axis: what is far before treatment or long after it is cut."""
    bars, dosed = drawn.bars, drawn.segments
    starts = pd.concat([axis_day(bars["START"]), axis_day(dosed["START"])])
    ended = pd.concat([axis_day(bars["ENDMAX"].mask(bars["OPEN"])), axis_day(dosed["END"])])
    known = [v for v in (starts.max(), ended.max()) if pd.notna(v)]
    last = max([*known, float(drawn.window_end or 1)])
    low = max(float(starts.min()) if starts.notna().any() else 1.0, float(-BEFORE))
    return min(low, 1.0) - 2.0, max(min(_place(drawn.today), last + BEYOND), 2.0) + 1.5


def _events(figure: go.Figure, rows: pd.DataFrame, edge: float) -> None:
    colour = [marks.colour(label) for label in rows["GRADE"]]
    marks.bars(figure, rows, colour)
    marks.unsure(figure, rows)
    marks.arrows(figure, rows, edge)
    told = zip(rows["GRADE"], rows["TEXT"], strict=True)
    marks.labels(figure, rows, [marks.digit(grade, text) for grade, text in told])


def _courses(figure: go.Figure, rows: pd.DataFrame, edge: float) -> None:
    marks.bars(figure, rows, [COURSE] * len(rows))
    marks.unsure(figure, rows)
    marks.arrows(figure, rows, edge)


def _values(figure: go.Figure, rows: pd.DataFrame) -> None:
    marks.unsure(figure, rows)
    marks.labels(figure, rows, list(rows["GRADE"]))


def _milestones(figure: go.Figure, rows: pd.DataFrame) -> None:
    marks.unsure(figure, rows)
    marks.marked(figure, rows, ["\u25c6"] * len(rows), "circle", ("#FFFFFF", "#000000"))


def not_drawn(drawn: Drawn) -> int:
    """Return how many bars end before the axis begins: they are only in the table."""
    low, _ = span(drawn)
    return int((axis_day(drawn.bars["ENDMAX"]) < low).sum())
