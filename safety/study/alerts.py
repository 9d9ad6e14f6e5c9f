"""Who hears of alerts, how soon, and who must answer: the section `alerts` of a study file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from safety.study.parts import NUMBER, Grade, Part, repeated

Tier = Literal["P1", "P2", "P3", "P4"]
Role = Literal["medical_monitor", "backup", "principal_investigator", "safety_lead", "chair",
               "data_engineer"]  # fmt: skip
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# What an address of a webhook or a chat is called in the settings, where its secret is.
Address = Annotated[
    str,
    Field(pattern=r"^(?:(?:webhook|chat):[A-Z0-9_]{1,32}|[^@\s:]+@[^@\s]+)$"),
]
TimeOfDay = Annotated[str, Field(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
Minutes = Annotated[int, Field(ge=0, le=10_080), NUMBER]  # up to a week
Hours = Annotated[int, Field(ge=1, le=8_760), NUMBER]  # up to a year


class Monitor(Part):
    """Who hears of alerts, in which role, of which tiers and how."""

    role: Role
    address: Address
    tiers: list[Tier] = Field(
        description="told to them at once; [] for who hears only of what nobody acknowledged"
    )


class Working(Part):
    """The hours in which somebody works, in the study's time zone."""

    days: list[Weekday] = Field(default=["MO", "TU", "WE", "TH", "FR"], min_length=1)
    start: TimeOfDay = "09:00"
    end: TimeOfDay = "17:00"
    holidays: list[date] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}: nobody would work")
        twice = repeated(list(self.days))
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice among the days; keep one of them")
        return self


class QuietHours(Part):
    """When no message is sent but of P1; from the evening to the morning if start is after end."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start}: write two times of day")
        return self


class TierClock(Part):
    """How soon a tier is told and must be acknowledged, and who hears of it if nobody does.

    Of several times to acknowledge, the first that passes counts; none: nobody must.
    """

    notify_minutes: Minutes | None = Field(default=None, description="none: in the digest only")
    acknowledge_working_hours: Hours | None = None
    acknowledge_hours: Hours | None = None
    acknowledge_working_days: Annotated[int, Field(ge=1, le=365), NUMBER] | None = None
    escalate: list[Role] = Field(default_factory=list, description="one role after the other")


class Alerts(Part):
    """Who hears of a new grade 4 or a DLT candidate, and by when somebody must have answered."""

    recipients: list[Address] = Field(min_length=1)
    grade: Grade = 4
    monitors: list[Monitor] = Field(default_factory=list)
    working: Working = Working()
    quiet_hours: QuietHours | None = None
    digest_at: TimeOfDay = "08:00"
    tiers: dict[Tier, TierClock] = Field(
        default_factory=dict, description="clocks that differ from the usual ones, whole, by tier"
    )
    max_data_age_hours: Hours | None = Field(
        default=36, description="older data raise an alert of operations; none: never"
    )
