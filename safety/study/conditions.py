"""Conditions of rules: what must be true of a subject's records. Data, interpreted by `assess`.

A condition is a mapping whose first key says its kind. Every kind is three-valued when it is
judged: true, false, or not to be judged with what is missing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from safety.study.feeds import RecordKind
from safety.study.language import (
    Duration,
    DurationTest,
    GradeTest,
    Limit,
    Share,
    ValueTest,
)
from safety.study.parts import Cycle, LaterCycle, Part, RuleId, UpperCase

EVERY_TERM = "any"
TermNames = Annotated[list[str], Field(min_length=1)]


class TermSet(Part):
    """CTCAE terms a study speaks of by one name: listed, or by system organ class."""

    terms: list[str] = Field(default_factory=list)
    socs: list[str] = Field(default_factory=list)
    text: str = Field(default="", description="what sentences call it; else its name")
    citation: str = ""

    @model_validator(mode="after")
    def _is_not_empty(self) -> TermSet:
        if not (self.terms or self.socs):
            raise ValueError("a term set names terms or socs")
        return self


class Resolving(Part):
    """How soon the condition must have improved: to a grade, to the baseline, or to values."""

    to: GradeTest = Field(description="the grade that counts as improved, e.g. <=1")
    or_baseline: bool = Field(default=False, description="or the subject's own baseline grade")
    or_values: list[ValueTest] = Field(
        default_factory=list, description="or all of these values in one day"
    )
    within: Duration


class Toxicity(Part):
    """A CTCAE term at a grade: reported as an adverse event, derived from values, or both."""

    toxicity: str | TermNames = Field(description="name of a term set, CTCAE terms, or any")
    except_: str | TermNames | None = Field(default=None, alias="except")
    grade: GradeTest = GradeTest(1, 5)
    source: Literal["both", "reported", "measured"] = "both"
    lasting: DurationTest | None = None
    resolving: Resolving | None = None
    symptomatic: Literal["yes", "no"] | None = None
    serious: Literal["yes"] | None = None
    without: list[Condition] = Field(
        default_factory=list, description="none of these at the same time"
    )
    treated_with: UpperCase | None = Field(
        default=None, description="medication category given from onset until it resolved"
    )


class Value(Part):
    """A measured value beyond a limit."""

    value: ValueTest
    up_to: Limit | None = Field(default=None, description="and not beyond this one, in one result")
    if_baseline_abnormal: Limit | None = Field(
        default=None, description="holds too where the baseline was outside its range"
    )
    lasting: DurationTest | None = None


class AtBaseline(Part):
    """A value of the subject's baseline record."""

    at_baseline: ValueTest
    up_to: Limit | None = Field(default=None, description="and not beyond this one")


class Medication(Part):
    """A concomitant medication, by category (CMCAT) or name (CMDECOD)."""

    medication: UpperCase


class Procedure(Part):
    """A procedure, e.g. PLATELET TRANSFUSION (PRTRT)."""

    procedure: UpperCase


class History(Part):
    """A condition of the medical history (MHDECOD)."""

    history: UpperCase


class HysLaw(Part):
    """Aminotransferase and bilirubin raised within some days of each other, without cholestasis.

    Where the baseline of a test was above ULN its own `abnormal_baseline` limit must hold as well.
    Source of the defaults: FDA guidance on drug-induced liver injury (2009), section IV.
    """

    hys_law: Literal[True]
    aminotransferase: ValueTest = ValueTest.parse("ALT|AST > 3 x ULN")
    aminotransferase_abnormal_baseline: Limit = Limit.parse("> 3 x baseline")
    bilirubin: ValueTest = ValueTest.parse("BILI > 2 x ULN")
    bilirubin_abnormal_baseline: Limit = Limit.parse("> 2 x baseline")
    cholestasis_absent: ValueTest = ValueTest.parse("ALP < 2 x ULN")
    within: Duration = Duration(14, "d")


