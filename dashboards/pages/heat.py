"""Subjects by terms: who has what, the worst first."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from dashboards.components import table
from dashboards.components.parts import section
from dashboards.heat_page import found, grid, many
from dashboards.heat_page.legend import legend
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View

FILTERS = ("level", "related", "serious", "grade", "emergent")


def draw(view: View) -> Any:
    """Return the page: a column a subject, or counts of many; of a count, whom it counts."""
    if view.address.get("who"):
        back = dcc.Link(t("Back to the whole page"),
                        href=view.address.here(who="", of="", label=""))  # fmt: skip
        return dmc.Stack([back, table.part(many.BEHIND, view)], gap="md")
    if len(view.population()) > found.WIDE:
        return many.part(view)
    told = grid.table(view)
    return section(told.title, told.note, found.choices(view), legend(), grid.part(view))


PAGE = Page("/subjects", mark("Subjects by terms"), draw, filters=FILTERS, lasts=True)
