"""The seal of a snapshot: hashes over all rows that it wrote, closed and saw.

A snapshot writes too many rows for an entry each. One entry keeps, for every bitemporal table, how
many rows the snapshot added and closed and a sha256 over them, in the order of their ids. A row's
own hash covers what it says; the seal covers that hash, the row's id, and where the row stood.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, select

from safety.audit.chain import Entry
from safety.audit.record import MACHINE
from safety.manifest import Manifest
from safety.store.tables import BITEMPORAL, UNHASHED, work_item

ROWS, SEAL = "rows", "seal"  # object_type and action of the entry
SEEN = ("item_id", "last_as_of", "last_snapshot", "times_seen")  # changes with every snapshot
BATCH = 5_000
Sum = list[Any]  # [number of rows, sha256 over them]


class Digest:
    """A hash over rows, one after the other, and how many there were."""

    def __init__(self) -> None:
        self._hasher, self._count = hashlib.sha256(), 0

    def add(self, values: Sequence[Any]) -> None:
        self._hasher.update(json.dumps(list(values)).encode() + b"\n")
        self._count += 1

    def sum(self) -> Sum:
        return [self._count, self._hasher.hexdigest()]


def sealed_columns(table: Table) -> list[str]:
    """Return the columns of a bitemporal table that a seal covers itself."""
    return ["id", "key", "row_hash", *sorted(c.name for c in table.columns if c.name in UNHASHED)]


def of_snapshot(connection: Connection, study: str, seq: int) -> dict[str, Any]:
    """Return the seal of a snapshot of a study, whose sequence is `seq`."""
    added, closed = {}, {}
    for name, table in BITEMPORAL.items():
        c = table.c
        new = select(*(c[column] for column in sealed_columns(table))).where(c.tx_from == seq)
        added[name] = _sum(connection, new.where(c.study == study).order_by(c.id))
        ended = select(c.id).where(c.study == study, c.tx_to == seq)
        closed[name] = _sum(connection, ended.order_by(c.id))
    return {"added": _without_empty(added), "closed": _without_empty(closed)}


def seen(connection: Connection, study: str) -> Sum:
    """Return the sum of when each work item of a study was last seen."""
    query = select(*(work_item.c[c] for c in SEEN)).where(work_item.c.study == study)
    # sorted here: databases differ in how they order texts
    return _sum_of(sorted(tuple(row) for row in connection.execute(query)))


def entry(connection: Connection, manifest: Manifest, seq: int) -> Entry:
    """Return the entry that seals a snapshot which was just written, with what it was made from."""
    study = manifest.study.studyid
    after = of_snapshot(connection, study, seq) | {
        "seen": seen(connection, study), "deliveries": _deliveries(manifest),
    }  # fmt: skip
    return Entry(
        study, MACHINE, SEAL, ROWS, str(seq), None, after, snapshot_id=manifest.snapshot_id
    )


def _deliveries(manifest: Manifest) -> list[dict[str, Any]]:
    return [
        {
            "feed": d.feed, "day": d.day, "sha256": d.sha256,
            "files": {f.name: f.sha256 for f in d.files},
        }
        for d in manifest.deliveries
    ]  # fmt: skip


def _sum(connection: Connection, query: Select[Any]) -> Sum:
    return _sum_of(stream(connection, query))


def _sum_of(rows: Iterable[Sequence[Any]]) -> Sum:
    digest = Digest()
    for row in rows:
        digest.add(row)
    return digest.sum()


def stream(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query without holding all of them."""
    result = connection.execute(query.execution_options(yield_per=BATCH))
    for batch in result.partitions():
        yield from batch


def stream_mappings(connection: Connection, query: Select[Any]) -> Iterator[RowMapping]:
    """Yield the rows of a query by their columns' names, without holding all of them."""
    result = connection.execute(query.execution_options(yield_per=BATCH)).mappings()
    for batch in result.partitions():
        yield from batch


def _without_empty(sums: dict[str, Sum]) -> dict[str, Sum]:
    return {name: found for name, found in sums.items() if found[0]}
