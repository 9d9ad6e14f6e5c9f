"""The agenda: what is to be talked about, and what is done with."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.components.parts import section
from dashboards.components.table import table
from dashboards.i18n import t
from dashboards.meeting_page import read
from dashboards.meeting_page.read import Held
from dashboards.meeting_page.words import STATES
from dashboards.page import COMMITTEE
from dashboards.shown import Column, Shown
from dashboards.view import View
from safety.errors import WrongUseError
from safety.meetings import acts as room
from safety.meetings.deeds import Agenda, Finish
from safety.meetings.life import OPEN, PLANNED

ADD, FINISH = "meeting-agenda", "meeting-finish"
ENDS: dict[str, Literal["done", "dropped"]] = {"done": "done", "dropped": "dropped"}


def part(view: View, held: Held) -> Any:
    """Return the agenda, and how to add to it while that is possible."""
    items = held.content["agenda"]
    rows = pd.DataFrame([(i["item"], i["text"], t(STATES[i["state"]])) for i in items],
                        columns=["ITEM", "ABOUT", "STATE"])  # fmt: skip
    columns = (Column("ITEM", t("Item"), "number"), Column("ABOUT", t("About"), wide=True),
               Column("STATE", t("State")))  # fmt: skip
    done = sum(i["state"] != "open" for i in items)
    return section(
        t("Agenda"),
        t("{n} items, {done} of them done or dropped", n=len(items), done=done),
        table(Shown(t("Agenda"), rows, columns, none=t("The agenda is empty."))),
        *_forms(view, held),
    )


def _forms(view: View, held: Held) -> list[Any]:
    of, this = held.of, held.of.meeting_id
    if of.state not in (PLANNED, OPEN) or not acts.may(view, ADD):
        return []
    add = forms.form(view, ADD, this, t("Add the item"), forms.line(ADD, this, "text", t("Item")))
    items = open_items(held)
    ends = [end for end in ENDS if of.state == OPEN or end == "dropped"]
    states = [{"value": end, "label": t(STATES[end])} for end in ends]
    finish = forms.form(
        view, FINISH, this, t("Say so"), forms.choice(FINISH, this, "item", t("Item"), items),
        forms.choice(FINISH, this, "state", t("It is"), states),
    )  # fmt: skip
    return [
        detail.unfolded(t("Add an item"), add),
        detail.unfolded(t("An item is done or dropped"), finish) if items else None,
    ]


def open_items(held: Held) -> list[dict[str, str]]:
    """Return the open items of the agenda as the options of a field."""
    return [
        {"value": str(number), "label": f"{number}: {item['text']}"}
        for number, item in sorted(held.of.agenda.items()) if item["state"] == "open"
    ]  # fmt: skip


def number(given: str) -> int:
    """Return the number of an item as a form sends it; raise WrongUseError for none."""
    if not (given.isascii() and given.isdigit()):
        raise WrongUseError("choose an item of the agenda.")
    return int(given)


@act(ADD, COMMITTEE)
def add(doing: Doing) -> str:
    """Add an item."""
    room.do(read.room(doing), doing.of, Agenda(doing.value("text")))
    return t("The item is on the agenda.")


@act(FINISH, COMMITTEE)
def finish(doing: Doing) -> str:
    """Say that an item is done, or dropped."""
    chosen = doing.value("state")
    if chosen not in ENDS:
        raise WrongUseError("say whether the item is done or dropped.")
    room.do(read.room(doing), doing.of, Finish(number(doing.value("item")), ENDS[chosen]))
    return t("The item is marked.")
