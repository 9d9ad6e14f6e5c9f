"""What every part of a study file shares."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Grade = Annotated[int, Field(ge=1, le=5)]
# Coded values are compared in upper case: letter case is a habit, not a meaning.
UpperCase = Annotated[str, StringConstraints(to_upper=True, strip_whitespace=True, min_length=1)]
RuleId = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9-]{0,15}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class Part(BaseModel):
    """A mapping of a study file: no unknown fields, never changed after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Effective(Part):
    """For which subjects something applies: those whose first dose lies in the period."""

    effective_from: date | None = None
    effective_until: date | None = None

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
