"""What each mark of the table of worst grades means."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.components import grades
from dashboards.heat_page import cells
from dashboards.i18n import t


def legend() -> html.Dl:
    """Return the marks, each as it looks, with its meaning."""
    dlt = {"outline": "3px solid #212529", "outlineOffset": "-3px", "fontWeight": "700"}
    marks: list[tuple[Any, dict[str, str], str]] = [
        *((str(g), grades.cell_style(g), t("worst grade {g}", g=g)) for g in grades.COLOURS),
        ("3 or 4", grades.cell_style(4), t("one of these, nobody told which")),
        ("0", grades.ZERO_STYLE, t("looked at: grade 0")),
        ("2b", grades.ZERO_STYLE, t("grade 2 at worst, no worse than the own baseline")),
        (cells.DOT, grades.ZERO_STYLE, t("never reported; the term is not measured")),
        ("1 (3?)", grades.cell_style(1), t("a value without a grade may be grade 3")),
        (grades.NOT_GRADABLE_MARK, {"backgroundColor": grades.NOT_GRADABLE, "fontStyle": "italic"},
         t("values, but none can be graded")),
        (cells.NO_DATA_MARK, cells.HATCHED, t("no data: never measured")),
        ("3 D", grades.cell_style(3) | dlt, t("a DLT by the rules is of this term")),
        (html.Span(["3 ", html.U("S")]), grades.cell_style(3), t("a serious event")),
        ("m", {}, t("measured too: leads to the values")),
    ]  # fmt: skip
    return html.Dl(
        [html.Div([html.Dt(mark, style=style), html.Dd(text)]) for mark, style, text in marks],
        className="toxwatch-legend",
    )
