"""The life of a held row and of a query: states, what may be done in each, what a snapshot does.

Pure: the items that are known and the facts of a snapshot go in, changes come out.

    held_row: held -> asked | released | expired; gone when nothing holds the row any more
    query:    open -> sent -> answered -> closed; reopened by new data or by a person
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["held_row", "query"]
ABSENT = ""  # fingerprint of an item that the newest snapshot does not have
ASSIGN = "assign"  # changes the owner, not the state


@dataclass(frozen=True, slots=True)
class Act:
    """What a named user may do: in which states, and the state after it."""

    before: frozenset[str]
    after: str


@dataclass(frozen=True, slots=True)
class Life:
    """The states of a kind of item.

    first: of a new item; settled: in which it stays while nothing about it changes; again: where
    a settled item goes when something does; end: where it goes when its cause is gone.
    """

    first: str
    settled: frozenset[str]
    again: str
    end: str
    acts: dict[str, Act]


def _act(before: str, after: str) -> Act:
    return Act(frozenset(before.split()), after)


LIVES: dict[Kind, Life] = {
    "held_row": Life(
        "held", frozenset({"released", "expired"}), "held", "gone",
        {
            "ask": _act("held", "asked"),
            "release": _act("held asked expired", "released"),
            "withdraw": _act("released", "held"),
            "expire": _act("held asked", "expired"),
        },
    ),
    "query": Life(
        "open", frozenset({"answered", "closed"}), "reopened", "closed",
        {
            "send": _act("open reopened", "sent"),
            "answer": _act("sent", "answered"),
            "close": _act("open sent answered reopened", "closed"),
            "reopen": _act("sent answered closed", "reopened"),
        },
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """What a snapshot says of an item. fingerprint: changes with what is wrong, never empty.

    refused: why a release by a person does not let the row in any more, "" if it does or if there
    is none.
    """

    kind: Kind
    key: str
    usubjid: str
    fingerprint: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A held row or a query, from the snapshot that first had it on.

    times_seen: snapshots that have it, last_as_of and last_snapshot: the newest of these.
    fingerprint: of what it said there, ABSENT while the newest snapshot has it no more. revision:
    counts its changes of state, owner and fingerprint.
    """

    kind: Kind
    key: str
    usubjid: str
    state: str
    owner: str
    first_as_of: str
    first_snapshot: str
    last_as_of: str
    last_snapshot: str
    times_seen: int
    fingerprint: str
    revision: int


@dataclass(frozen=True, slots=True)
class Change:
    """An item as it is now, with the state before; action and reason of its event.

    action: "" if there is nothing to tell: it was seen once more.
    """

    item: Item
    before: str
    action: str = ""
    reason: str = ""


def advance(
    known: Iterable[Item],
    facts: Iterable[Fact],
    snapshot: tuple[str, str],
    owners: Mapping[Kind, str],
    causes: Mapping[str, str],
) -> list[Change]:
    """Return what a snapshot (id, as_of) changes; the same snapshot a second time changes nothing.

    owners: of new items by kind. causes: why a row is held no more, by its key.
    """
    items = {(i.kind, i.key): i for i in known}
    changes = []
    for fact in facts:
        item = items.pop((fact.kind, fact.key), None)
        if item is None:
            changes.append(_new(fact, snapshot, owners[fact.kind]))
        elif item.last_snapshot != snapshot[0]:
            changes.append(_seen(item, fact, snapshot))
    return [*changes, *(_gone(i, causes) for i in items.values() if i.fingerprint != ABSENT)]


def _new(fact: Fact, snapshot: tuple[str, str], owner: str) -> Change:
    (snapshot_id, as_of), first = snapshot, LIVES[fact.kind].first
    item = Item(
        fact.kind, fact.key, fact.usubjid, first, owner, as_of, snapshot_id, as_of, snapshot_id, 1,
        fact.fingerprint, 1,
    )  # fmt: skip
    return Change(item, "", "open", "found by the checks")


def _seen(item: Item, fact: Fact, snapshot: tuple[str, str]) -> Change:
    """Count an item that is still there; one that was settled comes back if it is not the same."""
    life = LIVES[item.kind]
    state, reason = item.state, ""
    differs = item.fingerprint != fact.fingerprint
    if item.fingerprint == ABSENT:
        state, reason = life.again, "it came back"
    elif item.state in life.settled and differs:
        state, reason = life.again, "what it says has changed"
    elif item.state in life.settled and fact.refused:
        state, reason = life.again, fact.refused
    now = replace(
        item, state=state, fingerprint=fact.fingerprint, last_snapshot=snapshot[0],
        last_as_of=snapshot[1], times_seen=item.times_seen + 1,
        revision=item.revision + (differs or state != item.state),
    )  # fmt: skip
    return Change(now, item.state, "return" if reason else "", reason)


def _gone(item: Item, causes: Mapping[str, str]) -> Change:
    """End an item whose cause is gone; one that a person closed stays as it is."""
    end = LIVES[item.kind].end
    now = replace(item, state=end, fingerprint=ABSENT, revision=item.revision + 1)
    if item.state == end:
        return Change(now, item.state)
    why = causes.get(item.key) or "the newest data give no reason for it any more"
    return Change(now, item.state, "settle", why)


def act(item: Item, name: str) -> Item | None:
    """Return an item after what a person did, None if its state does not allow it."""
    done = LIVES[item.kind].acts[name]
    if item.state not in done.before:
        return None
    return replace(item, state=done.after, revision=item.revision + 1)


def allowed(item: Item) -> list[str]:
    """Return what a person may do with an item now, without `assign`, which always may be done."""
    return [name for name, a in LIVES[item.kind].acts.items() if item.state in a.before]
