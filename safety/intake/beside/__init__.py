"""What a record must be looked at beside: its subject, and other records of the subject.

A comparison is a column of text: "" where all is well, what is wrong where it is not, missing where
there was nothing to compare. Checks then ask of one row only, and say the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from safety.intake.beside import doses, events, measurements, subjects, visits
from safety.intake.masking import without_identifiers
from safety.intake.records import Intake
from safety.study.feeds import RecordKind
from safety.study.model import Study

Frames = Mapping[RecordKind, pd.DataFrame]
Add = Callable[[pd.DataFrame, Frames, Study], pd.DataFrame]
# What is compared beside the subject; every function returns the frame with more columns.
ADDED: dict[RecordKind, Add] = {
    "adverse_event": events.adverse_events,
    "supplement": events.supplements,
    "subject": events.deaths,
    "measurement": measurements.measurements,
    "dose": doses.doses,
    "visit": visits.visits,
}


def with_beside(intakes: list[Intake], study: Study) -> list[Intake]:
    """Return the intakes with the columns of comparisons; rows and index are unchanged."""
    frames: dict[RecordKind, list[pd.DataFrame]] = {}
    for intake in intakes:
        frames.setdefault(intake.record, []).append(intake.records)
    known: Frames = {k: pd.concat(parts, ignore_index=True) for k, parts in frames.items()}
    facts = subjects.facts(known.get("subject"))
    return [_with_beside(i, known, facts, study) for i in intakes]


def _with_beside(intake: Intake, known: Frames, facts: pd.DataFrame, study: Study) -> Intake:
    frame = subjects.compared(intake.records, intake.record, facts)
    add = ADDED.get(intake.record)
    compared = replace(intake, records=frame if add is None else add(frame, known, study))
    return without_identifiers(compared)
