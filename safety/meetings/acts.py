"""What people do with a meeting: checked, added to its events, told in the audit trail.

Which roles may is for the caller to check, but for those who vote and the chair who signs. Each act
is one transaction; of a refusal (WrongUseError) nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from safety.accounts.account import ACTIVE, EVERY
from safety.audit import key
from safety.decisions.decision import newest_snapshot
from safety.decisions.ground import levels_of, quoted
from safety.errors import WrongUseError
from safety.meetings import advised, read, rules
from safety.meetings.deeds import Agenda, Attend, Cancel, Cast, Deed, Note, Plan, Recommend
from safety.meetings.life import CANCELLED, CLOSED, OPEN, VOTING, Meeting
from safety.meetings.written import Writer
from safety.settings import Settings
from safety.signing.proposal import WAITING, proposals
from safety.signing.signature import Signature, Signed, sha256_of, sign
from safety.signing.signer import Signer
from safety.signing.transaction import writing
from safety.stamp import stamp
from safety.store import tables
from safety.store.read import Store
from safety.versioning import digest


@dataclass(frozen=True, slots=True)
class Room:
    """Where somebody acts: a study, the person, the moment."""

    settings: Settings
    studyid: str
    by: Signer
    now: datetime


def plan(room: Room, title: str, planned_on: str) -> str:
    """Plan a meeting; return its id."""
    said, at = Plan(title, planned_on), stamp(room.now)
    with _writing(room) as (connection, writer):
        table = tables.meeting
        number = select(func.count()).where(table.c.study == room.studyid)
        meeting_id = digest(room.studyid, str(connection.scalar(number)), at, title)[:32]
        writer.add_meeting({
            "meeting_id": meeting_id, "study": room.studyid, "title": title.strip(),
            "planned_on": planned_on, "state": "planned", "snapshot_id": None, "created_at": at,
            "created_by": room.by.actor, "revision": 0,
        })  # fmt: skip
        writer.add(meeting_id, said.kind, {"title": title.strip(), "planned_on": planned_on})
    return meeting_id


def open_(room: Room, meeting_id: str) -> Meeting:
    """Open a meeting on the newest snapshot of the study."""
    with _meeting(room, meeting_id) as (connection, writer, of):
        rules.require_state(of, "open")
        newest = _newest(connection, room.studyid)
        writer.add(meeting_id, "open", {"snapshot_id": newest})
        writer.move(meeting_id, state=OPEN, snapshot_id=newest)
        return read.meeting(connection, room.studyid, meeting_id)


def bind(room: Room, meeting_id: str) -> Meeting:
    """Let an open meeting look at the newest snapshot; what was recommended counts no more."""
    with _meeting(room, meeting_id) as (connection, writer, of):
        rules.require_state(of, "bind")
        newest = _newest(connection, room.studyid)
        if newest == of.snapshot_id:
            raise WrongUseError("the meeting looks at the newest snapshot already.")
        writer.add(meeting_id, "bind", {"before": of.snapshot_id, "after": newest})
        writer.move(meeting_id, snapshot_id=newest)
        return read.meeting(connection, room.studyid, meeting_id)


def do(room: Room, meeting_id: str, deed: Deed) -> Meeting:
    """Add what somebody does in a meeting; return the meeting as it is now."""
    with _meeting(room, meeting_id) as (connection, writer, of):
        rules.require(of, deed, room.by.username)
        if isinstance(deed, Attend) and deed.role in VOTING:
            _require_member(connection, room.studyid, deed)
        writer.add(meeting_id, deed.kind, _body(room, connection, of, deed))
        return read.meeting(connection, room.studyid, meeting_id)


def cancel(room: Room, meeting_id: str, reason: str) -> Meeting:
    """End a meeting without minutes, with the reason."""
    said = Cancel(reason.strip())
    with _meeting(room, meeting_id) as (connection, writer, of):
        rules.require_state(of, said.kind)
        rules.require_end(_waiting(connection, of))
        writer.add(meeting_id, said.kind, asdict(said), reason=said.reason)
        writer.move(meeting_id, state=CANCELLED)
        return read.meeting(connection, room.studyid, meeting_id)


def close(room: Room, meeting_id: str, seen: str) -> Signature:
    """Sign the minutes as the chair; return the signature. Nothing can be added afterwards.

    seen: the sha256 of the content that the chair has read; of anything else nothing is signed.
    """
    store = Store(room.settings.db_url)
    with _meeting(room, meeting_id) as (connection, writer, of):
        rules.require_state(of, "close")
        rules.require_end(_waiting(connection, of))
        cut = read.cut(store, of)
        rules.require_close(of, room.by.username, cut.quorum if cut else None)
        content = read.draft(connection, store, of)
        if sha256_of(content) != seen:
            raise WrongUseError(
                "the minutes are not what you have read: somebody added to them. Read them again, "
                "then sign. Nothing was signed."
            )
        what = Signed(read.MEETING, meeting_id, content)
        made = sign(connection, writer.trail, room.by, "approve", what, room.now)
        writer.add(meeting_id, "close", {
            "content": content, "content_sha256": seen, "signature_id": made.signature_id,
        })  # fmt: skip
        writer.move(meeting_id, state=CLOSED)
    return made


def _body(room: Room, connection: Connection, of: Meeting, deed: Deed) -> Mapping[str, Any]:
    """Return what the event of a deed keeps: all of it, and what the meeting knows beside it."""
    if isinstance(deed, Agenda | Note):
        return {"text": deed.text.strip()}
    if isinstance(deed, Cast):
        return {**asdict(deed), "username": room.by.username}
    if isinstance(deed, Recommend):
        return asdict(deed) | _beside(room, connection, of, deed)
    return asdict(deed)


def _beside(room: Room, connection: Connection, of: Meeting, deed: Recommend) -> dict[str, Any]:
    """Return what the design says of the snapshot, and whether a recommendation deviates."""
    store = Store(room.settings.db_url)
    shot = store.snapshot(of.study, of.snapshot_id)
    manifest = store.manifest(shot.snapshot_id)
    study = manifest.study if manifest else None
    rules.require_level(deed, levels_of(study))
    said = advised.short(quoted(connection, study, shot))
    deviates = advised.deviates(deed.option, deed.level, said)
    rules.require_deviation(deed, deviates=deviates)
    return {"advised": said, "deviates": deviates, "by": room.by.username}


def _require_member(connection: Connection, studyid: str, deed: Attend) -> None:
    """Raise WrongUseError unless a person who is to vote has an account with that role."""
    a, g = tables.account.c, tables.role_grant.c
    query = (
        select(a.name)
        .join(tables.role_grant, g.account_id == a.account_id)
        .where(a.username == deed.username, a.name == deed.name, a.state == ACTIVE)
        .where(g.role == deed.role, g.study.in_((studyid, EVERY)))
    )
    if connection.scalar(query.limit(1)) is None:
        raise WrongUseError(
            f"{deed.name} ({deed.username}) has no account with the role {deed.role} in this "
            "study: somebody else does not vote. Record a guest with another role."
        )


def _newest(connection: Connection, studyid: str) -> str:
    table = tables.snapshot.c
    if connection.scalar(select(table.seq).where(table.study == studyid).limit(1)) is None:
        raise WrongUseError(f"{studyid} has no snapshot that a meeting could look at.")
    return newest_snapshot(connection, studyid)


def _waiting(connection: Connection, of: Meeting) -> int:
    return len(proposals(connection, of.study, meeting_id=of.meeting_id, state=WAITING))


@contextmanager
def _meeting(room: Room, meeting_id: str) -> Iterator[tuple[Connection, Writer, Meeting]]:
    with _writing(room) as (connection, writer):
        yield connection, writer, read.meeting(connection, room.studyid, meeting_id)


@contextmanager
def _writing(room: Room) -> Iterator[tuple[Connection, Writer]]:
    trail = key.trail(room.settings)
    with writing(room.settings.db_url, room.studyid) as connection:
        yield connection, Writer(connection, trail, room.studyid, room.by.actor, stamp(room.now))
