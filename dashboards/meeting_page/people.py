"""Who is there, and who has a conflict of interest: who declared one does not vote."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.components.parts import section
from dashboards.components.table import table
from dashboards.i18n import mark, t
from dashboards.meeting_page import read
from dashboards.meeting_page.agenda import number
from dashboards.meeting_page.read import Held
from dashboards.meeting_page.words import COMMITTEE_ROLES, concern
from dashboards.page import COMMITTEE
from dashboards.shown import Column, Shown
from dashboards.view import View
from safety.errors import WrongUseError
from safety.meetings import acts as room
from safety.meetings.deeds import EVERYTHING, Attend, Declare
from safety.meetings.life import OPEN, PLANNED

HERE, MEMBER, GUEST, CONFLICT = (
    "meeting-here",
    "meeting-member",
    "meeting-guest",
    "meeting-conflict",
)
SAID = {
    "declared": mark("declared"), "none declared": mark("none declared"),
    "not stated": mark("NOT STATED: nobody asked"),
}  # fmt: skip
HAS, HAS_NONE = "yes", "none"


def part(view: View, held: Held) -> list[Any]:
    """Return attendance and conflicts."""
    who, conflicts = held.content["attendance"], held.content["conflicts"]
    rows = pd.DataFrame(
        [(w["name"], w["username"], w["role"], t("present") if w["present"] else t("absent"),
          t(SAID[w["conflict"]])) for w in who],
        columns=["NAME", "USERNAME", "ROLE", "THERE", "CONFLICT"],
    )  # fmt: skip
    heads = (t("Name"), t("Username"), t("Role"), t("There"), t("Conflict of interest"))
    columns = tuple(Column(c, h) for c, h in zip(rows.columns, heads, strict=True))
    told = pd.DataFrame([(c["username"], concern(c["item"]), c["text"]) for c in conflicts],
                        columns=["USERNAME", "CONCERNS", "TEXT"])  # fmt: skip
    named = (Column("USERNAME", t("Who")), Column("CONCERNS", t("Concerns")),
             Column("TEXT", t("Declared"), wide=True))  # fmt: skip
    present = sum(w["present"] for w in who)
    return [
        section(t("Attendance"), t("{n} of {m} recorded people are present", n=present, m=len(who)),
                table(Shown(t("Attendance"), rows, columns, none=t("Nobody is recorded."))),
                *_attendance(view, held)),
        section(t("Conflicts of interest"),
                t("Who declared one does not vote there; it stays declared."),
                table(Shown(t("Conflicts of interest"), told, named,
                            none=t("Nobody declared a conflict of interest."))),
                _declare(view, held)),
    ]  # fmt: skip


def _attendance(view: View, held: Held) -> list[Any]:
    of, this = held.of, held.of.meeting_id
    if of.state != OPEN or not acts.may(view, HERE):
        return []
    me = forms.form(view, HERE, this, t("I am here"), *_conflict(HERE, held))
    people = [{"value": f"{m.USERNAME} {m.ROLE}", "label": f"{m.NAME} ({m.USERNAME}), {m.ROLE}"}
              for m in read.members(view).itertuples()]  # fmt: skip
    there = [{"value": "1", "label": t("present")}, {"value": "0", "label": t("absent")}]
    member = forms.form(view, MEMBER, this, t("Record the member"),
                        forms.choice(MEMBER, this, "who", t("Member"), people),
                        forms.choice(MEMBER, this, "there", t("There"), there))  # fmt: skip
    guest = forms.form(view, GUEST, this, t("Record the guest"),
                       forms.line(GUEST, this, "name", t("Name")),
                       forms.line(GUEST, this, "role", t("In which capacity")))  # fmt: skip
    return [
        detail.unfolded(t("I am here"), me, is_open=view.person.account.username
                        not in of.attendance),
        detail.unfolded(t("Record another member"), member),
        detail.unfolded(t("Record a guest: guests do not vote"), guest),
    ]  # fmt: skip


def _declare(view: View, held: Held) -> Any:
    if held.of.state not in (PLANNED, OPEN) or not acts.may(view, CONFLICT):
        return None
    form = forms.form(view, CONFLICT, held.of.meeting_id, t("Declare"), *_conflict(CONFLICT, held))
    return detail.unfolded(t("Declare for yourself"), form)


def _conflict(this: str, held: Held) -> list[Any]:
    of = held.of.meeting_id
    has = [{"value": HAS_NONE, "label": t("I have no conflict of interest")},
           {"value": HAS, "label": t("I have a conflict of interest")}]  # fmt: skip
    items = [{"value": str(n), "label": concern(n)} for n in (EVERYTHING, *sorted(held.of.agenda))]
    return [
        forms.choice(this, of, "has", t("Conflict of interest"), has),
        forms.line(this, of, "text", t("Which, if you have one")),
        forms.choice(this, of, "item", t("What it concerns"), items, str(EVERYTHING)),
    ]


def _declared(doing: Doing) -> Declare:
    has, text = doing.value("has"), doing.value("text")
    if has not in (HAS, HAS_NONE):
        raise WrongUseError("say whether you have a conflict of interest: yes or none.")
    if (has == HAS) != bool(text):
        raise WrongUseError(
            "name your conflict of interest, or say that you have none and leave the text out."
        )
    return Declare(doing.view.person.account.username, text, number(doing.value("item")))


@act(HERE, COMMITTEE)
def here(doing: Doing) -> str:
    """Be present, and declare: a conflict is written before it could count as none."""
    account, roles = doing.view.person.account, doing.view.person.roles_in(doing.view.shot.study)
    role = next(role for role in COMMITTEE_ROLES if role in roles)
    declared = _declared(doing)
    room.do(read.room(doing), doing.of, declared)
    room.do(read.room(doing), doing.of, Attend(account.username, account.name, role, present=True))
    return t("You are recorded as present.")


@act(MEMBER, COMMITTEE)
def member(doing: Doing) -> str:
    """Record another member of the committee as present or absent."""
    username, _, role = doing.value("who").partition(" ")
    found = read.members(doing.view)
    names = found[found["USERNAME"].eq(username) & found["ROLE"].eq(role)]["NAME"]
    if names.empty or doing.value("there") not in ("0", "1"):
        raise WrongUseError("choose a member, and whether they are present.")
    deed = Attend(username, str(names.iloc[0]), role, present=doing.value("there") == "1")
    room.do(read.room(doing), doing.of, deed)
    return t("{name} is recorded.", name=names.iloc[0])


@act(GUEST, COMMITTEE)
def guest(doing: Doing) -> str:
    """Record somebody without a vote; the name stands in place of that of an account."""
    name, role = doing.value("name"), doing.value("role")
    if role in COMMITTEE_ROLES:
        raise WrongUseError("a guest has another capacity than a member: name it.")
    room.do(read.room(doing), doing.of, Attend(f"guest {name}", name, role, present=True))
    return t("{name} is recorded.", name=name)


@act(CONFLICT, COMMITTEE)
def declare(doing: Doing) -> str:
    """Declare a conflict of interest, or that there is none."""
    room.do(read.room(doing), doing.of, _declared(doing))
    return t("It is declared.")
