"""Deliveries and row accounting: every received row is in exactly one place."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards import data
from dashboards.components.grid import grid, in_utc, number, text
from dashboards.components.parts import section, stamp
from safety.store.read import Snapshot

PLACES = ("accepted", "quarantined", "duplicates", "superseded", "deleted")


def part(shot: Snapshot) -> Any:
    """Return the part of the page."""
    table = accounted(data.store().deliveries(shot.study))
    used = table["FILE_STATUS"].eq("used")
    return section(
        "Deliveries and row accounting",
        f"{int(used.sum()):,} files in use of {table['NAME'].notna().sum():,} received in "
        f"{table['SEQ'].nunique():,} deliveries; {stamp(shot.as_of, shot.snapshot_id)}",
        dmc.Text(sum_of(shot.summary["rows"]), size="sm", id="row-sum"),
        _grid(table),
    )


def sum_of(rows: dict[str, int]) -> str:
    """Return the sum over the files in use as a line, with a mark that says whether it is right."""
    parts = " + ".join(f"{name.replace('_', ' ')} {rows[name]:,}" for name in PLACES)
    return f"Files in use: received {rows['received']:,} = {parts}: {mark(rows)}"


def mark(rows: Any) -> str:
    """Return whether the rows of a file add up, in words and with a sign: never a colour alone."""
    lost = int(rows["received"]) - sum(int(rows[name]) for name in PLACES)
    if lost == 0:
        return "\u2713 adds up"
    return f"\u2717 {abs(lost):,} {'missing' if lost > 0 else 'too many'}"


def accounted(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Return deliveries with SUM: whether the rows of each file add up.

    A delivery that could not be opened has no files: what is said of it is said of the whole.
    """
    lower = deliveries.rename(columns=str.lower)
    sums = ["" if pd.isna(row["received"]) else mark(row) for row in lower.to_dict("records")]
    return deliveries.assign(
        SUM=sums,
        FILE_STATUS=deliveries["FILE_STATUS"].fillna(deliveries["STATUS"]),
        FILE_REASON=deliveries["FILE_REASON"].fillna(deliveries["REASON"]),
        DOMAIN=deliveries["DOMAIN"].where(deliveries["DOMAIN"].ne(""), "not used"),
        RECEIVED_AT=in_utc(deliveries["RECEIVED_AT"]),
    )


def _grid(table: pd.DataFrame) -> Any:
    columns = [
        text("FEED", "Feed", 105),
        text("DAY", "Day", 108),
        text("RECEIVED_AT", "Received at (UTC)", 170),
        text("NAME", "File", 180),
        text("DOMAIN", "Domain", 85),
        text("FILE_STATUS", "Status", 100),
        text("SUM", "Sum", 110),
        number("RECEIVED", "Received", 92),
        number("ACCEPTED", "Accepted", 92),
        number("QUARANTINED", "Held", 70),
        number("DUPLICATES", "Dupli- cates", 80),
        number("SUPERSEDED", "Super- seded", 85),
        number("DELETED", "Deleted", 85),
        text("FILE_REASON", "Reason", 260),
    ]
    shown = table[[c["field"] for c in columns]]
    return grid(shown, columns, grid_id="row-accounts", height=420,
                label="Deliveries with row accounting")  # fmt: skip
