"""Listings of rows: page by page from the database, each with the file and row it came from.

A listing is registered with its table, its columns and how the address chooses its rows; the grid
and the export ask for the same rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import html

from dashboards.components import grades, reviewed
from dashboards.components.grid import records
from dashboards.components.parts import labelled, section
from dashboards.components.table import exports
from dashboards.i18n import mark, t
from dashboards.page import SEES_DATA, Roles
from dashboards.shown import Column
from dashboards.view import ForbiddenError, View
from safety.errors import WrongUseError
from safety.export import MAX_EXPORTED
from safety.rows import page as rows
from safety.rows.asked import Asked, Condition
from safety.rows.listed import columns

SUBJECT = "USUBJID"  # never cut off: ids differ at their ends
SELECTED = {
    "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False,
                     "enableClickSelection": False},
}  # fmt: skip
PAGE = 100  # rows that a browser is given at once
PLACE = ("SRCFILE", "SRCROW")  # where a row is from stays in view, however many columns there are
Finish = Callable[[View, pd.DataFrame], pd.DataFrame]


def as_they_are(_: View, found: pd.DataFrame) -> pd.DataFrame:
    """Return rows as the database has them."""
    return found


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing. title and columns: of a view, in its language. where: what chooses the rows.

    finish: adds what the table has not (a link, a word for a code); it keeps every row in place.
    reviewed: each row has a state of review, and is marked by who has looked at it.
    """

    name: str
    table: str
    title: Callable[[View], str]
    columns: Callable[[View], tuple[Column, ...]]
    where: Callable[[View], tuple[Condition, ...]]
    order: tuple[tuple[str, bool], ...] = ()
    finish: Finish = as_they_are
    roles: Roles = SEES_DATA
    reviewed: bool = False

    def told(self, view: View) -> tuple[Column, ...]:
        """Return the columns as they are shown: the state of review first, where there is one."""
        return (*((reviewed.column(),) if self.reviewed else ()), *self.columns(view))


LISTINGS: dict[str, Listing] = {}


def register(found: Listing) -> Listing:
    """Add a listing to those that a grid or an export may ask for."""
    LISTINGS[found.name] = found
    return found


def part(name: str, view: View, *, note: str = "", height: int = 480, lead: Any = None) -> Any:
    """Return a listing as a part of a page."""
    found = LISTINGS[name]
    title = found.title(view)
    with view.connection(found.table) as connection:
        total = rows.count(connection, _listed(found, view))
    counted = t("{n} rows", n=f"{total:,}")
    return section(
        title,
        f"{counted}. {note}".strip(),
        lead,
        exports(name, view) if total else None,
        html.Div(_grid(found, view, height), role="region", **labelled(title)),
    )


def asked(found: Listing, view: View) -> Asked:
    """Return the rows of a listing that the filters choose, in whatever state of review."""
    return Asked(found.table, view.shot.cut, found.where(view), found.order)


def _listed(found: Listing, view: View) -> Asked:
    every = asked(found, view)
    more = reviewed.condition(view, every) if found.reviewed else ()
    return replace(every, where=(*every.where, *more))


def _grid(found: Listing, view: View, height: int) -> dag.AgGrid:
    return dag.AgGrid(
        id={"rows": found.name},
        rowModelType="infinite",
        columnDefs=[_column(c) for c in found.told(view)],
        getRowId="params.data.KEY" if found.reviewed else None,
        defaultColDef={
            "resizable": True, "sortable": True, "suppressHeaderMenuButton": True,
            "wrapHeaderText": True, "autoHeaderHeight": True,
            # The grid would guess a column of dates from its first cell, and leave every cell
            # empty that is none.
            "cellDataType": False,
        },
        dashGridOptions={
            "cacheBlockSize": PAGE, "maxBlocksInCache": 10, "infiniteInitialRowCount": 1,
            "enableCellTextSelection": True, "tooltipShowDelay": 300,
            "localeText": {"noRowsToShow": t("No rows."), "loadingOoo": t("Loading ...")},
            "suppressCsvExport": True, **(SELECTED if found.reviewed else {}),
        },
        style={"height": f"{height}px"},
        className="ag-theme-alpine toxwatch-grid",
    )  # fmt: skip


def _column(column: Column) -> dict[str, Any]:
    width = 300 if column.wide else 230 if column.name == SUBJECT else 130
    told: dict[str, Any] = {"field": column.name, "headerName": column.header, "minWidth": 80}
    if column.name == reviewed.NAME:
        # it is in no table, so that no database can order by it
        return told | {"minWidth": 260, "flex": 260, "sortable": False,
                       "tooltipField": column.name}  # fmt: skip
    if column.name in PLACE:
        return told | {"pinned": "right", "width": 110, "tooltipField": column.name}
    if column.kind == "grade":
        return grades.grade_column(column.name, column.header)
    if column.kind in {"number", "count"}:
        return told | {"type": "rightAligned", "width": 100}
    if column.href:
        return told | {"cellRenderer": "Lead", "minWidth": width}
    return told | {"minWidth": width, "flex": width, "tooltipField": column.name}


def answer(view: View, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return rows as the grid requests them, {startRow, endRow, sortModel}."""
    found = LISTINGS.get(name)
    if found is None or not view.may(view.shot.study, found.roles):
        raise ForbiddenError(mark("Your role in this study has no such listing."))
    first = _number(request.get("startRow"))
    most = min(max(_number(request.get("endRow")) - first, 1), PAGE)
    order = _order(found, request)
    wanted = replace(_listed(found, view), order=order, first=first, most=most)
    with view.connection(found.table) as connection:
        got = rows.page(connection, wanted)
    return {"rowData": records(_led(found, view, got.rows)), "rowCount": got.total}


def _finished(found: Listing, view: View, got: pd.DataFrame) -> pd.DataFrame:
    """Return rows with all that the listing tells of them."""
    finished = found.finish(view, got)
    return reviewed.told(view, found.table, finished) if found.reviewed else finished


def _led(found: Listing, view: View, got: pd.DataFrame) -> pd.DataFrame:
    """Return rows as the grid shows them: a cell that leads on has its address beside its text."""
    finished = _finished(found, view, got)
    listed = finished.astype("object").where(finished.notna(), None)
    for column in found.columns(view):
        if column.href:
            listed[column.name] = [
                {"text": row[column.name], "href": column.href(row)}
                for row in listed.to_dict("records")
            ]
    return listed


def _order(found: Listing, request: dict[str, Any]) -> tuple[tuple[str, bool], ...]:
    known = columns(found.table)
    model = request.get("sortModel")
    wanted = [
        (str(s.get("colId")), s.get("sort") == "desc")
        for s in (model if isinstance(model, list) else [])
        if isinstance(s, dict)
    ]
    return tuple((name, down) for name, down in wanted if name in known) or found.order


def _number(given: Any) -> int:
    if not isinstance(given, int) or given < 0:
        raise WrongUseError("rows are asked for by number, from 0.")
    return given


def whole(view: View, name: str) -> tuple[str, pd.DataFrame]:
    """Return title and all rows of a listing, for an export."""
    found = LISTINGS[name]
    with view.connection(found.table) as connection:
        chunks = list(rows.every(connection, _listed(found, view), MAX_EXPORTED))
    got = pd.concat(chunks, ignore_index=True)
    told = found.told(view)
    table = _finished(found, view, got).reindex(columns=[c.name for c in told])
    table.columns = [c.header for c in told]
    return found.title(view), table
