"""Decisions and proposals of the study, what is called in question first, each in full."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.components import detail, table
from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.meeting_page import read, signed
from dashboards.meeting_page.words import KINDS, STATES
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.decisions import listing
from safety.decisions.decision import SHORT
from safety.decisions.listing import ASKED
from safety.signing import listing as signing
from safety.signing import proposal as proposed
from safety.signing.signature import Signature

MADE, PROPOSED = "meeting-decisions", "meeting-proposals"


def part(view: View) -> list[Any]:
    """Return the decision or proposal of the address in full, and both lists."""
    decision, proposal = view.address.get("decision"), view.address.get("proposal")
    return [
        _decision(view, decision) if decision else None,
        _proposal(view, proposal) if proposal else None,
        table.part(MADE, view),
        table.part(PROPOSED, view),
    ]


def href(view: View, decision_id: str) -> str:
    """Return the address of a decision in full."""
    return view.address.to("/meeting", about="decisions", decision=decision_id[:SHORT])


def _decision(view: View, given: str) -> Any:
    with view.connection("decision", "question", "proposal", "signature") as connection:
        found = listing.shown(connection, view.shot.study, given)
    signatures = [
        (Signature(**{k: v for k, v in s.items() if k != "valid"}), bool(s["valid"]))
        for s in found["signatures"]
    ]
    basis = [(name, str(len(rows))) for name, rows in found["basis"].items()]
    return section(
        t("Decision {id}", id=found["decision_id"][:SHORT]),
        t(found["state"]),
        html.Div([dmc.Text(line) for line in listing.lines(found)], className="toxwatch-body"),
        signed.signatures(signatures, t("Signatures of this decision"))
        if signatures else dmc.Text(t(signing.UNSIGNED), fw=600),
        detail.unfolded(t("The cells that it rests on"), html.Div([
            detail.facts([*basis], t("Rows by table")),
            html.Pre(json.dumps(found["basis"], indent=1, ensure_ascii=False), tabIndex=0,
                     className="toxwatch-command"),
        ])),
    )  # fmt: skip


def _proposal(view: View, given: str) -> Any:
    with view.connection("proposal") as connection:
        of = proposed.find(connection, view.shot.study, given)
    rows: list[tuple[str, Any]] = [
        (t("About"), f"{t(KINDS[of.kind])} {of.usubjid or of.doselvl}"),
        (t("Statement"), of.statement), (t("Next subjects"), of.next_level or None),
        (t("Reason"), of.reason), (t("Proposed"), f"{of.proposed_by}, {of.proposed_at}"),
        (t("State"), t(STATES[of.state])),
        (t("Answered"), f"{of.ended_by}, {of.ended_at}: {of.ended_for}" if of.ended_at else None),
        (t("Snapshot"), of.snapshot_id),
        (t("Decision"), dcc.Link(of.decision_id[:SHORT], href=href(view, of.decision_id))
         if of.decision_id else None),
    ]  # fmt: skip
    return section(
        t("Proposal {id}", id=of.proposal_id[:SHORT]), "",
        detail.facts(rows, t("Proposal")),
        signed.content(json.loads(of.content), of.content_sha256, of.content),
        signed.signatures(read.signatures(view, of), t("Signatures of this proposal")),
    )  # fmt: skip


@shown(MADE)
def made(view: View) -> Shown:
    """Return the decisions of the study, newest first."""
    with view.connection("decision", "question", "proposal", "signature") as connection:
        found = listing.listing(connection, view.shot.study)
    asked = int(found["STATE"].eq(ASKED).sum())
    rows = found.assign(
        KIND=[t(KINDS[kind]) for kind in found["KIND"]],
        STATE=[t(state) for state in found["STATE"]],
        SIGNED=[names or t(signing.UNSIGNED) for names in found["SIGNED"]],
    )
    columns = (
        Column("STATE", t("State")),
        Column("KIND", t("Kind")),
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(str(row["USUBJID"]))),
        Column("LEVEL", t("Level")),
        Column("STATEMENT", t("Decided"), wide=True),
        Column("BY", t("By")), Column("SIGNED", t("Signed by")), Column("AT", t("At (UTC)")),
        Column("SNAPSHOT", t("Snapshot")),
        Column("DECISION", t("Decision"), href=lambda row: href(view, str(row["DECISION"]))),
    )  # fmt: skip
    return Shown(
        t("Decisions"), rows, columns,
        note=t("{n} decisions, {asked} called in question; as they stand now, whatever snapshot is "
               "shown", n=len(rows), asked=asked),
        none=t("Nothing was decided in this study so far."),
    )  # fmt: skip


@shown(PROPOSED)
def all_proposed(view: View) -> Shown:
    """Return the proposals of the study, newest first."""
    with view.connection("proposal") as connection:
        found = signing.listing(connection, view.shot.study)
    rows = found.assign(
        KIND=[t(KINDS[kind]) for kind in found["KIND"]],
        STATE=[t(STATES[state]) for state in found["STATE"]],
        SHORT=found["PROPOSAL"].str.slice(0, SHORT),
    )
    names = {
        "STATE": t("State"), "KIND": t("Kind"), "USUBJID": t("Subject"), "LEVEL": t("Level"),
        "STATEMENT": t("Statement"), "NEXT": t("Next subjects"), "REASON": t("Reason"),
        "PROPOSED_BY": t("Proposed by"), "PROPOSED_AT": t("Proposed (UTC)"),
        "ENDED_BY": t("Answered by"), "ENDED_AT": t("Answered (UTC)"), "ENDED_FOR": t("Answer"),
        "SHORT": t("Proposal"),
    }  # fmt: skip
    columns = tuple(
        Column(name, head, wide=name in {"STATEMENT", "REASON"},
               href=(lambda row: view.address.to("/meeting", about="decisions",
                                                 proposal=row["SHORT"]))
               if name == "SHORT" else None)
        for name, head in names.items()
    )  # fmt: skip
    return Shown(t("Proposals"), rows, columns, note=t("{n} proposals", n=len(rows)),
                 none=t("Nothing was proposed in this study so far."))  # fmt: skip
