"""Changes row by row: what moved, from what to what, and the delivery, file and row behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.changes_page import between, cells, grades
from dashboards.i18n import mark, t
from dashboards.raw_tables import RAW
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.snapshots import told
from safety.snapshots.change import Change
from safety.snapshots.diff import Difference

MOST = 25  # rows of a part; the table of one kind shows more, and a download of it has all
WHATS = {"new": mark("new"), "changed": mark("changed"), "gone": mark("gone")}
NAMES = {
    "verdict": mark("Verdicts"), "rule_result": mark("DLT rules"),
    "surveillance": mark("Assessments"), "pause": mark("Enrolment pauses"),
    "monitor": mark("Stopping rules"), "trigger": mark("Dose modification"),
    "deviation": mark("Deviations"), "dose_account": mark("Planned against taken"),
    "exposure": mark("Exposure"), "grade": mark("Grades of measurements"),
    "event_grade": mark("Grades of events"), "worst_grade": mark("Worst grades of measurements"),
    "worst_event": mark("Worst grades of events"), "episode": mark("Episodes"),
    "alert": mark("Alerts"), "query": mark("Queries"), "quarantine": mark("Held rows"),
    "adverse_event": mark("Adverse events"), "measurement": mark("Measurements"),
    "dose": mark("Doses"), "subject": mark("Subjects"), "disposition": mark("Disposition"),
    "medication": mark("Medications"), "procedure": mark("Procedures"), "visit": mark("Visits"),
    "history": mark("Medical history"), "declaration": mark("Declarations"),
    "supplement": mark("Supplemental qualifiers"), "finding": mark("Checks"),
    "finding_row": mark("Rows that fail a check"),
}  # fmt: skip
# of a table the list in which its rows stand with file and row
LISTED = {name: name for name in RAW} | {"adverse_event": "event", "grade": "graded_value"}
VERDICTS, RULES, TRIGGERS = "changes-verdicts", "changes-rules", "changes-triggers"
ALERTS, GRADES, EVENTS, TABLE = "changes-alerts", "changes-grades", "changes-events", "changes-rows"


def _is_met(change: Change) -> bool:
    """Return whether a DLT rule is met before or after; one that was never met is no news."""
    states = {change.row.get("STATE"), *(c.before for c in change.cells if c.column == "STATE")}
    return change.table == "rule_result" and "met" in states


Chooses = Callable[[Change], bool]
PARTS: Mapping[str, tuple[str, Chooses, str]] = {  # title, which changes, where all of them are
    VERDICTS: (mark("Verdicts"), lambda c: c.table == "verdict", "verdict"),
    RULES: (mark("DLT rules that are met, or were"), _is_met, "rule_result"),
    TRIGGERS: (mark("Pauses, stopping rules, dose modification and deviations"),
               lambda c: c.table in {"pause", "monitor", "trigger", "deviation"}, ""),
    ALERTS: (mark("Alerts"), lambda c: c.table == "alert", "alert"),
    GRADES: (mark("Grades that went over or under grade 3"), grades.crossed, ""),
    EVENTS: (mark("Adverse events"), lambda c: c.table == "adverse_event", "adverse_event"),
}  # fmt: skip


def _part(name: str) -> Callable[[View], Shown]:
    def make(view: View) -> Shown:
        title, chooses, _ = PARTS[name]
        found = between.difference(view, between.span(view))
        return _shown(view, t(title), found, [c for c in found.changes if chooses(c)], MOST)

    return make


for _name in PARTS:
    shown(_name)(_part(_name))


@shown(TABLE)
def of_table(view: View) -> Shown:
    """Return the changes of the table that the address names."""
    name = view.address.get("table")
    found = between.difference(view, between.span(view))
    what = view.address.get("what")
    changes = [c for c in found.changes if c.table == name and what in ("", c.what)]
    return _shown(view, t(NAMES.get(name, name)), found, changes, None)


def _shown(
    view: View, title: str, found: Difference, changes: Sequence[Change], most: int | None
) -> Shown:
    rows = [_row(view, found, change) for change in changes[:most]]
    names = ["USUBJID", "WHAT", "OF", "CELLS", "BY", "HREF"]
    counts = ", ".join(
        t("{n} {what}", n=f"{n:,}", what=t(WHATS[what]))
        for what in WHATS if (n := sum(c.what == what for c in changes))
    )  # fmt: skip
    cut = t("The first {n} are shown.", n=most) if most and len(changes) > most else ""
    return Shown(title, pd.DataFrame(rows, columns=names), _columns(view),
                 f"{counts}. {cut}".strip() if counts else "",
                 t("Nothing of it differs."))  # fmt: skip


def _row(view: View, found: Difference, change: Change) -> dict[str, Any]:
    return {
        "USUBJID": change.usubjid or t("the study"), "WHAT": t(WHATS[change.what]),
        "OF": cells.name(change) if change.what == "changed" else t(NAMES[change.table]),
        "CELLS": cells.said(change), "BY": _by(found, change),
        "HREF": _href(view, found, change),
    }  # fmt: skip


def _by(found: Difference, change: Change) -> str:
    if change.table == "alert":
        return t("its own history: see the alert")
    return "; ".join(told.said(found.of(change)))


def _href(view: View, found: Difference, change: Change) -> str:
    """Return where the row stands, "" of one that the snapshot shown does not have."""
    is_there = change.what != "gone" and found.b.snapshot_id == view.shot.snapshot_id
    if change.table == "alert":
        return view.address.to("/alerts", alert=change.key)
    if not is_there or not change.usubjid or change.table not in LISTED:
        return ""
    return raw.href_row(view, LISTED[change.table], change.usubjid, change.key)


def _columns(view: View) -> tuple[Column, ...]:
    def subject(row: Mapping[str, Any]) -> str:
        known = row["USUBJID"] != t("the study")
        return view.subject_href(str(row["USUBJID"])) if known else ""

    return (
        Column("USUBJID", t("Subject"), href=subject), Column("WHAT", t("What")),
        Column("OF", t("Of")),
        Column("CELLS", t("Before and after"), wide=True, href=lambda row: row["HREF"]),
        Column("BY", t("Moved by"), wide=True),
    )  # fmt: skip
