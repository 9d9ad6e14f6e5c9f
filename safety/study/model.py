"""What a study file may say. Every field has a reason a study team would understand."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

Grade = Annotated[int, Field(ge=1, le=5)]
# Coded values are compared in upper case: letter case is a habit, not a meaning.
UpperCase = Annotated[str, StringConstraints(to_upper=True)]
RecordKind = Literal["subject", "dose", "measurement", "adverse_event"]
# Those of `safety.ctcae.derive.DERIVATIONS` that a study may choose.
DerivationName = Literal["QTCF", "ANC", "CRCL_CG", "EGFR_CKDEPI_2021", "AVERAGE"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Specimen(_Part):
    """How the specimen of a laboratory row is known where the data have no --SPEC."""

    column: str
    values: dict[str, str]


class Coding(_Part):
    """Where reported events carry their CTCAE term; without it they are not compared with CTCAE.

    The code is CTCAE's own, that of a MedDRA LLT. A PT code is another one for some terms (Fever).
    """

    term: Literal["AEDECOD", "AELLT", "AETERM"]
    code: Literal["AELLTCD", "AEPTCD"] | None = None


class Domain(_Part):
    """One SDTM domain of a feed: what its rows are and where their fields stand.

    Fields not named here come from the feed's own mapping.
    """

    record: RecordKind
    key: list[str] = Field(min_length=1, description="columns that name a row at its source")
    required: list[str] = Field(default_factory=list, description="the file is held without them")
    columns: dict[str, str] = Field(
        default_factory=dict, description='canonical field: column, or "" for none'
    )
    constants: dict[str, str] = Field(default_factory=dict)
    specimen: Specimen | None = None
    coding: Coding | None = None

    @model_validator(mode="after")
    def _coding_is_of_events(self) -> Domain:
        if self.coding is not None and self.record != "adverse_event":
            raise ValueError(f"coding belongs to a domain of adverse events, not of {self.record}")
        return self

    @model_validator(mode="after")
    def _result_and_range_belong_together(self) -> Domain:
        together = {"AVALC", "AVALU", "ANRLOC", "ANRHIC"}
        chosen = together & set(self.columns)
        if chosen and chosen != together:
            missing = ", ".join(sorted(together - chosen))
            raise ValueError(
                f"columns names {', '.join(sorted(chosen))} but not {missing}: result, unit and "
                'range must be of one kind; write "" for one that the data do not have'
            )
        return self


class Feed(_Part):
    """One source of data."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    kind: Literal["sdtm_folder"]
    path: str = Field(description="folder, relative to TOXWATCH_HOME")
    domains: dict[str, Domain] = Field(min_length=1)
    ignore: list[str] = Field(default_factory=list, description="files that are known and not used")


class Baseline(_Part):
    """Which value is the baseline: the last one before the first dose (section 3.5)."""

    same_day_visits: list[str] = Field(
        default_factory=list,
        description="visits of the first-dose day that are scheduled before the dose",
    )


class TreatmentEmergent(_Part):
    """Onset from the first dose to some days after the last."""

    days_after_last_dose: int = Field(default=30, ge=0)


class SeverityScale(_Part):
    """How AESEV limits the grade where no AETOXGR was reported; it never becomes a grade."""

    values: dict[UpperCase, Annotated[list[Grade], Field(min_length=1)]]
    citation: str


class Attribution(_Part):
    """The causality scale. A missing value counts as related, with a query (fault 38)."""

    related: list[UpperCase]
    unrelated: list[UpperCase]

    @model_validator(mode="after")
    def _disjoint(self) -> Attribution:
        both = set(self.related) & set(self.unrelated)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} is both related and unrelated")
        return self


class Window(_Part):
    """Study days, both included. There is no day 0."""

    first_day: int = Field(default=1, ge=1)
    last_day: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.first_day > self.last_day:
            raise ValueError("the window ends before it begins")
        return self


class CandidateRule(_Part):
    """One rule that proposes a dose-limiting toxicity."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")
    text: str
    source: Literal["adverse_event", "measurement"]
    min_grade: Grade
    related: bool = Field(default=False, description="only events related to a study drug")
    worsened: bool = Field(default=True, description="worse than the subject's own baseline")
    except_terms: list[str] = Field(default_factory=list)
    citation: str


class DoseLimiting(_Part):
    window: Window
    rules: list[CandidateRule]

    @field_validator("rules")
    @classmethod
    def _ids_differ(cls, rules: list[CandidateRule]) -> list[CandidateRule]:
        ids = [r.id for r in rules]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"rule id {', '.join(twice)} is used more than once")
        return rules


class Alerts(_Part):
    """Who hears of a new grade 4 or a DLT candidate."""

    recipients: list[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]] = Field(min_length=1)
    grade: Grade = 4


class Study(_Part):
    """One trial."""

    studyid: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,40}$")
    title: str
    phase: str
    notice: str = Field(default="", description="shown on every page, e.g. for public or made data")
    timezone: str
    data_cut: date | None = Field(default=None, description="fixed as_of of a closed study")
    ctcae: Literal["5.0"] = "5.0"
    policy: Literal["number_only", "worst_case"] = "number_only"
    feeds: list[Feed] = Field(min_length=1, max_length=1, description="one, for the present")
    derivations: list[DerivationName] = Field(
        default_factory=list,
        description="records to derive where the data lack them: QTCF (from QT and RR or heart "
        "rate), ANC (from WBC and neutrophils %), CRCL_CG and EGFR_CKDEPI_2021 (from creatinine), "
        "AVERAGE (the mean of replicate ECG readings is graded instead of each). None unless "
        "named: each adds grades and alerts. Calcium is corrected for albumin in any case.",
    )
    baseline: Baseline = Baseline()
    treatment_emergent: TreatmentEmergent = TreatmentEmergent()
    severity: SeverityScale | None = None
    attribution: Attribution
    dose_limiting: DoseLimiting
    alerts: Alerts

    @field_validator("derivations")
    @classmethod
    def _in_any_order(cls, names: list[DerivationName]) -> list[DerivationName]:
        return sorted(set(names))

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is not a time zone; use one as Asia/Shanghai") from error
        return name
