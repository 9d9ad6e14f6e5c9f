"""Dose modification: what must happen to the dose, when it may resume, and the gates before it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from safety.study.conditions import Condition, Toxicity
from safety.study.language import CycleDays, Duration, GradeTest, ValueTest
from safety.study.parts import Effective, Grades, Part, RuleId, Text, repeated

# From mildest to most conservative: of the actions that fire for a drug the last one wins.
ACTIONS = ("continue", "reduce", "hold", "discontinue")
Action = Literal["continue", "reduce", "hold", "discontinue"]
NextDose = Literal["same", "one_lower"]


class Resume(Part):
    """When dosing may go on after a hold, and at which dose."""

    grade: GradeTest | None = Field(default=None, description="of the toxicity that fired")
    or_baseline: bool = Field(default=False, description="or the subject's baseline grade")
    values: list[ValueTest] = Field(default_factory=list, description="all of them hold")
    or_values: list[ValueTest] = Field(
        default_factory=list, description="or, instead of the grade, all of these hold"
    )
    next_cycle: bool = Field(default=False, description="not before the next cycle")
    within: Duration | None = None
    otherwise: Literal["discontinue", "hold"] = "hold"
    dose: NextDose = "same"
    same_if_recovered_within: Duration | None = Field(
        default=None, description="the first time, this quickly: the same dose again"
    )
    text: str = ""


class ModificationRule(Effective):
    """One row of the dose-modification table."""

    id: RuleId
    drugs: list[str] = Field(min_length=1)
    text: Text
    when: Condition
    related: bool = Field(
        default=True, description="only toxicity related to the drug (missing counts as related)"
    )
    worsened_by: Grades = 0
    phase: CycleDays | None = Field(default=None, description="only if it began on these days")
    occurrence: Literal["first", "again", "same_again"] | None = Field(
        default=None, description="which time; same_again: not the first time of the same term"
    )
    active: bool = Field(default=True, description="false: kept for the record, never evaluated")
    action: Action
    advice: str = Field(default="", description="what else to do: treat, repeat a test")
    next_dose: NextDose | None = Field(default=None, description="from the next cycle on")
    resume: Resume | None = None
    citation: Text
    confidence: Literal["H", "M", "L"]

    @model_validator(mode="after")
    def _resume_follows_a_hold(self) -> ModificationRule:
        if self.resume is not None and self.action != "hold":
            raise ValueError(f"rule {self.id}: resume belongs to the action hold")
        return self


class Requirement(Part):
    """One thing that must hold before a dose. Exactly one of values and no."""

    text: Text
    values: list[ValueTest] = Field(default_factory=list, description="all hold, newest samples")
    or_values: list[ValueTest] = Field(default_factory=list, description="or all of these")
    where: Condition | None = Field(default=None, description="then or_values may hold instead")
    no: Toxicity | None = Field(default=None, description="this toxicity is not present")
    or_baseline: bool = False
    drugs: list[str] = Field(default_factory=list, description="all of the gate's by default")

    @model_validator(mode="after")
    def _is_one_kind(self) -> Requirement:
        if bool(self.values) == (self.no is not None):
            raise ValueError("a requirement names either values or no")
        return self


class Gate(Part):
    """What must hold before a cycle or a course of a drug begins."""

    id: RuleId
    text: Text
    before: Literal["cycle", "course"]
    drugs: list[str] = Field(min_length=1)
    requires: list[Requirement] = Field(min_length=1)
    samples: CycleDays | None = Field(default=None, description="cycle days of valid samples")
    look_back: Duration = Field(default=Duration(3, "d"), description="age of valid samples")
    recheck: Duration | None = None
    max_delay: Duration | None = None
    otherwise: Text = Field(description="what happens when it stays shut")
    citation: Text


class Blame(Part):
    """Which drugs a toxicity is put down to where the data do not say."""

    toxicity: str
    drugs: list[str] = Field(min_length=1)
    phase: CycleDays | None = None


class Modification(Part):
    """All of it."""

    rules: list[ModificationRule] = Field(min_length=1)
    gates: list[Gate] = Field(default_factory=list)
    default_attribution: list[Blame] = Field(default_factory=list)
    max_delay_later_cycles: Duration | None = None

    @model_validator(mode="after")
    def _ids_differ(self) -> Modification:
        twice = repeated([r.id for r in self.rules] + [g.id for g in self.gates])
        if twice:
            raise ValueError(f"id {', '.join(twice)} is used more than once")
        return self
