"""What the assessment of a study says, as plain values: the form of `toxwatch assess --json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from safety.assess.facts import Source

Verdict = Literal["DLT", "NO_DLT", "PENDING", "INDETERMINATE"]
Status = Literal["done", "late", "missing", "due", "not_due"]
DeviationKind = Literal[
    "missed_hold", "dose_inside_hold", "missed_reduction", "dose_above_level", "gate_failed",
    "max_delay_exceeded", "wrong_day", "missed_discontinuation",
]  # fmt: skip
State = Literal["met", "not_met", "not_evaluable"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of one subject, with its argument."""

    id: str
    kind: Literal["dose_limiting", "exception"]
    state: State
    evidence: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
    settles_by: date | None = None
    onset_day: int | None = None
    terms: tuple[str, ...] = ()
    duration: str = ""  # bounds of what a duration was asked of, in words
    open: bool = False  # later data may still decide it


@dataclass(frozen=True, slots=True)
class AssessmentDone:
    """A required assessment in one of its windows."""

    assessment: str
    window: str
    status: Status
    due_by: date
    done_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class DrugExposure:
    """Planned against taken of one drug in one cycle, over planned time that has elapsed.

    Doses are intakes, amounts mg. rdi: taken / planned mg; None if nothing was due or the plan is
    not known. missed: intakes by reason. unrecorded: intakes due that no record tells of.
    """

    drug: str
    cycle: int
    planned: float
    taken: float
    planned_mg: float | None
    taken_mg: float
    rdi: float | None
    missed: dict[str, float] = field(default_factory=dict)
    unrecorded: float = 0.0
    reduced_mg: float = 0.0
    complete: bool = True  # the cycle's planned days have all passed


@dataclass(frozen=True, slots=True)
class Trigger:
    """A modification rule or gate that fired for one drug on one day."""

    rule: str
    drug: str
    action: str
    on: date
    resume: str  # in words
    next_dose: str  # e.g. "200 mg" or "same"
    until: date | None  # day on which the resume condition was seen to hold
    wins: bool  # no more conservative action is in force for the drug
    state: State  # met, or not_evaluable: it may have fired
    evidence: tuple[Source, ...]
    missing: tuple[str, ...] = ()
    advice: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deviation:
    """What was done against what the rules expected."""

    kind: DeviationKind
    drug: str
    on: date
    expected: str
    actual: str
    rule: str
    evidence: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class SubjectAssessment:
    """One subject: verdict, argument, and everything that is still open."""

    usubjid: str
    dose_level: str
    verdict: Verdict
    evaluable: bool | None
    evaluability_reason: str
    late_dlt_equivalent: bool
    dlt_onset_day: int | None
    window_closes: date | None
    window_text: str
    rules: tuple[RuleResult, ...]
    late: tuple[RuleResult, ...]
    flags: tuple[str, ...]
    queries: tuple[str, ...]
    surveillance: tuple[AssessmentDone, ...]
    exposure: tuple[DrugExposure, ...]
    triggers: tuple[Trigger, ...]
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """An immediate-pause rule that fired."""

    rule: str
    text: str
    level: str
    usubjids: tuple[str, ...]
