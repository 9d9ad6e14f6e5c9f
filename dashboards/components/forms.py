"""Forms of acts: labelled fields, one button, and beside it what came of it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import acts
from dashboards.components.parts import labelled
from dashboards.i18n import t
from dashboards.view import View
from safety.signed import MAX_REASON

MAX_PASSWORD = 256  # characters
Field = tuple[str, Any]  # a name and a component with `value`


def form(
    view: View, act: str, of: str, submit: str, *fields: Any, signs: bool = False,
    danger: bool = False,
) -> Any:  # fmt: skip
    """Return the form of an act on an object; None for somebody who may not do it.

    fields: made by the functions below with the same act and object. signs: the person proves who
    they are with it.
    """
    if not acts.may(view, act):
        return None
    more = [password(act, of)] if signs else []
    return html.Div(
        [
            *fields,
            *more,
            dmc.Button(submit, id={"act": act, "of": of, "part": "go"}, size="sm",
                       color="red" if danger else "blue", n_clicks=0),
            html.Div(id={"act": act, "of": of, "part": "told"}, role="alert"),
        ],
        className="toxwatch-form",
        role="group",
        **labelled(submit),
    )  # fmt: skip


def field_id(act: str, of: str, name: str) -> dict[str, str]:
    """Return the id of a field; its value is sent under its name."""
    return {"act": act, "of": of, "field": name}


def _at_most(characters: int) -> dict[str, dict[str, int]]:
    """Return what keeps somebody from typing more into a field."""
    return {"input": {"maxLength": characters}}


def reason(act: str, of: str, label: str = "") -> dmc.Textarea:
    """Return the field for the reason, which every act has."""
    return dmc.Textarea(
        id=field_id(act, of, "reason"), label=label or t("Reason"), value="", autosize=True,
        minRows=2, maxRows=6, required=True, attributes=_at_most(MAX_REASON),
    )  # fmt: skip


def line(act: str, of: str, name: str, label: str, value: str = "", note: str = "") -> Any:
    """Return a field for one line of text."""
    return dmc.TextInput(id=field_id(act, of, name), label=label, value=value, description=note,
                         attributes=_at_most(MAX_REASON))  # fmt: skip


def choice(
    act: str, of: str, name: str, label: str, options: list[dict[str, str]], value: str = ""
) -> dmc.Select:
    """Return a field to choose one of some values."""
    return dmc.Select(id=field_id(act, of, name), label=label, data=options, value=value or None,
                      allowDeselect=False, comboboxProps={"withinPortal": False})  # fmt: skip


def kept(act: str, of: str, name: str, value: str) -> dcc.Input:
    """Return a value that the form sends and nobody types, e.g. the revision that was looked at."""
    return dcc.Input(id=field_id(act, of, name), type="hidden", value=value)


def password(act: str, of: str) -> dmc.PasswordInput:
    """Return the field in which somebody proves who they are, for a signature."""
    return dmc.PasswordInput(
        id=field_id(act, of, "password"), label=t("Your password, to sign"), value="",
        autoComplete="current-password", required=True, attributes=_at_most(MAX_PASSWORD),
    )  # fmt: skip
