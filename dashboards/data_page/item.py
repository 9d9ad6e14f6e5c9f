"""One held row or one query in full: what it says, where it stands, what happened, what to do."""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards import data
from dashboards.components import verdicts
from dashboards.components.grid import grid, in_utc, text
from dashboards.components.parts import commands, nothing
from safety.errors import WrongUseError
from safety.store.read import Snapshot
from safety.worklist.items import item_id
from safety.worklist.life import ABSENT, ASSIGN, Item, Kind

OVER = "The newest snapshot does not have it any more; its history says why."
REFUSED = "A release is refused where a check holds the row that nobody may overrule."
SIGNED = "--by 'YOUR NAME' --reason 'WHY'"


def item_in_full(shot: Snapshot, kind: Kind, command: str, key: str) -> Any:
    """Return all of one item; a key that the study does not have gives a message."""
    try:
        item, events, allowed = data.history(shot, kind, key)
    except WrongUseError as error:
        return nothing(str(error))
    items = data.worklist(shot, kind).items
    told = items[items["KEY"].eq(item.key)].iloc[0]
    lines = what_to_do(data.command_name(shot.study), command, item_id(shot.study, kind, key)[:12],
                       allowed)  # fmt: skip
    return dmc.Paper(
        [
            dmc.Title(_title(item), order=3, size="h5"),
            nothing(OVER) if item.fingerprint == ABSENT else None,
            _row(told, shot) if kind == "held_row" else _query(told),
            dmc.Title("What happened", order=4, size="h6", mt="sm"),
            _events(events, kind),
            dmc.Title("What you can do", order=4, size="h6", mt="sm"),
            commands(lines, f"commands-{kind}"),
            dmc.Text(REFUSED, size="sm", c="#495057") if "release" in allowed else None,
        ],
        withBorder=True,
        p="md",
    )


def _title(item: Item) -> str:
    return f"{item.usubjid or 'no subject'}: {item.state}, owner {item.owner}"


def what_to_do(study: str, command: str, item: str, allowed: list[str]) -> list[str]:
    """Return a command for each act that the state of an item allows."""
    acts = [f"toxwatch {command} {act} {study} {item} {SIGNED}" for act in allowed]
    return [*acts, f"toxwatch {command} {ASSIGN} {study} {item} --to 'NAME' {SIGNED}"]


def _row(held: Any, shot: Snapshot) -> Any:
    """The row as it was received, one field a line, as text; of one that is over, its place."""
    place = f"{held['DOMAIN']}, {held['SRCFILE']} row {held['SRCROW']}: {held['REASON']}"
    raw = data.store().frame("quarantine", shot.cut, ["raw"], key=held["KEY"])["RAW"]
    received = [html.Pre(fields(one), className="toxwatch-body") for one in raw]
    return html.Div([dmc.Text(place, size="sm"), *received])


def fields(raw: Any) -> str:
    """Return a row as received, one field a line; what is no such row stands as it is."""
    try:
        row = json.loads(raw)
    except (TypeError, ValueError):
        return verdicts.given(raw)
    if not isinstance(row, dict):
        return str(raw)
    return "\n".join(f"{name} = {'' if value is None else value}" for name, value in row.items())


def evidence(asked: Any) -> list[dict[str, Any]]:
    """Return the evidence of a query, each with its place as far as that is known."""
    said, places = verdicts.items(asked["EVIDENCE"]), verdicts.items(asked["PLACES"])
    nothing_known: dict[str, Any] = {}
    return [s | p for s, p in zip_longest(said, places, fillvalue=nothing_known)]


def _query(asked: Any) -> Any:
    entries = pd.DataFrame(evidence(asked), columns=["date", "text", "record", "file", "row"])
    columns = [
        text("date", "Date", 100),
        text("text", "What the record says", 360, wrap=True),
        text("record", "Record", 200),
        text("file", "File", 160),
        text("row", "Row", 70),
    ]
    table = grid(entries, columns, grid_id="query-evidence", label="Evidence",
                 height=min(300, 60 + 60 * len(entries)))  # fmt: skip
    parts: list[Any] = [html.Pre(asked["TEXT"], className="toxwatch-body")]
    return html.Div([*parts, table] if len(entries) else parts)


def _events(events: pd.DataFrame, kind: Kind) -> Any:
    columns = [
        text("AT", "At (UTC)", 190),
        text("ACTION", "Act", 80),
        text("ACTOR", "By", 110),
        text("STATE_AFTER", "State after", 100),
        text("REASON", "Reason", 400, wrap=True),
    ]
    shown = events.assign(AT=in_utc(events["AT"]))
    return grid(shown, columns, grid_id=f"events-{kind}", label="History",
                height=min(260, 60 + 60 * len(events)))  # fmt: skip
