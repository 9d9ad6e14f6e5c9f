"""Reports about serious adverse events that are owed: which is due when, and one in full."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import dcc

from dashboards import raw
from dashboards.alerts_page import clock, read, report_forms
from dashboards.components import choose, detail, long
from dashboards.components.parts import nothing, section
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View, note
from safety.errors import WrongUseError
from safety.reporting import listing
from safety.reporting.judge import LEVELS
from safety.reporting.kinds import clocks, usual

STATES = {
    "open": mark("open"), "submitted": mark("submitted"), "not_required": mark("not required"),
    "replaced": mark("replaced"), listing.NOT_JUDGED: mark("cannot be judged"),
}  # fmt: skip
ASKED = {"": mark("open"), "all": mark("also settled")}


def part(view: View) -> Any:
    """Return the part of the page: the report that the address names, or all that are owed."""
    chosen = view.address.get("report")
    if chosen:
        return _one(view, chosen)
    links = [
        choose.chip(t(said), view.address.here(reports=value, report=""),
                    on=view.address.get("reports") == value)
        for value, said in ASKED.items()
    ]  # fmt: skip
    return long.part("obligations", view, lead=choose.group(t("Reports"), links))


def counted(view: View) -> tuple[int, int]:
    """Return how many reports are owed, and how many of them are overdue."""
    note(view.shot.study, "obligation")
    found = listing.listing(view.settings.db_url, read.study(view), read.now())
    owing = found["STATE"].eq("open")
    return int(owing.sum()), int(found["LEFT"].str.startswith("-").sum())


@shown("obligations")
def owed(view: View) -> Shown:
    """Return the reports that are owed by due time, then events that nobody can judge."""
    study, now = read.study(view), read.now()
    note(view.shot.study, "obligation")
    note(view.shot.study, "adverse_event")
    settled = view.address.get("reports") == "all"
    found = listing.listing(view.settings.db_url, study, now, settled=settled)
    late = int(found["LEFT"].str.startswith("-").sum())
    unjudged = int(found["STATE"].eq(listing.NOT_JUDGED).sum())
    zone = str(clocks(study).zone)
    said = t("{n} reports, {late} overdue; of {m} events nobody says whether they are serious; "
             "due times in {zone}", n=len(found) - unjudged, late=late, m=unjudged,
             zone=zone)  # fmt: skip
    return Shown(
        t("Reports that are owed"), _rows(view, found), _columns(view), note=said,
        none=_none(view),
    )  # fmt: skip


def _none(view: View) -> str:
    if read.study(view).reporting is None:
        return t("The study file says nothing of reports (`reporting`): no report is watched "
                 "here, which does not mean that none is owed.")  # fmt: skip
    return t("No report is owed.")


def _rows(view: View, found: pd.DataFrame) -> pd.DataFrame:
    known = set(view.frame("subject")["USUBJID"])
    return found.assign(
        STATE=[t(STATES[s]) for s in found["STATE"]],
        LEFT=[t("overdue by {span}", span=x[1:]) if x.startswith("-") else x for x in
              found["LEFT"]],
        KNOWN=found["USUBJID"].isin(known),
    )  # fmt: skip


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("REPORT", t("Report"),
               href=lambda row: view.address.here(report=row["OBLIGATION"])),
        Column("LEFT", t("Time left")),
        Column("DUE", t("Due")),
        Column("STATE", t("State")),
        Column("USUBJID", t("Subject"),
               href=lambda row: view.subject_href(row["USUBJID"]) if row["KNOWN"] else ""),
        Column("TERM", t("Event")),
        Column("ONSET", t("Onset")),
        Column("LEVEL", t("How severe")),
        Column("DAY 0", t("Day 0")),
        Column("RECIPIENT", t("To"), wide=True),
        Column("DOUBTS", t("In doubt")),
    )  # fmt: skip


def _one(view: View, key: str) -> Any:
    try:
        found = listing.history(view.settings.db_url, read.study(view), key)
    except WrongUseError:
        return nothing(t("No report of {study} has this id.", study=view.shot.study))
    report, said = found.report, found.report["said"]
    return section(
        t("Report: {kind}, {term}", kind=_kind(view, report["kind"])[0], term=said["term"]),
        "",
        dcc.Link(t("Back to the reports"), href=view.address.here(report="")),
        _facts(view, report),
        report_forms.part(view, report["obligation_id"], found.possible),
        detail.inner("obligation-events", view),
    )


def _kind(view: View, name: str) -> tuple[str, str, str]:
    """Return what a kind of report is called, to whom it goes, and on what it rests."""
    kind = clocks(read.study(view)).kinds.get(name) or usual()[name]
    return kind.text, kind.recipient, kind.basis


def _facts(view: View, report: dict[str, Any]) -> Any:
    said, usubjid = report["said"], report["usubjid"]
    kind, to, basis = _kind(view, report["kind"])
    decided = [
        t("{what}: {value}, by {by} at {at} UTC: {reason}", what=name, value=made["value"],
          by=made["by"], at=clock.minute(made["at"]), reason=made["reason"])
        for name, made in said["decisions"].items()
    ]  # fmt: skip
    return detail.facts(
        [
            (t("Report"), kind),
            (t("To"), to),
            (t("Basis"), basis),
            (t("State"), t(STATES[report["state"]])),
            (t("Due (UTC)"), clock.minute(report["due_at"])),
            (t("Day 0"), report["aware_on"]),
            (t("Known since (UTC)"), clock.minute(said["aware_at"])),
            (t("Sent (UTC)"), clock.minute(said.get("submitted_at", "")) or None),
            (t("Reference"), said.get("reference") or None),
            (t("Subject"), dcc.Link(usubjid, href=view.subject_href(usubjid))),
            (t("Event"), dcc.Link(said["term"], href=_rows_href(view, usubjid, said["term"]))),
            (t("Onset"), said["onset"]),
            (t("How severe"), LEVELS[said["level"]]),
            (t("Serious"), said["serious"] or t("not told")),
            (t("Suspected to be related"), said["suspected"] or t("not told")),
            (t("Listed as expected in"), said["listed"] or t("no version that was in force")),
            (t("In doubt"), "; ".join(said["doubts"]) or t("nothing")),
            (t("In the newest data"), t("yes") if said["present"] else t("no")),
            (t("Decided"), "; ".join(decided) or t("nothing yet")),
        ],
        t("Where the report stands"),
    )  # fmt: skip


def _rows_href(view: View, usubjid: str, term: str) -> str:
    return raw.href(view, "event", subject=view.handle(usubjid), term=term)


@shown("obligation-events")
def happened(view: View) -> Shown:
    """Return what happened to the report in the address."""
    note(view.shot.study, "obligation_event")
    asked = view.address.get("report")
    found = listing.history(view.settings.db_url, read.study(view), asked).events
    rows = found.assign(
        AT=[clock.minute(at) for at in found["AT"]],
        DUE_AT=[clock.minute(at) for at in found["DUE_AT"]],
        STATE_AFTER=[t(STATES[s]) for s in found["STATE_AFTER"]],
        SNAPSHOT_ID=found["SNAPSHOT_ID"].fillna("").str[:12],
    )
    return Shown(
        t("What happened to the report"), rows,
        (
            Column("AT", t("At (UTC)")), Column("ACTION", t("What")), Column("ACTOR", t("Who")),
            Column("REASON", t("Why"), wide=True), Column("STATE_AFTER", t("State after")),
            Column("DUE_AT", t("Due (UTC)")), Column("SNAPSHOT_ID", t("Snapshot")),
        ),
    )  # fmt: skip
