"""What is known of one subject, in the form rules are judged by: a few hundred small values.

Built from canonical records and grades (`build`), cut at a knowledge date (`clip`). Every value
keeps the record it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from safety.assess.moments import Moment


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """The record that carries a fact. text: the fact in words, with value and unit."""

    day: str
    text: str
    record: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Observation:
    """A value graded by a CTCAE term. lowest and highest: the grades it may have (numbers only)."""

    term: str
    soc: str
    when: Moment
    lowest: int
    highest: int
    unit: str  # UCUM, as received
    symptomatic: bool | None
    predose_cycle: int | None  # taken before the first dose of this cycle
    reasons: str
    source: Source


@dataclass(frozen=True, slots=True)
class Report:
    """A row of a reported adverse event: one grade, from a day to a day.

    lowest, highest: what grade, outcome and severity allow; a grade the term does not have leaves
    every grade open. end: the day it ended or left the grade; None while it goes on.
    related: by drug True, False or None (not said). other_cause: an alternative is documented.
    """

    term: str
    soc: str
    group: str
    start: Moment
    end: Moment | None
    lowest: int
    highest: int
    grade_text: str
    related: Mapping[str, bool | None]
    other_cause: bool
    symptomatic: bool | None
    serious: bool
    fatal: bool
    action: str  # AEACN
    actions: Mapping[str, str]  # by drug, where it was told
    investigator_dlt: bool | None
    source: Source


@dataclass(frozen=True, slots=True)
class Sample:
    """A measured value as an interval [low, high] (equal if exact) in its UCUM unit.

    low_open, high_open: the bound itself is not reached (`<0.5`). test: --TESTCD, with `/URINE`
    for urine. uln, lln, base in the same unit; NaN for missing. base_uln: ULN of the baseline
    record. is_baseline: this record is the subject's baseline.
    """

    test: str
    when: Moment
    low: float
    high: float
    low_open: bool
    high_open: bool
    unit: str
    lln: float
    uln: float
    base: float
    base_uln: float
    is_baseline: bool
    predose: bool
    predose_cycle: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class Intake:
    """A run of days with a drug taken alike, or not taken. drug: id in the study, "" for others.

    per_day: intakes a day; taken: None if the data do not say. end None: still going on.
    """

    drug: str
    name: str
    mg: float | None
    per_day: int | None
    start: Moment
    end: Moment | None
    taken: bool | None
    reason: str
    source: Source


@dataclass(frozen=True, slots=True)
class Course:
    """A concomitant medication or a procedure. end None: still going on or not told."""

    name: str
    category: str
    indication: str
    start: Moment | None
    end: Moment | None
    source: Source


@dataclass(frozen=True, slots=True)
class Event:
    """A visit, a disposition or an entry of the medical history: a coded name and when."""

    name: str
    when: Moment | None
    source: Source


@dataclass(frozen=True, slots=True)
class Declaration:
    """A toxicity the committee declared dose-limiting; it counts once it is signed."""

    text: str
    onset: Moment | None
    signed_by: str
    source: Source
    signed: Moment | None = None  # when it was signed


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one subject.

    delivered: kinds of record the delivery had (an absent kind was not looked at).
    baseline: grade by term at the first dose, from values and reported events; absent: 0.
    unread_doses: drugs of which a dose record came that cannot be used.
    """

    usubjid: str
    level: str
    sex: str
    age: float | None
    first_dose: date | None
    first_dose_latest: date | None
    death: Moment | None
    delivered: frozenset[str]
    baseline: Mapping[str, int]
    observations: tuple[Observation, ...] = ()
    reports: tuple[Report, ...] = ()
    samples: tuple[Sample, ...] = ()
    intakes: tuple[Intake, ...] = ()
    medications: tuple[Course, ...] = ()
    procedures: tuple[Course, ...] = ()
    history: tuple[Event, ...] = ()
    dispositions: tuple[Event, ...] = ()
    visits: tuple[Event, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    source: Source | None = None
    notes: tuple[str, ...] = field(default=())  # queries about the subject's own records
    unread_doses: frozenset[str] = frozenset()
