"""The rows behind a number, each with the file and row it came from."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import raw
from dashboards.components import listing
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.raw_tables import SUBJECT
from dashboards.view import View


def draw(view: View) -> Any:
    """Return the rows that the address names."""
    conditions = raw.where(view)
    told = [c for c in conditions if c.column != SUBJECT]
    said = "; ".join(f"{c.column} = {', '.join(str(v) for v in c.values)}" for c in told)
    name = raw.PREFIX + view.address.get("table")
    whose = view.chosen() or ""
    return html.Div(
        listing.part(name, view, note=" ".join(x for x in (whose, said or t("All of them.")) if x),
                     height=600)
    )  # fmt: skip


PAGE = Page("/rows", mark("Rows"), draw, filters=("level",), listed=False)
