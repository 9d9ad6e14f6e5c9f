"""How the next dose is found: design, target, cohorts, end of the trial of doses: `escalation`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from safety.study.language import Duration
from safety.study.parts import NUMBER, Count, Part, Positive, Text, repeated

DesignName = Literal[
    "boin", "3+3", "rolling6", "mtpi2", "i3+3", "blrm", "crm", "tite-boin"
]  # fmt: skip
Rate = Annotated[float, Field(gt=0, lt=1), NUMBER]
# mTPI-2 and i3+3 look 0.05 to either side, BLRM up to 1.32 of it
Target = Annotated[float, Field(gt=0.05, lt=0.75), NUMBER]


class Escalation(Part):
    """The design of the committee. It advises; who signs may decide otherwise, with a reason."""

    design: DesignName = "boin"
    alongside: list[DesignName] = Field(
        default_factory=list, description="computed too; that they disagree is shown"
    )
    target: Target = Field(default=0.3, description="DLT rate that is aimed at")
    cohort: Count = 3
    enough: Count | None = Field(
        default=None,
        description="evaluable subjects at a level with which the trial of doses ends, if the "
        "design would stay there",
    )
    most: Count = Field(description="evaluable subjects at which the trial of doses ends")
    stagger: Duration = Field(
        default=Duration(0, "d"),
        json_schema_extra={"default": "0d"},
        description="from the first dose of the first subject of a new level to that of the next",
    )
    rp2d_least: Count = Field(default=6, description="evaluable subjects a phase II dose needs")
    confirm_top: bool = Field(
        default=True, description="3+3: three more at the highest level before it is the MTD"
    )
    two_of_six_ok: bool = Field(default=False, description="3+3: 2 DLTs of 6 are the MTD")
    extrasafe: bool = Field(default=False, description="BOIN: stop sooner at the lowest level")
    skeleton: list[Rate] = Field(
        default_factory=list,
        description="CRM: DLT rates expected by level; by default spread around the target",
    )
    doses: list[Positive] = Field(
        default_factory=list, description="BLRM: relative dose by level; by default 1, 2, 3, ..."
    )
    citation: Text

    @field_validator("stagger")
    @classmethod
    def _whole_days(cls, length: Duration) -> Duration:
        if length.unit != "d":
            raise ValueError("stagger is whole days; write it as 7d")
        return length

    @model_validator(mode="after")
    def _each_design_once(self) -> Self:
        twice = repeated([self.design, *self.alongside])
        if twice:
            raise ValueError(f"design {', '.join(twice)} stands twice; name it once")
        return self

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        for name in ("cohort", "enough"):
            value = getattr(self, name)
            if value is not None and value > self.most:
                raise ValueError(f"{name} {value} is above most {self.most}: it never comes")
        return self

    @model_validator(mode="after")
    def _goes_upwards(self) -> Self:
        for name in ("skeleton", "doses"):
            values = getattr(self, name)
            if values != sorted(set(values)):
                raise ValueError(f"{name} goes upwards with the levels: 0.12, 0.25, 0.40")
        return self
