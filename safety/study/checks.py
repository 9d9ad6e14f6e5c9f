"""What a study says of the checks on its data: switched off, changed, with other limits, added."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from safety.study.feeds import RecordKind
from safety.study.parts import NUMBER, Days, Name, Part, Positive, Text, repeated

MAX_TEXTS = 500  # in one list
MAX_PATTERN = 200  # characters; a form of a code needs a few dozen
# As in expectations.check; `convert` and `hold` are acts of the reader, no study can order them.
RowHandling = Literal["reject", "query", "warn"]
CheckSeverity = Literal["critical", "warning", "info"]
CheckId = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9][A-Za-z0-9]{1,14}$")]
FieldName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
Texts = Annotated[list[Text], Field(min_length=1, max_length=MAX_TEXTS)]
Pattern = Annotated[str, Field(min_length=1, max_length=MAX_PATTERN)]
Number = Annotated[float, NUMBER]
TESTS = ("one_of", "not_in", "between", "matches", "present", "not_before", "not_after")


class CheckParameters(Part):
    """Limits of checks that differ between trials; each has a unit and a source."""

    screening_days: Days = Field(
        default=28, description="days before the first dose that a sample may be taken (fault 11)"
    )
    overdose_share: Annotated[float, Field(ge=1, le=10), NUMBER] = Field(
        default=1.10, description="share of the planned daily dose that is no overdose (fault 43)"
    )
    capsule_mg: dict[Name, Positive] = Field(
        default_factory=dict,
        description="mg of the smallest capsule of a drug, of which each dose is a multiple (fault "
        "43); for a drug that is not named here no dose is compared with capsules",
    )
    diary_settled_days: Days = Field(
        default=3,
        description="days of later rows of a subject until a day without a row is a gap (fault 45)",
    )
    longest_diary_gap: Days = Field(
        default=7,
        description="days; what is longer is a hold or a delay and needs a reason (fault 45)",
    )
    height_change: Positive = Field(
        default=10.0, description="cm by which heights of an adult differ by mistake (fault 48)"
    )
    body_change_share: Annotated[float, Field(gt=0, le=1), NUMBER] = Field(
        default=0.10,
        description="share by which a weight may change from one reading to the next: body "
        "surface follows from it (fault 48)",
    )
    repeat_share: Annotated[float, Field(gt=0, le=1), NUMBER] = Field(
        default=0.05,
        description="share by which two results of one sample differ by rounding and conversion",
    )
    reconcile_dates_within: Days = Field(
        default=7,
        description="days that a reported onset or end may lie off what values of its term can "
        "explain: as far apart as weekly samples (RC-004 to RC-006, RC-009; choice)",
    )
    reconcile_entered_within: Days = Field(
        default=14,
        description="days a site has to enter that an event began, changed or ended, before it is "
        "asked (RC-004 to RC-006, RC-009; choice)",
    )
    special_interest: Name | None = Field(
        default=None,
        description="name of the term set whose values are to be reported from grade 2 on, not "
        "only from grade 3 (fault 31)",
    )


class SwitchedOff(Part):
    """A check that the study does not want, and why."""

    id: CheckId
    reason: Text


class ChangedCheck(Part):
    """A check that weighs more or less in this study than usual, and why."""

    id: CheckId
    severity: CheckSeverity | None = None
    handling: RowHandling | None = None
    reason: Text

    @model_validator(mode="after")
    def _changes_something(self) -> ChangedCheck:
        if self.severity is None and self.handling is None:
            raise ValueError(f"{self.id} changes nothing: give severity or handling")
        return self


class Between(Part):
    """Lowest and highest number that a cell may be; at least one of them."""

    min: Number | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _holds_numbers(self) -> Between:
        if self.min is None and self.max is None:
            raise ValueError("between says neither min nor max: give at least one")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError(f"between: no number is from {self.min:g} to {self.max:g}")
        return self


class AddedCheck(Part):
    """A check of the study's own: one test of one field, in the rows that `when` names.

    Texts are compared without regard to case and to spaces around them. A row in which a field of
    `when`, or the field itself, is missing is not judged; only `present` asks for missing cells.
    """

    id: CheckId
    record: RecordKind
    title: Text
    field: FieldName
    one_of: Texts | None = Field(default=None, description="texts of which the cell is one")
    not_in: Texts | None = Field(default=None, description="texts of which the cell is none")
    between: Between | None = Field(default=None, description="numbers between which the cell is")
    matches: Pattern | None = Field(
        default=None, description="regular expression (RE2: linear time) of the whole cell"
    )
    present: Literal[True] | None = Field(default=None, description="the cell is not missing")
    not_before: FieldName | None = Field(
        default=None, description="date that this date is certainly not before"
    )
    not_after: FieldName | None = Field(
        default=None, description="date that this date is certainly not after"
    )
    when: dict[FieldName, Texts] = Field(
        default_factory=dict, description="texts of other fields: only such rows are judged"
    )
    severity: CheckSeverity
    handling: RowHandling
    citation: Text

    @model_validator(mode="after")
    def _has_one_test(self) -> AddedCheck:
        told = [name for name in TESTS if getattr(self, name) is not None]
        if len(told) != 1:
            raise ValueError(
                f"check {self.id} has {' and '.join(told) or 'no test'}: give one of "
                f"{', '.join(TESTS)}"
            )
        return self

    @property
    def test(self) -> str:
        """The name of its test."""
        return next(name for name in TESTS if getattr(self, name) is not None)


class Checks(Part):
    """The checks of a study, where they differ from the usual ones."""

    off: list[SwitchedOff] = Field(default_factory=list)
    changed: list[ChangedCheck] = Field(default_factory=list)
    parameters: CheckParameters = CheckParameters()
    added: list[AddedCheck] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_once(self) -> Checks:
        for part, named in (
            ("off or changed", [*(c.id for c in self.off), *(c.id for c in self.changed)]),
            ("added", [c.id for c in self.added]),
        ):
            twice = repeated(named)
            if twice:
                raise ValueError(f"{', '.join(twice)} stands twice in {part}; name it once")
        return self
