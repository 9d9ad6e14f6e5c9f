"""Recording what a named user decided, with what it rests on frozen beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from safety.alerts import ledger
from safety.alerts.voice import Voice
from safety.audit import key, record
from safety.decisions import decision as decided
from safety.decisions import questions
from safety.decisions.basis import freeze
from safety.decisions.decision import ADJUDICATION, DOSE, KINDS, STOP, Decision
from safety.decisions.stored import Stored
from safety.errors import WrongUseError
from safety.nextdose import live, told
from safety.nextdose.recommend import recommend
from safety.settings import Settings
from safety.store import tables
from safety.store.engine import lock, upgrade, writer
from safety.store.read import Snapshot, Store
from safety.study.model import Study
from safety.versioning import canonical_json, digest
from safety.worklist.acts import MAX_REASON, Signed, sign


@dataclass(frozen=True, slots=True)
class Statement:
    """What was decided, and about what: a subject, a dose level, or all who were treated."""

    kind: str
    text: str
    usubjid: str = ""
    doselvl: str = ""
    next_level: str = ""

    def __post_init__(self) -> None:
        """Raise WrongUseError for one that does not say what it is about."""
        if self.kind not in KINDS:
            raise WrongUseError(f"--kind {self.kind}: give one of {', '.join(KINDS)}.")
        if not self.text.strip() or len(self.text) > MAX_REASON or not self.text.isprintable():
            raise WrongUseError(
                f"the statement: give a text of one line, of at most {MAX_REASON} characters."
            )
        if self.kind == ADJUDICATION and (not self.usubjid or self.doselvl):
            raise WrongUseError("an adjudication is about one subject: give --subject, no --level.")
        if self.kind == DOSE and (not self.doselvl or self.usubjid):
            raise WrongUseError("a dose decision is about a level: give --level, no --subject.")
        if self.next_level and self.kind != DOSE:
            raise WrongUseError("--next belongs to a dose decision: give --kind dose.")


def add(
    settings: Settings, studyid: str, statement: Statement, by: str, reason: str,
    *, now: datetime, snapshot: str = "",
) -> Decision:  # fmt: skip
    """Write a decision on a snapshot (the newest if none is named); return it.

    If the data have moved since that snapshot it is called in question at once. Raises
    WrongUseError, and writes nothing, for what is not in the snapshot.
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
            made = _decision(connection, store, shot, statement, signed)
            _write(connection, settings, made)
            _compare(connection, settings, store.study(studyid), signed.at)
    finally:
        engine.dispose()
    return made


def _decision(
    connection: Connection, store: Store, shot: Snapshot, statement: Statement, signed: Signed
) -> Decision:
    state = Stored(connection, shot.study, shot.seq)
    _require(state, shot, statement)
    quoted = _quoted(connection, store, shot, statement)
    row = {
        "study": shot.study, "kind": statement.kind, "usubjid": statement.usubjid,
        "doselvl": statement.doselvl, "statement": statement.text.strip(), "actor": signed.by,
        "reason": signed.reason, "at": signed.at, "snapshot_id": shot.snapshot_id,
        "next_level": statement.next_level, "quoted": quoted,
    }  # fmt: skip
    made = Decision(
        decision_id=digest(canonical_json(row))[:32], basis=freeze(statement.usubjid, state), **row
    )
    _require_newest(connection, made)
    return made


def _quoted(
    connection: Connection, store: Store, shot: Snapshot, statement: Statement
) -> str:  # fmt: skip
    """Return the recommendation that a dose decision is made on, "" where no design advises."""
    manifest = store.manifest(shot.snapshot_id)
    study = manifest.study if manifest and statement.kind == DOSE else None
    known = [level.id for level in study.treatment.levels] if study and study.treatment else []
    if statement.next_level and statement.next_level not in (*known, STOP):
        raise WrongUseError(
            f"--next {statement.next_level}: give {', '.join([*known, STOP])}: a level of the "
            "study, or that there is to be none."
        )
    if study is None or study.escalation is None or not known:
        return ""
    trial = live.read(connection, study, shot)
    return canonical_json(told.content(trial, recommend(trial, study.escalation)))


def _require(state: Stored, shot: Snapshot, statement: Statement) -> None:
    verdicts = state.rows("verdict")
    subjects = {row["USUBJID"] for row in verdicts}
    levels = sorted({str(row["DOSELVL"]) for row in verdicts if row["DOSELVL"]})
    where = f"snapshot {shot.snapshot_id[:12]} (as of {shot.as_of})"
    if statement.usubjid and statement.usubjid not in subjects:
        raise WrongUseError(f"{statement.usubjid} is no subject of {where}.")
    if statement.doselvl and statement.doselvl not in levels:
        raise WrongUseError(
            f"nobody has dose level {statement.doselvl!r} in {where}; there are: "
            f"{', '.join(levels) or 'none'}."
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
