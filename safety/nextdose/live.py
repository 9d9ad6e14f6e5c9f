"""The trial as a snapshot has it: what the study's designs are asked of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from safety.decisions.decision import STOP
from safety.decisions.stored import Stored
from safety.errors import WrongUseError
from safety.escalation.subjects import Subject
from safety.nextdose.course import course, current, not_before, said
from safety.nextdose.people import subjects, unplaced
from safety.nextdose.signals import Watched, paused, watched
from safety.store.read import Snapshot
from safety.study.model import Study


@dataclass(frozen=True, slots=True)
class Trial:
    """Who was treated, and the level of the next subject (index). why_at: what says so.

    unplaced: treated subjects whose level is none of the study, or whose first dose is not known:
    they count nowhere. stopped: the committee's decision that nobody is to be treated, "" for none.
    pauses: rules that stop enrolment and stopping boundaries that were reached, in words, unless a
    dose decision was made since. watched: where the stopping rules stand. not_before: when the
    second subject of the level may be treated at the earliest, None if nobody or more than one was.
    """

    study: Study
    shot: Snapshot
    levels: tuple[str, ...]
    subjects: tuple[Subject, ...]
    at: int
    why_at: str
    unplaced: tuple[str, ...] = ()
    stopped: str = ""
    pauses: tuple[str, ...] = ()
    watched: tuple[Watched, ...] = ()
    not_before: date | None = None


def read(connection: Connection, study: Study, shot: Snapshot) -> Trial:
    """Return the trial as a snapshot has it. Raises WrongUseError for a study without levels."""
    if study.treatment is None or study.escalation is None:
        raise WrongUseError(
            f"{study.studyid} has no dose escalation: its study file needs `treatment` and "
            "`escalation`."
        )
    levels = tuple(level.id for level in study.treatment.levels)
    state = Stored(connection, shot.study, shot.seq)
    verdicts = state.rows("verdict")
    placed = [row for row in verdicts if row["CLOSES"] and row["DOSELVL"] in levels]
    known = course(connection, state, shot, placed)
    at, why = current(known, levels, study.treatment.start_level)
    decided = known.decided()
    stopped = decided is not None and decided.next_level == STOP
    stopping = tuple(watched(state.rows("monitor"), study))
    here = [row for row in placed if row["DOSELVL"] == levels[at]]
    return Trial(
        study, shot, levels, tuple(subjects(connection, state, shot, study, known, levels[at])),
        at, why, tuple(unplaced(state, verdicts, levels)),
        said(decided) if decided and stopped else "",
        tuple(paused(connection, state, stopping, known.decisions)), stopping,
        not_before(study.escalation, [known.first_doses.get(r["USUBJID"], "") for r in here]),
    )  # fmt: skip
