"""Held rows and queries: listed oldest first, by state, one in full where the address names it."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards.components import choose, detail, long
from dashboards.components.table import exports
from dashboards.data_page import item
from dashboards.data_page.kinds import (
    CURRENT,
    KINDS,
    QUERIES,
    STATES,
    Told,
    in_state,
    states,
)
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View, note
from safety.worklist import listing


def part(view: View, told: Told) -> Any:
    """Return the part of the page for one kind of items."""
    chosen = view.address.get("item")
    if chosen:
        return item.part(view, told, chosen)
    listed = long.part(told.table, view, lead=_choices(view, told))
    return dmc.Stack([listed, _for_sites(view) if told is QUERIES else None], gap="lg")


def found(view: View, told: Told) -> listing.Listing:
    """Return held rows or queries of the study, oldest first, also those that are over."""
    note(view.shot.study, "work_item")
    return listing.listing(view.settings.db_url, view.shot.study, told.kind, ended=True)


def state_of(view: View, told: Told) -> str:
    """Return the state that is asked for; CURRENT for none that there is."""
    asked = view.address.get("state")
    return asked if asked in states(told.kind) else CURRENT


def _choices(view: View, told: Told) -> Any:
    items = found(view, told).items
    links = [
        choose.chip(f"{t(STATES[state])} ({len(in_state(items, state)):,})",
                    view.address.here(state=state, item=""), on=state == state_of(view, told))
        for state in states(told.kind)
    ]  # fmt: skip
    return choose.group(t("State"), links)


def _shown(view: View, told: Told) -> Shown:
    listed = found(view, told)
    items = in_state(listed.items, state_of(view, told))
    known = set(view.frame("subject")["USUBJID"])
    rows = items.assign(
        STATE_SAID=[t(STATES[s]) for s in items["STATE"]], KNOWN=items["USUBJID"].isin(known),
        **({"WHAT": items["TEXT"].str.partition("\n")[0]} if told is QUERIES else {}),
    )  # fmt: skip
    return Shown(t(told.title), rows, _columns(view, told), note=_note(told, listed, items, view),
                 none=t("Nothing is in this state."))  # fmt: skip


def _note(told: Told, listed: listing.Listing, items: pd.DataFrame, view: View) -> str:
    as_of = t("{n} shown of {m} so far, oldest first, as of {day}, the newest snapshot",
              n=f"{len(items):,}", m=f"{len(listed.items):,}", day=listed.as_of)  # fmt: skip
    if told is QUERIES:
        return t("{as_of}. Nothing is sent to a site by toxwatch itself.", as_of=as_of)
    rows = view.shot.summary["rows"]
    return t("{as_of}. Of {m} rows received {n} are held in the snapshot that is shown: out of "
             "statistics, but they still alarm.", as_of=as_of, m=f"{rows['received']:,}",
             n=f"{rows['quarantined']:,}")  # fmt: skip


def _columns(view: View, told: Told) -> tuple[Column, ...]:
    def item_href(row: dict[str, Any]) -> str:
        return view.address.here(item=row["ITEM"])

    def subject_href(row: dict[str, Any]) -> str:
        return view.subject_href(str(row["USUBJID"])) if row["KNOWN"] else ""

    hrefs = {told.columns[0][0]: item_href, "USUBJID": subject_href}
    numbers = {"AGE", "TIMES SEEN", "SRCROW"}
    return tuple(
        Column(name, t(header), "number" if name in numbers else "text", href=hrefs.get(name),
               wide=n == 0)
        for n, (name, header) in enumerate(told.columns)
    )  # fmt: skip


@shown("queries-for-sites")
def for_sites(view: View) -> Shown:
    """Return the queries that are asked for as a site reads them, with all their evidence."""
    listed = found(view, QUERIES)
    items = in_state(listed.items, state_of(view, QUERIES))
    rows = listing.for_sites(listed, items)
    columns = tuple(Column(name, name.capitalize()) for name in rows.columns)
    return Shown(t("Queries for the sites"), rows, columns)


def _for_sites(view: View) -> Any:
    return detail.under(
        t("For the sites"),
        dmc.Text(t("The queries of the chosen state with their whole text and evidence, as a site "
                   "reads them."), size="sm"),
        exports("queries-for-sites", view),
    )  # fmt: skip


for _told in KINDS.values():
    shown(_told.table)(partial(_shown, told=_told))
