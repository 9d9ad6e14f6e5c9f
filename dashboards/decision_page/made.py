"""Decisions that were made, and loudly those that newer data call in question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.decisions import decision as decided
from safety.decisions import listing
from safety.decisions.decision import Decision, Question
from safety.decisions.questions import said
from safety.signing.proposal import WAITING, proposals

NAME = "decision-made"

MOST = 20  # cells of a question that are shown


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision, whether it stands, and the cells that call it in question now."""

    of: Decision
    state: str
    question: Question | None


def known(view: View) -> list[Asked]:
    """Return every decision of the study as it stands now, newest first."""
    with view.connection("decision", "question") as connection:
        made = decided.decisions(connection, view.shot.study)
        asked = decided.questions(connection, view.shot.study)
    counting = decided.counting(made)
    return [
        Asked(d, listing.state(d, asked.get(d.decision_id, []), counting),
              next(iter(asked.get(d.decision_id, [])[-1:]), None))
        for d in reversed(made)
    ]  # fmt: skip


def alarm(view: View) -> Any:
    """Return what calls decisions in question; None if nothing does."""
    doubted = [each for each in known(view) if each.state == listing.ASKED]
    if not doubted:
        return None
    return dmc.Alert(
        [
            dmc.Title(t("Called in question by newer data: {n} decisions", n=len(doubted)),
                      order=2, size="h4"),
            *(_told(each) for each in doubted),
        ],
        color="red", variant="outline", id="in-question",
        styles={"message": {"color": "var(--ink)"}},
    )  # fmt: skip


def _told(each: Asked) -> html.Div:
    cells: tuple[Mapping[str, Any], ...] = each.question.cells if each.question else ()
    lines = [html.Li(said(dict(cell))) for cell in cells[:MOST]]
    more = len(cells) - len(lines)
    last = [html.Li(t("and {n} more", n=more))] if more else []
    about = t("{about}, decided {at} by {who}: {what}", about=each.of.about, at=each.of.at[:10],
              who=each.of.actor, what=each.of.statement)  # fmt: skip
    return html.Div([html.Strong(about), html.Ul([*lines, *last])])


def waiting(view: View) -> Any:
    """Return how many proposals wait for a second person, None if none does."""
    with view.connection("proposal") as connection:
        found = proposals(connection, view.shot.study, state=WAITING)
    if not found:
        return None
    text = t("{n} proposals wait for a second person.", n=len(found))
    return html.Div(dcc.Link(text, href=view.address.to("/meeting")))


@shown(NAME)
def made(view: View) -> Shown:
    """Return the decisions, newest first."""
    with view.connection("decision") as connection:
        frame = listing.listing(connection, view.shot.study)
    told = frame.assign(AT=frame["AT"].str[:16].str.replace("T", " "))
    order = ["DECISION", "STATE", "KIND", "USUBJID", "LEVEL", "STATEMENT", "BY", "SIGNED", "AT",
             "SNAPSHOT"]  # fmt: skip
    columns = (
        Column("DECISION", t("Decision")), Column("STATE", t("Stands")), Column("KIND", t("Kind")),
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("STATEMENT", t("Decided"), wide=True),
        Column("BY", t("By")), Column("SIGNED", t("Signed by")), Column("AT", t("At (UTC)")),
        Column("SNAPSHOT", t("On snapshot")),
    )  # fmt: skip
    return Shown(t("Decisions so far"), told[order], columns,
                 t("As they stand now, whatever snapshot is shown."),
                 t("Nothing was decided yet."))  # fmt: skip
