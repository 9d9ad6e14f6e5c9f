"""The rows behind a number: what an address chooses of a table, and the address of such rows.

Every number of a page leads here. An address names a table and what its rows have in common; a
subject by its handle, as everywhere.
"""

from __future__ import annotations

from dataclasses import replace

from dashboards.address import written
from dashboards.components.listing import Listing, register
from dashboards.i18n import t
from dashboards.raw_tables import RAW, SUBJECT, Raw
from dashboards.shown import Column
from dashboards.view import View
from safety.displays.population import Scope
from safety.errors import WrongUseError
from safety.rows.asked import Condition

PREFIX = "rows-"
NO_GRADE = "none"  # asked as a grade: values that have none
OWN = "{subject}"  # in the key of a row in an address, in place of the id of its subject


def where(view: View) -> tuple[Condition, ...]:
    """Return what chooses the rows of the table in the address; raise WrongUseError for none."""
    table = view.address.get("table")
    if table not in RAW:
        raise WrongUseError(f"there is no list of rows {table!r}: give {', '.join(RAW)}.")
    asks = {"key": "KEY"} | _place(RAW[table]) | dict(RAW[table].asks)
    whose = view.chosen() or ""
    found = [
        _condition(table, column, view.address.get(name), whose)
        for name, column in asks.items()
        if view.address.get(name)
    ]
    return (*found, *_subjects(view))


def _condition(table: str, column: str, given: str, whose: str) -> Condition:
    if (table, column, given) == ("graded_value", "ATOXGR", NO_GRADE):
        return Condition(column, "missing")
    return Condition(column, "is", (_value(table, column, given, whose),))


def _place(raw: Raw) -> dict[str, str]:
    """Return how rows that come from a file are asked for by their place."""
    has_place = {"SRCFILE", "SRCROW"} <= {name for name, *_ in raw.columns}
    return {"file": "SRCFILE", "row": "SRCROW"} if has_place else {}


def _value(table: str, column: str, given: str, whose: str) -> str | float:
    if column in {"KEY", "MKEY"}:
        return given.replace(OWN, whose)
    if column == "SRCROW":
        return _row(given)
    if (table, column) != ("graded_value", "ATOXGR"):
        return given
    if given not in set("01234"):
        raise WrongUseError(
            f"grade {given!r} is none that a measurement can have: give 0 to 4, or {NO_GRADE}."
        )
    return int(given)


def _row(given: str) -> int:
    if not (given.isascii() and given.isdigit()):
        raise WrongUseError(f"row {given!r} is none: give a number.")
    return int(given)


def _subjects(view: View) -> list[Condition]:
    """Return whose rows: of one subject, or of those that the filters choose."""
    if view.address.get("subject"):
        chosen = view.chosen()
        if chosen is None:
            raise WrongUseError("the subject of this address is none of this study.")
        return [Condition(SUBJECT, "is", (chosen,))]
    if not view.address.scope.levels:
        return []
    return [Condition(SUBJECT, "in", tuple(view.population().table["USUBJID"]))]


def columns(view: View, table: str) -> tuple[Column, ...]:
    """Return the columns of a table in the language of the request; a subject leads to its page."""
    return tuple(
        Column(name, t(header), kind,
               href=(lambda row: view.subject_href(str(row[SUBJECT]))) if name == SUBJECT else None)
        for name, header, kind in RAW[table].columns
    )  # fmt: skip


def _listing(table: str, raw: Raw) -> Listing:
    by_subject: tuple[tuple[str, bool], ...] = ((SUBJECT, False),)
    return Listing(
        PREFIX + table,
        table,
        title=lambda _: t(raw.title),
        columns=lambda view: columns(view, table),
        where=where,
        order=(*by_subject, (raw.dated, False)) if raw.dated else by_subject,
    )


def href(view: View, table: str, **asked: str) -> str:
    """Return the address of the rows of a table that have something in common."""
    return view.address.to("/rows", table=table, **asked)


def href_row(view: View, table: str, usubjid: str, key: str, *, by: str = "key") -> str:
    """Return the address of the row of a subject that has a key, in which the id stands too.

    by: the name under which the table is asked for the key.
    """
    told = {by: key.replace(usubjid, OWN)}
    return href(view, table, subject=view.handle(usubjid), **told)


def href_all(view: View, table: str, **asked: str) -> str:
    """Return the address of rows that have something in common, whatever filters are on."""
    return written(replace(view.address, path="/rows", scope=Scope(),
                           asked={"table": table, **asked}))  # fmt: skip


def href_at(view: View, level: str, table: str, **asked: str) -> str:
    """Return the address of the rows of one dose level, whatever levels are chosen."""
    at = replace(view.address.scope, levels=(level,))
    return written(replace(view.address, path="/rows", scope=at, asked={"table": table, **asked}))


for _table, _raw in RAW.items():
    register(_listing(_table, _raw))
