"""What the entries of the trail are chosen by: links, lists, and fields for what is searched."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.audit_page import query
from dashboards.audit_page.words import KINDS, SEARCHED
from dashboards.components import choose
from dashboards.i18n import t
from dashboards.view import View

ASKS = ("actor", "action", "type", "subject", "kind", *SEARCHED)


def part(view: View) -> html.Div:
    """Return what the entries are chosen by."""
    get, here = view.address.get, {"first": "", "entry": ""}
    kinds = [
        choose.chip(t(label), view.address.here(kind=kind, **here), on=get("kind") == kind)
        for kind, label in KINDS.items()
    ]
    with view.connection("audit") as connection:
        known = {name: query.values(connection, view.shot.study, column)
                 for name, column in (("actor", "actor"), ("action", "action"),
                                      ("type", "object_type"))}  # fmt: skip
    labels = {"actor": t("Who"), "action": t("Action"), "type": t("Object")}
    lists = [_list(view, name, labels[name], {v: v for v in known[name]}) for name in labels]
    people = {view.handle(u): u for u in sorted(view.frame("subject")["USUBJID"].astype("str"))}
    is_asked = any(get(name) for name in ASKS)
    clear = dcc.Link(t("Ask for all"), href=view.address.to("/audit")) if is_asked else None
    return html.Div([
        choose.group(t("Show"), kinds),
        dmc.Group([*lists, _list(view, "subject", t("Subject, with its objects"), people)]),
        dmc.Group([_field(view, name) for name in SEARCHED], align="flex-end"),
        dmc.Text(t("Press Enter in a field to search."), size="sm", c="#495057"),
        clear,
    ])  # fmt: skip


def _list(view: View, name: str, label: str, options: dict[str, str]) -> dmc.Select:
    """Return a list to choose from; a choice begins at the newest entry again."""
    address = view.address
    data = [
        {"value": address.here(**{name: value, "first": "", "entry": ""}), "label": text}
        for value, text in {"": t("all"), **options}.items()
    ]
    chosen = address.here(**{name: address.get(name), "first": "", "entry": ""})
    return dmc.Select(
        id={"choose": name}, label=label, data=data, value=chosen, searchable=True,
        allowDeselect=False, w=240, comboboxProps={"withinPortal": False},
        nothingFoundMessage=t("Nothing found"),
    )  # fmt: skip


def _field(view: View, name: str) -> dmc.TextInput:
    return dmc.TextInput(
        id={"search": name}, label=t(SEARCHED[name]), value=view.address.get(name), w=240,
    )  # fmt: skip
