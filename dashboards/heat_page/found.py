"""Worst grades by subject and term, as the address asks for them."""

from __future__ import annotations

import pandas as pd
from dash import html

from dashboards.components import choose
from dashboards.events_page import folding
from dashboards.i18n import mark, t
from dashboards.kept import Kept
from dashboards.view import View
from safety.displays.heat import Heat, heat

EVERY = 10_000  # terms
WIDE = 60  # subjects: of more there are counts instead of a column each
FRAMES = ("adverse_event", "event_grade", "worst_grade", "verdict", "rule_result")
# what is asked for -> the table that is left out
SOURCES = {"": "", "reported": "worst_grade", "measured": "adverse_event"}
KEPT: Kept[Heat] = Kept(8)
SAID = {"": mark("both"), "reported": mark("reported"), "measured": mark("measured")}


def source(view: View) -> str:
    """Return which grades are asked for: reported, measured, or "" for both."""
    given = view.address.get("source")
    return given if given in SOURCES else ""


def found(view: View) -> Heat:
    """Return the worst grades of all terms."""
    key = (view.settings.db_url, view.shot.snapshot_id, view.address.scope, source(view))
    return KEPT.get(key, lambda: _made(view))


def _made(view: View) -> Heat:
    frames = dict(view.frames(*FRAMES))
    absent = SOURCES[source(view)]
    if absent:
        frames[absent] = frames[absent].head(0)
    return heat(frames, view.population(), view.address.scope, EVERY)


def drawn(view: View, of: Heat, columns: int) -> pd.DataFrame:
    """Return the terms of the page that the address asks for, of so many columns."""
    begin = folding.first(view, len(of.terms), columns)
    return of.terms.iloc[begin : begin + folding.size(columns)]


def choices(view: View) -> html.Div:
    """Return the links that choose whose grades are looked at: reported or measured ones."""
    links = [
        choose.chip(t(SAID[name]), view.address.here(source=name), on=source(view) == name)
        for name in SOURCES
    ]
    return html.Div(choose.group(t("Source"), links), className="toxwatch-group")


def note(view: View, of: Heat) -> str:
    """Return what the grades leave out."""
    scope = view.address.scope
    said = [
        t("{n} terms: a value could not be graded, and no grade of the choice is known.",
          n=of.undecided) if of.undecided else "",
        t("{n} other terms were looked at: nobody has such a grade.", n=of.quiet),
        t("{n} subjects have a DLT of a term that is not shown.", n=len(of.dlt_elsewhere))
        if of.dlt_elsewhere else "",
        t("Nobody attributes a value: measured grades are shown whatever their cause.")
        if scope.related and source(view) != "reported" else "",
        t("A value is neither serious nor not: only events are shown.") if scope.serious else "",
    ]  # fmt: skip
    return " ".join(x for x in said if x)
