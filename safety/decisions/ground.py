"""What a decision is made on: a snapshot, the cells it rests on, and what the design said of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from safety.decisions.basis import Basis, freeze
from safety.decisions.decision import DOSE, SHORT, STOP
from safety.decisions.statement import Statement
from safety.decisions.stored import Stored
from safety.errors import WrongUseError
from safety.nextdose import live, told
from safety.nextdose.recommend import recommend
from safety.store.read import Snapshot, Store
from safety.study.model import Study
from safety.versioning import canonical_json


@dataclass(frozen=True, slots=True)
class Ground:
    """quoted: the recommendation of the snapshot, as JSON, "" where no design advises."""

    shot: Snapshot
    basis: Basis
    quoted: str


def ground(connection: Connection, store: Store, shot: Snapshot, statement: Statement) -> Ground:
    """Return what a statement rests on; raise WrongUseError for what is not in the snapshot."""
    state = Stored(connection, shot.study, shot.seq)
    _require(state, shot, statement)
    manifest = store.manifest(shot.snapshot_id)
    study = manifest.study if manifest and statement.kind == DOSE else None
    _require_level(study, statement.next_level)
    return Ground(shot, freeze(statement.usubjid, state), quoted(connection, study, shot))


def quoted(connection: Connection, study: Study | None, shot: Snapshot) -> str:
    """Return what the design of a study says of a snapshot, "" where no design advises."""
    if study is None or study.escalation is None or not levels_of(study):
        return ""
    trial = live.read(connection, study, shot)
    return canonical_json(told.content(trial, recommend(trial, study.escalation)))


def levels_of(study: Study | None) -> list[str]:
    """Return the dose levels of a study, lowest first; none of one that has no treatment."""
    return [level.id for level in study.treatment.levels] if study and study.treatment else []


def _require_level(study: Study | None, next_level: str) -> None:
    known = [*levels_of(study), STOP]
    if next_level and next_level not in known:
        raise WrongUseError(
            f"next level {next_level!r}: give {', '.join(known)}: a level of the study, or that "
            "there is to be none."
        )


def _require(state: Stored, shot: Snapshot, statement: Statement) -> None:
    verdicts = state.rows("verdict")
    subjects = {row["USUBJID"] for row in verdicts}
    levels = sorted({str(row["DOSELVL"]) for row in verdicts if row["DOSELVL"]})
    where = f"snapshot {shot.snapshot_id[:SHORT]} (as of {shot.as_of})"
    if statement.usubjid and statement.usubjid not in subjects:
        raise WrongUseError(f"{statement.usubjid} is no subject of {where}.")
    if statement.doselvl and statement.doselvl not in levels:
        raise WrongUseError(
            f"nobody has dose level {statement.doselvl!r} in {where}; there are: "
            f"{', '.join(levels) or 'none'}."
        )
