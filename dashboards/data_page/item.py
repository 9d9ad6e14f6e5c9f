"""One held row or one query in full: what it says, where it stands, what happened, what to do."""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc, html

from dashboards.alerts_page.clock import minute
from dashboards.components import detail, verdicts
from dashboards.components.parts import nothing, section
from dashboards.components.table import table
from dashboards.data_page import work_forms
from dashboards.data_page.kinds import HELD_ROWS, KINDS, STATES, Told
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View, note
from safety.errors import WrongUseError
from safety.worklist import listing
from safety.worklist.life import ABSENT, Item


def part(view: View, told: Told, key: str) -> Any:
    """Return all of one item; one that the study does not have gives a message."""
    try:
        item, _, allowed = read(view, told, key)
    except WrongUseError:
        return nothing(t("{study} has no such item.", study=view.shot.study))
    items = listing.listing(view.settings.db_url, view.shot.study, told.kind, ended=True).items
    row = items[items["KEY"].eq(item.key)].iloc[0].to_dict()
    over = nothing(t("The newest snapshot does not have it any more; its history says why."))
    content = _row(view, row) if told is HELD_ROWS else _query(row)
    return section(
        t("Held row") if told is HELD_ROWS else t("Query"),
        t("{state}, owner {owner}", state=t(STATES[item.state]), owner=item.owner),
        dcc.Link(t("Back to the list"), href=view.address.here(item="")),
        over if item.fingerprint == ABSENT else None,
        _standing(view, item, row),
        content,
        work_forms.part(view, told, item, allowed),
        detail.inner("item-events", view),
    )


def read(view: View, told: Told, key: str) -> tuple[Item, pd.DataFrame, list[str]]:
    """Return an item, its events and what may be done with it; raise WrongUseError for none."""
    note(view.shot.study, "work_event")
    return listing.history(view.settings.db_url, view.shot.study, told.kind, key)


def _standing(view: View, item: Item, row: dict[str, Any]) -> Any:
    known = item.usubjid in set(view.frame("subject")["USUBJID"])
    subject = dcc.Link(item.usubjid, href=view.subject_href(item.usubjid)) if known else t(
        "{id}, which this snapshot does not know", id=item.usubjid or t("no subject"))  # fmt: skip
    place = (
        t("{file} row {row}", file=row["SRCFILE"], row=row["SRCROW"])
        if "SRCFILE" in row
        else (None)
    )
    return detail.facts(
        [
            (t("Subject"), subject),
            (t("State"), t(STATES[item.state])),
            (t("Owner"), item.owner),
            (t("Held because"), row.get("REASON")),
            (t("Where it stands"), place),
            (t("Check"), row.get("CHECKS") or row.get("CHECKID")),
            (t("Seen"), t("first {first}, last {last}, in {n} snapshots", first=item.first_as_of,
                          last=item.last_as_of, n=item.times_seen)),
            (t("Item"), row["ITEM"]),
        ],
        t("Where the item stands"),
    )  # fmt: skip


def _row(view: View, row: dict[str, Any]) -> Any:
    """The row as it was received, one field a line, as text."""
    cut = view.shot.cut
    raw = view.store.frame("quarantine", cut, ["raw"], key=row["KEY"])["RAW"]
    if raw.empty:
        return nothing(t("The snapshot that is shown does not hold this row."))
    return detail.under(
        t("The row as it was received"),
        *(detail.facts(fields(one), t("Fields of the row")) for one in raw),
    )


def fields(raw: Any) -> list[tuple[str, Any]]:
    """Return a row as received, field by field; what is no such row stands as it is."""
    try:
        row = json.loads(raw)
    except (TypeError, ValueError):
        return [(t("as received"), verdicts.given(raw))]
    if not isinstance(row, dict):
        return [(t("as received"), str(raw))]
    return [(name, t("(nothing)") if value is None else str(value)) for name, value in row.items()]


def evidence(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the evidence of a query, each with its place as far as that is known."""
    said, places = verdicts.items(row["EVIDENCE"]), verdicts.items(row["PLACES"])
    nothing_known: dict[str, Any] = {}
    return [s | p for s, p in zip_longest(said, places, fillvalue=nothing_known)]


def _query(row: dict[str, Any]) -> Any:
    entries = pd.DataFrame(evidence(row), columns=["date", "text", "file", "row"])
    columns = (
        Column("date", t("Date")), Column("text", t("What the record says"), wide=True),
        Column("file", t("File")), Column("row", t("Row"), "number"),
    )  # fmt: skip
    listed = Shown(t("Evidence"), entries, columns, none=t("The query names no record."))
    return dmc.Stack([html.Div(row["TEXT"], className="toxwatch-body"), table(listed)], gap="xs")


@shown("item-events")
def happened(view: View) -> Shown:
    """Return what happened to the item in the address."""
    told = KINDS.get(view.address.get("part"), HELD_ROWS)
    _, events, _ = read(view, told, view.address.get("item"))
    rows = events.assign(
        AT=[minute(at) for at in events["AT"]],
        STATE_AFTER=[t(STATES[s]) for s in events["STATE_AFTER"]],
        SNAPSHOT_ID=events["SNAPSHOT_ID"].str[:12],
    )
    return Shown(
        t("What happened"), rows,
        (
            Column("AT", t("At (UTC)")), Column("ACTION", t("What")), Column("ACTOR", t("Who")),
            Column("REASON", t("Why"), wide=True), Column("STATE_AFTER", t("State after")),
            Column("SNAPSHOT_ID", t("Snapshot")),
        ),
    )  # fmt: skip
