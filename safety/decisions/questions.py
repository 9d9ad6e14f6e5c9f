"""At each snapshot: which decisions do newer data call in question, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select

from safety.alerts.fact import AlertFact, alert
from safety.audit import record
from safety.audit.trail import Trail
from safety.decisions import decision as decided
from safety.decisions.basis import collect
from safety.decisions.decision import SHORT, Decision, Question
from safety.decisions.moves import Move, moves
from safety.decisions.stored import Stored
from safety.snapshots import causes, reading
from safety.snapshots.causes import Cause, Causes
from safety.snapshots.change import Change
from safety.snapshots.inputs import way
from safety.store import tables
from safety.store.tables import RECORDS
from safety.study.model import Study
from safety.versioning import canonical_json

QUESTION, TIER = "QUESTION", "P1"
MOST = 20  # lines of cells in an alert


def add(connection: Connection, study: Study, snapshot_id: str, trail: Trail, at: str) -> None:
    """Write a question for each decision whose basis moved since it was last told.

    Called in the transaction of the snapshot, whose rows must be there. A decision that a newer
    one has answered (`decision.counting`) is not looked at any more. at: UTC, ISO 8601.
    """
    known = decided.decisions(connection, study.studyid)
    if not known:
        return
    told = decided.questions(connection, study.studyid)
    counting = decided.counting(known)
    shots = _of_snapshots(connection, study.studyid)
    seqs = {each: seq for each, (seq, _) in shots.items()}
    spans = _Spans(connection, study.studyid, seqs)
    rows = [
        row
        for each in known
        if each.decision_id in counting
        for row in _asked(connection, each, told.get(each.decision_id, []), spans, snapshot_id)
    ]
    added = record.insert_rows(connection, tables.question, [row | {"at": at} for row in rows])
    trail.append(connection, [
        record.added(tables.question, row, study.studyid, "question", snapshot_id=snapshot_id)
        for row in added
    ], at)  # fmt: skip


def _of_snapshots(connection: Connection, study: str) -> dict[str, tuple[int, str]]:
    """Return sequence and as_of of the snapshots of a study by id."""
    table = tables.snapshot
    query = select(table.c.snapshot_id, table.c.seq, table.c.as_of).where(table.c.study == study)
    return {row.snapshot_id: (row.seq, row.as_of) for row in connection.execute(query)}


def _asked(
    connection: Connection, of: Decision, told: Sequence[Question], spans: _Spans, snapshot_id: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the question that a snapshot asks of a decision, if it asks a new one."""
    since = spans.seqs[told[-1].snapshot_id if told else of.snapshot_id]
    seq = spans.seqs[snapshot_id]
    if seq <= since:
        return []
    now = collect(of.usubjid, Stored(connection, of.study, seq), of.basis)
    found = moves(of.usubjid, of.basis, now)
    before = [Move(**cell) for cell in told[-1].cells] if told else []
    if found == before:
        return []
    by = spans.deliveries(since, seq, set(found) ^ set(before))
    return [{
        "decision_id": of.decision_id, "snapshot_id": snapshot_id,
        "cells": canonical_json([asdict(move) for move in found]), "deliveries": canonical_json(by),
    }]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Spans:
    """What moved from one snapshot to another; each span is read once for all decisions."""

    connection: Connection
    study: str
    seqs: dict[str, int]  # of snapshots, by id
    known: dict[tuple[int, int], tuple[list[Change], Causes]] = field(default_factory=dict)

    def deliveries(self, low: int, high: int, moved: Iterable[Move]) -> list[int]:
        """Return the sequences of the deliveries that moved cells; none if rules or code did."""
        if (low, high) not in self.known:
            read = reading.moved(self.connection, self.study, low, high)
            steps = way(self.connection, self.study, low, high)
            self.known[low, high] = read.changes, causes.of_steps(read.steps, steps)
        changes, by = self.known[low, high]
        found = (c for move in moved for change in changes for c in _causes(move, change, by))
        return sorted({cause.delivery.seq for cause in found if cause.delivery is not None})


def _causes(move: Move, change: Change, by: Causes) -> tuple[Cause, ...]:
    """Return what moved a cell, if the change is of its row, or of the record cited in addition."""
    if move.column == "CITES" and change.key == move.after and change.table in RECORDS:
        return causes.of(change, change.cells, by)
    if (change.table, change.key) != (move.table, move.key) and not _same_trigger(change, move):
        return ()
    own = [cell for cell in change.cells if cell.column == move.column]
    return causes.of(change, own or change.cells, by)


def _same_trigger(change: Change, move: Move) -> bool:
    """Return whether a row is of a trigger that moved: its own key tells one record more."""
    of_it = move.key.rpartition("#")[0]
    return change.table == move.table == "trigger" and change.key.startswith(of_it)


def facts(connection: Connection, study: Study) -> list[AlertFact]:
    """Return an alert for each decision that is in question now.

    Where the basis is as it was again there is none: its alert is cleared, as loudly as it was
    raised. One that a newer decision has answered is over.
    """
    known = decided.decisions(connection, study.studyid)
    if not known:
        return []
    told, counting = decided.questions(connection, study.studyid), decided.counting(known)
    shots = _of_snapshots(connection, study.studyid)
    days = {snapshot_id: as_of for snapshot_id, (_, as_of) in shots.items()}
    return [
        replace(
            _fact(study, each, asked, days, decided.covered(each, known)),
            over=each.decision_id not in counting,
        )
        for each in known
        if (asked := told.get(each.decision_id, [])) and asked[-1].cells
    ]


def _fact(
    study: Study, of: Decision, asked: Sequence[Question], days: dict[str, str],
    covered: Iterable[Decision],
) -> AlertFact:  # fmt: skip
    last = asked[-1]
    cells = [said(cell) for cell in last.cells]
    more = [f"and {len(cells) - MOST} more cells"] if len(cells) > MOST else []
    back = [f"As decided again: {place}" for place in _back(asked)]
    by = ", ".join(str(seq) for seq in last.deliveries)
    lines = [
        f"Called in question: {of.about}",
        f"Decided: {of.statement}",
        f"By {of.actor}, {of.at}, on {_named(of.snapshot_id, days)}",
        f"Reason given: {of.reason}",
        f"It rests on what is not so in {_named(last.snapshot_id, days)}:",
        *cells[:MOST],
        *more,
        *back,
        f"Moved by delivery {by}" if by else "Moved by no delivery: rules, code or as of changed",
        *(f"It rests on the ground of the {d.about} too, decided {d.at}" for d in covered),
        f"Decision {of.decision_id[:SHORT]}; a newer one of the same scope answers this",
    ]
    return alert(
        study, of.usubjid, QUESTION, of.decision_id, TIER, len(asked), verified=True, lines=lines
    )


def _named(snapshot_id: str, days: dict[str, str]) -> str:
    return f"snapshot {snapshot_id[:SHORT]} (as of {days[snapshot_id]})"


def said(cell: dict[str, Any]) -> str:
    """Return a cell that moved in words."""
    before, after = ("none" if cell[n] is None else cell[n] for n in ("before", "after"))
    column = f" {cell['column']}" if cell["column"] else ""
    return f"{cell['table']} {cell['key']}:{column} {before} -> {after}"


def _back(asked: Sequence[Question]) -> list[str]:
    """Return the cells that the question before had, and the last has not."""
    if len(asked) == 1:
        return []
    now = {(c["table"], c["key"], c["column"]) for c in asked[-1].cells}
    places = [(c["table"], c["key"], c["column"]) for c in asked[-2].cells]
    return [f"{t} {k} {c}".rstrip() for t, k, c in places if (t, k, c) not in now]
