"""What changed since the committee looked last, or between any two snapshots."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from dashboards.changes_page import between, counts, moved
from dashboards.changes_page.between import Span
from dashboards.components import choose, table
from dashboards.components.parts import nothing
from dashboards.decision_page import advised, made
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.view import View


def draw(view: View) -> Any:
    """Return the page; of one table, all of its changes."""
    of = between.span(view)
    head = [_choices(view, of), dmc.Text(_said(of), fw=600), dmc.Text(advised.filters_said(view))]
    if of.since.seq == of.until.seq:
        return dmc.Stack([*head, nothing(t("Both are the same snapshot: nothing differs."))])
    if view.address.get("table") in moved.NAMES:
        back = dcc.Link(t("Back to all that changed"), href=view.address.here(table="", what=""))
        return dmc.Stack([*head, back, table.part(moved.TABLE, view)], gap="md")
    return dmc.Stack(
        [
            *head,
            made.alarm(view),
            table.part(counts.COUNTS, view),
            *(table.part(name, view, lead=_all(view, name)) for name in moved.PARTS),
            table.part(counts.INPUTS, view),
        ],
        gap="lg",
    )


def _choices(view: View, of: Span) -> dmc.Group:
    options = {s.snapshot_id[: between.SHORT]: between.named(s) for s in of.known}
    return dmc.Group(
        [
            choose.choice(view, name, label, options, shot.snapshot_id[: between.SHORT])
            for name, label, shot in (
                ("since", t("From snapshot"), of.since), ("until", t("To snapshot"), of.until)
            )
        ]
    )  # fmt: skip


def _said(of: Span) -> str:
    return t("{why} From {a} to {b}.", why=of.why, a=between.named(of.since),
             b=between.named(of.until))  # fmt: skip


def _all(view: View, name: str) -> Any:
    """Return the link to every change of the table behind a part, None where it has several."""
    whole = moved.PARTS[name][2]
    href = view.address.here(table=whole)
    return dcc.Link(t("Every change of this kind"), href=href) if whole else None


PAGE = Page("/changes", mark("What changed"), draw)
