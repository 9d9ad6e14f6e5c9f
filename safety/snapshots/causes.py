"""What moved a row: the delivery that holds its newer state, or the records behind a result.

Pure. Where no delivery can have moved it, the rules, the code, the knowledge date or a release
did: it is said which of them differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from safety.snapshots.change import Change
from safety.snapshots.inputs import Delivery, Inputs, Other, Way
from safety.store.tables import RECORDS

Moved = Literal["delivery", "subject", "unknown"]
RECEIVED = {*RECORDS, "quarantine"}
# results of results: of which rows they are made, and what those share with them
THROUGH: dict[str, tuple[str, tuple[str, ...]]] = {
    "worst_grade": ("grade", ("USUBJID", "TERM", "DIRECTION")),
    "episode": ("grade", ("USUBJID", "TERM", "DIRECTION")),
    "verdict": ("rule_result", ("USUBJID",)),
}
Causes = dict[tuple[str, str], tuple["Cause", ...]]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a row moved.

    what: delivery (of the row or of a record behind it), subject (of other records of the
    subject), rules, code, as_of, releases, or unknown. file, row: where the newer row stands.
    record: key of the record that moved, of results only.
    """

    what: Moved | Other
    delivery: Delivery | None = None
    file: str = ""
    row: int | None = None
    record: str = ""


def of_changes(changes: Iterable[Change], way: Way) -> Causes:
    """Return the causes of every change, by table and key; alerts have their own history."""
    listed = [c for c in changes if c.table != "alert"]
    received = {(c.table, c.key): _of_row(c, way) for c in listed if c.table in RECEIVED}
    behind = _Behind(listed, received)
    results = {(c.table, c.key): behind.of(c, way) for c in listed if c.table not in RECEIVED}
    made = {(c.table, c.key): _through(c, listed, results) for c in listed if c.table in THROUGH}
    return received | results | {place: found for place, found in made.items() if found}


def _through(change: Change, changes: Iterable[Change], causes: Causes) -> tuple[Cause, ...]:
    """Return the causes of the rows that a result is made of, each once."""
    table, shared = THROUGH[change.table]
    found = [
        cause
        for c in changes
        if c.table == table and all(c.row[name] == change.row[name] for name in shared)
        for cause in causes[c.table, c.key]
    ]
    return tuple(dict.fromkeys(found))


def _of_row(change: Change, way: Way) -> tuple[Cause, ...]:
    """Return what moved a received row: the delivery that holds it, or no longer holds it."""
    before, now = way.step(change.seq)
    if now is None:
        return (Cause("unknown"),)
    row, new = change.row, now.new_since(before)
    if change.what != "gone":
        found = [d for d in _of_feed(row, new) if row.get("SRCFILE") in d.files]
        if found:
            return (Cause("delivery", found[-1], str(row["SRCFILE"]), row.get("SRCROW")),)
    of_domain = [d for d in _of_feed(row, new) if row.get("DOMAIN") in d.domains]
    found = of_domain or list(_of_feed(row, new))
    return (Cause("delivery", found[-1]),) if found else _others(now, before)


def _of_feed(row: Mapping[str, Any], new: Iterable[Delivery]) -> Iterator[Delivery]:
    """Yield the deliveries that may hold a row; a held row does not tell its feed."""
    for delivery in new:
        fits = row["FEED"] == delivery.feed if row.get("FEED") else True
        if fits and (row.get("FEED") or row.get("DOMAIN") in delivery.domains):
            yield delivery


def _others(now: Inputs, before: Inputs | None) -> tuple[Cause, ...]:
    return tuple(Cause(what) for what in now.others_since(before)) or (Cause("unknown"),)


class _Behind:
    """The records that moved, by their keys and by subject."""

    def __init__(
        self, changes: list[Change], received: Mapping[tuple[str, str], tuple[Cause, ...]]
    ) -> None:
        self._by_record: dict[str, list[Cause]] = {}
        self._by_subject: dict[str, dict[int, Cause]] = {}
        for change in changes:
            for cause in received.get((change.table, change.key), ()):
                self._note(change, cause)

    def _note(self, change: Change, cause: Cause) -> None:
        if cause.delivery is None:
            return
        told = Cause("delivery", cause.delivery, cause.file, cause.row, change.key)
        self._by_record.setdefault(change.key, []).append(told)
        of_subject = self._by_subject.setdefault(change.usubjid, {})
        of_subject.setdefault(cause.delivery.seq, Cause("subject", cause.delivery))

    def of(self, change: Change, way: Way) -> tuple[Cause, ...]:
        """Return what moved a result."""
        own = [cause for key in sorted(_records(change)) for cause in self._by_record.get(key, ())]
        if own:
            return tuple(own)
        before, now = way.step(change.seq)
        others = () if now is None else _others(now, before)
        of_subjects = [c for who in _subjects(change) for c in self._of_subject(who)]
        known = [c for c in others if c.what != "unknown"]
        if not change.usubjid and not of_subjects and now is not None:
            new, domain = now.new_since(before), change.row.get("DOMAIN")
            of_subjects = [Cause("delivery", d) for d in new if not domain or domain in d.domains]
        return (*of_subjects, *known) or (Cause("unknown"),)

    def _of_subject(self, usubjid: str) -> Iterator[Cause]:
        found = self._by_subject.get(usubjid, {})
        yield from (found[seq] for seq in sorted(found))


def _subjects(change: Change) -> list[str]:
    """Return the subjects that a result is about: of a pause those it counts."""
    if change.usubjid:
        return [change.usubjid]
    texts = [c.before for c in change.cells if c.column == "SUBJECTS"]
    listed = [json.loads(str(text)) for text in [*texts, change.row.get("SUBJECTS")] if text]
    return sorted({who for each in listed for who in each})


def _records(change: Change) -> set[str]:
    """Return the keys of the records that a result rests on, those it rested on too."""
    row = change.row
    found = {str(row[c]) for c in ("MKEY", "RECORD") if row.get(c)}
    if change.table == "event_grade":
        found.add(change.key)
    before = [c.before for c in change.cells if c.column == "EVIDENCE"]
    for text in [*before, row.get("EVIDENCE")]:
        found |= {e["record"] for e in json.loads(str(text))} if text else set()
    return found
