"""What a person does with a held row or a query: a form for each act that its state allows."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.components.parts import nothing
from dashboards.data_page.kinds import KINDS, STATES, Told
from dashboards.i18n import mark, t
from dashboards.page import ENGINEERS
from dashboards.view import View
from safety.alerts import studies
from safety.audit import key
from safety.errors import WrongUseError
from safety.worklist import acts as room
from safety.worklist import releases
from safety.worklist.items import item_id
from safety.worklist.life import ASSIGN, LIVES, Item, Kind

RELEASE, WITHDRAW = "release", "withdraw"
LABELS = {
    "ask": mark("Ask: the source was asked for a correction"),
    RELEASE: mark("Release: let the row in although a check of plausibility fails"),
    WITHDRAW: mark("Withdraw the release: the next run holds the row again"),
    "expire": mark("Give it up: it stays out until something about it changes"),
    "send": mark("Sent: the query went to the site"),
    "answer": mark("Answered: note in the reason what the site said"),
    "close": mark("Close it; new data open it again"),
    "reopen": mark("Open it again"),
    ASSIGN: mark("Give it to somebody"),
}
SUBMITS = {
    "ask": mark("Note that it was asked"), RELEASE: mark("Release the row"),
    WITHDRAW: mark("Withdraw the release"), "expire": mark("Give it up"),
    "send": mark("Note that it was sent"), "answer": mark("Note the answer"),
    "close": mark("Close"), "reopen": mark("Reopen"), ASSIGN: mark("Assign"),
}  # fmt: skip


def part(view: View, told: Told, item: Item, allowed: list[str]) -> Any:
    """Return the forms of an item; who may not act is told so."""
    if not acts.may(view, name(told.kind, ASSIGN)):
        said = t("Data engineers settle held rows and queries; your role in this study looks.")
        return detail.under(t("What can be done"), dmc.Text(said, size="sm"))
    why_not = refused(view, item) if RELEASE in allowed else ""
    chosen = [what for what in allowed if not (what == RELEASE and why_not)]
    opened = [
        detail.unfolded(t(LABELS[what]), form(view, told.kind, item, what))
        for what in (*chosen, ASSIGN)
    ]
    return detail.under(t("What you can do"), nothing(why_not) if why_not else None, *opened)


def refused(view: View, item: Item) -> str:
    """Return why a held row cannot be released, "" if it can."""
    study = view.shot.study
    allowed = releases.releasable(studies.find(view.settings, study))
    try:
        with view.connection("quarantine", "work_item") as connection:
            releases.require(connection, study, item, allowed)
    except WrongUseError as error:
        return str(error)
    return ""


def form(view: View, kind: Kind, item: Item, what: str) -> Any:
    """Return the form of an act on an item."""
    this, of = name(kind, what), item_id(view.shot.study, kind, item.key)
    me = view.person.account.name
    to = [forms.line(this, of, "owner", t("To whom"), value=me)] if what == ASSIGN else []
    return forms.form(view, this, of, t(SUBMITS[what]), *to, forms.reason(this, of))


def name(kind: Kind, what: str) -> str:
    """Return what an act on a kind of item is called among all acts."""
    return f"{kind}-{what}"


def perform(doing: Doing, kind: Kind, what: str) -> Item:
    """Do it, under the name of the account; raise WrongUseError for what cannot be done."""
    signed, settings, study = doing.signed(), doing.view.settings, doing.view.shot.study
    overruled = frozenset[str]()
    if what == RELEASE:
        overruled = releases.releasable(studies.find(settings, study))
    desk = room.Desk(settings.db_url, key.trail(settings), study, kind, overruled)
    if what == ASSIGN:
        return room.assign(desk, doing.of, doing.value("owner"), signed)
    return room.perform(desk, doing.of, what, signed)


def _connect(kind: Kind, what: str) -> None:
    @act(name(kind, what), ENGINEERS)
    def do(doing: Doing) -> str:
        done = perform(doing, kind, what)
        said = t("It is {state} now, owner {owner}.", state=t(STATES[done.state]),
                 owner=done.owner)  # fmt: skip
        later = t("It takes effect with the next run.") if what in {RELEASE, WITHDRAW} else ""
        return f"{said} {later}".strip()


for _told in KINDS.values():
    for _what in (*LIVES[_told.kind].acts, ASSIGN):
        _connect(_told.kind, _what)
