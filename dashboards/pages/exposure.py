"""Exposure: who got what and when, how much of the plan it was, and what went against the rules."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards.components import choose, figure, table
from dashboards.components.parts import folded, nothing
from dashboards.exposure_page import dose_intensity, lanes, rules, told
from dashboards.figures.intensity import intensity_figure
from dashboards.figures.swimmer import swimmer_figure
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View

SHOWN = {
    "": mark("Swimmer"), "intensity": mark("Dose intensity"),
    "against": mark("Expected against actual"), "rules": mark("Rules in force"),
}  # fmt: skip
MOST = 60  # subjects of the figure of intensities; the table has all


def draw(view: View) -> Any:
    """Return the page: what it shows is in the address."""
    show = view.address.get("show")
    show = show if show in SHOWN else ""
    links = [
        choose.chip(t(name), view.address.here(show=value, page=""), on=show == value)
        for value, name in SHOWN.items()
    ]
    shown = PARTS[show](view)
    children = [choose.group(t("Show"), links), _no_plan(view), *shown]
    return dmc.Stack([child for child in children if child is not None], gap="lg")


def _no_plan(view: View) -> Any:
    """Say plainly where nothing is planned: doses can be shown, not judged."""
    if view.study is not None and view.study.treatment is not None:
        return None
    return nothing(t("The study file has no drugs, dose levels or planned doses. Doses are shown "
                     "as recorded, by arm; dose intensity, deviations and rules of dose "
                     "modification cannot be told."))  # fmt: skip


def _swimmer(view: View) -> list[Any]:
    found = lanes.lanes(view)
    if found.size == 0:
        return [nothing(t("No treated subject is chosen."))]
    drawn = swimmer_figure(found.found, {s: t(word) for s, word in lanes.STATES.items()})
    alt = t("Doses and events of each subject over study days, a bar a subject")
    return [
        figure.part("exposure-lanes", drawn, view, alt=alt, lead=_pages(view, found)),
        *told.parts(view),
    ]


def _pages(view: View, found: lanes.Lanes) -> Any:
    """Return links to the pages of subjects; none where one has all."""
    if found.size <= lanes.MOST:
        return None
    links = []
    for number, begin in enumerate(range(1, found.size + 1, lanes.MOST), 1):
        end = min(begin + lanes.MOST - 1, found.size)
        at = str(number) if number > 1 else ""
        links.append(choose.chip(f"{begin}-{end}", view.address.here(page=at),
                                 on=begin == found.first))  # fmt: skip
    return choose.group(t("Subjects"), links)


def _intensity(view: View) -> list[Any]:
    totals = dose_intensity.found_of(view).totals
    if totals.empty:
        return [table.part("exposure-levels", view)]
    who = list(dict.fromkeys(totals["USUBJID"]))[:MOST]
    drawn = intensity_figure(totals[totals["USUBJID"].isin(who)])
    alt = t("Relative dose intensity of each subject and drug, with a line at 80 %")
    hidden = totals["USUBJID"].nunique() - len(who)
    cut = nothing(t("The figure has the first {n} subjects; {k} more are in the table.",
                    n=len(who), k=hidden)) if hidden else None  # fmt: skip
    return [
        table.part("exposure-levels", view),
        figure.part("exposure-intensity", drawn, view, alt=alt, lead=cut),
        table.part("exposure-low", view),
        folded(t("By cycle"), table.part("exposure-cycles", view)),
    ]


PARTS = {"": _swimmer, "intensity": _intensity, "against": rules.against, "rules": rules.asking}
PAGE = Page("/exposure", mark("Exposure"), draw, filters=("level",), lasts=True)
