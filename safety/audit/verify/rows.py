"""Records and results of every snapshot: each row's own hash, seals, and the snapshot's hashes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, select

from safety.audit.seal import Digest, sealed_columns, stream
from safety.audit.verify.chain import Columns
from safety.audit.verify.objects import ADOPT
from safety.audit.verify.problem import Problem
from safety.store.sync import BOOKKEEPING, UNIT_SEPARATOR
from safety.store.tables import BITEMPORAL, FOREVER, RECORDS, RESULTS, UNHASHED, snapshot

NOT_NONE = {"\0": "\0\0"}  # a text that would pass for a missing value was put there later
Array = np.ndarray[Any, Any]
NOTHING = [0, hashlib.sha256().hexdigest()]


@dataclass(slots=True)
class Rows:
    """What stands in one bitemporal table of a study.

    altered: ids of rows that do not fit their own hash. hashes: of all rows, in order; `since` and
    `until` the sequences of the snapshots that have them.
    """

    added: dict[int, Digest] = field(default_factory=lambda: defaultdict(Digest))
    closed: dict[int, Digest] = field(default_factory=lambda: defaultdict(Digest))
    altered: list[int] = field(default_factory=list)
    hashes: Array = field(default_factory=lambda: np.array([], dtype=object))
    since: Array = field(default_factory=lambda: np.array([], dtype="i8"))
    until: Array = field(default_factory=lambda: np.array([], dtype="i8"))

    def as_of(self, seq: int) -> bytes:
        """Return the hashes of the rows that a snapshot has, in order, one after the other."""
        return b"".join(self.hashes[(self.since <= seq) & (self.until > seq)])

    def keep(self, hashes: list[bytes], since: list[int], until: list[int]) -> None:
        """Put the hashes in order, once for all snapshots."""
        unordered = np.array(hashes, dtype=object)
        order = np.argsort(unordered)
        self.hashes = unordered[order]
        self.since, self.until = np.array(since, dtype="i8")[order], np.array(until, "i8")[order]


def row_hash(values: Iterable[Any]) -> str:
    """Return the hash of a row by its key and hashed columns, as safety.store.sync made it."""
    texts = UNIT_SEPARATOR.join("\0" if v is None else NOT_NONE.get(v, str(v)) for v in values)
    return hashlib.blake2b(texts.encode(errors="replace"), digest_size=16).hexdigest()


def read(connection: Connection, table: Table, study: str) -> Rows:
    """Read a table of a study once, in the order of the rows' ids."""
    sealed = sealed_columns(table)
    unhashed = {*BOOKKEEPING, *UNHASHED}
    hashed = ["key", *(c.name for c in table.columns if c.name not in unhashed)]
    names = ["tx_from", "tx_to", *sealed, *hashed]
    middle = 2 + len(sealed)
    query = select(*(table.c[n].label(f"c{i}") for i, n in enumerate(names)))
    found, hashes, begins, ends = Rows(), list[bytes](), list[int](), list[int]()
    for row in stream(connection, query.where(table.c.study == study).order_by(table.c.id)):
        since, until, *sealed_values = row[:middle]
        row_id, _, stored, *_ = sealed_values
        found.added[since].add(sealed_values)
        if until != FOREVER:
            found.closed[until].add((row_id,))
        if row_hash(row[middle:]) != stored:
            found.altered.append(row_id)
        hashes.append(str(stored).encode(errors="replace"))
        begins.append(since)
        ends.append(until)
    found.keep(hashes, begins, ends)
    return found


def check(
    connection: Connection, study: str, seals: Mapping[str, Columns]
) -> Iterator[Problem | int]:
    """Yield what is wrong with the records and results of a study, and how many rows there are."""
    snapshots = _snapshots(connection, study)
    found = {name: read(connection, table, study) for name, table in BITEMPORAL.items()}
    for name, rows in found.items():
        yield len(rows.hashes)
        for row_id in rows.altered:
            what = f"{name}: row {row_id} was altered: it does not fit its own hash"
            yield Problem(study, "rows", what)
        for seq in sorted({*rows.added, *rows.closed} - {s["seq"] for s in snapshots}):
            yield Problem(study, "rows", f"{name} has rows of snapshot {seq}, which there is not")
    for shot in snapshots:
        yield from _check_seal(study, shot["seq"], found, seals.get(str(shot["seq"])))
        yield from _check_hashes(study, shot, found)


def _snapshots(connection: Connection, study: str) -> list[Mapping[str, Any]]:
    c = snapshot.c
    query = select(c.seq, c.snapshot_id, c.result_hash, c.record_hash).where(c.study == study)
    return [dict(row) for row in connection.execute(query.order_by(c.seq)).mappings()]


def _check_seal(
    study: str, seq: int, found: Mapping[str, Rows], seal: Columns | None
) -> Iterator[Problem]:
    if seal is None:
        what = f"snapshot {seq} has no seal in the trail"
        yield Problem(study, "rows", what, ADOPT)
        return
    for name, rows in found.items():
        for what, sums in (("added", rows.added), ("closed", rows.closed)):
            stands = sums[seq].sum() if seq in sums else NOTHING
            told = seal.get(what, {}).get(name, NOTHING)
            if stands != told:
                yield Problem(
                    study, "rows",
                    f"{name}: the {stands[0]:,} rows that snapshot {seq} {what} are not the "
                    f"{told[0]:,} that the trail tells of",
                )  # fmt: skip


def _check_hashes(
    study: str, shot: Mapping[str, Any], found: Mapping[str, Rows]
) -> Iterator[Problem]:
    """Hold the hashes of a snapshot against its rows; one of before the trail has none of both."""
    if not shot["record_hash"]:
        return
    for column, names in (("result_hash", RESULTS), ("record_hash", RECORDS)):
        hasher = hashlib.sha256()
        for name in sorted(names):
            hasher.update(name.encode())
            hasher.update(found[name].as_of(shot["seq"]))
        if hasher.hexdigest() != shot[column]:
            yield Problem(
                study, "rows",
                f"snapshot {shot['seq']} ({shot['snapshot_id'][:12]}): its rows do not give its "
                f"{column}",
            )  # fmt: skip
