"""Reading the state of review: of the rows of a page, and how many of a listing are in each state.

A mark belongs to the snapshot it was made on: of an older snapshot those of later ones are not
told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from safety.review.judge import MARKS, STATES, Review, judge
from safety.rows.asked import Asked
from safety.rows.page import count
from safety.rows.relation import Relation
from safety.store import tables
from safety.store.read import Cut

BATCH = 5000  # keys of one query


def states(
    connection: Connection, cut: Cut, object_type: str, rows: pd.DataFrame,
    since_seq: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return KEY, REVIEW, REVIEWER, REVIEWED_AT of rows of a listing, in their order.

    object_type: the listing (safety.rows.listed). rows: its KEY and ROW_HASH at the cut.
    since_seq: sequence of the snapshot of the meeting before, which tells what is new.
    """
    keys = [str(key) for key in rows["KEY"]]
    marks = [
        mark
        for some in _batches(keys)
        for mark in connection.execute(_marks(cut, object_type, some))
    ]
    before = _before(connection, cut, object_type, keys, since_seq)
    return judge(rows, _frame(marks, MARKS), before)


def versions(
    connection: Connection, cut: Cut, object_type: str, keys: Iterable[str]
) -> dict[str, str]:
    """Return the hash of each row of a listing that a cut has, by key; of these keys only."""
    relation = Relation(object_type, cut, connection.dialect.name)
    return {
        name: row_hash
        for some in _batches(list(keys))
        for name, row_hash in connection.execute(relation.by_key(some, ("KEY", "ROW_HASH")))
    }


def counts(
    connection: Connection, cut: Cut, object_type: str, since_seq: int | None = None
) -> dict[Review, int]:
    """Return how many rows of a listing are in each state, as `judge` tells it.

    Only rows that have a mark, or are so since the meeting before, are looked at one by one: every
    other one is unreviewed.
    """
    marks = _frame(connection.execute(_marks(cut, object_type)), MARKS)
    told = versions(connection, cut, object_type, marks["KEY"])
    if since_seq is not None:
        told |= _moved(connection, cut, object_type, since_seq)
    rows = _frame(told.items(), ("KEY", "ROW_HASH"))
    before = _before(connection, cut, object_type, told, since_seq)
    judged = judge(rows, marks, before)["REVIEW"].value_counts()
    others = count(connection, Asked(object_type, cut)) - len(rows)
    return {s: int(judged.get(s, 0)) + (others if s == "unreviewed" else 0) for s in STATES}


def _before(
    connection: Connection, cut: Cut, object_type: str, keys: Iterable[str], since_seq: int | None
) -> pd.DataFrame | None:
    """Return KEY, ROW_HASH of rows as they were at the meeting before; None if there was none."""
    if since_seq is None:
        return None
    then = versions(connection, Cut(cut.study, since_seq), object_type, keys)
    return _frame(then.items(), ("KEY", "ROW_HASH"))


def _moved(connection: Connection, cut: Cut, object_type: str, since_seq: int) -> dict[str, str]:
    """Return key and hash of rows that became what they are after a snapshot."""
    relation = Relation(object_type, cut, connection.dialect.name)
    names = ("KEY", "ROW_HASH", "TX_FROM")
    key, row_hash, _ = (relation.columns[name] for name in names)
    query = relation.query(key, row_hash, names=names).where(relation.moved(since_seq))
    return {row[0]: row[1] for row in connection.execute(query)}


def _marks(cut: Cut, object_type: str, keys: list[str] | None = None) -> Select[Any]:
    """Return the query of the newest mark of each row of a listing; keys: of these rows only."""
    r, s = tables.review, tables.snapshot
    by_then = select(s.c.snapshot_id).where(s.c.study == cut.study, s.c.seq <= cut.seq)
    newest = select(func.max(r.c.id)).where(
        r.c.study == cut.study, r.c.object_type == object_type, r.c.snapshot_id.in_(by_then),
        *([] if keys is None else [r.c.key.in_(keys)]),
    )  # fmt: skip
    columns = [r.c[name.lower()] for name in MARKS]
    return select(*columns).where(r.c.id.in_(newest.group_by(r.c.key).correlate(None)))


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _frame(rows: Iterable[Any], names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(names), dtype="str")
