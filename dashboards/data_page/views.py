"""How held rows and queries are shown: columns, states to choose from, what is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards.components.grid import number, text
from safety.store.read import Snapshot
from safety.worklist.life import LIVES, Kind
from safety.worklist.listing import ENDED

ALL, CURRENT = "all", "current"  # beside the states themselves


@dataclass(frozen=True, slots=True)
class View:
    """How a kind of work item is shown. counted: how many there are, and of how many."""

    kind: Kind
    id: str
    title: str
    command: str
    counted: Callable[[pd.DataFrame, Snapshot], str]
    none: str
    columns: list[dict[str, Any]]


NOW = [
    text("STATE", "State", 80),
    number("AGE", "Age, days", 70),
    text("USUBJID", "Subject", 222),
]
LIFE = [
    text("OWNER", "Owner", 115),
    text("FIRST SEEN", "First seen", 108),
    number("TIMES SEEN", "Times seen", 70),
]


def _rows_held(_: pd.DataFrame, shot: Snapshot) -> str:
    rows = shot.summary["rows"]
    return (
        f"{rows['quarantined']:,} of {rows['received']:,} rows received are held; they still alarm"
    )


def _queries_open(items: pd.DataFrame, _: Snapshot) -> str:
    is_open = len(in_state(items, CURRENT))
    return f"{is_open:,} open of {len(items):,} drafted so far; nothing is sent by toxwatch"


VIEWS: dict[str, View] = {
    "held-rows": View(
        "held_row", "held-rows", "Quarantine", "quarantine",
        _rows_held,
        "No row in this state.",
        [*NOW, text("DOMAIN", "Domain", 80), text("REASON", "Held because", 250, wrap=True),
         text("SRCFILE", "File", 125), number("SRCROW", "Row", 70), *LIFE],
    ),
    "queries": View(
        "query", "queries", "Queries", "queries",
        _queries_open,
        "No query in this state.",
        [*NOW, text("CHECKID", "Check", 85), text("SEVERITY", "Severity", 85),
         text("TOPIC", "Topic", 130), text("TEXT", "Query", 215), *LIFE],
    ),
}  # fmt: skip


def states(kind: Kind) -> list[str]:
    """Return what one may choose: all that is not over, each state, all."""
    life = LIVES[kind]
    after = [life.first, *(a.after for a in life.acts.values()), life.again, life.end]
    return [CURRENT, *dict.fromkeys(after), ALL]


def in_state(items: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return the items of a state, or of CURRENT or ALL; a state that there is not has none."""
    if state == ALL:
        return items
    return items[~items["STATE"].isin(ENDED) if state == CURRENT else items["STATE"].eq(state)]
