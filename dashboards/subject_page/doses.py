"""Was it looked for, what was planned and taken, which rules fired, what deviates."""

from __future__ import annotations

import json

import pandas as pd
from dash import html

from dashboards import raw
from dashboards.components import verdicts
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import evidence, whose
from dashboards.view import View

SURVEILLANCE, EXPOSURE = "subject-surveillance", "subject-exposure"
MODIFICATION, DEVIATIONS = "subject-modification", "subject-deviations"
NO_DRUGS = mark("The study file has no drugs or dose levels.")


@shown(SURVEILLANCE)
def surveillance(view: View) -> Shown:
    """Return the required assessments, and when they were done."""
    usubjid = whose.subject(view)
    rows = view.frame("surveillance", usubjid=usubjid)
    done = [verdicts.items(d) for d in rows["DONEON"]]
    href = raw.href(view, "measurement", subject=view.handle(usubjid))
    return Shown(
        t("Surveillance"),
        rows.assign(STATUS=rows["STATUS"].str.replace("_", " "),
                    DONE=[", ".join(d) for d in done]),
        (
            Column("ASSESSMENT", t("Assessment")), Column("DUEWINDOW", t("Window")),
            Column("STATUS", t("Status")), Column("DUEBY", t("Due by")),
            Column("DONE", t("Done on"), href=lambda _: href, wide=True),
        ),
        note=t("was it looked for? {n} of {m} required assessments of the window are done",
               n=int(rows["STATUS"].eq("done").sum()), m=len(rows)),
        none=t("The study file requires no assessment of this subject."),
    )  # fmt: skip


@shown(EXPOSURE)
def exposure(view: View) -> Shown:
    """Return what was planned and taken, by cycle and drug."""
    usubjid = whose.subject(view)
    rows = view.frame("dose_account", usubjid=usubjid).sort_values(["CYCLE", "DRUG"])
    doses = raw.href(view, "dose", subject=view.handle(usubjid))
    account = raw.href(view, "dose_account", subject=view.handle(usubjid))
    shown_rows = rows.assign(
        LOST=[_lost(m) for m in rows["MISSED"]],
        SHARE=[t("not known") if pd.isna(r) else f"{r:.0%}" for r in rows["RDI"]],
        WHOLE=rows["COMPLETE"].map({"Y": t("over")}).fillna(t("goes on")),
    )  # fmt: skip
    return Shown(
        t("Exposure"),
        shown_rows,
        (
            Column("CYCLE", t("Cycle"), "number"), Column("DRUG", t("Drug")),
            Column("WHOLE", t("Cycle is")),
            Column("PLANNED", t("Planned"), "number", href=lambda _: account),
            Column("TAKEN", t("Taken"), "number", href=lambda _: doses),
            Column("PLANNEDMG", t("Planned mg"), "number"),
            Column("TAKENMG", t("Taken mg"), "number"), Column("SHARE", "RDI", "number"),
            Column("LOST", t("Missed")), Column("UNRECORDED", t("No record"), "number"),
        ),
        note=t("intakes; RDI is mg taken of mg planned, over the time that has elapsed"),
        none=t(NO_DRUGS) if _no_drugs(view) else t("No dose was planned or taken."),
    )  # fmt: skip


def _lost(text: str) -> str:
    return ", ".join(f"{n:g} {why}" for why, n in json.loads(text).items())


def _no_drugs(view: View) -> bool:
    return view.shot.summary["escalation"] != "applies"


@shown(MODIFICATION)
def modification(view: View) -> Shown:
    """Return every rule and gate that fired, and which of them wins."""
    usubjid = whose.subject(view)
    rows = view.frame("trigger", usubjid=usubjid).sort_values(["ONDT", "DRUG", "RULE"])
    of, sure = evidence.records(view, usubjid), rows["STATE"].eq("met")
    missing = pd.Series(["; ".join(verdicts.items(m)) for m in rows["MISSING"]], index=rows.index)
    shown_rows = _with_evidence(rows, of).assign(
        WINS=rows["WINS"].map({"Y": t("yes")}).fillna(t("no")),
        ACTION=rows["ACTION"].where(sure, rows["ACTION"] + f" ({t('cannot be judged')})"),
        RESUME=_with_advice(rows["RESUME"].where(sure, missing), rows["ADVICE"]),
    )
    return Shown(
        t("Dose modification"),
        shown_rows,
        (
            Column("ONDT", t("On")), Column("DRUG", t("Drug")), Column("RULE", t("Rule")),
            Column("RULETEXT", t("What")), Column("ACTION", t("Action")),
            Column("WINS", t("Wins")), Column("RESUME", t("Resume, or missing; advice"), wide=True),
            Column("NEXTDOSE", t("Next dose")), Column("UNTILDT", t("Until")),
            _evidence_column(),
        ),
        note=t("every rule and gate that fired; per drug the most conservative one wins"),
        none=t(NO_DRUGS) if _no_drugs(view) else t("No rule or gate fired."),
    )  # fmt: skip


@shown(DEVIATIONS)
def deviations(view: View) -> Shown:
    """Return what was done otherwise than the rules expected."""
    usubjid = whose.subject(view)
    rows = view.frame("deviation", usubjid=usubjid).sort_values(["ONDT", "DRUG"])
    told = _with_evidence(rows, evidence.records(view, usubjid))
    return Shown(
        t("Deviations"),
        told.assign(KIND=rows["KIND"].str.replace("_", " ")),
        (
            Column("ONDT", t("On")), Column("DRUG", t("Drug")), Column("KIND", t("Kind")),
            Column("RULE", t("Rule")), Column("EXPECTED", t("Expected")),
            Column("ACTUAL", t("Actual")), _evidence_column(),
        ),
        note=t("what was done against what the rules expected"),
        none=t(NO_DRUGS) if _no_drugs(view) else t("No deviation was found."),
    )  # fmt: skip


def _with_advice(resume: pd.Series, advice: pd.Series) -> pd.Series:
    told = advice.astype("str").fillna("")
    before = resume.astype("str").fillna("")
    both = before.ne("") & told.ne("")
    return before + pd.Series("; ", index=told.index).where(both, "") + told


def _with_evidence(rows: pd.DataFrame, of: evidence.Records) -> pd.DataFrame:
    told = rows.to_dict("records")
    return rows.assign(
        SHOWS=[evidence.short(row) for row in told],
        HREF=[of.href(evidence.first(row)) for row in told],
    )


def _evidence_column() -> Column:
    return Column("SHOWS", t("Evidence"), href=lambda row: str(row["HREF"]))


def all_evidence(view: View, usubjid: str, name: str) -> html.Details | None:
    """Return every line of evidence of triggers or deviations, each leading to its row."""
    rows = view.frame(name, usubjid=usubjid)
    if rows.empty:
        return None
    of = evidence.records(view, usubjid)
    ordered = rows.sort_values(["ONDT", "DRUG", "RULE"]).to_dict("records")
    told = [
        html.Div([html.B(f"{row['ONDT']}, {row['DRUG']}, {row['RULE']}"), evidence.lines(row, of)])
        for row in ordered
    ]
    return html.Details([html.Summary(t("All evidence, row by row")), *told],
                        className="toxwatch-details")  # fmt: skip
