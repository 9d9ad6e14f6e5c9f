"""Write a frame as the current state of a bitemporal table: only differences are written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import isnan

import pandas as pd
from sqlalchemy import Connection, Table, insert, select, update

from safety.store.tables import BITEMPORAL, FOREVER, UNHASHED

BOOKKEEPING = ("id", "study", "key", "row_hash", "tx_from", "tx_to")
BATCH = 10_000
UNIT_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows a synchronisation added, replaced and closed."""

    new: int
    changed: int
    gone: int

    @property
    def written(self) -> int:
        return self.new + self.changed + self.gone


def prepare(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with the table's columns, KEY and ROW_HASH; missing values are None.

    Raises ValueError if two rows have the same key.
    """
    columns = [c.name for c in BITEMPORAL[name].columns if c.name not in BOOKKEEPING]
    lower = frame.rename(columns=str.lower)
    table = lower.reindex(columns=["key", *columns])
    if table["key"].duplicated().any():
        twice = table.loc[table["key"].duplicated(), "key"].iloc[0]
        raise ValueError(f"{name}: key {twice!r} occurs twice")
    hashed = [c for c in columns if c not in UNHASHED]
    table["row_hash"] = _row_hashes(table, ["key", *hashed])
    return table


def _row_hashes(table: pd.DataFrame, columns: list[str]) -> list[str]:
    texts = [_canonical(table[c]) for c in columns]
    return [
        hashlib.blake2b(UNIT_SEPARATOR.join(row).encode(), digest_size=16).hexdigest()
        for row in zip(*texts, strict=True)
    ]


def _canonical(column: pd.Series) -> list[str]:
    """Text of each value; whole numbers alike whatever their type, missing as NUL."""
    if pd.api.types.is_float_dtype(column.dtype):
        return ["\0" if isnan(x) else repr(x) for x in column.astype("float64").tolist()]
    values = column.astype("object").where(column.notna(), None).tolist()
    return ["\0" if x is None else str(x) for x in values]


def sync(
    connection: Connection, name: str, study: str, table: pd.DataFrame, seq: int
) -> Difference:
    """Make `table` (from `prepare`) the current rows of a study at `seq`."""
    target = BITEMPORAL[name]
    current = _current(connection, target, study)
    wanted = dict(zip(table["key"], table["row_hash"], strict=True))
    gone = [k for k in current if k not in wanted]
    changed = [k for k in wanted if k in current and current[k][1] != wanted[k]]
    fresh = {k for k in wanted if k not in current} | set(changed)
    _close(connection, target, [current[k][0] for k in (*gone, *changed)], seq)
    _insert(connection, target, study, table[table["key"].isin(fresh)], seq)
    return Difference(len(fresh) - len(changed), len(changed), len(gone))


def _current(connection: Connection, target: Table, study: str) -> dict[str, tuple[int, str]]:
    query = select(target.c.key, target.c.id, target.c.row_hash).where(
        target.c.study == study, target.c.tx_to == FOREVER
    )
    return {key: (row_id, row_hash) for key, row_id, row_hash in connection.execute(query)}


def _close(connection: Connection, target: Table, ids: list[int], seq: int) -> None:
    for start in range(0, len(ids), 500):
        batch = ids[start : start + 500]
        connection.execute(update(target).where(target.c.id.in_(batch)).values(tx_to=seq))


def _insert(
    connection: Connection, target: Table, study: str, rows: pd.DataFrame, seq: int
) -> None:
    added = rows.assign(study=study, tx_from=seq, tx_to=FOREVER)
    names = list(added.columns)
    columns = [added[c].astype("object").where(added[c].notna(), None).tolist() for c in names]
    records = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    for start in range(0, len(records), BATCH):
        connection.execute(insert(target), records[start : start + BATCH])


def result_hash(tables: dict[str, pd.DataFrame]) -> str:
    """Return one hash over every result row: the same results give the same hash anywhere."""
    hasher = hashlib.sha256()
    for name in sorted(tables):
        hasher.update(name.encode())
        for row_hash in sorted(tables[name]["row_hash"]):
            hasher.update(row_hash.encode())
    return hasher.hexdigest()
