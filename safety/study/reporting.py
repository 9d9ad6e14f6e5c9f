"""Which reports about serious adverse events are owed, to whom and how soon: `reporting`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from safety.study.parts import NUMBER, Part, Text, repeated

# Those of safety/reporting/clocks.yaml.
KindName = Literal["sae", "susar_7d", "followup_8d", "susar_15d", "followup_15d", "pregnancy",
                   "overdose", "aesi"]  # fmt: skip
BY_TERM = frozenset[str]({"pregnancy", "overdose", "aesi"})  # owed for the terms a study names
Severity = Literal["serious", "life_threatening", "fatal"]
Percent = Annotated[int, Field(ge=1, le=100), NUMBER]


class ReportKind(Part):
    """A kind of report where it differs from the usual one."""

    applies: bool = True
    hours: Annotated[int, Field(ge=1, le=720), NUMBER] | None = Field(
        default=None, description="from the moment of awareness"
    )
    days: Annotated[int, Field(ge=1, le=365), NUMBER] | None = Field(
        default=None, description="calendar days after the day of awareness, to its end"
    )
    recipient: Text | None = None
    terms: list[Text] = Field(
        default_factory=list, description="adverse events, serious or not, that call for it"
    )
    citation: str = ""

    @model_validator(mode="after")
    def _has_one_clock(self) -> Self:
        if self.hours is not None and self.days is not None:
            raise ValueError("hours and days are both given; a report has one clock")
        return self


class ExpectedTerm(Part):
    """A term that is expected, up to a severity: a fatal one is not unless the list says so."""

    term: Text
    up_to: Severity = "serious"


class ReferenceSafety(Part):
    """Expected serious reactions by one version of the reference safety information."""

    version: Text
    effective_from: date
    terms: list[ExpectedTerm] = Field(default_factory=list)


class Reporting(Part):
    """Clocks of reports. Without this section there are none, and no alert of a serious event."""

    zone: str | None = Field(default=None, description="of day 0; the study's unless said")
    kinds: dict[KindName, ReportKind] = Field(default_factory=dict)
    expectedness: list[ReferenceSafety] = Field(
        default_factory=list,
        description="each version from its day until the next one's; none: nothing is expected",
    )
    progression_terms: list[Text] = Field(
        default_factory=list,
        description="events that the protocol does not report if no drug caused them",
    )
    warn_at: list[Percent] = Field(default=[50, 80, 100], min_length=1)
    confirmed_by: str = Field(
        default="", description="name and date, of the sponsor; empty: still to be confirmed"
    )

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str | None) -> str | None:
        try:
            ZoneInfo(name or "UTC")
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is not a time zone; use one as Asia/Shanghai") from error
        return name

    @field_validator("warn_at")
    @classmethod
    def _in_order(cls, percents: list[int]) -> list[int]:
        return sorted({*percents, 100})  # whatever a study says, somebody hears when it is due

    @field_validator("expectedness")
    @classmethod
    def _one_version_a_day(cls, versions: list[ReferenceSafety]) -> list[ReferenceSafety]:
        twice = repeated([v.effective_from.isoformat() for v in versions])
        if twice:
            raise ValueError(f"two versions are effective from {', '.join(twice)}; keep one")
        return sorted(versions, key=lambda v: v.effective_from)

    @model_validator(mode="after")
    def _terms_are_used(self) -> Self:
        for name, kind in self.kinds.items():
            if kind.terms and name not in BY_TERM:
                raise ValueError(f"{name}: terms are only for {', '.join(sorted(BY_TERM))}")
            if name in BY_TERM and kind.applies and not kind.terms:
                raise ValueError(f"{name}: name the terms that call for it")
        return self
