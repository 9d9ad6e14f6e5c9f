"""Two people decide: one proposes and signs as author, another confirms and signs, or refuses.

Which roles may is for the caller to check. That the two are two is checked here.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, update

from safety import signed
from safety.audit import key, record
from safety.decisions import record as recording
from safety.decisions.decision import OTHER, Decision
from safety.decisions.ground import ground
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.signing import still
from safety.signing.proposal import (
    CONFIRMED,
    PROPOSAL,
    REFUSED,
    WAITING,
    WITHDRAWN,
    Proposal,
    answer_to,
    content_of,
    find,
)
from safety.signing.signature import Meaning, Signed, sha256_of, sign
from safety.signing.signer import Signer
from safety.signing.transaction import writing
from safety.store import tables
from safety.store.read import Store
from safety.versioning import canonical_json, digest

ACTIONS = {CONFIRMED: "confirm", REFUSED: "refuse", WITHDRAWN: "withdraw"}
ANSWERS: dict[str, Meaning] = {CONFIRMED: "confirm", REFUSED: "refuse"}


def propose(
    settings: Settings, studyid: str, by: Signer, said: Statement, snapshot: str, reason: str,
    *, now: datetime, meeting_id: str = "",
) -> Proposal:  # fmt: skip
    """Sign as author what should be decided on a snapshot; return it, waiting for somebody else.

    snapshot: its id. Raises WrongUseError, and writes nothing, for what is not in the snapshot or
    has moved since, for a scope of which a proposal waits already, and for a meeting that is not
    open on the same snapshot.
    """
    _require_two(said)
    told = signed.sign(by.name, reason, now)
    store = Store(settings.db_url)
    shot = store.snapshot(studyid, snapshot)
    trail = key.trail(settings)
    with writing(settings.db_url, studyid) as connection:
        on = ground(connection, store, shot, said)
        still.require(connection, said.usubjid, on)
        still.require_meeting(connection, studyid, meeting_id, shot)
        still.require_no_conflict(connection, meeting_id, by.username)
        content = content_of(on, said, told.reason, meeting_id)
        made = Proposal(
            digest(canonical_json(content), by.account_id, by.auth_at)[:32], studyid, said.kind,
            said.usubjid, said.doselvl, said.text.strip(), said.next_level, told.reason,
            canonical_json(content), sha256_of(content), shot.snapshot_id, meeting_id or None,
            WAITING, by.username, told.at, "", "", "", None, 0,
        )  # fmt: skip
        still.require_only(connection, made)
        [row] = record.insert_rows(connection, tables.proposal, [asdict(made)])
        entry = record.added(
            tables.proposal, row, studyid, "propose", actor=by.actor, reason=told.reason,
            snapshot_id=shot.snapshot_id,
        )  # fmt: skip
        trail.append(connection, [entry], told.at)
        sign(connection, trail, by, "author", Signed(PROPOSAL, made.proposal_id, content), now)
    return made


def confirm(
    settings: Settings, studyid: str, proposal_id: str, by: Signer, reason: str, *, now: datetime
) -> Decision:  # fmt: skip
    """Sign a proposal of somebody else; return the decision that it becomes.

    The decision is made on the snapshot of the proposal. Raises WrongUseError, and writes nothing,
    if cells that it rests on have moved since, or anything else of what the author signed.
    """
    told = signed.sign(by.name, reason, now)
    store = Store(settings.db_url)
    with writing(settings.db_url, studyid) as connection:
        of = _waiting(connection, studyid, proposal_id)
        author = still.author(connection, of)
        _require_other(author.account_id, by)
        still.require_no_conflict(connection, of.meeting_id, by.username)
        on = ground(connection, store, store.snapshot(studyid, of.snapshot_id), of.said)
        still.require_as_signed(of, on)
        still.require(connection, of.usubjid, on)
        still.require_undecided(connection, of)
        actor = f"{author.printed_name}; confirmed by {by.name}"
        made = recording.decision(on, of.said, actor, of.reason, told.at)
        recording.keep(connection, settings, made, store.study(studyid))
        _end(connection, settings, of, by, told, CONFIRMED, now=now, decision_id=made.decision_id)
    return made


def refuse(
    settings: Settings, studyid: str, proposal_id: str, by: Signer, reason: str, *, now: datetime
) -> Proposal:  # fmt: skip
    """Sign that somebody else's proposal is refused, and why; return it as it is now."""
    told = signed.sign(by.name, reason, now)
    with writing(settings.db_url, studyid) as connection:
        of = _waiting(connection, studyid, proposal_id)
        _require_other(still.author(connection, of).account_id, by)
        return _end(connection, settings, of, by, told, REFUSED, now=now)


def withdraw(
    settings: Settings, studyid: str, proposal_id: str, by: Signer, reason: str, *, now: datetime
) -> Proposal:  # fmt: skip
    """Take back one's own proposal, with the reason; return it as it is now."""
    told = signed.sign(by.name, reason, now)
    with writing(settings.db_url, studyid) as connection:
        of = _waiting(connection, studyid, proposal_id)
        if still.author(connection, of).account_id != by.account_id:
            raise WrongUseError(
                f"{of.proposed_by} made this proposal and alone may withdraw it; you may refuse it."
            )
        return _end(connection, settings, of, by, told, WITHDRAWN, now=now)


def _end(
    connection: Connection, settings: Settings, of: Proposal, by: Signer, told: signed.Signed,
    state: str, *, now: datetime, decision_id: str | None = None,
) -> Proposal:  # fmt: skip
    trail, table = key.trail(settings), tables.proposal
    done = replace(
        of, state=state, ended_by=by.username, ended_at=told.at, ended_for=told.reason,
        decision_id=decision_id, revision=of.revision + 1,
    )  # fmt: skip
    before, after = asdict(of), asdict(done)
    this = table.c.proposal_id == of.proposal_id
    moved = {name: after[name] for name in after if after[name] != before[name]}
    query = update(table).where(this, table.c.revision == of.revision, table.c.state == WAITING)
    if connection.execute(query.values(moved)).rowcount != 1:
        raise WrongUseError("the proposal was answered by somebody else just now: look again.")
    entry = record.changed(
        table, before, after, of.study, ACTIONS[state], actor=by.actor, reason=told.reason,
        snapshot_id=of.snapshot_id,
    )  # fmt: skip
    trail.append(connection, [entry], told.at)
    if state in ANSWERS:
        content = answer_to(still.signed(of), ANSWERS[state], told.reason)
        what = Signed(PROPOSAL, of.proposal_id, content)
        sign(connection, trail, by, ANSWERS[state], what, now)
    return done


def _waiting(connection: Connection, studyid: str, proposal_id: str) -> Proposal:
    of = find(connection, studyid, proposal_id)
    if of.state != WAITING:
        raise WrongUseError(
            f"the proposal was {of.state} by {of.ended_by} at {of.ended_at}: it waits no more."
        )
    return of


def _require_two(said: Statement) -> None:
    if said.kind == OTHER:
        raise WrongUseError(
            f"a decision of kind {OTHER} needs no second person: record it by "
            "`toxwatch decisions record`."
        )


def _require_other(author: str, by: Signer) -> None:
    if author == by.account_id:
        raise WrongUseError(
            "you made this proposal: another person must confirm or refuse it. You may withdraw it."
        )
