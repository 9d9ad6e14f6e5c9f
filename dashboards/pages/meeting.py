"""Meetings of the committee, adjudication, dose decisions; what waits for somebody comes first."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.components import choose
from dashboards.i18n import mark, t
from dashboards.meeting_page import adjudicate, asked, decisions, dose, one, plan, waiting
from dashboards.page import Page
from dashboards.view import View
from safety.decisions.decision import ADJUDICATION, DOSE
from safety.errors import WrongUseError

DECISIONS = "decisions"
PARTS = {
    "": (mark("Meetings"), plan.part), ADJUDICATION: (mark("Adjudication"), adjudicate.part),
    DOSE: (mark("Dose decision"), dose.part), DECISIONS: (mark("Decisions"), decisions.part),
}  # fmt: skip


def draw(view: View) -> Any:
    """Return the page: what waits, what is called in question, and what the address asks for."""
    about, meeting = view.address.get("about"), view.address.get("meeting")
    if about not in PARTS:
        raise WrongUseError(f"this page knows nothing about {about!r}.")
    shown = one.part(view, meeting) if meeting and not about else PARTS[about][1](view)
    parts = [_tabs(view, about, meeting), waiting.part(view), asked.part(view), *shown]
    return dmc.Stack([part for part in parts if part is not None], gap="xl")


def _tabs(view: View, about: str, meeting: str) -> html.Div:
    links = [
        choose.chip(t(name), view.address.to("/meeting", about=key, meeting=meeting if key else ""),
                    on=key == about and not (meeting and not about))
        for key, (name, _) in PARTS.items()
    ]  # fmt: skip
    back = [choose.chip(t("The meeting"), view.address.to("/meeting", meeting=meeting),
                        on=not about)] if meeting else []  # fmt: skip
    return html.Div([choose.group(t("Show"), [*links, *back])])


PAGE = Page("/meeting", mark("Meeting"), draw)
