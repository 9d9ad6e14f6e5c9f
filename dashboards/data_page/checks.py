"""What the checks say of a snapshot; a click on one that fails opens its rows."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, callback

from dashboards import data
from dashboards.components.grid import MAX_SENT, grid, number, text
from dashboards.components.parts import folded, nothing, section, stamp
from safety.store.read import Snapshot

OPEN = ("fail", "not_evaluable")  # what a person looks at; the rest is folded
STATUSES = (*OPEN, "pass", "not_applicable")
SEVERITIES = ("critical", "warning", "info")
WORDS = {"fail": "fail", "not_evaluable": "cannot be judged", "pass": "pass",
         "not_applicable": "not applicable"}  # fmt: skip
STYLES = [
    {"condition": f"params.value === '{WORDS['fail']}'",
     "style": {"color": "#7F0F18", "fontWeight": 700}},
    {"condition": f"params.value === '{WORDS['not_evaluable']}'",
     "style": {"color": "#5C3B8C", "fontWeight": 700}},
]  # fmt: skip


def part(shot: Snapshot) -> Any:
    """Return the part of the page."""
    found = in_order(data.frame("finding", shot))
    is_open = found["STATUS"].isin(OPEN)
    looked, rest = found[is_open], found[~is_open]
    return section(
        "Checks",
        f"{counted(looked)}, of {len(found):,} checks; {stamp(shot.as_of, shot.snapshot_id)}. "
        "Click one for its rows.",
        None if len(looked) else nothing("No check fails, and each could be judged."),
        _grid(looked, "open-checks", 420 if len(looked) else 90, "Checks that fail"),
        dmc.Box(id="check-rows"),
        folded(f"{counted(rest)}: open the list", _grid(rest, "other-checks", 360, "Other checks")),
    )


def in_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Return findings with fails first, then what could not be judged; the severe before others."""
    ranks = {"STATUS": STATUSES, "SEVERITY": SEVERITIES}
    return findings.sort_values(
        ["STATUS", "SEVERITY", "CHECKID", "DOMAIN", "FILE"],
        key=lambda c: c.map({v: n for n, v in enumerate(ranks[c.name])}) if c.name in ranks else c,
        kind="stable",
    ).reset_index(drop=True)


def counted(findings: pd.DataFrame) -> str:
    """Return how many checks have each status, in words."""
    counts = findings["STATUS"].value_counts()
    said = [f"{counts[s]:,} {WORDS[s]}" for s in STATUSES if s in counts]
    return ", ".join(said) or "none open"


def _grid(findings: pd.DataFrame, grid_id: str, height: int, label: str) -> Any:
    kept = ["CHECKID", "DOMAIN", "TITLE", "SEVERITY", "HANDLING", "STATUS", "CHECKED", "FAILED",
            "NOTE", "CITATION", "FILE"]  # fmt: skip
    shown = findings[kept].assign(STATUS=findings["STATUS"].map(WORDS))
    columns = [
        text("CHECKID", "Check", 85),
        text("DOMAIN", "Domain", 80),
        text("TITLE", "What is expected", 230, wrap=True),
        text("SEVERITY", "Severity", 85),
        text("HANDLING", "Handling", 88),
        text("STATUS", "Status", 110) | {"cellStyle": {"styleConditions": STYLES}},
        number("FAILED", "Failing", 80),
        number("CHECKED", "Checked", 88),
        text("NOTE", "Note", 220),
        text("CITATION", "Basis", 120),
    ]
    return grid(shown, columns, grid_id=grid_id, height=height, label=label)


@callback(
    Output("check-rows", "children"),
    Input("open-checks", "selectedRows"),
    State("data-study", "data"),
)
def show_rows(selected: list[dict[str, Any]] | None, study: str) -> Any:
    """Show the rows of the check that was clicked."""
    shot = data.snapshot(study)
    if not selected or shot is None:
        return None
    chosen = selected[0]
    rows = data.store().frame(
        "finding_row", shot.cut, ["usubjid", "record", "file", "srcrow", "cells", "said"],
        checkid=str(chosen["CHECKID"]), domain=str(chosen["DOMAIN"]),
    )  # fmt: skip
    return rows_of(chosen, rows)


def rows_of(chosen: dict[str, Any], rows: pd.DataFrame) -> Any:
    """Return what is shown of a check: its note whole, and its rows with the place of each."""
    name = f"{chosen['CHECKID']} {chosen['DOMAIN']}: {chosen['TITLE']}"
    note = dmc.Text(chosen["NOTE"], size="sm", className="toxwatch-body")
    if rows.empty:
        where = chosen["FILE"] or "the delivery"
        told = nothing(f"It names no row: it is said of {where} as a whole.")
        return dmc.Paper([dmc.Title(name, order=3, size="h5"), note, told], withBorder=True, p="md")
    ordered = rows.sort_values(["USUBJID", "FILE", "SRCROW"], kind="stable")
    columns = [
        text("USUBJID", "Subject", 220),
        text("SAID", "What is wrong", 300),
        text("CELLS", "Cells as received", 320),
        text("RECORD", "Record", 300),
        text("FILE", "File", 220),
        number("SRCROW", "Row", 90),
    ]
    cut = f"; the first {MAX_SENT:,} are shown" if len(rows) > MAX_SENT else ""
    said = dmc.Text(f"{len(rows):,} of {chosen['CHECKED']:,} rows{cut}", size="sm", c="#495057")
    table = grid(
        ordered.head(MAX_SENT), columns, grid_id="check-rows-table",
        height=min(360, 60 + 43 * len(rows)), label=f"Rows of {chosen['CHECKID']}",
    )  # fmt: skip
    return dmc.Paper(
        [dmc.Title(name, order=3, size="h5"), note, said, table], withBorder=True, p="md"
    )
