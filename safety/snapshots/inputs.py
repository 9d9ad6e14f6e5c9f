"""What a snapshot was made from: deliveries, rules, code, knowledge date, releases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Connection, select

from safety.store import tables
from safety.store.receipts import HELD

Other = Literal["rules", "code", "as_of", "releases"]


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """A receipt. day: of a daily feed, else "". received_at: UTC."""

    seq: int
    feed: str
    day: str
    received_at: str
    files: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Receipt:
    delivery: Delivery
    sha256: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that determines the results of one snapshot.

    rules: rule set and CTCAE version. releases: keys of held rows that somebody let in; None for
    a snapshot of before manifests were kept.
    """

    seq: int
    rules: str
    code: str
    as_of: str
    deliveries: tuple[Delivery, ...]
    releases: tuple[str, ...] | None

    def new_since(self, before: Inputs | None) -> tuple[Delivery, ...]:
        """Return the deliveries that the snapshot before did not have."""
        known = {d.seq for d in before.deliveries} if before else set()
        return tuple(d for d in self.deliveries if d.seq not in known)

    def others_since(self, before: Inputs | None) -> tuple[Other, ...]:
        """Return which inputs other than deliveries differ."""
        if before is None:
            return ()
        pairs: dict[Other, tuple[Any, Any]] = {
            "rules": (before.rules, self.rules),
            "code": (before.code, self.code),
            "as_of": (before.as_of, self.as_of),
            "releases": (before.releases, self.releases),
        }
        return tuple(name for name, (was, now) in pairs.items() if was != now)


@dataclass(frozen=True, slots=True)
class Way:
    """The snapshots of a study from one to another, oldest first."""

    inputs: tuple[Inputs, ...]

    def step(self, seq: int) -> tuple[Inputs | None, Inputs | None]:
        """Return the inputs of the snapshot `seq` and of the one before it."""
        for number, each in enumerate(self.inputs):
            if each.seq == seq:
                return (self.inputs[number - 1] if number else None), each
        return None, None

    def of(self, seq: int) -> Inputs:
        """Return the inputs of a snapshot that is there."""
        return next(each for each in self.inputs if each.seq == seq)


def way(connection: Connection, study: str, low: int, high: int) -> Way:
    """Return what the snapshots from `low` to `high` were made from."""
    table = tables.snapshot
    columns = table.c["seq", "rule_set", "ctcae", "code_version", "as_of", "delivery_seq",
                      "manifest"]  # fmt: skip
    query = select(*columns).where(table.c.study == study, table.c.seq >= low, table.c.seq <= high)
    rows = connection.execute(query.order_by(table.c.seq)).mappings().all()
    received = _received(connection, study)
    return Way(tuple(_inputs(row, received) for row in rows))


def _inputs(row: Any, received: Sequence[_Receipt]) -> Inputs:
    manifest = json.loads(row["manifest"]) if row["manifest"] else None
    by_then = [r for r in received if r.delivery.seq <= row["delivery_seq"]]
    used = _used(by_then) if manifest is None else _listed(by_then, manifest)
    return Inputs(
        row["seq"], f"{row['rule_set']}, CTCAE v{row['ctcae']}", row["code_version"],
        row["as_of"], tuple(sorted(used)),
        None if manifest is None else tuple(sorted(r["key"] for r in manifest["released"])),
    )  # fmt: skip


def _listed(received: Iterable[_Receipt], manifest: dict[str, Any]) -> Iterable[Delivery]:
    """Return the deliveries that a manifest lists: what was held was none of its inputs."""
    newest = {(r.delivery.feed, r.delivery.day, r.sha256): r.delivery for r in received}
    wanted = ((d["feed"], d["day"], d["sha256"]) for d in manifest["deliveries"])
    return {newest[each] for each in wanted if each in newest}


def _used(received: Iterable[_Receipt]) -> Iterable[Delivery]:
    """Return, without a manifest, the newest of each feed and day that a run has read."""
    read = (r.delivery for r in received if r.delivery.files or not r.is_held)
    return {(d.feed, d.day): d for d in read}.values()


def _received(connection: Connection, study: str) -> list[_Receipt]:
    """Return every receipt of a study with its files, oldest first."""
    d, f = tables.delivery, tables.delivery_file
    query = (
        select(
            d.c.seq,
            d.c.feed,
            d.c.day,
            d.c.received_at,
            d.c.sha256,
            d.c.status,
            f.c.name,
            f.c.domain,
        )
        .outerjoin(f, f.c.delivery_seq == d.c.seq)
        .where(d.c.study == study)
        .order_by(d.c.seq, f.c.name, f.c.domain)
    )
    rows = connection.execute(query).all()
    return [_receipt(list(of_one)) for _, of_one in groupby(rows, lambda row: row.seq)]


def _receipt(rows: Sequence[Any]) -> _Receipt:
    """Return a receipt of its rows: one a file and domain, or one without a file."""
    first = rows[0]
    files = tuple(dict.fromkeys(row.name for row in rows if row.name is not None))
    domains = tuple(dict.fromkeys(row.domain for row in rows if row.domain))
    found = Delivery(first.seq, first.feed, first.day, first.received_at, files, domains)
    return _Receipt(found, first.sha256, first.status == HELD)
