"""What is new, changed and gone between two snapshots of a study, and what moved it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from safety.errors import WrongUseError
from safety.snapshots import as_of, causes, reading
from safety.snapshots.causes import Cause, Causes
from safety.snapshots.change import GROUPS, Cell, Change, compare
from safety.snapshots.inputs import Delivery, Inputs, way
from safety.store.read import Snapshot

ALERT_CELLS = ["KEY", "USUBJID", "RULE", "EPISODE", "STATE", "CONDITION", "TIER", "LEVEL",
               "VERIFIED", "TITLE"]  # fmt: skip
ORDER = [table for names in GROUPS.values() for table in names]


@dataclass(frozen=True, slots=True)
class Input:
    """One input that differs: deliveries (of which one side has none), rules, code, as_of ..."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """From snapshot `a` to snapshot `b`; b may be the earlier one."""

    a: Snapshot
    b: Snapshot
    inputs: tuple[Input, ...]
    changes: tuple[Change, ...]
    causes: Causes

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many rows are new, changed and gone, by group in the order of importance."""
        found: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
        for change in self.changes:
            found[change.group][change.what] += 1
        return {g: {w: n[w] for w in ("new", "changed", "gone")} for g, n in found.items() if n}

    def of(self, change: Change) -> tuple[Cause, ...]:
        """Return what moved a row: what gave each of its cells its last value, oldest first."""
        return causes.of(change, change.cells, self.causes)

    def of_cell(self, change: Change, cell: Cell) -> tuple[Cause, ...]:
        """Return what gave a cell of a row its last value."""
        return causes.of(change, [cell], self.causes)


def between(connection: Connection, a: Snapshot, b: Snapshot) -> Difference:
    """Return what differs from `a` to `b`, the most important first, then by subject.

    Raises WrongUseError for snapshots of two studies.
    """
    if a.study != b.study:
        raise WrongUseError(f"a difference needs one study, not {a.study} and {b.study}.")
    low, high = sorted((a.seq, b.seq))
    moved = reading.moved(connection, a.study, low, high)
    found = [*moved.changes, *_alerts(connection, a.study, low, high)]
    inputs = way(connection, a.study, low, high)
    shown = found if a.seq <= b.seq else [c.reversed() for c in found]
    shown.sort(key=lambda c: (ORDER.index(c.table), c.usubjid, c.key))
    differing = tuple(_inputs(inputs.of(a.seq), inputs.of(b.seq)))
    return Difference(a, b, differing, tuple(shown), causes.of_steps(moved.steps, inputs))


def _alerts(connection: Connection, study: str, low: int, high: int) -> list[Change]:
    told = (as_of.alerts(connection, study, seq)[ALERT_CELLS] for seq in (low, high))
    return compare("alert", *told)


def _inputs(a: Inputs, b: Inputs) -> list[Input]:
    names = {"rules": (a.rules, b.rules), "code": (a.code, b.code), "as_of": (a.as_of, b.as_of)}
    differing = [Input(name, *pair) for name, pair in names.items() if pair[0] != pair[1]]
    added = [Input("delivery", "", _told(d)) for d in b.new_since(a)]
    taken = [Input("delivery", _told(d), "") for d in a.new_since(b)]
    was, now = set(a.releases or ()), set(b.releases or ())
    let_in = [Input("release", "", key) for key in sorted(now - was)]
    withdrawn = [Input("release", key, "") for key in sorted(was - now)]
    return [*taken, *added, *differing, *let_in, *withdrawn]


def _told(delivery: Delivery) -> str:
    when = delivery.day or f"received {delivery.received_at}"
    return f"{delivery.seq}, feed {delivery.feed}, {when}"
