"""Entries of the trail as a table, for people and for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select

from safety.store.engine import reader
from safety.store.tables import audit

COLUMNS = ("number", "at", "study", "actor", "role", "action", "object_type", "object_id",
           "before", "after", "reason", "snapshot_id", "hash")  # fmt: skip
SHORT = ["NUMBER", "AT", "ACTOR", "ACTION", "OBJECT", "REASON"]  # what a person reads of a list


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of a study, a kind of object ("alert") or one ("alert:ID"), a person, since.

    "" stands for all. since: UTC, as ISO 8601 or the beginning of it. limit: the newest so many,
    0 for all.
    """

    study: str = ""
    object: str = ""
    actor: str = ""
    since: str = ""
    limit: int = 0


def entries(db_url: str, wanted: Wanted) -> pd.DataFrame:
    """Return entries, newest first; of several chains in the order in which they were written."""
    kind, _, key = wanted.object.partition(":")
    conditions = [
        column == value
        for column, value in (
            (audit.c.study, wanted.study), (audit.c.object_type, kind),
            (audit.c.object_id, key), (audit.c.actor, wanted.actor),
        ) if value
    ]  # fmt: skip
    if wanted.since:
        conditions.append(audit.c.at >= wanted.since)
    query = select(*(audit.c[name] for name in COLUMNS)).where(*conditions)
    query = query.order_by(audit.c.seq.desc())
    if wanted.limit:
        query = query.limit(wanted.limit)
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            return pd.read_sql_query(query, connection).rename(columns=str.upper)
    finally:
        engine.dispose()


def short(found: pd.DataFrame) -> pd.DataFrame:
    """Return what fits the width of a console."""
    named = found["OBJECT_TYPE"] + " " + found["OBJECT_ID"].str.slice(0, 24)
    return found.assign(OBJECT=named)[["STUDY", *SHORT]]
