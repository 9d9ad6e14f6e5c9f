"""Rows as frames: a page, how many there are, and all of them for an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func

from safety import export
from safety.rows.asked import Asked
from safety.rows.listed import Kind, columns
from safety.rows.relation import Relation

CHUNK = 5000  # rows that an export holds at once
DTYPES: dict[Kind, str] = {"text": "str", "number": "float64", "count": "Int64"}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order asked for, and how many there are in all.

    rows: every column of `safety.rows.listed.columns`, in upper case; texts are str, counts Int64,
    numbers float64, whatever stands in them.
    """

    rows: pd.DataFrame
    total: int


def page(connection: Connection, asked: Asked, total: int | None = None) -> Page:
    """Return a page of a listing. total: as `count` told it, if that is known already.

    A snapshot never changes, so a total holds for its snapshot, table and conditions.
    """
    relation = _relation(connection, asked)
    # first which rows they are, so that what is sorted is narrow
    which = _chosen(relation, asked, relation.query(relation.base.c.id, names=_used(asked)))
    ordered = which.order_by(*relation.order(asked.order))
    ids = connection.scalars(ordered.limit(asked.most).offset(asked.first)).all()
    found = {row[0]: row[1:] for row in connection.execute(relation.by_id(ids))}
    rows = frame(asked.table, [found[number] for number in ids])
    return Page(rows, count(connection, asked) if total is None else total)


def count(connection: Connection, asked: Asked) -> int:
    """Return how many rows meet the conditions, on whatever page."""
    relation = _relation(connection, asked)
    query = relation.query(func.count(), names=[c.column for c in asked.where])
    return int(connection.scalar(_chosen(relation, asked, query)) or 0)


def every(connection: Connection, asked: Asked, most: int) -> Iterator[pd.DataFrame]:
    """Yield all rows that meet the conditions, in their order, in chunks; at least one chunk.

    Its first and most are of a page and do not count. Raises WrongUseError for more than `most`.
    """
    export.require_at_most(count(connection, asked), most)
    relation = _relation(connection, asked)
    ordered = _chosen(relation, asked, relation.rows()).order_by(*relation.order(asked.order))
    found = connection.execute(ordered, execution_options={"yield_per": CHUNK})
    chunk: Sequence[Any] = ()
    for chunk in found.partitions():
        yield frame(asked.table, chunk)
    if not chunk:
        yield frame(asked.table, chunk)


def frame(table: str, rows: Sequence[Any]) -> pd.DataFrame:
    """Return rows of a listing, each with all of its columns, as a frame."""
    kinds = columns(table)
    made = pd.DataFrame(rows, columns=list(kinds), dtype="object")
    return made.astype({name: DTYPES[kind] for name, kind in kinds.items()})


def _relation(connection: Connection, asked: Asked) -> Relation:
    return Relation(asked.table, asked.cut, connection.dialect.name)


def _used(asked: Asked) -> list[str]:
    return [*(c.column for c in asked.where), *(name for name, _ in asked.order)]


def _chosen(relation: Relation, asked: Asked, query: Select[Any]) -> Select[Any]:
    return query.where(*(relation.condition(condition) for condition in asked.where))
