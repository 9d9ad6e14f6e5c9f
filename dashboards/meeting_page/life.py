"""Opening a meeting, binding it to newer data, and cancelling it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.i18n import t
from dashboards.meeting_page import read
from dashboards.meeting_page.read import Held
from dashboards.meeting_page.words import CHAIR, INK
from dashboards.view import View
from safety.decisions.decision import SHORT
from safety.meetings import acts as room
from safety.meetings.life import OPEN, PLANNED

START, BIND, CANCEL = "meeting-open", "meeting-bind", "meeting-cancel"


def part(view: View, held: Held) -> Any:
    """Return what the chair can do with the meeting as a whole; nothing with one that ended."""
    of = held.of
    if of.state not in (PLANNED, OPEN):
        return None
    return dmc.Stack([_start(view, held), _newer(view, held), _cancel(view, held)], gap="xs")


def _start(view: View, held: Held) -> Any:
    if held.of.state != PLANNED:
        return None
    newest = view.store.snapshots(view.shot.study, most=1)[0]
    told = t("It will look at the newest snapshot, now {id} (as of {day}).",
             id=newest.snapshot_id[:SHORT], day=newest.as_of)  # fmt: skip
    form = forms.form(view, START, held.of.meeting_id, t("Open the meeting"), dmc.Text(told))
    return form or dmc.Text(t("The chair opens it."), size="sm")


def _newer(view: View, held: Held) -> Any:
    newest = view.store.snapshots(view.shot.study, most=1)[0]
    if held.of.state != OPEN or newest.snapshot_id == held.of.snapshot_id:
        return None
    told = t("Newer data came: snapshot {id} (as of {day}). The meeting still looks at {old}. If "
             "it is bound anew, its recommendations and votes count no more: they were about other "
             "data.", id=newest.snapshot_id[:SHORT], day=newest.as_of,
             old=held.of.snapshot_id[:SHORT])  # fmt: skip
    form = forms.form(view, BIND, held.of.meeting_id, t("Bind it to the newest snapshot"))
    return dmc.Alert(dmc.Stack([dmc.Text(told), form], gap="xs"), title=t("Newer data"),
                     color="red", variant="outline",
                     styles=INK)  # fmt: skip


def _cancel(view: View, held: Held) -> Any:
    if not acts.may(view, CANCEL):
        return None
    form = forms.form(view, CANCEL, held.of.meeting_id, t("Cancel the meeting"),
                      forms.reason(CANCEL, held.of.meeting_id), danger=True)  # fmt: skip
    return detail.unfolded(t("Cancel the meeting"), form)


@act(START, CHAIR)
def start(doing: Doing) -> str:
    """Open a meeting on the newest snapshot."""
    done = room.open_(read.room(doing), doing.of)
    return t("The meeting is open; it looks at snapshot {id}.", id=done.snapshot_id[:SHORT])


@act(BIND, CHAIR)
def bind(doing: Doing) -> str:
    """Bind an open meeting to the newest snapshot."""
    done = room.bind(read.room(doing), doing.of)
    return t("The meeting looks at snapshot {id} now.", id=done.snapshot_id[:SHORT])


@act(CANCEL, CHAIR)
def cancel(doing: Doing) -> str:
    """End a meeting without minutes."""
    room.cancel(read.room(doing), doing.of, doing.value("reason"))
    return t("The meeting was cancelled.")
