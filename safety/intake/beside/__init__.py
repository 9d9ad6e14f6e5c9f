"""What a record must be looked at beside: its subject, and other records of the subject.

A comparison is a column of text: "" where all is well, what is wrong where it is not, missing where
there was nothing to compare. Checks then ask of one row only, and say the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pandas as pd

from safety.intake.beside import deaths, doses, ends, events, measurements, subjects, visits
from safety.intake.beside.links import Frames
from safety.intake.masking import without_identifiers
from safety.intake.records import Intake
from safety.study.feeds import RecordKind
from safety.study.model import Study

Add = Callable[[pd.DataFrame, Frames, Study], pd.DataFrame]
# What is compared beside the subject; every function returns the frame with more columns.
ADDED: dict[RecordKind, Add] = {
    "adverse_event": events.adverse_events,
    "supplement": events.supplements,
    "subject": deaths.subjects,
    "disposition": ends.dispositions,
    "measurement": measurements.measurements,
    "dose": doses.doses,
    "visit": visits.visits,
}


def with_beside(intakes: list[Intake], study: Study) -> list[Intake]:
    """Return the intakes with the columns of comparisons; rows and index are unchanged.

    Kinds of records that were not delivered become `absent`, as `records_of` names them: what is
    compared with them alone cannot be evaluated.
    """
    frames: dict[RecordKind, list[pd.DataFrame]] = {}
    for intake in intakes:
        frames.setdefault(intake.record, []).append(intake.records)
    known: Frames = {k: pd.concat(parts, ignore_index=True) for k, parts in frames.items()}
    facts = subjects.facts(known, study)
    absent = frozenset(records_of(kind) for kind in _not_delivered(known, study))
    return [_with_beside(i, known, facts, study, absent) for i in intakes]


def records_of(kind: str) -> str:
    """Return how a kind of record is named where it was not delivered."""
    return f"{kind.replace('_', ' ')} records"


def _not_delivered(known: Frames, study: Study) -> set[RecordKind]:
    """Return the kinds of which nothing came; no file of an optional domain means no rows."""
    domains = [d for feed in study.feeds for d in feed.domains.values()]
    optional = {d.record for d in domains if d.optional}
    return set(get_args(RecordKind)) - set(known) - optional


def _with_beside(
    intake: Intake, known: Frames, facts: pd.DataFrame, study: Study, absent: frozenset[str]
) -> Intake:
    frame = subjects.compared(intake.records, intake.record, facts)
    add = ADDED.get(intake.record)
    frame = frame if add is None else add(frame, known, study)
    return without_identifiers(replace(intake, records=frame, absent=intake.absent | absent))
