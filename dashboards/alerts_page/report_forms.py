"""What a person does with a report that is owed: a form for each act that its state allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.alerts_page import clock, read
from dashboards.alerts_page.forms import ACTORS
from dashboards.components import detail, forms
from dashboards.i18n import mark, t
from dashboards.view import View
from safety.audit import key
from safety.errors import WrongUseError
from safety.reporting import acts as room
from safety.reporting.clock import aware_at
from safety.reporting.kinds import clocks
from safety.reporting.obligation import Obligation

SUBMIT, NOT_REQUIRED, AWARE = "submit", "not-required", "aware"
CAUSALITY, EXPECTEDNESS = "causality", "expectedness"
LABELS = {
    SUBMIT: mark("Submitted: it was sent"),
    NOT_REQUIRED: mark("Not required: it need not be sent"),
    EXPECTEDNESS: mark("Decide whether the event is expected"),
    CAUSALITY: mark("Decide on causality for the sponsor"),
    AWARE: mark("Known earlier than the data say: its clocks move"),
}
SUBMITS = {
    SUBMIT: mark("Record that it was sent"), NOT_REQUIRED: mark("Record that it is not required"),
    EXPECTEDNESS: mark("Record expectedness"), CAUSALITY: mark("Record causality"),
    AWARE: mark("Record the earlier time"),
}  # fmt: skip
VALUES = {
    EXPECTEDNESS: {"expected": mark("expected"), "unexpected": mark("unexpected")},
    CAUSALITY: {"related": mark("related"), "unrelated": mark("unrelated")},
}


def part(view: View, obligation_id: str, possible: list[str]) -> Any:
    """Return the forms of a report; who may not act is told so."""
    if not acts.may(view, name(SUBMIT)):
        said = t("Medical monitors and the chair settle reports; your role in this study looks.")
        return detail.under(t("What can be done"), dmc.Text(said, size="sm"))
    stays = t("A decision may call for more reports; those that are owed stay so until they are "
              "submitted or not required.")  # fmt: skip
    opened = [
        detail.unfolded(t(said), form(view, obligation_id, what))
        for what, said in LABELS.items()
        if what in possible
    ]
    return detail.under(t("What you can do"), *opened, dmc.Text(stays, size="sm", c="#495057"))


def form(view: View, of: str, what: str) -> Any:
    """Return the form of an act on a report."""
    this = name(what)
    return forms.form(view, this, of, t(SUBMITS[what]), *_about(view, this, of, what),
                      forms.reason(this, of))  # fmt: skip


def name(what: str) -> str:
    """Return what an act on a report is called among all acts."""
    return f"report-{what}"


def _about(view: View, this: str, of: str, what: str) -> list[Any]:
    if what in VALUES:
        options = [{"value": value, "label": t(said)} for value, said in VALUES[what].items()]
        return [forms.choice(this, of, "value", t("What is decided"), options)]
    if what == NOT_REQUIRED:
        return []
    note = t("e.g. 2024-03-05T16:30; in {zone} unless it says otherwise",
             zone=str(clocks(read.study(view)).zone))  # fmt: skip
    label = t("When it was sent") if what == SUBMIT else t("Since when it was known")
    at = forms.line(this, of, "at", label, note=note)
    sent = [forms.line(this, of, "reference", t("Number under which it was sent"))]
    return [at, *(sent if what == SUBMIT else [])]


def _submit(doing: Doing, desk: room.Desk) -> Obligation:
    at, reference = _moment(doing.value("at")), doing.value("reference")
    return room.submit(desk, doing.of, at, reference, doing.signed())


def _not_required(doing: Doing, desk: room.Desk) -> Obligation:
    return room.not_required(desk, doing.of, doing.signed())


def _aware(doing: Doing, desk: room.Desk) -> Obligation:
    since = aware_at(_moment(doing.value("at")), clocks(desk.study).zone)
    return room.aware(desk, doing.of, since, doing.signed())


def _decide(what: str) -> Callable[[Doing, room.Desk], Obligation]:
    def decide(doing: Doing, desk: room.Desk) -> Obligation:
        value = doing.value("value")
        if value not in VALUES[what]:
            raise WrongUseError(f"{what}: choose {' or '.join(VALUES[what])}.")
        return room.decide(desk, doing.of, what, value, doing.signed())

    return decide


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"{text!r} is no time: write it as 2024-03-05T16:30.") from error


DOES: dict[str, Callable[[Doing, room.Desk], Obligation]] = {
    SUBMIT: _submit, NOT_REQUIRED: _not_required, AWARE: _aware,
    CAUSALITY: _decide(CAUSALITY), EXPECTEDNESS: _decide(EXPECTEDNESS),
}  # fmt: skip


def _connect(what: str, does: Callable[[Doing, room.Desk], Obligation]) -> None:
    @act(name(what), ACTORS)
    def do(doing: Doing) -> str:
        settings = doing.view.settings
        desk = room.Desk(settings.db_url, read.study(doing.view), key.trail(settings))
        done = does(doing, desk)
        state = done.state.replace("_", " ")
        return t("The report is {state}, due {due} UTC.", state=state,
                 due=clock.minute(done.due_at))  # fmt: skip


for _what, _does in DOES.items():
    _connect(_what, _does)
