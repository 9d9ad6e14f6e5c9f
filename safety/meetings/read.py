"""Meetings as the database has them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from safety.decisions.decision import SHORT
from safety.errors import WrongUseError
from safety.meetings.life import CLOSED, Event, Meeting, folded
from safety.meetings.minutes import Cut, Minutes, content
from safety.signing.proposal import proposals
from safety.signing.signature import bound, signatures, valid
from safety.store import tables
from safety.store.read import Store

MEETING = "meeting"  # as object_type of a signature
COLUMNS = ["MEETING", "TITLE", "PLANNED_ON", "STATE", "SNAPSHOT", "CREATED_BY", "CREATED_AT"]


@dataclass(frozen=True, slots=True)
class Last:
    """The last meeting whose minutes were signed, and the snapshot that it looked at."""

    meeting_id: str
    title: str
    closed_at: str
    snapshot_id: str
    seq: int
    as_of: str


def listing(connection: Connection, study: str) -> pd.DataFrame:
    """Return the meetings of a study, newest first; ids are whole, SNAPSHOT "" while planned."""
    m = tables.meeting.c
    query = (
        select(m.meeting_id, m.title, m.planned_on, m.state, m.snapshot_id, m.created_by,
               m.created_at)
        .where(m.study == study)
        .order_by(m.planned_on.desc(), m.created_at.desc(), m.meeting_id)
    )  # fmt: skip
    rows = [tuple(value or "" for value in row) for row in connection.execute(query)]
    return pd.DataFrame(rows, columns=COLUMNS)


def meeting(connection: Connection, study: str, meeting_id: str) -> Meeting:
    """Return a meeting after all of its events; raise WrongUseError for none."""
    m, e = tables.meeting.c, tables.meeting_event.c
    query = (
        select(e.kind, e.actor, e.at, e.body)
        .join(tables.meeting, m.meeting_id == e.meeting_id)
        .where(m.study == study, m.meeting_id == meeting_id)
        .order_by(e.id)
    )
    rows = connection.execute(query).all()
    if not rows:
        raise WrongUseError(f"{study} has no meeting {meeting_id[:SHORT]!r}.")
    events = [Event(r.kind, r.actor, r.at, json.loads(r.body)) for r in rows]
    return folded(meeting_id, study, events)


def minutes(connection: Connection, store: Store, of: Meeting) -> Minutes:
    """Return the minutes of a meeting: as they were signed, or a draft of what they are now."""
    if of.state != CLOSED:
        return Minutes(draft(connection, store, of), [], is_final=False)
    signed = dict(of.signed["content"])
    found = [(s, valid(s, signed)) for s in signatures(connection, MEETING, of.meeting_id)]
    is_final = any(is_valid and s.meaning == "approve" for s, is_valid in found)
    return Minutes(signed, found, is_final=is_final)


def draft(connection: Connection, store: Store, of: Meeting) -> dict[str, object]:
    """Return the content of the minutes as it is now."""
    made = proposals(connection, of.study, meeting_id=of.meeting_id)
    return content(of, cut(store, of), made)


def cut(store: Store, of: Meeting) -> Cut | None:
    """Return the data that a meeting looks at, None before it is opened."""
    if not of.snapshot_id:
        return None
    shot = store.snapshot(of.study, of.snapshot_id)
    manifest = store.manifest(shot.snapshot_id)
    study = manifest.study if manifest else None
    version = study.protocol.version if study and study.protocol else ""
    quorum = study.committee.quorum if study and study.committee else None
    head = {"title": study.title if study else "", "protocol": version,
            "notice": study.notice if study else "", "ctcae": shot.ctcae}  # fmt: skip
    return Cut(bound(shot), head, quorum)


def last(connection: Connection, study: str) -> Last | None:
    """Return the last meeting of a study that was closed, None if there is none."""
    m, s, e = tables.meeting.c, tables.snapshot.c, tables.meeting_event.c
    query = (
        select(m.meeting_id, m.title, e.at, s.snapshot_id, s.seq, s.as_of)
        .join(tables.snapshot, s.snapshot_id == m.snapshot_id)
        .join(tables.meeting_event, (e.meeting_id == m.meeting_id) & (e.kind == "close"))
        .where(m.study == study, m.state == CLOSED)
        .order_by(e.id.desc())
    )
    found = connection.execute(query.limit(1)).first()
    return Last(*found) if found else None
