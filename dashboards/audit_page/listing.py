"""The entries: filters, search, and a page of them; an export has what is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc

from dashboards.audit_page import filters, query
from dashboards.audit_page.words import READERS
from dashboards.components import table
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.errors import WrongUseError
from safety.export import MAX_EXPORTED

NAME, WHOLE = "trail", "trail-in-full"
WIDTH = 24  # characters of an id in the list
BESIDE = frozenset({"actor", "at", "study"})  # of a row, which columns of the list tell already
MOST_VALUE = 40  # characters of one value in the list
MOST = 160  # characters of a change in the list; the entry has it all


def part(view: View) -> Any:
    """Return the entries that are asked for, under what can be asked."""
    try:
        of = query.wanted(view)
    except WrongUseError as error:
        wrong = dmc.Alert(t(str(error)), color="red", variant="outline")
        return dmc.Stack([filters.part(view), wrong], gap="sm")
    pages = _pages(view, of)
    whole = dmc.Group(
        [dmc.Text(t("All entries that are asked for, each in full:"), size="sm"),
         table.exports(WHOLE, view)], gap="xs",
    )  # fmt: skip
    return dmc.Stack(
        [filters.part(view), whole, table.part(NAME, view, lead=pages), pages], gap="sm"
    )


@shown(NAME, READERS)
def listed(view: View) -> Shown:
    """Return one page of the entries that are asked for."""
    of = query.wanted(view)
    with view.connection("audit") as connection:
        found = query.page(connection, of)
        total = query.count(connection, of)
    rows = told(found)
    last = of.first + len(rows)
    span = f"{of.first + 1:,}-{last:,}" if len(rows) else "0"
    return Shown(
        t("Entries"), rows, _columns(view),
        note=t("{span} of {n} entries that are asked for, newest first; times in UTC",
               span=span, n=f"{total:,}"),
        none=t("No entry of this study is as you ask."),
    )  # fmt: skip


def told(found: pd.DataFrame) -> pd.DataFrame:
    """Return entries with OBJECT and CHANGE in short."""
    return found.assign(
        CHANGE=[_change(b, a) for b, a in zip(found["BEFORE"], found["AFTER"], strict=True)],
        OBJECT=found["OBJECT_TYPE"] + " " + found["OBJECT_ID"].str.slice(0, WIDTH),
    )


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("NUMBER", t("Entry"), href=lambda row: href(view, row["NUMBER"])),
        Column("AT", t("At (UTC)")), Column("ACTOR", t("Who")), Column("ACTION", t("Action")),
        Column("OBJECT", t("Object")), Column("CHANGE", t("Change"), wide=True),
        Column("REASON", t("Reason")),
    )  # fmt: skip


@shown(WHOLE, READERS)
def whole(view: View) -> Shown:
    """Return all entries that are asked for, with all that they tell, for an export."""
    of = replace(query.wanted(view), first=0)
    with view.connection("audit") as connection:
        total = query.count(connection, of)
        if total > MAX_EXPORTED:
            raise WrongUseError(
                f"{total:,} entries are asked for, and a file has at most {MAX_EXPORTED:,}: ask "
                "for the days from and to."
            )
        found = query.page(connection, of, most=0)
    columns = tuple(Column(name, name) for name in found.columns)
    return Shown(t("Entries of the audit trail"), found, columns)


def href(view: View, number: Any) -> str:
    """Return the address of an entry in full, under the same filters."""
    return view.address.here(entry=str(number))


def _change(before: str, after: str) -> str:
    """Return what an entry tells in short: each name with what it was and is."""
    was, now = (json.loads(text) if text else {} for text in (before, after))
    said = "; ".join(_named(name, was, now) for name in sorted({*was, *now} - BESIDE))
    return said if len(said) <= MOST else f"{said[:MOST]} ..."


def _named(name: str, was: dict[str, Any], now: dict[str, Any]) -> str:
    if name in was:
        return f"{name}: {_short(was[name])} -> {_short(now.get(name))}"
    return f"{name}: {_short(now[name])}"


def _short(value: Any) -> str:
    text = plain(value)
    return text if len(text) <= MOST_VALUE else f"{text[:WIDTH]} ..."


def plain(value: Any) -> str:
    """Return a value of an entry as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pages(view: View, of: query.Wanted) -> Any:
    with view.connection("audit") as connection:
        total = query.count(connection, of)
    newer, older = max(of.first - query.PAGE, 0), of.first + query.PAGE
    links = [
        dcc.Link(t("Newer"), href=view.address.here(first=str(newer) if newer else "", entry=""),
                 className="toxwatch-chip") if of.first else None,
        dcc.Link(t("Older"), href=view.address.here(first=str(older), entry=""),
                 className="toxwatch-chip") if older < total else None,
    ]  # fmt: skip
    return dmc.Group([link for link in links if link is not None], gap="xs")
