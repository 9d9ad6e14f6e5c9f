"""What an alert says, line by line: each file and row that it names leads to that row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import dcc, html

from dashboards.address import written
from dashboards.view import View
from safety.alerts.states import Alert
from safety.displays.population import Scope

# Where an alert says that something stands: as evidence, and of a held row.
PLACE = re.compile(r"\[([^\[\]\n]+) row (\d+)\]|^Source (.+) row (\d+)$")
HELD = "quarantine"
TABLES = {
    "AE": "event", "LB": "measurement", "VS": "measurement", "EG": "measurement", "EC": "dose",
    "EX": "dose", "CM": "medication", "DS": "disposition", "DM": "subject",
}  # fmt: skip


def lines(view: View, alert: Alert) -> html.Div:
    """Return the text of an alert; rows are shown as they stood in the snapshot it was told of."""
    domains = _domains(view)
    return html.Div(
        [html.Div(line(text, domains, view, alert.last_snapshot)) for text in
         alert.body.split("\n")],
        className="toxwatch-body",
    )  # fmt: skip


def line(text: str, domains: Mapping[str, str], view: View, snapshot_id: str | None) -> list[Any]:
    """Return a line of an alert in pieces: what stands between places, and the places as links.

    domains: of a file, the domain. A place of which no rows can be listed stays a text.
    """
    found: list[Any] = []
    end = 0
    for place in PLACE.finditer(text):
        evidence, row, held, held_row = place.groups()
        file, number = evidence or held, row or held_row
        table = HELD if held else TABLES.get(domains.get(file, ""))
        found += [text[end : place.start()], _link(place[0], view, snapshot_id, table,
                                                   {"file": file, "row": number})]  # fmt: skip
        end = place.end()
    return [piece for piece in (*found, text[end:]) if piece != ""]


def _link(
    text: str, view: View, snapshot_id: str | None, table: str | None, asked: Mapping[str, str]
) -> Any:  # fmt: skip
    if not table or not snapshot_id:
        return text
    address = replace(view.address, path="/rows", at=snapshot_id[:12], scope=Scope(),
                      asked={"table": table, **asked})  # fmt: skip
    return dcc.Link(text, href=written(address))


def _domains(view: View) -> dict[str, str]:
    """Return the domain of each file that has one only: in another a row may be of any."""
    files = view.store.deliveries(view.shot.study)[["NAME", "DOMAIN"]].dropna().drop_duplicates()
    single = files[~files["NAME"].duplicated(keep=False)]
    return dict(zip(single["NAME"], single["DOMAIN"], strict=True))
