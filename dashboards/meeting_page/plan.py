"""All meetings of the study, and planning one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboards import acts, minutes
from dashboards.acts import Doing, act
from dashboards.address import written
from dashboards.components import detail, forms, table
from dashboards.i18n import t
from dashboards.meeting_page import read
from dashboards.meeting_page.words import CHAIR, STATES
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.decisions.decision import SHORT
from safety.meetings import acts as room

NAME, PLAN, OF = "meetings", "meeting-plan", "new"


def part(view: View) -> list[Any]:
    """Return the list and the form."""
    note = t("A day as 2024-03-31")
    form = forms.form(
        view, PLAN, OF, t("Plan the meeting"),
        forms.line(PLAN, OF, "title", t("Title")),
        forms.line(PLAN, OF, "day", t("Planned on"), note=note),
    )  # fmt: skip
    planning = detail.unfolded(t("Plan a meeting"), form) if acts.may(view, PLAN) else None
    return [table.part(NAME, view), planning]


@shown(NAME)
def listed(view: View) -> Shown:
    """Return the meetings of the study, newest first."""
    found = read.meetings(view)
    rows = found.assign(
        STATE_SAID=[t(STATES[state]) for state in found["STATE"]],
        CUT=[snapshot[:SHORT] or t("none yet") for snapshot in found["SNAPSHOT"]],
        MINUTES=[t("minutes of {id}", id=each[:SHORT]) for each in found["MEETING"]],
    )
    columns = (
        Column("PLANNED_ON", t("Planned on")),
        Column("TITLE", t("Meeting"), wide=True, href=lambda row: href(view, row)),
        Column("STATE_SAID", t("State")),
        Column("CUT", t("Looks at snapshot")),
        Column("CREATED_BY", t("Planned by")),
        Column("MINUTES", t("Minutes"), href=lambda row: minutes.href(view, row["MEETING"])),
    )  # fmt: skip
    return Shown(t("Meetings"), rows, columns, note=t("{n} meetings", n=len(rows)),
                 none=t("No meeting of this study was planned so far."))  # fmt: skip


def href(view: View, row: dict[str, Any]) -> str:
    """Return the address of a meeting, at the snapshot that it looks at."""
    asked = {"meeting": row["MEETING"]}
    at = replace(view.address, path="/meeting", at=row["SNAPSHOT"][:SHORT], asked=asked)
    return written(at)


@act(PLAN, CHAIR)
def plan(doing: Doing) -> str:
    """Plan a meeting."""
    room.plan(read.room(doing), doing.value("title"), doing.value("day"))
    return t("The meeting is planned.")
