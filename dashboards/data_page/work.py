"""Held rows and queries: listed oldest first, by state, one in full on a click, as CSV.

Both are shown here and settled elsewhere: named users act by command until there are accounts.
"""

from __future__ import annotations

import io
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, callback, dcc
from dash.dcc.express import send_bytes

from dashboards import data, seen
from dashboards.components.grid import MAX_SENT, grid, records
from dashboards.components.parts import section, stamp
from dashboards.data_page.item import item_in_full
from dashboards.data_page.views import CURRENT, VIEWS, View, in_state, states
from safety import export
from safety.errors import WrongUseError
from safety.store.read import Snapshot
from safety.worklist.listing import Listing, for_sites


def part(view: View, shot: Snapshot) -> Any:
    """Return the part of the page for one kind of items."""
    found = data.worklist(shot, view.kind)
    items = found.items
    waiting = in_state(items, CURRENT)
    cut = f" The oldest {MAX_SENT:,} are shown, the CSV has all." if len(items) > MAX_SENT else ""
    note = (
        f"{view.counted(items, shot)}; {stamp(found.as_of, found.snapshot_id)}; oldest first.{cut} "
        "Click one for all of it."
    )
    return section(
        view.title,
        note,
        _tools(view, items),
        grid(
            _sent(waiting), view.columns, grid_id=view.id, height=400 if len(items) else 140,
            label=view.title, none=view.none,
        ),
        dmc.Box(id=f"{view.id}-item"),
    )  # fmt: skip


def _tools(view: View, items: pd.DataFrame) -> Any:
    options = [
        {"value": state, "label": f"{state} ({len(in_state(items, state)):,})"}
        for state in states(view.kind)
    ]
    return dmc.Group(
        [
            dmc.SegmentedControl(
                id=f"{view.id}-state", data=options, value=CURRENT, size="xs",
                **{"aria-label": f"{view.title}: state"},
            ),
            dmc.Button("Download CSV", id=f"{view.id}-button", size="xs", variant="default"),
            dcc.Download(id=f"{view.id}-download"),
        ]
    )  # fmt: skip


def _sent(items: pd.DataFrame) -> pd.DataFrame:
    """Return the oldest items as a browser is given them; KEY names one of them."""
    return items.drop(columns=["EVIDENCE", "PLACES"], errors="ignore").head(MAX_SENT)


def csv(view: View, found: Listing, state: str) -> bytes:
    """Return items as CSV for a spreadsheet, safe from formulas; each row says of which data."""
    chosen = in_state(found.items, state)
    if view.kind == "query":
        table = for_sites(found, chosen)
    else:
        table = chosen.assign(
            STUDY=found.studyid, SNAPSHOT=found.snapshot_id[:12], **{"AS OF": found.as_of}
        )
    text_file = io.StringIO()
    export.write_csv(table, text_file)
    return text_file.getvalue().encode("utf-8-sig")


def _connect(view: View) -> None:
    """Add what happens when somebody chooses a state, clicks an item, or asks for the CSV."""
    study = State("data-study", "data")

    @callback(
        Output(view.id, "rowData"),
        Input(f"{view.id}-state", "value"),
        study,
        prevent_initial_call=True,
    )
    def choose(state: str, of_study: str) -> list[dict[str, Any]]:
        shot = data.snapshot(of_study)
        if shot is None:
            return []
        return records(_sent(in_state(data.worklist(shot, view.kind).items, state)))

    @callback(Output(f"{view.id}-item", "children"), Input(view.id, "selectedRows"), study)
    def show(selected: list[dict[str, Any]] | None, of_study: str) -> Any:
        shot = data.snapshot(of_study)
        if not selected or shot is None:
            return None
        return item_in_full(shot, view.kind, view.command, str(selected[0]["KEY"]))

    @callback(
        Output(f"{view.id}-download", "data"),
        Input(f"{view.id}-button", "n_clicks"),
        State(f"{view.id}-state", "value"),
        study,
        prevent_initial_call=True,
    )
    def download(_: int, state: str, of_study: str) -> Any:
        shot = data.snapshot(of_study)
        if shot is None:
            raise WrongUseError(f"{of_study} has no snapshot.")
        found = data.worklist(shot, view.kind)
        name = f"{shot.study}_{view.command}_{found.as_of}_{found.snapshot_id[:12]}.csv"
        content = csv(view, found, state)
        seen.file(shot.study, name, content)
        return send_bytes(content, name)


for _view in VIEWS.values():
    _connect(_view)
