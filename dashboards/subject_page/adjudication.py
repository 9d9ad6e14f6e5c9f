"""What named people decided of the subject: as it stands now, whatever snapshot is shown."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from dashboards.components.parts import nothing, section
from dashboards.components.table import exports, table
from dashboards.i18n import t
from dashboards.page import COMMITTEE
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import whose
from dashboards.view import View
from safety.decisions import decision as decided
from safety.decisions.decision import SHORT, Decision, Question
from safety.decisions.listing import ASKED, listing, state
from safety.decisions.questions import said
from safety.signing.proposal import WAITING, proposals

NAME = "subject-decisions"
COLUMNS = ["AT", "KIND", "STATEMENT", "BY", "SIGNED", "REASON", "STATE", "SNAPSHOT", "DECISION"]


@shown(NAME)
def decisions(view: View) -> Shown:
    """Return the decisions on the subject, newest first."""
    usubjid = whose.subject(view)
    with view.connection("decision", "question") as connection:
        every = listing(connection, view.shot.study)
        reasons = {
            d.decision_id[:SHORT]: d.reason for d in decided.decisions(connection, view.shot.study)
        }
    own = every[every["USUBJID"].eq(usubjid)]
    rows = own.assign(
        REASON=own["DECISION"].map(reasons),
        STATE=[t(state) for state in own["STATE"]],
        SIGNED=own["SIGNED"].replace("", t("not signed: recorded by command")),
    )
    heads = (t("At (UTC)"), t("Kind"), t("Decided"), t("By"), t("Signed by"), t("Reason"),
             t("State"), t("Snapshot"), t("Decision"))  # fmt: skip
    return Shown(
        t("Adjudication"),
        rows[COLUMNS],
        tuple(Column(name, head) for name, head in zip(COLUMNS, heads, strict=True)),
        note=t("as it stands now; {n} decisions on this subject", n=len(rows)),
        none=t("Nobody has adjudicated this subject: the verdict is only proposed."),
    )


def part(view: View, usubjid: str) -> Any:
    """Return what was decided and what waits, what is called in question first."""
    found = decisions(view)
    return section(
        found.title,
        found.note,
        *_in_question(view, usubjid),
        _waiting(view, usubjid),
        exports(NAME, view) if len(found.rows) else None,
        table(found),
        _link(view, usubjid),
    )


def _in_question(view: View, usubjid: str) -> list[Any]:
    """Return what moved under each decision that counts and is called in question."""
    with view.connection("decision", "question") as connection:
        known = decided.decisions(connection, view.shot.study)
        asked = decided.questions(connection, view.shot.study)
    counting = decided.counting(known)
    return [
        _loud(d, asked[d.decision_id][-1])
        for d in known
        if d.usubjid == usubjid and state(d, asked.get(d.decision_id, []), counting) == ASKED
    ]


def _loud(of: Decision, question: Question) -> dmc.Alert:
    cells = [dmc.ListItem(said(cell)) for cell in question.cells]
    title = t("Called in question: {statement} ({id})", statement=of.statement,
              id=of.decision_id[:SHORT])  # fmt: skip
    lead = t("Since {at} the data it rests on are not as they were:", at=question.at)
    return dmc.Alert([dmc.Text(lead), dmc.List(cells, size="sm")], title=title, color="red",
                     variant="outline")  # fmt: skip


def _waiting(view: View, usubjid: str) -> Any:
    with view.connection("proposal") as connection:
        found = proposals(connection, view.shot.study, usubjid=usubjid, state=WAITING)
    lines = [
        t("{by} proposed on {at}: {statement}. Reason: {reason}", by=p.proposed_by,
          at=p.proposed_at, statement=p.statement, reason=p.reason)
        for p in found
    ]  # fmt: skip
    if not lines:
        return None
    return dmc.Alert([dmc.Text(line) for line in lines], color="blue", variant="outline",
                     title=t("Waits for a second person"))  # fmt: skip


def _link(view: View, usubjid: str) -> Any:
    if not view.may(view.shot.study, COMMITTEE):
        return nothing(t("Members of the committee adjudicate."))
    href = view.address.to("/meeting", about="adjudication", subject=view.handle(usubjid))
    return dcc.Link(t("Adjudicate this subject"), href=href)
