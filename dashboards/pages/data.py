"""Data: what is held, what the checks say, what waits for somebody, whether every row is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dash_mantine_components as dmc

from dashboards.components import choose, long, table
from dashboards.data_page import checks, deliveries, grading, reconciled, surveillance, work
from dashboards.data_page.kinds import CURRENT, HELD_ROWS, QUERIES, in_state
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View


def _now(view: View) -> Any:
    """Return what an engineer looks at first: what waits, and whether the rows add up."""
    return dmc.Stack(
        [
            table.part("held-files", view),
            table.part("feeds", view),
            deliveries.equation(view.shot.summary["rows"]),
            long.part("checks-open", view),
        ],
        gap="lg",
    )


PARTS: Mapping[str, tuple[str, Callable[[View], Any]]] = {
    "": (mark("Now"), _now),
    "checks": (mark("Checks"), checks.part),
    HELD_ROWS.part: (mark("Quarantine"), lambda view: work.part(view, HELD_ROWS)),
    QUERIES.part: (mark("Queries"), lambda view: work.part(view, QUERIES)),
    "assessments": (mark("Required assessments"), surveillance.part),
    "deliveries": (mark("Deliveries and rows"), deliveries.part),
    "grading": (mark("Grading"), grading.part),
    "alerts": (mark("Alerts and messages"), reconciled.part),
}


def draw(view: View) -> Any:
    """Return the part of the page that the address asks for, and the choice of the others."""
    asked = view.address.get("part")
    chosen = asked if asked in PARTS else ""
    names = {name: t(said) for name, (said, _) in PARTS.items()}
    links = choose.parts(view, names, chosen, _waiting(view))
    return dmc.Stack([links, PARTS[chosen][1](view)], gap="lg")


def _waiting(view: View) -> dict[str, str]:
    """Return how much of each part waits for somebody."""
    statuses, windows = view.frame("finding")["STATUS"], view.frame("surveillance")["STATUS"]
    counts = {
        "": len(view.holds()),
        "checks": int(statuses.isin(checks.OPEN).sum()),
        **{told.part: len(in_state(work.found(view, told).items, CURRENT))
           for told in (HELD_ROWS, QUERIES)},
    }  # fmt: skip
    missed = t("({n} missed)", n=int(windows.eq("missing").sum()))
    said = {
        "": t("({n} held)", n=counts[""]),
        "assessments": missed if len(windows) else t("(none required)"),
    }
    return {name: f"({n:,})" for name, n in counts.items()} | said


PAGE = Page("/data", mark("Data"), draw)
