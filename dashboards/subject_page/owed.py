"""Notes and queries of the verdict, alerts, and reports that are owed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from dash import html

from dashboards.components import verdicts
from dashboards.components.parts import nothing, section
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import whose
from dashboards.view import View, note
from safety.alerts.listing import table as listed
from safety.reporting.listing import listing

ALERTS, REPORTS = "subject-alerts", "subject-reports"


def notes(view: View, usubjid: str) -> Any:
    """Return what the assessment noted, and what it would ask the site."""
    found = view.frame("verdict", usubjid=usubjid).to_dict("records")
    lines = [t("Note: {text}", text=x) for row in found for x in verdicts.items(row["FLAGS"])]
    lines += [t("Query: {text}", text=x) for row in found for x in verdicts.items(row["QUERIES"])]
    shown_lines = html.Ul([html.Li(x) for x in lines]) if lines else nothing(t("None."))
    return section(t("Notes and queries"), t("{n} of the assessment", n=len(lines)), shown_lines)


@shown(ALERTS)
def alerts(view: View) -> Shown:
    """Return the alerts of the subject, open ones first."""
    usubjid = whose.subject(view)
    every = view.store.alerts(view.shot.study)
    rows = listed(every[every["USUBJID"].eq(usubjid)].reset_index(drop=True), datetime.now(UTC))
    return Shown(
        t("Alerts"),
        rows,
        (
            Column("ALERT", t("Alert"),
                   href=lambda row: view.address.to("/alerts", alert=str(row["ALERT_ID"]))),
            Column("TIER", t("Tier")), Column("STATE", t("State")),
            Column("CONDITION", t("Condition")), Column("DUE (UTC)", t("Acknowledge (UTC)")),
            Column("OWNER", t("Owner")), Column("TITLE", t("What"), wide=True),
            Column("DELIVERY", t("Delivery")),
        ),
        note=t("as they stand now; {n} open of {m}", n=int(rows["STATE"].eq("open").sum()),
               m=len(rows)),
        none=t("No alert of this subject."),
    )  # fmt: skip


@shown(REPORTS)
def reports(view: View) -> Shown:
    """Return the reports that are owed of the subject's events, also those that are settled."""
    usubjid = whose.subject(view)
    rows = _owed(view, usubjid)
    columns = (
        ("DUE", t("Due")), ("LEFT", t("Time left")), ("STATE", t("State")), ("TERM", t("Event")),
        ("ONSET", t("Onset")), ("LEVEL", t("Seriousness")), ("REPORT", t("Report")),
        ("RECIPIENT", t("To")), ("DAY 0", t("Day 0")), ("DOUBTS", t("Doubts")),
        ("OBLIGATION", t("Obligation")),
    )  # fmt: skip
    return Shown(
        t("Reports owed"),
        rows,
        tuple(Column(name, header) for name, header in columns),
        note=t("as they stand now, also settled ones; due in the zone of the study's clocks"),
        none=_silence(view),
    )


def _owed(view: View, usubjid: str) -> pd.DataFrame:
    if view.study is None:
        return pd.DataFrame()
    view.store.ask(view.shot.study)
    note(view.shot.study, "obligation", usubjid)
    rows = listing(view.settings.db_url, view.study, datetime.now(UTC), settled=True)
    return rows[rows["USUBJID"].eq(usubjid)].reset_index(drop=True)


def _silence(view: View) -> str:
    """Return why there is no report: none is owed, or the study file has no clocks."""
    if view.study is None or view.study.reporting is None:
        return t("The study file has no clocks of reports: what is owed is not judged here.")
    return t("No report of an event of this subject is owed or was sent.")
