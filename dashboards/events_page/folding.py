"""How much of a long table is drawn at once: what a person can read, the rest by links."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.components import choose
from dashboards.i18n import t
from dashboards.view import View

MOST_CELLS = 3_000
LEAST_ROWS, MOST_ROWS = 20, 100


def size(columns: int) -> int:
    """Return how many rows of so many columns are drawn at once."""
    return min(max(MOST_CELLS // max(columns, 1), LEAST_ROWS), MOST_ROWS)


def first(view: View, rows: int, columns: int) -> int:
    """Return from which row on (0) the address asks for; the first page for one there is not."""
    asked = view.address.get("page")
    begin = (int(asked) - 1) * size(columns) if asked.isdecimal() and 0 < int(asked) < 1000 else 0
    return begin if begin < rows else 0


def pages(view: View, rows: int, columns: int) -> Any:
    """Return links to the pages of a table, and which rows are drawn; None for one page."""
    step, begin = size(columns), first(view, rows, columns)
    if rows <= step:
        return None
    links = [
        choose.chip(f"{at + 1}-{min(at + step, rows)}", view.address.here(page=str(n)),
                    on=at == begin)
        for n, at in enumerate(range(0, rows, step), start=1)
    ]  # fmt: skip
    said = t("Rows {a} to {b} of {n} are drawn; a download has all.", a=begin + 1,
             b=min(begin + step, rows), n=f"{rows:,}")  # fmt: skip
    return html.Div([choose.group(t("Rows"), links), html.Span(said)], className="toxwatch-group")
