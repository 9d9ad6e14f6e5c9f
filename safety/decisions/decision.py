"""Decisions as the database has them, and which of them count: the newest of a scope."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, select

from safety.decisions.basis import Basis
from safety.decisions.moves import moves
from safety.errors import WrongUseError
from safety.store import tables

ADJUDICATION, DOSE, OTHER = "adjudication", "dose", "other"
KINDS = (ADJUDICATION, DOSE, OTHER)
STOP = "stop"  # as next_level: nobody is to be treated
SHORT = 12  # characters of an id that name it


@dataclass(frozen=True, slots=True)
class Decision:
    """What a named user decided. usubjid, doselvl: what it is about, "" for none.

    next_level: of the next subjects, by a dose decision that says so; STOP if there is to be none.
    quoted: the recommendation that it was made on, as JSON, "" for none.
    """

    decision_id: str
    study: str
    kind: str
    usubjid: str
    doselvl: str
    statement: str
    actor: str
    reason: str
    at: str
    snapshot_id: str
    basis: Basis
    next_level: str = ""
    quoted: str = ""

    @property
    def scope(self) -> tuple[str, ...]:
        """What a newer decision of takes the place of this one; other decisions stand alone."""
        about = (self.kind, self.usubjid, self.doselvl)
        return (*about, self.decision_id) if self.kind == OTHER else about

    @property
    def about(self) -> str:
        """What it is, in words."""
        level = f"dose level {self.doselvl}" if self.doselvl else ""
        whom = " ".join(text for text in (self.usubjid, level) if text) or "the study"
        name = {ADJUDICATION: "adjudication of", DOSE: "dose decision on"}.get(self.kind)
        return f"{name or 'decision on'} {whom}"


@dataclass(frozen=True, slots=True)
class Question:
    """That the cells a decision rests on are not, or are again, as they were. cells: all of now."""

    id: int
    decision_id: str
    snapshot_id: str
    at: str
    cells: tuple[dict[str, Any], ...]
    deliveries: tuple[int, ...]


def decisions(connection: Connection, study: str) -> list[Decision]:
    """Return every decision of a study, oldest first."""
    table = tables.decision
    query = select(*(table.c[f.name] for f in fields(Decision))).where(table.c.study == study)
    rows = connection.execute(query.order_by(table.c.at, table.c.decision_id)).mappings()
    return [Decision(**{**row, "basis": json.loads(row["basis"])}) for row in rows]


def questions(connection: Connection, study: str) -> dict[str, list[Question]]:
    """Return the questions of a study by decision, oldest first."""
    table, d = tables.question, tables.decision
    query = (
        select(table)
        .join(d, d.c.decision_id == table.c.decision_id)
        .where(d.c.study == study)
        .order_by(table.c.id)
    )
    found: dict[str, list[Question]] = {}
    for row in connection.execute(query).mappings():
        listed = {name: tuple(json.loads(row[name])) for name in ("cells", "deliveries")}
        found.setdefault(row["decision_id"], []).append(Question(**{**row, **listed}))
    return found


def counting(known: Iterable[Decision]) -> set[str]:
    """Return ids of the decisions that no newer one has answered. known: oldest first.

    One of the same scope answers whatever is asked. A dose decision on another level answers only
    what it was made on too: it rests on the same subjects, and its own basis does not call the
    earlier one in question.
    """
    listed = list(known)
    newest = {each.scope: each for each in listed}
    return {each.decision_id for each in newest.values() if not _covering(each, listed)}


def covered(of: Decision, known: Iterable[Decision]) -> list[Decision]:
    """Return the earlier dose decisions on other levels that a decision has answered."""
    listed = list(known)
    newest = {each.scope: each for each in listed}.values()
    return [each for each in newest if of in _covering(each, listed)]


def _covering(of: Decision, known: list[Decision]) -> list[Decision]:
    """Return newer dose decisions whose ground is that of an earlier one, whatever their level."""
    if of.kind != DOSE:
        return []
    later = known[known.index(of) + 1 :]
    return [each for each in later if each.kind == DOSE and not moves("", of.basis, each.basis)]


def find(connection: Connection, study: str, prefix: str) -> Decision:
    """Return the decision whose id begins so; raise WrongUseError for none or several."""
    known = decisions(connection, study)
    found = [d for d in known if prefix and d.decision_id.startswith(prefix)]
    if len(found) != 1:
        what = "several decisions begin" if found else "no decision begins"
        listed = ", ".join(f"{d.decision_id[:SHORT]} ({d.about})" for d in found or known)
        raise WrongUseError(f"{study}: {what} with {prefix!r}; there are: {listed or 'none'}.")
    return found[0]


def newest_snapshot(connection: Connection, study: str) -> str:
    """Return the id of the newest snapshot of a study that has one."""
    table = tables.snapshot
    query = select(table.c.snapshot_id).where(table.c.study == study)
    return str(connection.scalar(query.order_by(table.c.seq.desc()).limit(1)))
