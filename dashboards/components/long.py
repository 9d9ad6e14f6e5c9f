"""A table that may be long: a few rows as HTML, more of them in a grid that draws what is in view.

A browser takes about ten milliseconds a cell of an HTML table; a grid has the same rows, columns
and links, and its export is that of the table.
"""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import html

from dashboards.components import table
from dashboards.components.grid import MAX_SENT, THOUSANDS
from dashboards.components.parts import labelled, section
from dashboards.i18n import t
from dashboards.shown import SOURCES, Column, Shown
from dashboards.view import View

FEW = 25  # rows that are drawn whole, and printed whole
ROW, HEAD, HIGHEST = 58, 60, 640  # pixels, as are the widths
LEAST, USUAL, WIDE, LETTER, ROOM = 62, 122, 260, 9, 26


def part(name: str, view: View, *, lead: Any = None) -> Any:
    """Return a part of a page: title, note, ways to export, and the table of a name."""
    found = SOURCES[name].make(view)
    return section(
        found.title, _note(found), lead, table.exports(name, view) if len(found.rows) else None,
        drawn(name, found),
    )  # fmt: skip


def _note(found: Shown) -> str:
    if len(found.rows) <= MAX_SENT:
        return found.note
    more = t("The first {n} rows are shown; a download has all.", n=f"{MAX_SENT:,}")
    return f"{found.note}. {more}"


def drawn(name: str, found: Shown) -> Any:
    """Return a table, or a grid of it where it is long. name: of the table."""
    if len(found.rows) <= FEW:
        return table.table(found)
    return html.Div(
        dag.AgGrid(
            id={"long": name},
            rowData=_rows(found),
            columnDefs=[_column(c, found.rows) for c in found.columns],
            defaultColDef={
                "resizable": True, "sortable": True, "suppressHeaderMenuButton": True,
                "wrapHeaderText": True, "autoHeaderHeight": True, "cellDataType": False,
                "wrapText": True, "autoHeight": True,
            },
            dashGridOptions={
                "enableCellTextSelection": True, "ensureDomOrder": True, "suppressCsvExport": True,
            },
            style={"height": f"{min(HIGHEST, HEAD + ROW * len(found.rows))}px"},
            className="ag-theme-alpine toxwatch-grid",
        ),
        role="region",
        **labelled(found.title),
    )  # fmt: skip


def _rows(found: Shown) -> list[dict[str, Any]]:
    """Return rows as a grid takes them: what leads on has its address beside its text."""
    shown = found.rows.head(MAX_SENT).astype("object")
    shown = shown.where(shown.notna(), None)
    return [{c.name: _cell(c, row) for c in found.columns} for row in shown.to_dict("records")]


def _cell(column: Column, row: dict[str, Any]) -> Any:
    value = row.get(column.name)
    if column.href is None:
        return value
    text = table.said(value, column)
    href = column.href(row) if text not in {"", "0"} else ""
    return {"text": text, "href": href}


def _column(column: Column, rows: pd.DataFrame) -> dict[str, Any]:
    told: dict[str, Any] = {"field": column.name, "headerName": column.header}
    width = _width(column, rows)
    if column.kind in {"number", "count"}:
        told |= {"type": "rightAligned", "width": width, "minWidth": width}
        told |= {} if column.href else {"valueFormatter": THOUSANDS}
    else:
        told |= {"minWidth": width, "flex": width}
    if column.href is not None:
        told |= {"cellRenderer": "Lead", "sortable": False}
    return told


def _width(column: Column, rows: pd.DataFrame) -> int:
    """Return how wide a column is: as its longest text, in bounds; an id is never cut off."""
    if column.wide:
        return WIDE
    head = max(len(word) for word in (*column.header.split(), ""))
    longest = max((len(table.said(v, column)) for v in rows[column.name].head(MAX_SENT)), default=0)
    most = WIDE if column.name == "USUBJID" else USUAL
    return min(max(LETTER * max(head, longest) + ROOM, LEAST), most)
