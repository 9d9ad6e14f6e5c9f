"""Actions with owners and dates, and the text of the minutes."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.components.parts import nothing, section
from dashboards.components.table import table
from dashboards.i18n import t
from dashboards.meeting_page import read
from dashboards.meeting_page.read import Held
from dashboards.page import COMMITTEE
from dashboards.shown import Column, Shown
from dashboards.view import View
from safety.meetings import acts as room
from safety.meetings.deeds import Note, Task
from safety.meetings.life import OPEN

TASK, NOTE = "meeting-task", "meeting-note"


def part(view: View, held: Held) -> list[Any]:
    """Return what is to be done by whom, and what was said."""
    found = held.content["actions"]
    rows = pd.DataFrame([(a["what"], a["who"], a["by"]) for a in found],
                        columns=["WHAT", "WHO", "BY"])  # fmt: skip
    columns = (Column("WHAT", t("What"), wide=True), Column("WHO", t("Who")),
               Column("BY", t("By when")))  # fmt: skip
    return [
        section(t("Actions"), t("{n} actions", n=len(found)),
                table(Shown(t("Actions"), rows, columns, none=t("No action so far."))),
                _task(view, held)),
        section(t("Text of the minutes"), t("{n} notes", n=len(held.content["notes"])),
                *_notes(held), _note(view, held)),
    ]  # fmt: skip


def _notes(held: Held) -> list[Any]:
    found = held.content["notes"]
    if not found:
        return [nothing(t("Nothing is written so far."))]
    return [
        html.Div([html.Div(note["text"], className="toxwatch-body"),
                  dmc.Text(f"{note['by']}, {note['at']}", size="sm", c="#495057")])
        for note in found
    ]  # fmt: skip


def _task(view: View, held: Held) -> Any:
    this = held.of.meeting_id
    if held.of.state != OPEN or not acts.may(view, TASK):
        return None
    form = forms.form(
        view, TASK, this, t("Add the action"), forms.line(TASK, this, "what", t("What")),
        forms.line(TASK, this, "who", t("Who")),
        forms.line(TASK, this, "by", t("By when"), note=t("A day as 2024-03-31")),
    )  # fmt: skip
    return detail.unfolded(t("Add an action"), form)


def _note(view: View, held: Held) -> Any:
    this = held.of.meeting_id
    if held.of.state != OPEN or not acts.may(view, NOTE):
        return None
    text = dmc.Textarea(id=forms.field_id(NOTE, this, "text"), label=t("Text"), value="",
                        autosize=True, minRows=4, maxRows=20)  # fmt: skip
    form = forms.form(view, NOTE, this, t("Add to the minutes"), text)
    return detail.unfolded(t("Write into the minutes"), form)


@act(TASK, COMMITTEE)
def task(doing: Doing) -> str:
    """Add something to be done."""
    deed = Task(doing.value("what"), doing.value("who"), doing.value("by"))
    room.do(read.room(doing), doing.of, deed)
    return t("The action is recorded.")


@act(NOTE, COMMITTEE)
def note(doing: Doing) -> str:
    """Add a text to the minutes."""
    room.do(read.room(doing), doing.of, Note(doing.value("text")))
    return t("The text is in the minutes.")
