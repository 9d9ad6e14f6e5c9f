"""What every part of a study file shares."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from safety.study.language import MAX_CYCLE, MAX_DAYS

MAX_COUNT = 10_000  # subjects, events, versions, steps


def _no_truth_value(value: object) -> object:
    if value is True or value is False:
        raise ValueError("a number is expected, not true or false")
    return value


NUMBER = BeforeValidator(_no_truth_value)  # Python takes true for 1; a file means something else
Grade = Annotated[int, Field(ge=1, le=5), NUMBER]
Grades = Annotated[int, Field(ge=0, le=5), NUMBER]  # how many, of a difference
Count = Annotated[int, Field(ge=1, le=MAX_COUNT), NUMBER]
Several = Annotated[int, Field(ge=2, le=MAX_COUNT), NUMBER]
Steps = Annotated[int, Field(ge=0, le=MAX_COUNT), NUMBER]
Days = Annotated[int, Field(ge=0, le=MAX_DAYS), NUMBER]
StudyDay = Annotated[int, Field(ge=1, le=MAX_DAYS), NUMBER]
Cycle = Annotated[int, Field(ge=1, le=MAX_CYCLE), NUMBER]
LaterCycle = Annotated[int, Field(ge=2, le=MAX_CYCLE), NUMBER]
Positive = Annotated[float, Field(gt=0), NUMBER]
Text = Annotated[str, StringConstraints(min_length=1)]
# Coded values are compared in upper case: letter case is a habit, not a meaning.
UpperCase = Annotated[str, StringConstraints(to_upper=True, strip_whitespace=True, min_length=1)]
RuleId = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9-]{0,15}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class Part(BaseModel):
    """A mapping of a study file: no unknown fields, never changed after it was read."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False
    )


class Effective(Part):
    """For which subjects something applies: those whose first dose lies in the period."""

    effective_from: date | None = None
    effective_until: date | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        begins, ends = self.effective_from, self.effective_until
        if begins is not None and ends is not None and ends < begins:
            raise ValueError(
                f"effective_until {ends} lies before effective_from {begins}: it would apply to "
                "nobody; write the later day as effective_until"
            )
        return self

    def applies_to(self, first_dose: date | None) -> bool:
        """Return whether it applies to a subject; without a first dose the newest one does."""
        if first_dose is None:
            return self.effective_until is None
        after = self.effective_from is None or first_dose >= self.effective_from
        before = self.effective_until is None or first_dose <= self.effective_until
        return after and before


def repeated(names: list[str]) -> list[str]:
    """Return what stands in a list more than once."""
    return sorted({n for n in names if names.count(n) > 1})
