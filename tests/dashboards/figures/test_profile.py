"""The figure of one subject: where its bars and digits stand, and what it never leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboards.components import grades
from dashboards.figures import profile_marks as marks
from dashboards.figures.profile import Drawn, not_drawn, profile_figure, span
from safety.displays.dosing import COLUMNS, NOT_TAKEN, REDUCED, TAKEN
from safety.displays.profile import EVENT, LAB, MEDICATION, MILESTONE

DAYS = ("START", "STARTMAX", "END", "ENDMAX")


def bar(track: str, name: str, days: tuple[int, ...], grade: str = "", **more: Any) -> Any:
    start, latest, end, last = days if len(days) == 4 else (days[0], days[0], days[1], days[1])
    told = {"START": start, "STARTMAX": latest, "END": end, "ENDMAX": last, "OPEN": False,
            "TEXT": name, "GRADE": grade}  # fmt: skip
    return {"TRACK": track, "NAME": name} | told | more


def stretch(drug: str, start: int, end: int, state: str = TAKEN) -> Any:
    return ("S1", "L1", drug, start, end, state, 60.0, "60 mg", False)


def drawn(*bars: Any, doses: tuple[Any, ...] = (), end: int | None = 21, today: int = 40) -> Drawn:
    columns = ["TRACK", "NAME", *DAYS, "OPEN", "GRADE", "TEXT"]
    table = pd.DataFrame(list(bars), columns=columns).astype(
        dict.fromkeys(DAYS, "Int64") | {"OPEN": "bool"}
    )
    dosed = pd.DataFrame(list(doses), columns=COLUMNS).astype({"START": "Int64", "END": "Int64"})
    return Drawn(table, dosed, end, today)


def figure(*bars: Any, **more: Any) -> go.Figure:
    return profile_figure(drawn(*bars, **more), title="S1")


def traces(of: go.Figure, kind: type) -> list[Any]:
    return [trace for trace in of.data if isinstance(trace, kind) and len(trace.y)]


def digits(of: go.Figure) -> list[tuple[float, str, str]]:
    return [
        (x, text, trace.marker.color)
        for trace in traces(of, go.Scatter)
        if trace.text
        for x, text in zip(trace.x, trace.text, strict=True)
    ]


def told(of: go.Figure) -> list[str]:
    return [a.text for a in of.layout.annotations]


def test_an_event_is_a_bar_over_its_days_with_its_grade_where_it_begins():
    found = figure(bar(EVENT, "Nausea", (8, 19), "3"))
    (days,) = traces(found, go.Bar)
    assert (list(days.base), list(days.x)) == ([7.5], [12])  # both ends included
    assert digits(found) == [(8, "3", grades.COLOURS[3])]


@pytest.mark.parametrize(
    ("label", "text", "shown", "colour"),
    [
        ("3", "Nausea, grade 3, serious", "3 S", grades.COLOURS[3]),
        ("3 or 4", "Nausea, grade 3 or 4", "3-4", grades.COLOURS[4]),  # the higher one's colour
        ("missing", "Nausea, grade missing", "?", grades.NOT_GRADABLE),
    ],
)
def test_what_stands_on_an_event(label, text, shown, colour):
    found = figure(bar(EVENT, "Nausea", (8, 19), label, TEXT=text))
    assert digits(found) == [(8, shown, colour)]


def test_a_partial_date_is_dotted_between_its_bounds():
    found = figure(bar(EVENT, "Rash", (3, 10, 12, 20), "1"))
    dotted = [t for t in traces(found, go.Scatter) if t.mode == "lines"]
    assert [(list(t.x), t.line.dash) for t in dotted] == [
        ([2.5, 10.5, None, 11.5, 20.5, None], "dot")
    ]


def test_an_event_whose_bounds_overlap_has_no_sure_day():
    found = figure(bar(EVENT, "Rash", (3, 20, 5, 25), "1"))
    assert traces(found, go.Bar) == []
    assert digits(found) == [(3, "1", grades.COLOURS[1])]


def test_what_goes_on_has_an_arrow_and_what_ended_has_none():
    goes_on = figure(bar(EVENT, "Rash", (3, 40), "1", OPEN=True))
    ended = figure(bar(EVENT, "Rash", (3, 20), "1"))
    assert [list(t.x) for t in traces(goes_on, go.Scatter) if t.mode == "markers"] == [[40.5]]
    assert [t for t in traces(ended, go.Scatter) if t.mode == "markers"] == []


def test_a_higher_grade_is_drawn_over_a_lower_one():
    bars = [bar(EVENT, "Rash", (8, 9), "3"), bar(EVENT, "Rash", (8, 9), "1")]
    assert [text for _, text, _ in digits(figure(*bars))] == ["1", "3"]


def test_doses_differ_by_pattern_and_not_by_colour_alone():
    found = figure(doses=(stretch("S-1", 1, 7), stretch("S-1", 8, 9, NOT_TAKEN),
                          stretch("S-1", 10, 14, REDUCED)))  # fmt: skip
    patterns = {t.name: t.marker.pattern.shape for t in traces(found, go.Bar)}
    assert patterns == {TAKEN: "", REDUCED: "/", NOT_TAKEN: "x"}


def test_lines_stand_by_track_and_by_when_they_begin():
    found = figure(
        bar(MEDICATION, "AMLODIPINE", (2, 9)), bar(EVENT, "Rash", (9, 9), "1"),
        bar(EVENT, "Nausea", (3, 4), "1"), bar(LAB, "PLAT", (8, 8), "n.g."),
        bar(MILESTONE, "DLT", (8, 8)), doses=(stretch("S-1", 1, 14),),
    )  # fmt: skip
    assert list(found.layout.yaxis.ticktext) == [
        "<b>Milestones</b>", "DLT", "<b>Dosing</b>", "S-1", "<b>Adverse events</b>", "Nausea",
        "Rash", "<b>Values not of grade 0</b>", "PLAT", "<b>Medications</b>", "AMLODIPINE",
    ]  # fmt: skip
    assert ("n.g.", grades.NOT_GRADABLE) in [(text, colour) for _, text, colour in digits(found)]


def test_the_window_cycles_and_as_of_are_told():
    found = figure(bar(MILESTONE, "cycle", (1, 1), TEXT="cycle 1"), end=21, today=40)
    assert told(found) == ["DLT window to day 21", "cycle 1", "as of day 40"]


def test_no_window_is_drawn_where_its_end_is_not_known():
    assert told(figure(end=None, today=3)) == ["as of day 3"]


def test_an_as_of_long_after_the_last_day_stands_at_the_edge():
    found = figure(bar(EVENT, "Rash", (3, 30), "1"), end=21, today=400)
    assert found.layout.xaxis.range == (-1.0, 59.5)
    assert told(found)[-1] == "as of day 400, to the right"


def test_what_ended_long_before_treatment_is_counted_not_drawn():
    early, late = bar(MEDICATION, "A", (-200, -100)), bar(MEDICATION, "B", (-40, 5))
    of = drawn(early, late)
    assert not_drawn(of) == 1
    assert span(of)[0] == -30.0  # 28 days before the first dose, and room for a mark


def test_no_label_of_the_axis_is_0():
    found = figure(bar(EVENT, "Rash", (-5, 9), "1"))
    assert "0" not in found.layout.xaxis.ticktext


def test_a_long_name_is_cut_where_a_line_is_labelled():
    assert (
        marks.short("Thyroid stimulating hormone increased")
        == "Thyroid stimulating hormone i\u2026"
    )
    assert marks.short("Rash") == "Rash"
