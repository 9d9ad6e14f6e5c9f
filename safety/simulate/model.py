"""What a simulated trial is: the true course of every subject, and what sites recorded of it.

Days are whole days of the trial: day 0 is `Trial.start`, a delivery of day d is made at its end.
Everything recorded has a `row`, the natural key of its row at the source as toxwatch writes it
(`AE|<USUBJID>|3`), and `known`, the day from whose delivery on the source holds it in this form. A
later version of a row has the same `row` and a later `known`; `deleted` ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Day = int
Grade = int
Occurred = Literal["", "ADVERSE EVENT", "PROGRESSIVE DISEASE", "DRUG LOST", "HOLIDAY", "WITHDRAWAL"]


@dataclass(frozen=True, slots=True)
class Curve:
    """The true value of one test on every day of a subject, as a sample of that day would show it.

    test: a test code, with PROT24 for 24-hour urine protein (g/d) and PROTDIP for dipsticks (0-4
    plusses). unit: as the laboratory writes it. low, high: limits of its reference range, None
    where there are none. values: by day from `first`, rounded as reported.
    """

    test: str
    unit: str
    low: float | None
    high: float | None
    first: Day
    values: tuple[float, ...]

    def at(self, day: Day) -> float:
        """Return the value of a day; IndexError outside the days of the subject."""
        if day < self.first:
            raise IndexError(f"{self.test}: day {day} lies before day {self.first}")
        return self.values[day - self.first]


@dataclass(frozen=True, slots=True)
class Toxicity:
    """What truly happened to a subject: one term with its grade over time.

    term: CTCAE v5.0. course: (day, grade) at each change of grade, in order, the first is the
    onset. ended: the last day it was there, None while it goes on. related: by drug. cause: the
    documented other cause of an unrelated one. symptomatic: whether the subject felt it.
    reported: whether the site ever enters it. laboratory: the test whose curve shows it, "" for
    a clinical event.
    """

    number: int
    term: str
    course: tuple[tuple[Day, Grade], ...]
    ended: Day | None
    related: Mapping[str, bool]
    cause: str = ""
    symptomatic: bool = True
    serious: tuple[str, ...] = ()
    fatal: bool = False
    reported: bool = True
    laboratory: str = ""

    @property
    def onset(self) -> Day:
        return self.course[0][0]

    @property
    def worst(self) -> Grade:
        return max(grade for _, grade in self.course)


@dataclass(frozen=True, slots=True)
class Report:
    """One version of one row of AE. A change of grade is another row of the same `group`.

    group: number of the toxicity. end: last day at this grade. related: QVAL (UNRELATED UNLIKELY
    POSSIBLE PROBABLE DEFINITE) by drug. serious: AESDTH, AESLIFE, AESHOSP that are Y. action: AEACN
    by drug.
    """

    row: str
    known: Day
    usubjid: str
    seq: int
    group: int
    term: str
    verbatim: str
    grade: Grade
    start: Day
    end: Day | None
    related: Mapping[str, str]
    cause: str
    symptomatic: Literal["", "Y", "N"]
    serious: tuple[str, ...]
    action: Mapping[str, str]
    outcome: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Dose:
    """One drug on one day of one subject, as it was and as the diary says it.

    due_mg, due: mg per intake and intakes that the plan asked for; taken_mg, taken: what was
    really taken. reason: why intakes were missed, "" for none missed.
    """

    row: str
    known: Day
    usubjid: str
    drug: str
    day: Day
    due_mg: float
    due: int
    taken_mg: float
    taken: int
    reason: Occurred = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn or measured at one time: its tests' values are those of the curves.

    time: HH:MM at the site. visit: VISIT. rows: row of the source by test. overrides: values that
    differ from the curve (a second blood pressure reading, `<0.5` where the analyser stops).
    """

    known: Day
    usubjid: str
    day: Day
    time: str
    visit: str
    rows: Mapping[str, str]
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    row: str
    known: Day
    usubjid: str
    name: str
    day: Day


@dataclass(frozen=True, slots=True)
class Medicine:
    """category: SUPPORTIVE CARE, ANTIHYPERTENSIVE, G-CSF, ANTIBIOTIC or the like."""

    row: str
    known: Day
    usubjid: str
    seq: int
    name: str
    category: str
    indication: str
    start: Day
    end: Day | None


@dataclass(frozen=True, slots=True)
class Procedure:
    row: str
    known: Day
    usubjid: str
    seq: int
    name: str
    day: Day


@dataclass(frozen=True, slots=True)
class Disposition:
    """name: DEATH, PROGRESSIVE DISEASE, ADVERSE EVENT, WITHDRAWAL BY SUBJECT."""

    row: str
    known: Day
    usubjid: str
    seq: int
    name: str
    day: Day


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: who, what truly happened, and what was recorded of it.

    first_dose: None before it. last: the last day of the subject's follow-up so far. cycles: day 1
    of each cycle that was started. delayed_for: why the next cycle began late, "" if it did not.
    known: day from which DM has the subject. curves reach from the screening day to `last`.
    """

    usubjid: str
    number: str
    sex: Literal["F", "M"]
    age: int
    weight: float
    height: float
    level: str
    cohort: int
    screened: Day
    consent: Day
    first_dose: Day | None
    last: Day
    known: Day
    liver_metastases: bool
    cycles: tuple[Day, ...]
    delayed_for: Occurred
    death: Day | None
    died_of: Literal["", "progression", "toxicity"]
    withdrawn: Day | None
    curves: Mapping[str, Curve]
    toxicities: tuple[Toxicity, ...]
    doses: tuple[Dose, ...]
    samples: tuple[Sample, ...]
    reports: tuple[Report, ...]
    visits: tuple[Visit, ...]
    medicines: tuple[Medicine, ...]
    procedures: tuple[Procedure, ...]
    dispositions: tuple[Disposition, ...]
    death_known: Day | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the design decided after a cohort: escalate, stay, de-escalate or stop, and why."""

    day: Day
    level: str
    treated: int
    dlts: int
    decided: Literal["escalate", "stay", "de-escalate", "stop"]
    next_level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a trial is simulated from, beside the study file."""

    seed: int
    subjects: int = 40
    days: int = 180
    scenario: str = "at_target"
    accrual_per_month: float = 2.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A whole trial. drugs: id in the study file -> name in the data (ECTRT)."""

    studyid: str
    start: date
    options: Options
    drugs: Mapping[str, str]
    subjects: tuple[Subject, ...]
    decisions: tuple[Decision, ...]

    def date(self, day: Day) -> date:
        """Return the calendar day of a day of the trial."""
        return self.start + timedelta(days=day)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When what was recorded came into the deliveries, and when a fault spoils it.

    came: (row, known) -> day of the first delivery that holds this version in a usable file.
    spoiled: row -> (first day, last day or None) during which what came cannot be used as it is.
    A version not in `came` never came.
    """

    came: Mapping[tuple[str, Day], Day]
    spoiled: Mapping[str, tuple[tuple[Day, Day | None], ...]] = field(default_factory=dict)

    def usable(self, row: str, known: Day, day: Day) -> bool:
        """Return whether this version of a row can be used in what was delivered up to `day`."""
        came = self.came.get((row, known))
        if came is None or came > day:
            return False
        return not any(
            first <= day and (last is None or day <= last)
            for first, last in self.spoiled.get(row, ())
        )
