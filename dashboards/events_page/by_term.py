"""Events by system organ class and term: each subject once, at the worst grade."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html

from dashboards.components import choose
from dashboards.components.parts import section
from dashboards.components.table import exports, table
from dashboards.events_page import asked, folding
from dashboards.events_page.asked import counted_href, denominator, left_out, sentences
from dashboards.events_page.folding import MOST_CELLS
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.events import ANY, Count, EventTable
from safety.displays.events import table as counted

NAME = "events-terms"
CUTS = ("", "5", "10", "20")  # per cent of subjects that a term must have had


def cut(view: View) -> float:
    """Return the least per cent of subjects of a term that is shown."""
    given = view.address.get("cut")
    return float(given) if given in CUTS and given else 0.0


def choices(view: View) -> Any:
    """Return the links that cut rare terms off, and those that order the rows."""
    here, flat = view.address.here, view.address.get("flat")
    cuts = [
        choose.chip(t("every term") if not c else f"\u2265{c} %", here(cut=c),
                    on=view.address.get("cut") == c)
        for c in CUTS
    ]  # fmt: skip
    orders = [
        choose.chip(t("by class"), here(flat=""), on=not flat),
        choose.chip(t("terms by frequency"), here(flat="1"), on=bool(flat)),
    ]
    return html.Div([choose.group(t("Terms"), cuts), choose.group(t("Order"), orders)],
                    className="toxwatch-group")  # fmt: skip


def part(view: View) -> Any:
    """Return the table; of a long one the classes, and the terms of the class that is asked for."""
    found = by_term(view)
    is_long = len(found.rows) * len(found.columns) > MOST_CELLS
    drawn = _folded(view, found.rows) if is_long else found.rows
    return section(
        found.title, found.note, choices(view), _unfold(view, found.rows) if is_long else None,
        exports(NAME, view) if len(found.rows) else None, table(replace(found, rows=drawn)),
    )  # fmt: skip


def _folded(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    if view.address.get("flat"):
        columns = len(rows.columns)
        begin = folding.first(view, len(rows), columns)
        return rows.iloc[begin : begin + folding.size(columns)]
    return rows[rows["TERM"].eq(ANY) | rows["SOC"].eq(view.address.get("class"))]


def _unfold(view: View, rows: pd.DataFrame) -> Any:
    """Return the list of classes to unfold; in a list of terms the links to its pages."""
    if view.address.get("flat"):
        return folding.pages(view, len(rows), len(rows.columns))
    classes = rows.loc[rows["TERM"].eq(ANY), "SOC"]
    terms = rows.loc[rows["TERM"].ne(ANY), "SOC"].value_counts()
    options = {"": t("none: classes only")} | {
        soc: t("{soc}: {n} terms", soc=soc, n=int(terms.get(soc, 0))) for soc in classes
    }
    asked = view.address.get("class")
    return html.Div(
        [
            choose.choice(view, "class", t("Show the terms of"), options,
                          asked if asked in options else ""),
            html.Span(t("{n} terms are folded into their classes; a download has all. Grade above "
                        "leaves only terms with such an event.", n=f"{int(terms.sum()):,}")),
        ],
        className="toxwatch-group",
    )  # fmt: skip


@shown(NAME)
def by_term(view: View) -> Shown:
    """Return the table; each count leads to the events of those it counts."""
    chosen = view.population()
    found = counted(asked.frames(view), chosen, view.address.scope, cut(view))
    return Shown(
        t("By system organ class and term"),
        _ordered(view, found.rows),
        _columns(view, found),
        sentences(denominator(chosen), _note(view, found)),
        t("No events of this choice were reported for these subjects."),
        _groups(found),
    )


def _ordered(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    if not view.address.get("flat"):
        return rows
    terms = rows[rows["TERM"].ne(ANY)]
    return terms.sort_values(["SUBJECTS", "EVENTS", "TERM"], ascending=[False, False, True])


def _note(view: View, found: EventTable) -> str:
    below = t("{n} terms of fewer than {cut} % of subjects are not shown; they count in their "
              "class.", n=found.below, cut=f"{cut(view):g}") if found.below else ""  # fmt: skip
    how = t("Subjects, each once a row at the worst grade; `any`: the class as a whole. A grade "
            "that is one of several, or not told, has a column of its own.")  # fmt: skip
    return sentences(how, below, left_out(found.left_out))


def _columns(view: View, found: EventTable) -> tuple[Column, ...]:
    return (
        Column("SOC", t("System organ class"), wide=True),
        Column("TERM", t("Term")),
        Column("SUBJECTS", t("Subjects"), "count", href=_href(view)),
        Column("PERCENT", t("% of N"), "number"),
        Column("RELATED", t("Related"), "count", href=_href(view, only="related")),
        Column("SERIOUS", t("Serious"), "count", href=_href(view, only="serious")),
        Column("EVENTS", t("Events"), "count", href=_href(view)),
        *(
            Column(c.field, t("missing") if c.grade == "missing" else c.grade, "count",
                   href=_href(view, of=c.level, label=c.grade), grade=_colour(c))
            for c in found.counts
        ),
    )  # fmt: skip


def _colour(count: Count) -> int | None:
    return int(count.grade) if count.grade in set("12345") else None


def _href(view: View, **more: str) -> Any:
    def href(row: dict[str, Any]) -> str:
        return counted_href(view, who="term", soc=row["SOC"], term=row["TERM"], **more)

    return href


def _groups(found: EventTable) -> tuple[tuple[str, int], ...]:
    if not found.counts:
        return ()
    per_level = len(found.counts) // len(found.sizes)
    levels = [
        (t("{level} (N={n}), worst grade", level=level, n=f"{size:,}"), per_level)
        for level, size in found.sizes.items()
    ]
    return (("", 2), (t("All (N={n})", n=f"{found.size:,}"), 5), *levels)
