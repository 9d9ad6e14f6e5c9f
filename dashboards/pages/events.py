"""Adverse events: how many, which, measured ones, when, and every row with its state of review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from dashboards import lasting
from dashboards.components import choose, listing, marking, table
from dashboards.events_page import behind, by_term, every, measured, onset, summary
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View

FILTERS = ("level", "related", "serious", "grade", "emergent")
SHOW = "show"  # what the address asks


def draw(view: View) -> Any:
    """Return a part of the page; of a number, the events of those whom it counts."""
    who = view.address.get("who")
    if who:
        return _behind(view, measured.BEHIND if who == "measured" else behind.NAME)
    asked = view.address.get(SHOW)
    chosen = asked if asked in PARTS else ""
    links = [
        choose.chip(t(label), view.address.to("/events", **({SHOW: name} if name else {})),
                    on=name == chosen)
        for name, (label, _) in PARTS.items()
    ]  # fmt: skip
    make = PARTS[chosen][1]
    # reviews live on by themselves, all else is of the snapshot
    parts = make(view) if chosen == "rows" else lasting.drawn(view, SHOW, lambda: make(view))
    return dmc.Stack([choose.group(t("Show"), links), *parts], gap="lg")


def _behind(view: View, name: str) -> Any:
    show = {SHOW: "measured"} if name == measured.BEHIND else {}
    back = dcc.Link(t("Back to the whole page"), href=view.address.to("/events", **show))
    return dmc.Stack([back, table.part(name, view)], gap="md")


def _reported(view: View) -> list[Any]:
    return [
        table.part(summary.NAME, view),
        by_term.part(view),
    ]


def _measured(view: View) -> list[Any]:
    return [table.part(measured.NAME, view)]


def _onset(view: View) -> list[Any]:
    return [onset.part(view), table.part(onset.ONSETS, view)]


def _rows(view: View) -> list[Any]:
    lead = marking.lead(view, every.NAME)
    return [listing.part(every.NAME, view, note=every.note(view), height=640, lead=lead)]


Parts = Mapping[str, tuple[str, Callable[[View], list[Any]]]]
PARTS: Parts = {
    "": (mark("reported, by level"), _reported),
    "measured": (mark("measured"), _measured),
    "onset": (mark("onset and duration"), _onset),
    "rows": (mark("every event, and its review"), _rows),
}

PAGE = Page("/events", mark("Adverse events"), draw, filters=FILTERS)
