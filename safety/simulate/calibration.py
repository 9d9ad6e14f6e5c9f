"""The numbers a simulated subject is made of: data/calibration.yaml, checked when it is read."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from statistics import NormalDist
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Span = tuple[int, int]  # days, both ends included
Split = tuple[float, float, float]  # weights of grades 1, 2, and 3 or worse
Limit = float | str  # a number, "LLN", or a multiple of ULN as "3x"
Panel = Literal["full", "week", "count"]


class Numbers(BaseModel):
    """A mapping of the file: no unknown fields, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class LineNumbers(Numbers):
    start: Positive
    cv: Positive
    low: Positive
    high: Positive
    transit: Positive
    transit_cv: Positive
    feedback: Positive


class Lymphocytes(Numbers):
    recovery: Share
    cv: Positive


class Marrow(Numbers):
    NEUT: LineNumbers
    PLAT: LineNumbers
    slope_cv: Positive
    women: Positive
    residual: Positive
    residual_daily: Share
    lymphocytes: Lymphocytes
    citation: str


class DrugEffect(Numbers):
    reference: Positive
    NEUT: Share
    PLAT: Share
    LYM: Share
    citation: str


class Generic(Numbers):
    """Effects of a cycle at the start dose. frequency: of toxicities, to the calibrated."""

    NEUT: Share
    PLAT: Share
    LYM: Share
    frequency: Share
    citation: str


class Measure(Numbers):
    unit: str
    usual: float
    digits: int
    low: float | None = None
    high: float | None = None
    f: tuple[float, float] | None = None
    f_usual: float | None = None
    between: float = 0.0
    within: float = 0.0

    def range_of(self, sex: str) -> tuple[float | None, float | None]:
        return self.f if sex == "F" and self.f is not None else (self.low, self.high)

    def usual_of(self, sex: str) -> float:
        return self.f_usual if sex == "F" and self.f_usual is not None else self.usual


class Subjects(Numbers):
    age: Span
    female: Share
    height: dict[str, tuple[float, float]]
    body_mass: tuple[float, float]
    clearance: Positive
    band_margin: Positive
    liver_metastases: Share
    citation: str


class LaboratoryTerm(Numbers):
    """Limits by grade. inclusive: a value on the limit has the grade."""

    term: str
    test: str
    way: Literal["low", "high"]
    limits: list[Limit]
    second: str = ""
    second_limits: list[Limit] = Field(default_factory=list)
    report: int
    drugs: list[str]
    inclusive: bool = False


class ExcursionTerm(Numbers):
    """peaks: by test, the range of the peak for grades 1, 2 and 3."""

    term: str
    p: Share
    decay: Positive
    onset: Span
    split: Split
    drugs: list[str]
    rise: Span
    stay: Span
    fall: Span
    peaks: dict[str, list[tuple[Limit, Limit]]]
    citation: str


class ClinicalTerm(Numbers):
    term: str
    verbatim: str
    p: Share
    decay: Positive
    onset: Span
    days: Positive
    most: Annotated[int, Field(ge=1, le=4)]
    drugs: list[str]
    mild: int = 0
    brief: bool = False
    treat: str = ""
    from_cycle: int = 1
    until_cycle: int = 999
    split: Split | None = None


class OtherEvent(Numbers):
    term: str
    verbatim: str
    grade: Annotated[int, Field(ge=1, le=4)]
    days: int
    cause: str = ""


class GateLine(Numbers):
    """One value before a cycle. course: also before a course that begins later in the cycle."""

    test: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    at_most_uln: float | None = None
    course: bool = False


class DoctorRule(Numbers):
    """What the doctor does about a term at a grade.

    after: days the grade must have been there. resume: highest grade at which dosing goes on.
    lower: one step lower then. any: whatever the cause. clinical: not for laboratory findings.
    """

    drugs: list[str] | Literal["all", "others"]
    terms: list[str] = Field(default_factory=list)
    except_: list[str] = Field(default_factory=list, alias="except")
    from_: int = Field(alias="from")
    to: int = 5
    act: Literal["hold", "stop", "lower_next"]
    resume: int = 0
    lower: bool = False
    after: int = 0
    any_: bool = Field(default=False, alias="any")
    clinical: bool = False
    second: Literal["", "stop"] = ""


class Doctor(Numbers):
    cycle_gate: list[GateLine]
    recheck: int
    give_up: int
    course_recheck: int
    exempt: list[str]
    rules: list[DoctorRule]
    citation: str


class Visits(Numbers):
    first: dict[int, Panel]
    later: dict[int, Panel]
    missed: Share
    urine_24h: Span
    follow_counts: int
    follow_liver: int
    follow_vitals: int
    citation: str


class Delays(Numbers):
    entry: Positive
    entry_90: Positive
    lab: int
    serious: int
    vitals: int
    diary: int
    visit: int
    citation: str


class Habits(Numbers):
    reported: Share
    wrong_grade: Share
    wrong_start: Share
    entered_twice: Share
    missed_dose: Share
    transfusion: Share
    holiday_delay: Share
    citation: str


class Ends(Numbers):
    progression: Share
    withdrawal: Share
    death_after: Positive
    citation: str


class Design(Numbers):
    target: Share
    escalate: Share
    de_escalate: Share
    eliminate: Share
    cohort: int
    enough: int
    most: int
    stagger: int
    waiting: int
    citation: str


class NearMisses(Numbers):
    alt_brief: Share
    lipase: Share
    neutropenia_brief: Share
    lymphopenia: Share
    baseline_anemia: Share


class Calibration(Numbers):
    """The whole file."""

    marrow: Marrow
    drugs: dict[str, DrugEffect]
    generic: Generic
    tests: dict[str, Measure]
    tests_citation: str
    within_daily: Share
    dipstick: list[float]
    subjects: Subjects
    laboratory: list[LaboratoryTerm]
    excursions: list[ExcursionTerm]
    clinical: list[ClinicalTerm]
    clinical_citation: str
    split: Split
    grade_4: Share
    surufatinib_scale: Share
    unrelated: list[OtherEvent]
    unrelated_p: Share
    near_misses: NearMisses
    dose_limiting: dict[str, float]
    limiting_terms: list[str]
    stop_events: list[OtherEvent]
    fatal: Share
    doctor: Doctor
    visits: Visits
    panels: dict[str, list[str]]
    delays: Delays
    habits: Habits
    ends: Ends
    design: Design

    def laboratory_term(self, term: str) -> LaboratoryTerm:
        """Return the limits of a term; StopIteration if the file has none."""
        return next(line for line in self.laboratory if line.term == term)

    def clinical_term(self, term: str) -> ClinicalTerm:
        return next(line for line in self.clinical if line.term == term)


def read(name: str) -> dict[str, Any]:
    """Return what a file of the simulator's data says."""
    file = resources.files("safety.simulate").joinpath("data", name)
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


@cache
def calibration() -> Calibration:
    """Return the calibration. Raises pydantic.ValidationError if the file is not as it must be."""
    return Calibration.model_validate(read("calibration.yaml"))


def sigma_of_entry(delays: Delays) -> float:
    """Return the sigma of a lognormal delay with the calibration's median and 90 % limit."""
    return math.log(delays.entry_90 / delays.entry) / NormalDist().inv_cdf(0.9)
