"""The inbox of alerts, one of them in full, reports that are owed, and how the alerting goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dash_mantine_components as dmc

from dashboards.alerts_page import inbox, kpis, one, read, reports
from dashboards.components import choose
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View
from safety.alerts.states import OPEN

PARTS: Mapping[str, tuple[str, Callable[[View], Any]]] = {
    "": (mark("Inbox"), inbox.part),
    "reports": (mark("Reports owed"), reports.part),
    "course": (mark("How the alerting goes"), kpis.part),
}


def draw(view: View) -> Any:
    """Return the alert in the address, or the part that it asks for, and the choice of parts."""
    alert = view.address.get("alert")
    if alert:
        return one.part(view, alert)
    asked = view.address.get("part")
    chosen = asked if asked in PARTS else ""
    names = {name: t(said) for name, (said, _) in PARTS.items()}
    links = choose.parts(view, names, chosen, _waiting(view))
    return dmc.Stack([links, PARTS[chosen][1](view)], gap="lg")


def _waiting(view: View) -> dict[str, str]:
    """Return how much of each part is open, and how much of that is overdue."""
    alerts, (owed, late) = read.alerts(view, read.now()), reports.counted(view)
    counts = {
        "": (int(alerts["STATE"].eq(OPEN).sum()), int(alerts["OVERDUE"].sum())),
        "reports": (owed, late),
    }
    return {
        name: t("({n} open, {late} overdue)", n=f"{n:,}", late=f"{over:,}")
        for name, (n, over) in counts.items()
    }


PAGE = Page("/alerts", mark("Alerts"), draw)
