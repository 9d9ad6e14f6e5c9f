"""What moved a row: the delivery that holds its newer state, or the records behind a result.

Pure. Causes are found step by step: a snapshot can only be moved by what it has and the one before
had not. Where no delivery can have moved it, the rules, the code, the knowledge date or a release
did: it is said which of them differ.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from safety.snapshots.change import Cell, Change
from safety.snapshots.inputs import Delivery, Other, Way
from safety.store.tables import RECORDS

Moved = Literal["delivery", "subject", "unknown"]
RECEIVED = {*RECORDS, "quarantine"}
# results of results: of which rows they are made, and what those share with them
THROUGH: dict[str, tuple[str, tuple[str, ...]]] = {
    "worst_grade": ("grade", ("USUBJID", "TERM", "DIRECTION")),
    "episode": ("grade", ("USUBJID", "TERM", "DIRECTION")),
    "verdict": ("rule_result", ("USUBJID",)),
}
OfStep = dict[tuple[str, str], tuple["Cause", ...]]  # by table and key
Causes = dict[tuple[int, str, str], tuple["Cause", ...]]  # by sequence, table and key


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


@dataclass(frozen=True, slots=True)
class _Step:
    """What a snapshot has that the one before had not: deliveries, and other inputs.

    is_known: False of a snapshot whose inputs are not at hand.
    """

    new: tuple[Delivery, ...]
    others: tuple[Cause, ...]
    is_known: bool

    @classmethod
    def to(cls, way: Way, seq: int) -> _Step:
        before, now = way.step(seq)
        if now is None:
            return cls((), (), is_known=False)
        others = tuple(Cause(what) for what in now.others_since(before))
        return cls(now.new_since(before), others, is_known=True)


def of_steps(steps: Iterable[Change], way: Way) -> Causes:
    """Return the causes of what each snapshot did to a row; alerts have their own history."""
    by_seq: dict[int, list[Change]] = defaultdict(list)
    for change in steps:
        by_seq[change.seq].append(change)
    return {
        (seq, *place): found
        for seq, changes in by_seq.items()
        for place, found in _of_step(changes, _Step.to(way, seq)).items()
    }


def of(change: Change, cells: Iterable[Cell], known: Causes) -> tuple[Cause, ...]:
    """Return what gave cells of a row their last value, oldest first, each cause once."""
    seqs = sorted({cell.seq or change.seq for cell in cells})
    found = (cause for seq in seqs for cause in known.get((seq, change.table, change.key), ()))
    return tuple(dict.fromkeys(found))


def _of_step(changes: list[Change], step: _Step) -> OfStep:
    received = {(c.table, c.key): _of_row(c, step) for c in changes if c.table in RECEIVED}
    behind = _Behind(changes, received)
    results = {(c.table, c.key): behind.of(c, step) for c in changes if c.table not in RECEIVED}
    return received | results | _through(changes, results)


def _through(changes: list[Change], results: OfStep) -> OfStep:
    """Return the causes of results of results: those of the rows they are made of, each once."""
    parts: dict[tuple[str, ...], dict[Cause, None]] = defaultdict(dict)
    sources = set(THROUGH.values())
    for change in changes:
        for table, shared in sources:
            if change.table == table:
                own = dict.fromkeys(results[change.table, change.key])
                parts[_part(table, shared, change)].update(own)
    made = {(c.table, c.key): parts.get(_part(*THROUGH[c.table], c)) for c in changes
            if c.table in THROUGH}  # fmt: skip
    return {place: tuple(found) for place, found in made.items() if found}


def _part(table: str, shared: tuple[str, ...], change: Change) -> tuple[str, ...]:
    return (table, *(str(change.row[name]) for name in shared))


def _of_row(change: Change, step: _Step) -> tuple[Cause, ...]:
    """Return what moved a received row: the delivery that holds it, or no longer holds it."""
    if not step.is_known:
        return (Cause("unknown"),)
    row = change.row
    if change.what != "gone":
        found = [d for d in _of_feed(row, step.new) if row.get("SRCFILE") in d.files]
        if found:
            return (Cause("delivery", found[-1], str(row["SRCFILE"]), row.get("SRCROW")),)
    of_domain = [d for d in _of_feed(row, step.new) if row.get("DOMAIN") in d.domains]
    found = of_domain or list(_of_feed(row, step.new))
    return (Cause("delivery", found[-1]),) if found else step.others or (Cause("unknown"),)


def _of_feed(row: Mapping[str, Any], new: Iterable[Delivery]) -> Iterator[Delivery]:
    """Yield the deliveries that may hold a row; a held row does not tell its feed."""
    for delivery in new:
        fits = row["FEED"] == delivery.feed if row.get("FEED") else True
        if fits and (row.get("FEED") or row.get("DOMAIN") in delivery.domains):
            yield delivery


class _Behind:
    """The records that moved, by their keys and by subject."""

    def __init__(self, changes: list[Change], received: OfStep) -> None:
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

    def of(self, change: Change, step: _Step) -> tuple[Cause, ...]:
        """Return what moved a result."""
        own = [cause for key in sorted(_records(change)) for cause in self._by_record.get(key, ())]
        if own:
            return tuple(own)
        of_subjects = [c for who in _subjects(change) for c in self._of_subject(who)]
        if not change.usubjid and not of_subjects:
            domain = change.row.get("DOMAIN")
            of_domain = [d for d in step.new if not domain or domain in d.domains]
            of_subjects = [Cause("delivery", d) for d in of_domain]
        return (*of_subjects, *step.others) or (Cause("unknown"),)

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
