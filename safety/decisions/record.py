"""Recording what named people decided, with what it rests on frozen beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from safety.alerts import ledger
from safety.alerts.voice import Voice
from safety.audit import key, record
from safety.decisions import decision as decided
from safety.decisions import questions
from safety.decisions.decision import OTHER, Decision
from safety.decisions.ground import Ground, ground
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.signed import sign
from safety.store import tables
from safety.store.engine import lock, upgrade, writer
from safety.store.read import Store
from safety.study.model import Study
from safety.versioning import canonical_json, digest


def add(
    settings: Settings, studyid: str, statement: Statement, by: str, reason: str,
    *, now: datetime, snapshot: str = "",
) -> Decision:  # fmt: skip
    """Write a decision of one person on a snapshot (the newest if none is named); return it.

    If the data have moved since that snapshot it is called in question at once. Raises
    WrongUseError, and writes nothing, for what is not in the snapshot, and where people have
    accounts for what two of them must sign.
    """
    signed = sign(by, reason, now)
    upgrade(settings.db_url)
    store = Store(settings.db_url)
    known = store.snapshots(studyid)
    if not known:
        raise WrongUseError(f"{studyid} has no snapshot that a decision could rest on.")
    shot = store.snapshot(studyid, snapshot) if snapshot else known[0]
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            lock(connection, f"study {studyid}")  # first, as whoever publishes does
            _require_one_may(connection, statement)
            on = ground(connection, store, shot, statement)
            made = decision(on, statement, signed.by, signed.reason, signed.at)
            keep(connection, settings, made, store.study(studyid))
    finally:
        engine.dispose()
    return made


def decision(on: Ground, statement: Statement, actor: str, reason: str, at: str) -> Decision:
    """Return a decision that was not written yet. actor: who decided, as it is shown."""
    row = {
        "study": on.shot.study, "kind": statement.kind, "usubjid": statement.usubjid,
        "doselvl": statement.doselvl, "statement": statement.text.strip(), "actor": actor,
        "reason": reason, "at": at, "snapshot_id": on.shot.snapshot_id,
        "next_level": statement.next_level, "quoted": on.quoted,
    }  # fmt: skip
    return Decision(decision_id=digest(canonical_json(row))[:32], basis=on.basis, **row)


def keep(
    connection: Connection, settings: Settings, made: Decision, study: Study | None
) -> None:  # fmt: skip
    """Write a decision, and ask what the newest snapshot says of it; inside a transaction.

    study: as the newest snapshot has it, None of one of before manifests. Raises WrongUseError
    unless the decision is newer than those of its scope.
    """
    _require_newest(connection, made)
    _write(connection, settings, made)
    _compare(connection, settings, study, made.at)


def _require_one_may(connection: Connection, statement: Statement) -> None:
    """Raise WrongUseError for what two people must sign, once people have accounts."""
    account = tables.account.c.account_id
    if statement.kind != OTHER and connection.scalar(select(account).limit(1)) is not None:
        raise WrongUseError(
            f"--kind {statement.kind}: where people have accounts, one person proposes it on the "
            f"dashboard and another confirms it. Only --kind {OTHER} is recorded by command."
        )


def _require_newest(connection: Connection, made: Decision) -> None:
    """Raise WrongUseError unless it is later than those of its scope: the newest counts."""
    others = [d for d in decided.decisions(connection, made.study) if d.scope == made.scope]
    if others and others[-1].at >= made.at:
        raise WrongUseError(
            f"{made.about} was decided at {others[-1].at}, and it is {made.at} now: look at that "
            "decision, set the clock right if it is wrong, and try again."
        )


def _write(connection: Connection, settings: Settings, made: Decision) -> None:
    row: dict[str, Any] = {name: getattr(made, name) for name in Decision.__slots__}
    row["basis"] = canonical_json(made.basis)
    [added] = record.insert_rows(connection, tables.decision, [row])
    entry = record.added(
        tables.decision, added, made.study, "decide", actor=made.actor, reason=made.reason,
        snapshot_id=made.snapshot_id,
    )  # fmt: skip
    key.trail(settings).append(connection, [entry], made.at)


def _compare(connection: Connection, settings: Settings, study: Study | None, at: str) -> None:
    """Ask what the newest snapshot says of the decisions, and tell what has changed of it."""
    if study is None:  # a snapshot of before manifests: the next one tells it
        return
    newest = decided.newest_snapshot(connection, study.studyid)
    trail = key.trail(settings)
    questions.add(connection, study, newest, trail, at)
    ledger.add(
        connection, Voice(study, settings.alert_channel, trail),
        questions.facts(connection, study), snapshot_id=newest, at=at,
        owns=frozenset({questions.QUESTION}),
    )  # fmt: skip
