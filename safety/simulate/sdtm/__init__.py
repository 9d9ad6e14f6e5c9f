"""What was recorded, as rows of SDTM in versions.

Conventions: one row a drug and day in EC, a change of grade as another row of AE, what a drug has
to do with an event in SUPPAE; the columns of each domain stand in `columns`.
"""

from __future__ import annotations

from collections.abc import Iterator

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Subject, Trial
from safety.simulate.sdtm import doses, events, samples, subjects
from safety.study.model import Study


def rows(trial: Trial, study: Study) -> tuple[RowVersion, ...]:
    """Return every version of every row, subject by subject and domain by domain.

    study: names the supplemental qualifiers of adverse events (of each drug's causality, ...).
    """
    return tuple(v for subject in trial.subjects for v in _of(trial, study, subject))


def _of(trial: Trial, study: Study, subject: Subject) -> Iterator[RowVersion]:
    yield from subjects.versions(trial, subject)
    yield from doses.versions(trial, subject)
    yield from samples.versions(trial, subject)
    yield from events.versions(trial, study, subject)
