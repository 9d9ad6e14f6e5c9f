"""One grid for every listing: headers wrap, text can be selected, no client-side export."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import pandas as pd

MAX_ROWS_WITHOUT_PAGES = 200


def grid(
    frame: pd.DataFrame,
    columns: list[dict[str, Any]],
    *,
    grid_id: str,
    height: int = 420,
    label: str,
) -> dag.AgGrid:
    """Return a grid of a frame. label: what a screen reader says it is."""
    records = frame.astype("object").where(frame.notna(), None).to_dict("records")
    return dag.AgGrid(
        id=grid_id,
        rowData=records,
        columnDefs=columns,
        defaultColDef={
            "resizable": True,
            "sortable": True,
            "filter": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        columnSize="responsiveSizeToFit",
        dashGridOptions={
            "pagination": len(records) > MAX_ROWS_WITHOUT_PAGES,
            "paginationPageSize": 100,
            "enableCellTextSelection": True,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "tooltipShowDelay": 300,
            "suppressCsvExport": True,
            "suppressExcelExport": True,
            "overlayNoRowsTemplate": "Nothing to list",
            "ariaLabel": label,
        },
        style={"height": f"{height}px"},
        className="ag-theme-alpine toxwatch-grid",
    )


def text(field: str, header: str, width: int = 140, *, wrap: bool = False) -> dict[str, Any]:
    """A text column; the whole text is in the tooltip."""
    column: dict[str, Any] = {
        "field": field,
        "headerName": header,
        "minWidth": width,
        "tooltipField": field,
    }
    return column | ({"wrapText": True, "autoHeight": True} if wrap else {})


def number(field: str, header: str, width: int = 100) -> dict[str, Any]:
    """A right-aligned number column."""
    return {"field": field, "headerName": header, "type": "rightAligned", "minWidth": width}
