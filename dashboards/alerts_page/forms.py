"""What a person does with an alert: a form for each act that its state allows."""

from __future__ import annotations

from typing import Any, get_args

import dash_mantine_components as dmc
from dash import html

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.alerts_page import read
from dashboards.alerts_page.inbox import STATES
from dashboards.components import detail, forms
from dashboards.i18n import mark, t
from dashboards.page import MONITORS, Roles
from dashboards.view import View
from safety.alerts import acts as room
from safety.alerts import deeds
from safety.alerts.deeds import Deed, Outcome
from safety.alerts.states import CRITICAL, Alert
from safety.alerts.voice import Voice
from safety.audit import key
from safety.errors import WrongUseError

ACTORS: Roles = MONITORS | {"chair"}
LABELS: dict[Deed, str] = {
    "acknowledge": mark("Acknowledge: I know of it and see to it"),
    "review": mark("Review: it is being looked into"),
    "resolve": mark("Resolve, with an outcome"),
    "suppress": mark("Suppress for a time"),
    "unsuppress": mark("End the suppression"),
    "reopen": mark("Open it again"),
    "assign": mark("Give it to somebody"),
}
SUBMITS: dict[Deed, str] = {
    "acknowledge": mark("Acknowledge"), "review": mark("Review"), "resolve": mark("Resolve"),
    "suppress": mark("Suppress"), "unsuppress": mark("End the suppression"),
    "reopen": mark("Reopen"), "assign": mark("Assign"),
}  # fmt: skip
OUTCOMES: dict[Outcome, str] = {
    "confirmed": mark("confirmed"), "not_confirmed": mark("not confirmed"),
    "duplicate": mark("duplicate of another alert"), "data_error": mark("error in the data"),
    "other": mark("other"),
}  # fmt: skip


def part(view: View, alert: Alert, allowed: list[str]) -> Any:
    """Return the forms of an alert; who may not act is told so."""
    if not acts.may(view, name("acknowledge")):
        said = t("Medical monitors and the chair act on alerts; your role in this study looks.")
        return detail.under(t("What can be done"), dmc.Text(said, size="sm"))
    chosen = [deed for deed in get_args(Deed) if deed in allowed]
    opened = [
        detail.unfolded(t(LABELS[deed]), form(view, alert, deed), is_open=n == 0)
        for n, deed in enumerate(chosen)
    ]
    return detail.under(t("What you can do"), *opened, _never(alert))


def _never(alert: Alert) -> Any:
    if alert.tier != CRITICAL:
        return None
    return dmc.Text(
        t("An alert of P1 cannot be suppressed: a next dose may rest on it. Acknowledging it ends "
          "the reminders."), size="sm", c="#495057",
    )  # fmt: skip


def form(view: View, alert: Alert, deed: Deed) -> html.Div:
    """Return the form of an act; it sends the revision that was looked at."""
    this, of = name(deed), alert.alert_id
    fields = [forms.kept(this, of, "revision", str(alert.revision)), *_about(view, this, of, deed)]
    return forms.form(view, this, of, t(SUBMITS[deed]), *fields, forms.reason(this, of))


def name(deed: Deed) -> str:
    """Return what the act of a deed is called among all acts."""
    return f"alert-{deed}"


def _about(view: View, this: str, of: str, deed: Deed) -> list[Any]:
    """Return the fields that an act has besides its reason."""
    if deed == "resolve":
        options = [{"value": value, "label": t(said)} for value, said in OUTCOMES.items()]
        return [forms.choice(this, of, "outcome", t("What it turned out to be"), options)]
    if deed == "suppress":
        note = t("A day, at whose beginning it ends, or a time, e.g. 2026-12-01T09:00, in {zone}; "
                 "at most {n} days from now.", zone=read.study(view).timezone,
                 n=deeds.MOST_DAYS)  # fmt: skip
        return [forms.line(this, of, "until", t("Until"), note=note)]
    if deed == "assign":
        me = view.person.account.name
        return [forms.line(this, of, "owner", t("To whom"), value=me)]
    return []


def _connect(deed: Deed) -> None:
    @act(name(deed), ACTORS)
    def do(doing: Doing) -> str:
        done = perform(doing, deed)
        return t("{title} is {state} now; owner: {owner}.", title=done.title,
                 state=t(STATES[done.state]), owner=done.owner or t("nobody"))  # fmt: skip


def perform(doing: Doing, deed: Deed) -> Alert:
    """Do it, under the name of the account; raise WrongUseError for what cannot be done."""
    signed, study, settings = doing.signed(), read.study(doing.view), doing.view.settings
    until = doing.value("until")
    return room.perform(
        room.Desk(settings.db_url, Voice(study, settings.alert_channel, key.trail(settings))),
        doing.of,
        deed,
        signed,
        outcome=doing.value("outcome"),
        until=deeds.until(until, study.timezone, doing.now) if deed == "suppress" else "",
        owner=doing.value("owner"),
        revision=_revision(doing.value("revision")),
    )


def _revision(given: str) -> int:
    if not (given.isascii() and given.isdigit()):
        raise WrongUseError("the form does not say which revision was looked at: load it again.")
    return int(given)


for _deed in get_args(Deed):
    _connect(_deed)
