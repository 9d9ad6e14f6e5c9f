"""One chain from its first entry to its last: hashes, numbers, order; and what it tells."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from safety.audit.chain import HASHED, START, fits
from safety.audit.record import HASH
from safety.audit.seal import ROWS, Sum, stream
from safety.audit.verify.problem import Problem
from safety.store.tables import audit

ADOPT = "adopt"  # action of entries of what is older than the trail
Columns = dict[str, Any]
# Where things stand in the content of an entry.
NUMBER, AT, ACTION, KIND, ID, AFTER = (
    HASHED.index(name) for name in ("number", "at", "action", "object_type", "object_id", "after")
)


@dataclass(slots=True)
class Told:
    """What a chain tells: of each object its columns, or None if it is gone; seals; hashes.

    objects: by type and id. seals: by the sequence of the snapshot. seen: of work items, by the
    newest seal. hashes: of the numbers asked for. first_at, last_at: of its entries, "" of an empty
    chain.
    """

    objects: dict[str, dict[str, Columns | None]]
    seals: dict[str, Columns] = field(default_factory=dict)
    seen: Sum | None = None
    hashes: dict[int, str] = field(default_factory=dict)
    entries: int = 0
    adopted: int = 0
    first_at: str = ""
    last_at: str = ""

    def take(self, content: Sequence[Any]) -> None:
        """Take over what an entry tells that was not altered."""
        self.last_at = content[AT]
        self.first_at = self.first_at or self.last_at
        of_kind = self.objects.get(content[KIND])
        if of_kind is not None:
            key = content[ID]
            self.adopted += content[ACTION] == ADOPT
            of_kind[key] = _folded(of_kind.get(key) or {}, _json(content[AFTER]))
        elif content[KIND] == ROWS:
            seal = _json(content[AFTER]) or {}
            self.seals[content[ID]], self.seen = seal, seal.get("seen", self.seen)


def follow(
    connection: Connection,
    study: str,
    keys: Sequence[bytes],
    types: Collection[str],
    numbers: Collection[int],
) -> tuple[Told, list[Problem]]:
    """Walk along a chain; return what it tells and what is wrong with it.

    keys: in the order they were used. types: of the objects that are asked for. numbers: of the
    entries whose hashes are.
    """
    told, links = Told({name: {} for name in types}), _Links(study, list(keys))
    wanted = frozenset(numbers)
    query = select(*(audit.c[name] for name in (*HASHED, "hash", "seq")))
    for row in stream(connection, query.where(audit.c.study == study).order_by(audit.c.number)):
        *content, found, seq = row
        told.entries += 1
        if links.add(content, found, seq):
            told.take(content)
        if content[NUMBER] in wanted:
            told.hashes[content[NUMBER]] = found
    return told, list(links.problems())


@dataclass(slots=True)
class _Links:
    """Holds each entry against the one before it."""

    study: str
    keys: list[bytes]
    number: int = 0
    seq: int = 0
    head: str = START
    altered: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    def add(self, content: Sequence[Any], found: str, seq: int) -> bool:
        """Take the next entry; return whether it is as it was written."""
        number = content[NUMBER]
        if number != self.number + 1:
            self.torn.append(_gap(self.number, number))
        elif content[-1] != self.head:
            self.torn.append(f"entry {number} does not follow entry {number - 1}: one was replaced")
        elif seq <= self.seq:
            self.torn.append(f"entry {number} stands before entry {number - 1} in the table")
        self.number, self.seq, self.head = number, seq, found
        fits = self._is_written_with_a_key(content, found)
        if not fits:
            self.altered.append(f"entry {_named(content)} was altered: its hash does not fit")
        return fits

    def _is_written_with_a_key(self, content: Sequence[Any], found: str) -> bool:
        """Keys follow one another: once a newer one was used, no older one counts any more."""
        for place, key in enumerate(self.keys):
            if fits(content, found, key):
                del self.keys[:place]
                return True
        return False

    def problems(self) -> Iterator[Problem]:
        if self.number > 1 and len(self.altered) >= self.number:
            yield Problem(
                self.study, "chain",
                f"none of its {self.number:,} entries was written with the key of this home",
                "Restore the file that TOXWATCH_AUDIT_KEY names from the backup; if it is the "
                "right one, all entries were written anew by somebody without it.",
            )  # fmt: skip
            return
        for what in (*self.altered, *self.torn):
            yield Problem(self.study, "chain", what)


def _gap(before: int, number: int) -> str:
    if number <= before:
        return f"entry {number} comes twice"
    if number == before + 2:
        return f"entry {number - 1} of the chain is missing"
    return f"entries {before + 1} to {number - 1} of the chain are missing"


def _named(content: Sequence[Any]) -> str:
    _, number, at, actor, _, action, kind, object_id, *_ = content
    return f"{number} ({at}, {actor}: {action} {kind} {object_id})"


def _json(text: str) -> Columns | None:
    """Return what an entry tells; None for nothing, or where somebody has altered it."""
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _folded(known: Columns, after: Columns | None) -> Columns | None:
    """Return the columns of an object after an entry; a text is told whole or by its hash."""
    if after is None:
        return None
    other = {n.removesuffix(HASH) if n.endswith(HASH) else n + HASH for n in after}
    return {name: value for name, value in known.items() if name not in other} | after
