"""Above a listing: how many rows were reviewed, links that choose by state, and ways to mark."""

from __future__ import annotations

from typing import Any, get_args

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards import reviewing
from dashboards.components import choose, forms, listing, reviewed
from dashboards.components.parts import labelled
from dashboards.i18n import t
from dashboards.view import View
from safety.review.judge import STATES
from safety.review.mark import MAX_MARKED, State
from safety.rows import page as rows


def lead(view: View, name: str) -> Any:
    """Return what stands above a listing that has a state of review."""
    found = listing.LISTINGS[name]
    asked = listing.asked(found, view)
    with view.connection(found.table) as connection:
        total = rows.count(connection, asked)
    if total > reviewed.MOST:
        return t("The state of review is told row by row: to count it, choose {n} rows or fewer.",
                 n=f"{reviewed.MOST:,}")  # fmt: skip
    counts = reviewed.judged(view, asked)["REVIEW"].value_counts()
    return html.Div(
        [_counted(view, counts, total), _filter(view, counts, total), _ways(view, name)]
    )


def _counted(view: View, counts: pd.Series, total: int) -> html.P:
    n = {state: f"{int(counts.get(state, 0)):,}" for state in STATES}
    return html.P([
        html.Strong(t("{a} of {m} rows reviewed", a=n["reviewed"], m=f"{total:,}")),
        t(", {b} changed since, {c} new, {d} not reviewed. ", b=n["changed"], c=n["new"],
          d=n["unreviewed"]), _since(view),
    ])  # fmt: skip


def _since(view: View) -> str:
    meeting = reviewed.last(view)
    if meeting is None:
        return t("No meeting was closed on this or earlier data: no row counts as new.")
    return t("New and changed are told against the meeting \u201c{title}\u201d, which saw data "
             "as of {day}.", title=meeting.title, day=meeting.as_of)  # fmt: skip


def _filter(view: View, counts: pd.Series, total: int) -> html.Span:
    n = {state: int(counts.get(state, 0)) for state in STATES}
    options = {
        "": t("all ({n})", n=f"{total:,}"),
        reviewed.OPEN: t("not reviewed as it is ({n})", n=f"{total - n['reviewed']:,}"),
        **{s: f"{t(reviewed.WORDS[s])} ({n[s]:,})" for s in ("changed", "new", "reviewed")},
    }  # fmt: skip
    here = view.address.get(reviewed.ASKED)
    links = [
        choose.chip(label, view.address.here(**{reviewed.ASKED: value}), on=here == value)
        for value, label in options.items()
    ]
    return choose.group(t("Rows"), links)


def _ways(view: View, name: str) -> Any:
    if not view.may(view.shot.study, reviewing.MARKERS):
        return None
    labels: dict[State, str] = {
        "reviewed": t("Mark the selected rows as reviewed"),
        "unreviewed": t("Take the mark of the selected rows back"),
    }
    buttons = [
        dmc.Button(labels[to], id={"rows": name, "to": to}, size="xs", n_clicks=0,
                   variant="filled" if to == "reviewed" else "outline")
        for to in get_args(State)
    ]  # fmt: skip
    return html.Div(
        [
            dmc.Group([*buttons, _all_of_them(view, name)], gap="xs", mt="xs", align="start"),
            html.Div(id={"rows": name, "part": "told"}, role="alert"),
        ],
        role="group",
        **labelled(t("Review")),
    )


def _all_of_them(view: View, name: str) -> Any:
    """Return the form that marks every row that is listed and not reviewed as it is."""
    open_ = len(reviewing.open_rows(view, name))
    if not 0 < open_ <= MAX_MARKED:
        return None
    act = reviewing.LISTED
    label = t("Mark all {n} listed rows that are not reviewed", n=f"{open_:,}")
    return html.Details(
        [
            html.Summary(label),
            forms.form(view, act, name, label,
                       forms.kept(act, name, "snapshot", view.shot.snapshot_id),
                       forms.kept(act, name, "rows", str(open_))),
        ],
        className="toxwatch-details",
    )  # fmt: skip
