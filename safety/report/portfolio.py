"""Studies side by side: what asks for somebody, counted over all of them at once.

Every count is one query over all studies, so that hundreds of them take no longer than one page
may. What is told of subjects is the summary of the newest snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from safety.alerts.states import OPEN, RESOLVED
from safety.decisions import decision as decided
from safety.meetings import life
from safety.signing.proposal import WAITING
from safety.stamp import stamp
from safety.store import tables
from safety.store.read import Snapshot
from safety.store.receipts import HELD
from safety.worklist.listing import ENDED

Counts = Mapping[str, int]
TIERS = ("P1", "P2", "P3", "P4")
PUT_ASIDE = frozenset({"released", "expired"})  # a held row that somebody has dealt with


@dataclass(frozen=True, slots=True)
class Line:
    """A study in the portfolio; counts as they stand now, and not of the snapshot.

    held: feeds of which newer data wait. alerts: that are not resolved, by tier; overdue: of them
    those that nobody acknowledged in time. in_question: decisions. proposals: that wait for the
    second person. meetings: (state, planned day) of those that are planned or open.
    """

    newest: Snapshot
    held: tuple[str, ...]
    alerts: Counts
    overdue: int
    queries: int
    held_rows: int
    in_question: int
    proposals: int
    meetings: tuple[tuple[str, str], ...]


def lines(connection: Connection, studies: Collection[str], now: datetime) -> list[Line]:
    """Return the studies that have a snapshot, by id. now: by which an alert is overdue."""
    newest = _newest(connection, studies)
    held = _held(connection, newest)
    a, w, p = tables.alert.c, tables.work_item.c, tables.proposal.c
    tiers = {tier: _count(connection, a.study, studies, a.state != RESOLVED, a.tier == tier)
             for tier in TIERS}  # fmt: skip
    overdue = _count(connection, a.study, studies, a.state == OPEN, a.due_at != "",
                     a.due_at <= stamp(now))  # fmt: skip
    items = {
        kind: _count(connection, w.study, studies, w.kind == kind, w.state.not_in(ended))
        for kind, ended in (("query", ENDED), ("held_row", ENDED | PUT_ASIDE))
    }
    waiting = _count(connection, p.study, studies, p.state == WAITING)
    asked, met = _in_question(connection, studies), _meetings(connection, studies)
    return [
        Line(n, held[n.study], {tier: of.get(n.study, 0) for tier, of in tiers.items()},
             overdue.get(n.study, 0), items["query"].get(n.study, 0),
             items["held_row"].get(n.study, 0), asked.get(n.study, 0), waiting.get(n.study, 0),
             tuple(met.get(n.study, ())))
        for n in newest
    ]  # fmt: skip


def _count(
    connection: Connection, study: ColumnElement[str], studies: Collection[str],
    *where: ColumnElement[bool],
) -> dict[str, int]:  # fmt: skip
    query = select(study, func.count()).where(study.in_(studies), *where).group_by(study)
    return {row[0]: row[1] for row in connection.execute(query)}


def _newest(connection: Connection, studies: Collection[str]) -> list[Snapshot]:
    t = tables.snapshot.c
    last = select(func.max(t.seq)).where(t.study.in_(studies)).group_by(t.study)
    columns = [t[f.name] for f in fields(Snapshot)]  # not the manifest, which is large
    query = select(*columns).where(t.seq.in_(last)).order_by(t.study)
    return [
        Snapshot(**row | {name: json.loads(row[name]) for name in ("header", "summary")})
        for row in (dict(each) for each in connection.execute(query).mappings())
    ]


def _held(connection: Connection, newest: Sequence[Snapshot]) -> dict[str, tuple[str, ...]]:
    """Return by study the feeds of which a file, or the newest delivery, is held."""
    d = tables.delivery.c
    last = select(func.max(d.seq)).group_by(d.study, d.feed)
    query = select(d.study, d.feed, d.seq).where(d.seq.in_(last), d.status == HELD)
    whole: dict[str, list[tuple[str, int]]] = {}
    for row in connection.execute(query):
        whole.setdefault(row.study, []).append((row.feed, row.seq))
    return {n.study: _feeds(n, whole.get(n.study, [])) for n in newest}


def _feeds(newest: Snapshot, whole: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    told = {feed["feed"] for feed in newest.summary.get("feeds", []) if feed["held"]}
    since = {feed for feed, seq in whole if seq > newest.delivery_seq or feed not in told}
    return tuple(sorted(told | since))


def _in_question(connection: Connection, studies: Collection[str]) -> dict[str, int]:
    """Return how many decisions of each study newer data call in question."""
    q, d = tables.question.c, tables.decision.c
    last = select(func.max(q.id)).group_by(q.decision_id)
    query = (
        select(d.study, q.decision_id)
        .join(tables.decision, d.decision_id == q.decision_id)
        .where(q.id.in_(last), q.cells != "[]", d.study.in_(studies))
    )
    asked: dict[str, set[str]] = {}
    for study, decision_id in connection.execute(query):
        asked.setdefault(study, set()).add(decision_id)
    return {
        study: len(ids & decided.counting(decided.decisions(connection, study)))
        for study, ids in asked.items()
    }


def _meetings(connection: Connection, studies: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    m = tables.meeting.c
    ahead = m.state.in_([life.PLANNED, life.OPEN])
    query = select(m.study, m.state, m.planned_on).where(m.study.in_(studies), ahead)
    found: dict[str, list[tuple[str, str]]] = {}
    for study, state, day in connection.execute(query.order_by(m.planned_on)):
        found.setdefault(study, []).append((state, day))
    return found
