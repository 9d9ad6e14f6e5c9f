"""Drugs, schedules, dose levels and what of them is planned for a subject."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from safety.study.language import CycleDays, Duration
from safety.study.parts import (
    NUMBER,
    Name,
    Part,
    Positive,
    Steps,
    StudyDay,
    Text,
    UpperCase,
    repeated,
)

MAX_MG = 1_000_000  # of one intake: a kilogram
CYCLE = "{cycle}"  # where the number of the cycle stands in the name of its first visit
INTAKES_A_DAY = {"QD": 1, "BID": 2, "TID": 3, "QOD": 0.5}
Frequency = Literal["QD", "BID", "TID"]
Milligrams = Annotated[float, Field(gt=0, le=MAX_MG), NUMBER]


class Band(Part):
    """mg per intake up to a body surface; the last band has no upper end."""

    below: Positive | None = Field(default=None, description="m2, exclusive")
    mg: Milligrams


class RenalStep(Part):
    """What a creatinine clearance below a limit does to the dose."""

    below: Positive = Field(description="mL/min (Cockcroft-Gault), exclusive")
    lower_by: Steps = Field(default=0, description="steps of the drug's ladder")
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
    latest_start: StudyDay | None = Field(
        default=None, description="last cycle day on which a course that was held may still begin"
    )

    @model_validator(mode="after")
    def _is_of_any_cycle(self) -> Schedule:
        if self.days.cycle is not None:
            raise ValueError(
                f"a schedule holds in every cycle; write days without C{self.days.cycle}"
            )
        if self.latest_start is not None and self.latest_start < self.days.first:
            raise ValueError(
                f"latest_start {self.latest_start} lies before the course begins on day "
                f"{self.days.first}; write {self.days.first} or later"
            )
        return self

    @property
    def intakes_a_day(self) -> int:
        return int(INTAKES_A_DAY[self.frequency])


class Nadir(Part):
    """When counts are lowest, in days after the first dose of a course."""

    of: Text
    day: StudyDay
    earliest: StudyDay
    latest: StudyDay
    citation: Text


class Drug(Part):
    """One study drug."""

    names: list[UpperCase] = Field(min_length=1, description="as ECTRT or EXTRT spell it")
    attribution: Text | None = Field(default=None, description="SUPPAE QNAM of its causality")
    action: Text | None = Field(default=None, description="SUPPAE QNAM of the action taken with it")
    schedule: Schedule
    steps: list[Milligrams] = Field(min_length=1, description="ladder of mg per intake, downwards")
    max_reductions: Steps = 2
    re_escalation: bool = False
    max_interruption: Duration | None = None
    nadirs: list[Nadir] = Field(default_factory=list)
    citation: Text

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
    diary_within: Duration = Field(
        default=Duration(7, "d"),
        json_schema_extra={"default": "7d"},
        description="how late the record of a dose may come: until then none is no missed dose",
    )
    drugs: dict[Name, Drug] = Field(min_length=1)
    levels: list[Level] = Field(min_length=1)
    start_level: str
    reasons: Reasons
    citation: Text

    @field_validator("cycle_length")
    @classmethod
    def _cycle_has_days(cls, length: Duration) -> Duration:
        if length.unit != "d" or length.amount < 1:
            raise ValueError("a cycle lasts whole days, at least one; write it as 21d")
        return length

    @field_validator("cycle_start_visit")
    @classmethod
    def _visit_names_its_cycle(cls, name: str) -> str:
        if name.count(CYCLE) != 1 or set("{}") & set(name.replace(CYCLE, "")):
            raise ValueError(
                f"must hold {CYCLE} exactly once and no other brace; write it as "
                f'"CYCLE {CYCLE} DAY 1"'
            )
        return name

    @model_validator(mode="after")
    def _drugs_differ(self) -> Treatment:
        named = [name for drug in self.drugs.values() for name in set(drug.names)]
        if repeated(named):
            raise ValueError(
                f"{', '.join(repeated(named))} is the name of two drugs; a dose must be of one"
            )
        return self

    @model_validator(mode="after")
    def _schedules_fit_the_cycle(self) -> Treatment:
        length = self.cycle_length.whole_days
        for name, drug in self.drugs.items():
            last = max(drug.schedule.days.last, drug.schedule.latest_start or 1)
            if last > length:
                raise ValueError(
                    f"drug {name}: the schedule goes to day {last}, but a cycle has {length} days"
                )
        return self

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
