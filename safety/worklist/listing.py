"""Held rows and queries as tables, as they stand now, for the command line and for export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, func, select

from safety import export
from safety.errors import WrongUseError
from safety.store import tables
from safety.store.engine import reader
from safety.worklist.items import find, item_id, items
from safety.worklist.life import Item, Kind, allowed

ENDED = frozenset({"gone", "closed"})
ROW = ("DOMAIN", "SRCFILE", "SRCROW", "CHECKS", "REASON")
QUERY = ("CHECKID", "SEVERITY", "TOPIC", "TERM", "TEXT", "EVIDENCE", "PLACES")
CONTENT: dict[Kind, tuple[str, tuple[str, ...]]] = {
    "held_row": ("quarantine", ROW), "query": ("query", QUERY),
}  # fmt: skip
# What a person reads of a list; a program gets everything.
SHORT: dict[Kind, list[str]] = {
    "held_row": ["ITEM", "USUBJID", "STATE", "AGE", "OWNER", "TIMES SEEN", "FIRST SEEN", "SRCFILE",
                 "SRCROW", "REASON"],
    "query": ["ITEM", "USUBJID", "STATE", "AGE", "OWNER", "FIRST SEEN", "CHECKID", "TEXT"],
}  # fmt: skip
EVENT = ("AT", "ACTION", "ACTOR", "REASON", "STATE_BEFORE", "STATE_AFTER", "SNAPSHOT_ID")


@dataclass(frozen=True, slots=True)
class Listing:
    """Items of a study with the newest snapshot that they are told as of."""

    studyid: str
    snapshot_id: str
    as_of: str
    items: pd.DataFrame


def listing(db_url: str, studyid: str, kind: Kind, *, ended: bool = False) -> Listing:
    """Return the items of a kind, oldest first: ITEM, USUBJID, STATE, AGE (days), OWNER, ...

    ended: also those that are over. Raises WrongUseError for a study without a snapshot.
    """
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            snapshot_id, as_of = _newest(connection, studyid)
            known = [i for i in items(connection, studyid) if i.kind == kind]
            chosen = [i for i in known if ended or i.state not in ENDED]
            content = _content(connection, studyid, kind)
    finally:
        engine.dispose()
    frame = _frame(studyid, chosen, as_of)
    order = ["FIRST SEEN", "USUBJID", "KEY"]
    joined = frame.merge(content, on="KEY", how="left", validate="one_to_one").sort_values(order)
    return Listing(studyid, snapshot_id, as_of, joined.reset_index(drop=True))


def history(
    db_url: str, studyid: str, kind: Kind, key: str
) -> tuple[Item, pd.DataFrame, list[str]]:
    """Return an item, its events in the order they came, and what may be done with it now."""
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            _newest(connection, studyid)
            item = find(connection, studyid, kind, key)
            table = tables.work_event
            this = table.c.item_id == item_id(studyid, kind, item.key)
            query = select(*(table.c[c.lower()] for c in EVENT)).where(this).order_by(table.c.id)
            return (
                item,
                pd.read_sql_query(query, connection).rename(columns=str.upper),
                allowed(item),
            )
    finally:
        engine.dispose()


def export_queries(db_url: str, studyid: str, path: Path) -> int:
    """Write the queries of a study for its sites as CSV or XLSX; return how many there are."""
    found = listing(db_url, studyid, "query")
    frame = for_sites(found, found.items)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        export.write_csv(frame, path)
    elif suffix == ".xlsx":
        export.write_xlsx(frame, path, f"{studyid} {found.as_of}")
    else:
        raise WrongUseError(f"{path}: suffix {path.suffix!r}; give .csv or .xlsx.")
    return len(frame)


def for_sites(found: Listing, told: pd.DataFrame) -> pd.DataFrame:
    """Return queries (`told`, of `found.items`) as a site reads them.

    Every row says of which study, snapshot and day it is: a file travels without its name.
    """
    return pd.DataFrame({
        "USUBJID": told["USUBJID"], "QUERY": told["TEXT"],
        "EVIDENCE": told["EVIDENCE"].map(evidence), "STATE": told["STATE"], "AGE": told["AGE"],
        "OPENED": told["FIRST SEEN"], "CHECK": told["CHECKID"], "SEVERITY": told["SEVERITY"],
        "TERM": told["TERM"], "OWNER": told["OWNER"], "ITEM": told["ITEM"],
        "STUDY": found.studyid, "SNAPSHOT": found.snapshot_id[:12], "AS OF": found.as_of,
    })  # fmt: skip


def evidence(text: object) -> str:
    """Return evidence (JSON: record, date, text) as lines to read."""
    entries = json.loads(text) if isinstance(text, str) and text else []
    lines = [" ".join(str(e[k]) for k in ("date", "text") if e.get(k)) for e in entries]
    return "\n".join(lines)


def _newest(connection: Connection, studyid: str) -> tuple[str, str]:
    table = tables.snapshot
    query = select(table.c.snapshot_id, table.c.as_of).where(table.c.study == studyid)
    found = connection.execute(query.order_by(table.c.seq.desc()).limit(1)).first()
    if found is None:
        raise WrongUseError(f"{studyid} has no snapshot yet: run it first.")
    return found.snapshot_id, found.as_of


def _frame(studyid: str, items: list[Item], as_of: str) -> pd.DataFrame:
    columns = ["ITEM", "KEY", "USUBJID", "STATE", "AGE", "OWNER", "TIMES SEEN", "FIRST SEEN",
               "LAST SEEN"]  # fmt: skip
    rows = [
        (
            item_id(studyid, i.kind, i.key)[:12], i.key, i.usubjid, i.state,
            age(i, as_of), i.owner, i.times_seen, i.first_as_of, i.last_as_of,
        )
        for i in items
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def age(item: Item, as_of: str) -> int:
    """Return the days from the first snapshot that had an item to `as_of`."""
    return (date.fromisoformat(as_of) - date.fromisoformat(item.first_as_of)).days


def _content(connection: Connection, studyid: str, kind: Kind) -> pd.DataFrame:
    """Return what each item said when a snapshot last had it."""
    name, columns = CONTENT[kind]
    table = tables.BITEMPORAL[name]
    last = (
        select(table.c.key, func.max(table.c.tx_from).label("tx_from"))
        .where(table.c.study == studyid)
        .group_by(table.c.key)
    ).subquery()
    query = (
        select(table.c.key, *(table.c[c.lower()] for c in columns))
        .join(last, (last.c.key == table.c.key) & (last.c.tx_from == table.c.tx_from))
        .where(table.c.study == studyid)
    )
    return pd.read_sql_query(query, connection).rename(columns=str.upper)
