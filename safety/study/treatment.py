"""Drugs, schedules, dose levels and what of them is planned for a subject."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from safety.study.language import CycleDays, Duration
from safety.study.parts import Name, Part, UpperCase, repeated

INTAKES_A_DAY = {"QD": 1, "BID": 2, "TID": 3, "QOD": 0.5}
Frequency = Literal["QD", "BID", "TID"]
Milligrams = Annotated[float, Field(gt=0)]


class Band(Part):
    """mg per intake up to a body surface; the last band has no upper end."""

    below: float | None = Field(default=None, gt=0, description="m2, exclusive")
    mg: Milligrams


class RenalStep(Part):
    """What a creatinine clearance below a limit does to the dose."""

    below: float = Field(gt=0, description="mL/min (Cockcroft-Gault), exclusive")
    lower_by: int = Field(default=0, ge=0, description="steps of the drug's ladder")
    not_given: bool = False


class DoseRule(Part):
    """mg per intake: fixed, by body-surface band, or per m2 with rounding; then renal steps."""

    fixed: Milligrams | None = None
    bsa_bands: list[Band] = Field(default_factory=list)
    per_m2: Milligrams | None = None
    round_to: Milligrams | None = Field(default=None, description="mg of the smallest capsule")
    at_most: Milligrams | None = None
    renal: list[RenalStep] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_one_kind(self) -> DoseRule:
        kinds = [self.fixed is not None, bool(self.bsa_bands), self.per_m2 is not None]
        if sum(kinds) != 1:
            raise ValueError("a dose is one of: fixed, bsa_bands, per_m2")
        if self.per_m2 is None and (self.round_to or self.at_most):
            raise ValueError("round_to and at_most belong to per_m2")
        return self

    @field_validator("bsa_bands")
    @classmethod
    def _bands_rise(cls, bands: list[Band]) -> list[Band]:
        ends = [b.below for b in bands]
        if bands and (ends[-1] is not None or None in ends[:-1]):
            raise ValueError("every band but the last says below which body surface it ends")
        known = [e for e in ends if e is not None]
        if known != sorted(set(known)):
            raise ValueError("bands go from small to large body surface")
        return bands


class Schedule(Part):
    """When in a cycle a drug is taken."""

    days: CycleDays
    frequency: Frequency
    latest_start: int | None = Field(
        default=None, description="last cycle day on which a course that was held may still begin"
    )

    @property
    def intakes_a_day(self) -> int:
        return int(INTAKES_A_DAY[self.frequency])


class Nadir(Part):
    """When counts are lowest, in days after the first dose of a course."""

    of: str
    day: int
    earliest: int
    latest: int
    citation: str


class Drug(Part):
    """One study drug."""

    names: list[UpperCase] = Field(min_length=1, description="as ECTRT or EXTRT spell it")
    attribution: str | None = Field(default=None, description="SUPPAE QNAM of its causality")
    action: str | None = Field(default=None, description="SUPPAE QNAM of the action taken with it")
    schedule: Schedule
    steps: list[Milligrams] = Field(min_length=1, description="ladder of mg per intake, downwards")
    max_reductions: int = Field(default=2, ge=0)
    re_escalation: bool = False
    max_interruption: Duration | None = None
    nadirs: list[Nadir] = Field(default_factory=list)
    citation: str

    @field_validator("steps")
    @classmethod
    def _steps_fall(cls, steps: list[float]) -> list[float]:
        if steps != sorted(set(steps), reverse=True):
            raise ValueError("the ladder goes downwards: 250, 200, 150")
        return steps


class Level(Part):
    """One dose level: a dose rule for every drug."""

    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,12}$", description="as ARMCD spells it")
    doses: dict[Name, DoseRule]
    note: str = ""


class Reasons(Part):
    """How the data say why a dose was not taken (ECREASOC)."""

    toxicity: list[UpperCase]
    progression: list[UpperCase] = Field(default_factory=list)


class Treatment(Part):
    """The regimen. Levels stand from lowest to highest."""

    cycle_length: Duration
    cycle_start_visit: str = Field(
        default="CYCLE {cycle} DAY 1", description="VISIT that exists only if the cycle started"
    )
    drugs: dict[Name, Drug] = Field(min_length=1)
    levels: list[Level] = Field(min_length=1)
    start_level: str
    reasons: Reasons
    citation: str

    @model_validator(mode="after")
    def _levels_are_complete(self) -> Treatment:
        ids = [level.id for level in self.levels]
        if repeated(ids):
            raise ValueError(f"level {', '.join(repeated(ids))} stands twice")
        if self.start_level not in ids:
            raise ValueError(f"start_level {self.start_level} is none of {', '.join(ids)}")
        for level in self.levels:
            missing = sorted(set(self.drugs) - set(level.doses))
            unknown = sorted(set(level.doses) - set(self.drugs))
            if missing or unknown:
                raise ValueError(
                    f"level {level.id} must dose each drug once; missing: "
                    f"{', '.join(missing) or 'none'}, unknown: {', '.join(unknown) or 'none'}"
                )
        return self

    def drug_named(self, name: str) -> str | None:
        """Return the id of the drug that the data call `name`, None for another one."""
        wanted = name.strip().upper()
        return next((d for d, drug in self.drugs.items() if wanted in drug.names), None)
