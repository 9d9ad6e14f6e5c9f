"""Adjudication: whose verdict wants a person, what the rules propose and why, and the proposal."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc, html

from dashboards.acts import Doing, act
from dashboards.components import forms, table, verdicts
from dashboards.components.parts import nothing
from dashboards.i18n import mark, t
from dashboards.meeting_page import propose, read
from dashboards.meeting_page.words import options
from dashboards.page import COMMITTEE
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import verdict
from dashboards.view import View
from safety.decisions.decision import ADJUDICATION
from safety.decisions.statement import Statement
from safety.errors import WrongUseError

NAME, PROPOSE = "to-adjudicate", "adjudicate"
ASK, DECIDED, WAITS = mark("wants a person"), mark("adjudicated"), mark("proposal waits")
# What a statement begins with (safety.nextdose.adjudicated). It is kept as it stands here, whatever
# the language of the page.
STATEMENTS = {
    "DLT": mark("DLT"), "not a DLT": mark("Not a DLT"),
    "not evaluable": mark("Not evaluable: to be replaced"),
    "cannot be judged yet": mark("Cannot be judged yet"),
}  # fmt: skip
COLUMNS = ["STATE", "USUBJID", "DOSELVL", "VERDICT", "EVALUABLE", "REASON", "RULES", "SAID"]


def part(view: View) -> list[Any]:
    """Return the subject of the address with its form, above the list."""
    usubjid = view.chosen()
    if view.address.get("subject") and usubjid is None:
        raise WrongUseError("the subject of this address is none of this study.")
    chosen = _one(view, usubjid) if usubjid else []
    return [*chosen, table.part(NAME, view)]


def _one(view: View, usubjid: str) -> list[Any]:
    act_of = view.handle(usubjid)
    page = dcc.Link(t("All of this subject"), href=view.subject_href(usubjid),
                    className="toxwatch-chip")  # fmt: skip
    fields = (
        forms.choice(PROPOSE, act_of, "statement", t("Adjudicated as"), options(STATEMENTS)),
        forms.line(PROPOSE, act_of, "words", t("More exactly, if need be")),
    )
    about = Statement(ADJUDICATION, propose.BLANK, usubjid)
    return [
        dmc.Title(t("Adjudication of {subject}", subject=usubjid), order=2, size="h3"),
        html.Div(page),
        verdict.answer(view, usubjid),
        verdict.argument(view, usubjid),
        _waits(view, usubjid) or propose.part(view, PROPOSE, act_of, about, *fields),
    ]


def _waits(view: View, usubjid: str) -> Any:
    found = [p for p in read.waiting(view) if p.usubjid == usubjid]
    return nothing(t("A proposal on this subject waits already: see above.")) if found else None


@act(PROPOSE, COMMITTEE)
def adjudicate(doing: Doing) -> str:
    """Propose what a subject is adjudicated as, signed. The subject is that of the address."""
    usubjid, chosen = doing.view.chosen(), doing.value("statement")
    if usubjid is None or doing.view.handle(usubjid) != doing.of:
        raise WrongUseError("the form is not of the subject in the address: load the page again.")
    if chosen not in STATEMENTS:
        raise WrongUseError(f"adjudicated as: choose one of {', '.join(STATEMENTS)}.")
    words = doing.value("words")
    text = f"{chosen}: {words}" if words else chosen
    return propose.propose(doing, Statement(ADJUDICATION, text, usubjid))


@shown(NAME)
def listed(view: View) -> Shown:
    """Return the subjects whose verdict wants a person, those that nobody adjudicated first."""
    judged = view.frame("verdict")
    found = _wanting(view, judged)
    rows = _rows(view, found)
    open_ = int(rows["STATE"].eq(t(ASK)).sum()) if len(rows) else 0
    return Shown(
        t("Verdicts that want a person"), rows, _columns(view),
        note=t("{n} of {m} assessed subjects: DLT, cannot be judged, or pending with an event that "
               "may be one; {open} of them nobody has adjudicated or proposed",
               n=len(rows), m=len(judged), open=open_),
        none=t("Of {m} assessed subjects none has a DLT, cannot be judged, or is pending with an "
               "event that may be one.", m=len(judged)),
    )  # fmt: skip


def _wanting(view: View, judged: pd.DataFrame) -> pd.DataFrame:
    rules = view.frame("rule_result")
    is_candidate = rules["KIND"].ne("exception") & (
        rules["STATE"].eq("met") | (rules["STATE"].ne("not_met") & rules["TERMS"].ne("[]"))
    )
    by_subject = rules[is_candidate].groupby("USUBJID")["RULE"].unique().to_dict()
    told = judged.assign(RULES=[", ".join(by_subject.get(u, ())) for u in judged["USUBJID"]])
    is_pending = told["VERDICT"].eq("PENDING") & told["RULES"].ne("")
    return told[told["VERDICT"].isin(["DLT", "INDETERMINATE"]) | is_pending]


def _rows(view: View, found: pd.DataFrame) -> pd.DataFrame:
    made = read.made(view)
    said = {d.usubjid: f"{d.statement} ({t(made.state(d))})"
            for d in made.known if d.kind == ADJUDICATION}  # fmt: skip
    waits = {p.usubjid: p.statement for p in read.waiting(view) if p.kind == ADJUDICATION}
    rows = [
        (_state(u := str(row["USUBJID"]), said, waits), u,
         verdicts.level(str(row["DOSELVL"]), view.shot) or t("no levels"),
         t(verdicts.WORDS[row["VERDICT"]]),
         t(verdicts.EVALUABLE[row["EVALUABLE"]]), row["REASON"], row["RULES"],
         waits.get(u) or said.get(u) or t("nobody has"))
        for row in found.to_dict("records")
    ]  # fmt: skip
    order = {t(state): n for n, state in enumerate((WAITS, ASK, DECIDED))}
    table_ = pd.DataFrame(rows, columns=COLUMNS)
    return table_.sort_values(
        ["STATE", "USUBJID"], key=lambda c: c.map(order) if c.name == "STATE" else c
    )


def _state(usubjid: str, said: dict[str, str], waits: dict[str, str]) -> str:
    if usubjid in waits:
        return t(WAITS)
    return t(DECIDED) if usubjid in said else t(ASK)


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("STATE", t("State")),
        Column("USUBJID", t("Subject"), href=lambda row: href(view, str(row["USUBJID"]))),
        Column("DOSELVL", t("Level")),
        Column("VERDICT", t("The rules propose")),
        Column("EVALUABLE", t("Evaluable")),
        Column("REASON", t("Because"), wide=True),
        Column("RULES", t("Rules met or left open by an event")),
        Column("SAID", t("Adjudicated or proposed as"), wide=True),
    )  # fmt: skip


def href(view: View, usubjid: str) -> str:
    """Return the address of the adjudication of a subject, in the meeting that one is in."""
    return view.address.to("/meeting", about=ADJUDICATION, subject=view.handle(usubjid),
                           meeting=view.address.get("meeting"))  # fmt: skip
