"""What can be listed: every table of records and results, and two that are put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Float, Integer, Table

from safety.errors import WrongUseError
from safety.store.tables import BITEMPORAL

Kind = Literal["text", "number", "count"]
UNLISTED = frozenset({"id", "study", "tx_to"})


@dataclass(frozen=True, slots=True)
class Joined:
    """Columns of a second table, of its row whose key stands in the column `by` of the first."""

    table: str
    by: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A table whose rows are listed, perhaps with columns of another; names in lower case.

    A row that the other table does not have is listed all the same, those columns missing.
    """

    table: str
    joined: Joined | None = None


MEASURED = (
    "param spec method pos tpt avalc avalu aval ucum comparator valuestate anrlo anrhi anrloc "
    "anrhic nrind stat clsig visit visitnum adtc domain feed srcfile srcrow"
)
TOGETHER: dict[str, Listed] = {
    # a grade with the value that it is of
    "graded_value": Listed("grade", Joined("measurement", "mkey", tuple(MEASURED.split()))),
    # an event as it was reported, with what was derived of it
    "event": Listed(
        "adverse_event",
        Joined("event_grade", "key", ("atoxgr", "possible", "astdy", "astdymin", "astdymax",
                                      "trtemfl", "rel")),
    ),
}  # fmt: skip
LISTED: dict[str, Listed] = {name: Listed(name) for name in BITEMPORAL} | TOGETHER


def listed(name: str) -> Listed:
    """Return what is listed by a name. Raises WrongUseError for none."""
    if name not in LISTED:
        raise WrongUseError(f"{name!r} is no table: give one of {', '.join(sorted(LISTED))}.")
    return LISTED[name]


def columns(name: str) -> dict[str, Kind]:
    """Return the columns of a listing, in upper case, and what stands in each.

    KEY, ROW_HASH and TX_FROM come first. count: whole numbers.
    """
    chosen = listed(name)
    base = BITEMPORAL[chosen.table]
    found = _kinds(base, [c.name for c in base.columns if c.name not in UNLISTED])
    if chosen.joined:
        found |= _kinds(BITEMPORAL[chosen.joined.table], chosen.joined.columns)
    return found


def _kinds(table: Table, names: tuple[str, ...] | list[str]) -> dict[str, Kind]:
    return {name.upper(): _kind(table, name) for name in names}


def _kind(table: Table, name: str) -> Kind:
    if isinstance(table.c[name].type, Integer):
        return "count"
    return "number" if isinstance(table.c[name].type, Float) else "text"
