"""A column a subject: terms down, subjects across by level, the worst grade in each cell."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

import pandas as pd
from dash import html

from dashboards import raw
from dashboards.components import verdicts
from dashboards.components.parts import nothing
from dashboards.components.table import drawn, exports
from dashboards.events_page import folding
from dashboards.events_page.asked import counted_href, denominator
from dashboards.heat_page import cells, found
from dashboards.heat_page.cells import Cell
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.heat import Heat

NAME = "subjects-terms"
MEASURED = {"measured", "both"}
REPORTED = {"reported", "both"}


@shown(NAME)
def table(view: View) -> Shown:
    """Return the grades as the page shows them: a row a term, a column a subject."""
    of = found.found(view)
    subjects = list(of.columns["USUBJID"])
    rows = of.terms[["TERM", "SOC", "SUBJECTS"]].astype("object")
    texts = _wide(of).reindex(columns=subjects)
    whole = rows.merge(texts, left_on="TERM", right_index=True, how="left")
    columns = (
        Column("TERM", t("Term")), Column("SOC", t("System organ class")),
        Column("SUBJECTS", t("Subjects"), "count"), *(Column(s, s) for s in subjects),
    )  # fmt: skip
    note = f"{denominator(view.population())} {found.note(view, of)}"
    return Shown(_title(), whole, columns, note, t("Nobody has a grade of this choice."))


def _title() -> str:
    return t("Worst grade by term and subject")


def _wide(of: Heat) -> pd.DataFrame:
    records = of.cells.to_dict("records")
    texts = of.cells[["TERM", "USUBJID"]].assign(
        TEXT=pd.Series([cells.text(c) for c in records], index=of.cells.index, dtype="str")
    )
    return texts.pivot_table(index="TERM", columns="USUBJID", values="TEXT", aggfunc="first")


def part(view: View) -> Any:
    """Return the table with a link in every cell that has rows."""
    of = found.found(view)
    if of.terms.empty:
        return nothing(t("Nobody has a grade of this choice."))
    terms = found.drawn(view, of, len(of.columns) + 2)
    own = of.cells[of.cells["TERM"].isin(terms["TERM"])]
    by_term = {str(term): rows.to_dict("records") for term, rows in own.groupby("TERM")}
    body = [_row(view, term, by_term[term["TERM"]]) for term in terms.to_dict("records")]
    people = of.columns.to_dict("records")
    levels = [(level, len(list(own))) for level, own in groupby(people, lambda p: p["LEVEL"])]
    above = [("", 2), *((t("{level} (N={n})", level=level, n=n), n) for level, n in levels)]
    head = [t("Term"), [t("Subjects"), "toxwatch-number"], *(_subject(view, p) for p in people)]
    return html.Div(
        [
            folding.pages(view, len(of.terms), len(of.columns) + 2),
            exports(NAME, view),
            drawn(_title(), head, body, above, rowheads=True, kind="toxwatch-heat"),
        ]
    )


def _subject(view: View, person: dict[str, Any]) -> list[Any]:
    verdict = t(verdicts.WORDS[person["VERDICT"]]) if person["VERDICT"] else t("not assessed")
    usubjid = person["USUBJID"]
    parts = [[usubjid, view.subject_href(usubjid)], [f" {verdict}", "", "toxwatch-small"]]
    return [parts, "toxwatch-upright"]


def _row(view: View, term: dict[str, Any], of_term: list[Cell]) -> list[Any]:
    count = [str(term["SUBJECTS"]), "toxwatch-number"]
    return [_name(view, term["TERM"], of_term), count, *(_cell(view, c) for c in of_term)]


def _name(view: View, term: str, of_term: list[Cell]) -> list[Any]:
    """Return the header of a row: the way to the events of the term, and to its values."""
    sources = {cell["SOURCE"] for cell in of_term}
    ways = [
        *([[t("events"), events_href(view, term), "toxwatch-way"]] if sources & REPORTED else []),
        *([[t("values"), view.address.to("/labs", term=term), "toxwatch-way"]]
          if sources & MEASURED else []),
    ]  # fmt: skip
    return [[[term], *ways]]


def _cell(view: View, cell: Cell) -> list[Any]:
    text, told, href = cells.text(cell), cells.said(cell), _href(view, cell)
    parts = [[text.removesuffix("S") if cell["SERIOUS"] else text, href]]
    if cell["SERIOUS"]:
        parts.append(["S", href, "toxwatch-serious"])
    if cell["SOURCE"] == "both":
        parts.append(["m", _values_href(view, cell), "toxwatch-measured"])
    return [parts, cells.kind(cell), "", told]


def _href(view: View, cell: Cell) -> str:
    if cell["SOURCE"] in REPORTED:
        return events_href(view, cell["TERM"], cell["USUBJID"])
    return _values_href(view, cell) if cell["SOURCE"] == "measured" else ""


def events_href(view: View, term: str, usubjid: str = "") -> str:
    """Return the address of the events of a term; of whatever grade, as cells are shown."""
    scope = replace(view.address.scope, least_grade=0)
    whose = view.handle(usubjid) if usubjid else ""
    every = replace(view, address=replace(view.address, scope=scope))
    return counted_href(every, who="term", term=term, subject=whose)


def _values_href(view: View, cell: Cell) -> str:
    whose = view.handle(cell["USUBJID"])
    return raw.href(view, "graded_value", term=cell["TERM"], subject=whose)
