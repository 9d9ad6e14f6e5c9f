"""How held rows and queries are shown: titles, columns, and the states one may choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards.i18n import mark
from safety.worklist.life import LIVES, Kind
from safety.worklist.listing import ENDED

ALL, CURRENT = "all", "current"  # beside the states themselves
STATES: Mapping[str, str] = {
    CURRENT: mark("not over"), "held": mark("held"), "asked": mark("asked"),
    "released": mark("released"), "expired": mark("given up"), "gone": mark("gone"),
    "open": mark("open"), "sent": mark("sent"), "answered": mark("answered"),
    "closed": mark("closed"), "reopened": mark("reopened"), ALL: mark("all"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """How a kind of work item is shown. columns: name, header; the first leads to the item."""

    kind: Kind
    part: str
    table: str
    title: str
    columns: tuple[tuple[str, str], ...]


LIFE = (("STATE_SAID", mark("State")), ("AGE", mark("Age, days")), ("OWNER", mark("Owner")),
        ("FIRST SEEN", mark("First seen")), ("TIMES SEEN", mark("Times seen")))  # fmt: skip
HELD_ROWS = Told(
    "held_row", "rows", "held-rows", mark("Quarantine"),
    (("REASON", mark("Held because")), ("USUBJID", mark("Subject")), ("DOMAIN", mark("Domain")),
     ("SRCFILE", mark("File")), ("SRCROW", mark("Row")), *LIFE),
)  # fmt: skip
QUERIES = Told(
    "query", "queries", "queries", mark("Queries"),
    (("WHAT", mark("Query")), ("USUBJID", mark("Subject")), ("CHECKID", mark("Check")),
     ("SEVERITY", mark("Severity")), ("TOPIC", mark("Topic")), *LIFE),
)  # fmt: skip
KINDS: Mapping[str, Told] = {told.part: told for told in (HELD_ROWS, QUERIES)}


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
