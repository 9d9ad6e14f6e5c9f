"""The computed grade course of a term beside the investigator's adverse event, by episode.

A comparison is "" where all is well, what is wrong where it is not, missing where nothing could be
compared yet. Nothing is corrected: the higher grade alerts, the reported one stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd

from safety.assess.reconciliation import actions, courses, grades, support, timing, treatments
from safety.assess.reconciliation.compared import together
from safety.assess.reconciliation.timing import Tolerance
from safety.study.conditions import Toxicity
from safety.study.model import Study
from safety.study.names import terms_meant


@dataclass(frozen=True, slots=True)
class Records:
    """What is compared.

    grades: rows of `grade_measurements`; events: of `grade_events`; exposure: of
    `exposure.by_subject`; the others are canonical records.
    """

    grades: pd.DataFrame
    events: pd.DataFrame
    measurements: pd.DataFrame
    doses: pd.DataFrame
    supplements: pd.DataFrame
    treatments: pd.DataFrame
    exposure: pd.DataFrame


class _Sides(NamedTuple):
    """The two sides, and by what they are compared. within: days between a value and its event.

    told: every row of `courses.reported`; events: those that can be asked about themselves.
    """

    of: Records
    study: Study
    as_of: date
    told: pd.DataFrame
    events: pd.DataFrame
    values: pd.DataFrame
    within: int
    tolerance: Tolerance
    is_coded: bool


def _unreported(s: _Sides) -> pd.DataFrame:
    values = s.values if s.is_coded else s.values[:0]
    return grades.unreported(values, s.told, s.as_of, s.within, _special(s.study))


def _unsupported(s: _Sides) -> pd.DataFrame:
    return support.unsupported(s.values, s.events, s.as_of, s.within, s.study.ctcae)


def _not_done(s: _Sides) -> pd.DataFrame:
    told = actions.told(s.events, s.of.supplements, s.study, s.of.events)
    return actions.not_done(told, s.of.doses, s.study, s.as_of, s.tolerance)


def _untold(s: _Sides) -> pd.DataFrame:
    given = s.of.treatments if s.is_coded else s.of.treatments[:0]
    return treatments.untold(given, s.told, s.of.exposure, s.study, s.as_of, s.tolerance)


COMPARISONS: dict[str, Callable[[_Sides], pd.DataFrame]] = {
    "UNREPORTED": _unreported,
    "LOWERGRADE": lambda s: grades.lower(s.values, s.told, s.as_of, s.within, s.of.measurements),
    "UNSUPPORTED": _unsupported,
    "DATESAPART": lambda s: timing.dates_apart(s.values, s.events, s.as_of, s.tolerance),
    "OUTCOMEAPART": lambda s: timing.outcome_apart(s.values, s.events, s.as_of, s.tolerance),
    "NOTDONE": _not_done,
    "HIGHERGRADE": lambda s: grades.higher(s.values, s.events, s.as_of, s.within),
    "NOTGRAVE": lambda s: support.not_grave(s.values, s.events, s.within, s.study.ctcae),
    "UNTOLD": _untold,
}
COMPARED = list(COMPARISONS)


def reconcile(
    of: Records, study: Study, as_of: date, only: Iterable[str] = COMPARED
) -> pd.DataFrame:
    """Return one row an episode and record that is asked about, index from 1.

    only: which comparisons. Columns: KEY, DOMAIN, USUBJID, SRCFILE, SRCROW of the record; TERM,
    DIRECTION and EPISODE, which name the episode alike from delivery to delivery; the comparisons.
    Events that are not coded by CTCAE cannot be compared, nor can it be said that a value was not
    reported as one.
    """
    limits = study.checks.parameters
    told = courses.reported(of.events, study, as_of)
    sides = _Sides(
        of, study, as_of, told, courses.sure(told), courses.measured(of.grades),
        study.dose_limiting.reconcile_within.whole_days,
        Tolerance(limits.reconcile_dates_within, limits.reconcile_entered_within),
        courses.terms(of.events, study) is not None,
    )  # fmt: skip
    found = {name: COMPARISONS[name](sides) for name in only}
    return together(found, [of.measurements, of.events, of.treatments])


def _special(study: Study) -> frozenset[str]:
    """Return the terms of special interest of a study, in small letters."""
    name = study.checks.parameters.special_interest
    meant = terms_meant(study, Toxicity(toxicity=name)) if name else []
    return frozenset(t.term.casefold() for t in meant)
