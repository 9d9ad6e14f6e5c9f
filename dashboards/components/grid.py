"""One grid for every listing: headers wrap, text can be selected, no client-side export."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import html

MAX_ROWS_WITHOUT_PAGES = 200
MAX_SENT = 5_000  # rows of one listing that a browser is given; a part that cuts says so
ONE_ROW = {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True}
THOUSANDS = {"function": "params.value == null ? '' : d3.format(',')(params.value)"}


def grid(
    frame: pd.DataFrame,
    columns: list[dict[str, Any]],
    *,
    grid_id: str,
    height: int = 420,
    label: str,
    none: str = "No rows.",
) -> html.Div:
    """Return a grid of a frame. label: what a screen reader says it is; none: of an empty one."""
    table = dag.AgGrid(
        id=grid_id,
        rowData=records(frame),
        columnDefs=columns,
        defaultColDef={
            "resizable": True,
            "sortable": True,
            "suppressHeaderMenuButton": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            # The grid would guess a column of dates from its first cell, and leave every cell
            # empty that is none: "whole delivery" below 2024-06-11/ae.xpt, 2024-03 below a day.
            "cellDataType": False,
        },
        dashGridOptions={
            "pagination": len(frame) > MAX_ROWS_WITHOUT_PAGES,
            "paginationPageSize": 100,
            "enableCellTextSelection": True,
            "rowSelection": ONE_ROW,
            "tooltipShowDelay": 300,
            "localeText": {"noRowsToShow": none},
            "suppressCsvExport": True,
            "suppressExcelExport": True,
        },
        style={"height": f"{height}px"},
        className="ag-theme-alpine toxwatch-grid",
    )
    named: dict[str, Any] = {"role": "region", "aria-label": label}
    return html.Div(table, **named)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as a grid takes them; missing cells are None."""
    rows: list[dict[str, Any]] = (
        frame.astype("object").where(frame.notna(), None).to_dict("records")
    )
    return rows


def in_utc(moments: pd.Series) -> pd.Series:
    """Return moments (ISO 8601 with an offset) as a person reads them, in UTC, to the second."""
    return pd.to_datetime(moments, utc=True, format="ISO8601").dt.strftime("%Y-%m-%d %H:%M:%S")


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
