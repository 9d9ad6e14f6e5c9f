"""What a study file may say. Every field has a reason a study team would understand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from safety.study.alerts import Alerts
from safety.study.checks import Checks
from safety.study.circles import circles
from safety.study.committee import Committee
from safety.study.conditions import TermSet
from safety.study.dlt import DoseLimiting
from safety.study.escalation import Escalation
from safety.study.feeds import Feed
from safety.study.modification import Modification
from safety.study.names import unknown_names
from safety.study.parts import Days, Grade, Name, Part, Text, UpperCase, repeated
from safety.study.places import placed
from safety.study.reporting import Reporting
from safety.study.senseless import senseless
from safety.study.stopping import StoppingRule
from safety.study.treatment import Treatment

# Those of `safety.ctcae.derive.DERIVATIONS` that a study may choose.
DerivationName = Literal["QTCF", "ANC", "CRCL_CG", "EGFR_CKDEPI_2021", "AVERAGE"]
FAULTS = "faults"  # the error that lists them


class Baseline(Part):
    """Which value is the baseline: the last one before the first dose (section 3.5)."""

    same_day_visits: list[Text] = Field(
        default_factory=list,
        description="visits of the first-dose day that are scheduled before the dose",
    )
    look_back_days: Days | None = Field(
        default=None, description="older values than this are flagged as baseline"
    )


class TreatmentEmergent(Part):
    """Onset from the first dose to some days after the last."""

    days_after_last_dose: Days = 30


class SeverityScale(Part):
    """How AESEV limits the grade where no AETOXGR was reported; it never becomes a grade."""

    values: dict[UpperCase, Annotated[list[Grade], Field(min_length=1)]]
    citation: str


class Attribution(Part):
    """The causality scale. A missing value counts as related, with a query (fault 38)."""

    related: list[UpperCase] = Field(min_length=1)
    unrelated: list[UpperCase]

    @model_validator(mode="after")
    def _disjoint(self) -> Attribution:
        both = set(self.related) & set(self.unrelated)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} is both related and unrelated")
        return self


class Supplements(Part):
    """Names (QNAM) under which supplemental qualifiers of adverse events say something."""

    symptomatic: Text | None = None
    other_cause: Text | None = None
    investigator_dlt: list[Text] = Field(default_factory=list)


class RuleSetVersion(Part):
    """Under which version of the protocol configuration verdicts are made, and whose it is."""

    version: Text
    effective_from: date
    author: Text
    approved_by: str = Field(default="", description="name and date; empty: a draft")
    changes: str = ""


class Study(Part):
    """One trial."""

    studyid: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,40}$")
    title: Text
    phase: Text
    notice: str = Field(default="", description="shown on every page, e.g. for public or made data")
    timezone: str
    protocol: RuleSetVersion | None = None
    data_cut: date | None = Field(default=None, description="fixed as_of of a closed study")
    ctcae: Literal["5.0"] = "5.0"
    policy: Literal["number_only", "worst_case"] = "number_only"
    feeds: list[Feed] = Field(min_length=1)
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
    supplements: Supplements = Supplements()
    checks: Checks = Field(
        default=Checks(), description="checks on the data where they differ from the usual ones"
    )
    terms: dict[Name, TermSet] = Field(default_factory=dict)
    treatment: Treatment | None = Field(
        default=None, description="none: dose levels, exposure and escalation do not apply"
    )
    dose_limiting: DoseLimiting
    modification: Modification | None = None
    escalation: Escalation | None = Field(
        default=None, description="none: no design advises on the next dose"
    )
    alerts: Alerts
    reporting: Reporting | None = Field(
        default=None, description="none: no clocks of reports, no alert of a serious event"
    )
    stopping: list[StoppingRule] = Field(
        default_factory=list, description="monitors of toxicity over the whole trial"
    )
    committee: Committee | None = Field(
        default=None, description="none: no quorum is known, and minutes cannot be signed"
    )

    @field_validator("derivations")
    @classmethod
    def _in_any_order(cls, names: list[DerivationName]) -> list[DerivationName]:
        return sorted(set(names))

    @field_validator("feeds")
    @classmethod
    def _each_domain_has_one_feed(cls, feeds: list[Feed]) -> list[Feed]:
        twice = repeated([feed.id for feed in feeds])
        if twice:
            raise ValueError(f"feed {', '.join(twice)} occurs twice; give each its own id")
        shared = repeated([name for feed in feeds for name in feed.domains])
        if shared:
            raise ValueError(f"domain {', '.join(shared)} stands in two feeds; name it in one")
        return feeds

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is not a time zone; use one as Asia/Shanghai") from error
        return name

    @model_validator(mode="after")
    def _holds_together(self) -> Study:
        faults = [*unknown_names(self), *circles(self), *senseless(self)]
        if faults:
            text = "; ".join(f.text for f in faults)
            raise PydanticCustomError(FAULTS, "{text}", {"text": text, "faults": faults})
        return self

    def conditions(self) -> Iterator[tuple[str, Any]]:
        """Yield every condition of every rule, with where it stands."""
        return ((place.name, place.condition) for place in placed(self))
