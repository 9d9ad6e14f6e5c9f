"""Labs and vitals: one analyte over time, its shift from baseline, and the liver."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.components import choose, figure, table
from dashboards.components.parts import nothing
from dashboards.exposure_page.regimen import planned
from dashboards.figures.spaghetti import spaghetti_figure
from dashboards.i18n import mark, t
from dashboards.labs_page import analyte, liver, missing, one, shifted
from dashboards.labs_page.analyte import Analyte
from dashboards.labs_page.over import CYCLE, ULN, UNIT, Over, numbered, over, title
from dashboards.page import Page
from dashboards.view import View

SHOWN = {"": mark("Over time"), "shift": mark("Baseline to worst"), "edish": mark("Liver (eDISH)")}


def draw(view: View) -> Any:
    """Return the page: what it shows is in the address."""
    show = view.address.get("show")
    if show == "edish":
        return _stack(_choices(view, show), *liver.parts(view))
    found = analyte.chosen(view)
    if found is None:
        return nothing(t("No value of the chosen subjects was graded in this snapshot."))
    lead = [_choices(view, show), analyte.picker(view, found)]
    if show == "shift":
        return _stack(*lead, *shifted.parts(view))
    if view.address.get("subject"):
        return _stack(*lead, *one.part(view, found))
    return _stack(*lead, *_over(view, found))


def _stack(*children: Any) -> Any:
    return dmc.Stack([child for child in children if child is not None], gap="lg")


def _choices(view: View, show: str) -> Any:
    links = [
        choose.chip(t(name), view.address.here(show=value, subject=""), on=show == value)
        for value, name in SHOWN.items()
    ]
    return choose.group(t("Show"), links)


def _over(view: View, found: Analyte) -> list[Any]:
    drawn = over(view, found)
    words = {"day": t("Study day (there is no day 0)"), "cycle_day": t("Day of the cycle"),
             "median": t("median (3 subjects or more)"), "grade": t("grade {n}")}  # fmt: skip
    graph = spaghetti_figure(
        drawn.found, drawn.bands.bands if _are_drawn(drawn) else (), planned(view),
        numbered(drawn.found), by_cycle=drawn.by_cycle, words=words,
        title=f"{found.code} ({drawn.found.unit or t('no unit')})",
    )  # fmt: skip
    lead = html.Div([_axes(view, drawn), html.P(_bands_said(drawn))])
    alt = t("{what} over time, a line a subject", what=title(drawn))
    return [
        figure.part("labs-values", graph, view, alt=alt, lead=lead),
        table.part("labs-lines", view),
        *missing.parts(view),
    ]


def _are_drawn(drawn: Over) -> bool:
    """Bands are drawn where most subjects have them; the digit of a value is always its own."""
    return drawn.bands.subjects > drawn.bands.others


def _bands_said(drawn: Over) -> str:
    """Return for whom the bands hold."""
    told, every = drawn.bands, drawn.bands.subjects + drawn.bands.others
    forced = t("Limits differ by subject, so multiples of the upper limit are drawn. ")
    lead = forced if drawn.forced else ""
    digits = t("The digit of each value is its own grade.")
    if not _are_drawn(drawn):
        return lead + t("No bands of grades are drawn: limits differ by subject.") + " " + digits
    if not told.bands:
        return (
            lead + t("No grade follows from the number alone: no bands are drawn.") + " " + digits
        )
    if told.holds_for_all:
        return lead + t("Bands of grades hold for all {n} drawn subjects.", n=every)
    return lead + t("Bands of grades hold for {n} of {m} drawn subjects; {k} have other limits "
                    "(range, unit or baseline).", n=told.subjects, m=every,
                    k=told.others) + " " + digits  # fmt: skip


def _axes(view: View, drawn: Over) -> Any:
    here = view.address.here
    days = [
        choose.chip(t("study day"), here(axis=""), on=not drawn.by_cycle),
        choose.chip(t("cycle day"), here(axis=CYCLE), on=drawn.by_cycle),
    ]
    units = [
        choose.chip(t("as graded"), here(**{"as": UNIT}), on=not drawn.multiple),
        choose.chip(t("x ULN"), here(**{"as": ULN}), on=drawn.multiple),
    ]
    return html.Div([choose.group(t("Over"), days), choose.group(t("Unit"), units)],
                    className="toxwatch-group")  # fmt: skip


PAGE = Page("/labs", mark("Labs and vitals"), draw, filters=("level",), lasts=True)