class CycleDelay(Part):
    """The next cycle starts late because of treatment-related toxicity."""

    cycle_delay: DurationTest
    cycle: LaterCycle = 2


class DoseMissed(Part):
    """Share of a drug's planned dose of a cycle that was missed for treatment-related toxicity."""

    dose_missed: Share
    cycle: Cycle = 1
    drugs: list[str] = Field(default_factory=list, description="any of these; all by default")


class Death(Part):
    """Death that is not clearly due to progression or another documented cause."""

    death: Literal[True]


class Declared(Part):
    """A toxicity that the committee declared dose-limiting, with text and signature."""

    declared: Literal[True]


class RuleMet(Part):
    """Another rule of the same list holds for the same subject."""

    rule: RuleId


class AllOf(Part):
    """Every one of the conditions; `within` says how far apart they may lie (0: overlapping).

    The first condition is the one whose onset and worsening count, unless `onset` is `earliest`.
    Related is what the first is related to, or what any other is said to be related to.
    """

    all: list[Condition] = Field(min_length=2)
    within: Duration = Duration(0, "d")
    onset: Literal["first_named", "earliest"] = "first_named"


class AnyOf(Part):
    """At least one of the conditions."""

    any: list[Condition] = Field(min_length=1)


KINDS: dict[str, type[Part]] = {
    "toxicity": Toxicity, "value": Value, "at_baseline": AtBaseline, "medication": Medication,
    "procedure": Procedure, "history": History, "hys_law": HysLaw, "cycle_delay": CycleDelay,
    "dose_missed": DoseMissed, "death": Death, "declared": Declared, "rule": RuleMet,
    "all": AllOf, "any": AnyOf,
}  # fmt: skip


def _kind(value: Any) -> str | None:
    if isinstance(value, Part):
        return next((name for name, model in KINDS.items() if type(value) is model), None)
    if isinstance(value, dict):
        return next((name for name in KINDS if name in value), None)
    return None


Condition = Annotated[
    Annotated[Toxicity, Tag("toxicity")]
    | Annotated[Value, Tag("value")]
    | Annotated[AtBaseline, Tag("at_baseline")]
    | Annotated[Medication, Tag("medication")]
    | Annotated[Procedure, Tag("procedure")]
    | Annotated[History, Tag("history")]
    | Annotated[HysLaw, Tag("hys_law")]
    | Annotated[CycleDelay, Tag("cycle_delay")]
    | Annotated[DoseMissed, Tag("dose_missed")]
    | Annotated[Death, Tag("death")]
    | Annotated[Declared, Tag("declared")]
    | Annotated[RuleMet, Tag("rule")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")],
    Discriminator(
        _kind,
        custom_error_type="condition",
        custom_error_message="a condition starts with one of: " + ", ".join(KINDS),
    ),
]

for _model in (Toxicity, AllOf, AnyOf):
    _model.model_rebuild()


def parts_of(condition: Any) -> list[Any]:
    """Return a condition and every condition inside it, outermost first."""
    inner: list[Any] = []
    if isinstance(condition, AllOf):
        inner = list(condition.all)
    elif isinstance(condition, AnyOf):
        inner = list(condition.any)
    elif isinstance(condition, Toxicity):
        inner = list(condition.without)
    return [condition, *(deep for part in inner for deep in parts_of(part))]


def judged_by(condition: Any) -> tuple[RecordKind, ...]:
    """Return the kinds of record without which silence about a condition means nothing."""
    match condition:
        case Toxicity():
            both: tuple[RecordKind, ...] = ("adverse_event", "measurement")
            return {"both": both, "reported": both[:1], "measured": both[1:]}[condition.source]
        case Value() | AtBaseline() | HysLaw():
            return ("measurement",)
        case DoseMissed():
            return ("dose",)
        case CycleDelay():
            return ("dose", "visit")
        case Death():
            return ("adverse_event",)
        case _:
            return ()
