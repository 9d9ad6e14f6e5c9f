"""One grid for every listing: headers wrap, text can be selected, no client-side export."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import html

MAX_ROWS_WITHOUT_PAGES = 200
ONE_ROW = {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True}
THOUSANDS = {"function": "params.value == null ? '' : d3.format(',')(params.value)"}


def grid(
    frame: pd.DataFrame,
    columns: list[dict[str, Any]],
    *,
    grid_id: str,
    height: int = 420,
    label: str,
) -> html.Div:
    """Return a grid of a frame. label: what a screen reader says it is."""
    records = frame.astype("object").where(frame.notna(), None).to_dict("records")
    table = dag.AgGrid(
        id=grid_id,
        rowData=records,
        columnDefs=columns,
        defaultColDef={
            "resizable": True,
            "sortable": True,
            "suppressHeaderMenuButton": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "pagination": len(records) > MAX_ROWS_WITHOUT_PAGES,
            "paginationPageSize": 100,
            "enableCellTextSelection": True,
            "rowSelection": ONE_ROW,
            "tooltipShowDelay": 300,
            "suppressCsvExport": True,
            "suppressExcelExport": True,
        },
        style={"height": f"{height}px"},
        className="ag-theme-alpine toxwatch-grid",
    )
    named: dict[str, Any] = {"role": "region", "aria-label": label}
    return html.Div(table, **named)


def text(field: str, header: str, width: int = 140, *, wrap: bool = False) -> dict[str, Any]:
    """A text column; the whole text is in the tooltip."""
    column: dict[str, Any] = {
        "field": field,
        "headerName": header,
        "minWidth": width,
        "flex": width,
        "tooltipField": field,
    }
    return column | ({"wrapText": True, "autoHeight": True} if wrap else {})


def number(field: str, header: str, width: int = 100) -> dict[str, Any]:
    """A right-aligned number column; it never shrinks, so no digit is cut off."""
    return {
        "field": field,
        "headerName": header,
        "type": "rightAligned",
        "minWidth": width,
        "width": width,
        "valueFormatter": THOUSANDS,
    }
