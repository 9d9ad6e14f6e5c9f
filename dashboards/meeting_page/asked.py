"""Decisions that newer data call in question: loud, above whatever else the page shows."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.meeting_page import read
from dashboards.meeting_page.decisions import href
from dashboards.meeting_page.words import INK
from dashboards.view import View
from safety.decisions.decision import SHORT, Decision, Question
from safety.decisions.listing import ASKED
from safety.decisions.questions import said

MOST = 20  # cells that moved which are shown at once


def part(view: View) -> Any:
    """Return the decisions that newer data call in question, loudly; None if there is none."""
    made = read.made(view)
    found = [d for d in made.known if made.state(d) == ASKED]
    if not found:
        return None
    return section(
        t("Called in question ({n})", n=len(found)),
        t("Newer data moved what these decisions rest on. A newer decision of the same scope "
          "answers it."),
        *(_loud(view, d, made.asked[d.decision_id][-1]) for d in found),
    )  # fmt: skip


def _loud(view: View, of: Decision, question: Question) -> dmc.Alert:
    cells = [html.Li(said(cell)) for cell in question.cells[:MOST]]
    more = len(question.cells) - MOST
    return dmc.Alert(
        [
            dmc.Text(t("Decided: {statement}, by {by} at {at} UTC", statement=of.statement,
                       by=of.actor, at=of.at)),
            dmc.Text(t("It rests on what is not so in snapshot {id}:",
                       id=question.snapshot_id[:SHORT])),
            html.Ul(cells),
            dmc.Text(t("and {n} more cells", n=f"{more:,}")) if more > 0 else None,
            dcc.Link(t("All of this decision"), href=href(view, of.decision_id)),
        ],
        title=t("In question: {about}", about=of.about), color="red", variant="outline",
        styles=INK,
    )  # fmt: skip
