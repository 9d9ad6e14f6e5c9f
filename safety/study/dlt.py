"""Dose-limiting toxicity: window, rules, required assessments, evaluability, pause rules."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field, field_validator, model_validator

from safety.study.conditions import Condition, Toxicity
from safety.study.language import WHOLE, CycleDays, Duration, Share
from safety.study.parts import (
    Count,
    Effective,
    Grade,
    Grades,
    Part,
    RuleId,
    Several,
    StudyDay,
    Text,
    UpperCase,
    repeated,
)


class Window(Part):
    """Study days, both included; there is no day 0. What is found before the next cycle's first
    dose still belongs to it.
    """

    first_day: StudyDay = 1
    last_day: StudyDay
    extends_to_day: StudyDay | None = Field(
        default=None, description="last day while the next cycle is delayed for toxicity"
    )
    presets: list[StudyDay] = Field(default_factory=list, description="other last days to compare")

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.first_day > self.last_day:
            raise ValueError("the window ends before it begins")
        if self.extends_to_day is not None and self.extends_to_day < self.last_day:
            raise ValueError("extends_to_day lies before last_day")
        return self


class Scope(Part):
    """What an event must be besides, before a rule counts it."""

    in_window: bool = True
    related: bool = True
    worsened_by: Grades = Field(default=1, description="grades above the baseline's")


class DltRule(Effective):
    """One rule. An exception takes the events it holds for out of the rules that name it."""

    id: RuleId
    text: Text
    kind: Literal["dose_limiting", "exception"] = "dose_limiting"
    when: Condition
    unless: list[RuleId] = Field(default_factory=list, description="exceptions that are heeded")
    scope: Scope = Scope()
    needs: list[str] = Field(
        default_factory=list,
        description="assessments without which silence is not safety: the rule cannot be judged",
    )
    version: Count = 1
    citation: Text


class Assessment(Part):
    """A required assessment: all tests of one day, in every window or some times in one."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]{0,15}$")
    text: Text
    tests: list[Text] = Field(min_length=1, description="--TESTCD; PROT/URINE for urine")
    windows: list[CycleDays] = Field(min_length=1)
    at_least: Count = Field(default=1, description="different days in each window")
    grace: Duration = Duration(0, "d")
    citation: str = ""


class Confirmation(Part):
    """A screening result that counts as surely this grade only once a better method confirms it.

    The better method, taken from the screening's day on and within some days, replaces it.
    """

    term: Text
    test: Text
    screening_unit: Text
    confirming_unit: Text
    from_grade: Grade
    within: Duration
    citation: Text


class Prophylaxis(Part):
    """Medication that must not be given preventively in the window; given as treatment it may."""

    category: UpperCase
    indications: list[UpperCase] = Field(min_length=1, description="words in CMINDC that say so")

    def is_meant(self, category: str, name: str) -> bool:
        """Return whether a medication is of this kind."""
        return self.category in {category.upper(), name.upper()}

    def is_preventive(self, indication: str) -> bool:
        """Return whether an indication says that it was given preventively."""
        return any(word in indication.upper() for word in self.indications)


class Evaluability(Part):
    """When a subject counts for the dose decision."""

    minimum_dose: Share
    assessments: list[str]
    prophylaxis: list[Prophylaxis] = Field(default_factory=list)
    citation: Text

    @field_validator("minimum_dose")
    @classmethod
    def _asks_for_enough(cls, share: Share) -> Share:
        if share.sign not in {">=", ">"}:
            raise ValueError("minimum_dose is a least share; write it as >=75%")
        if share == Share(">", WHOLE):
            raise ValueError("nobody takes more than was planned; write it as >=75%")
        return share


class CauseOfDeath(Part):
    """How the data say that a death is due to progression."""

    terms: list[str] = Field(default_factory=list, description="fatal adverse events")
    dispositions: list[UpperCase] = Field(default_factory=list)


class PauseRule(Part):
    """Stops enrolment at once, apart from the design. Exactly one kind."""

    id: RuleId
    text: Text
    rule: RuleId | None = Field(default=None, description="a DLT rule met by any subject")
    related_deaths: Count | None = None
    same_soc_events: Several | None = None
    toxicity: Toxicity | None = Field(default=None, description="which events, of same_soc_events")
    dlts: Count | None = None
    in_first: Count | None = None
    eliminated_at: str | None = Field(default=None, description="level")
    boundary: dict[Count, Count] = Field(
        default_factory=dict, description="DLTs by evaluable subjects from which it is eliminated"
    )
    citation: Text

    @model_validator(mode="after")
    def _is_one_kind(self) -> PauseRule:
        kinds = {
            "rule": self.rule, "related_deaths": self.related_deaths,
            "same_soc_events": self.same_soc_events, "dlts": self.dlts,
            "eliminated_at": self.eliminated_at,
        }  # fmt: skip
        if sum(v is not None for v in kinds.values()) != 1:
            raise ValueError(f"a pause rule is one of: {', '.join(kinds)}")
        if (self.dlts is None) != (self.in_first is None):
            raise ValueError("dlts and in_first belong together")
        if (self.same_soc_events is None) != (self.toxicity is None):
            raise ValueError("same_soc_events and toxicity belong together")
        if (self.eliminated_at is None) != (not self.boundary):
            raise ValueError("eliminated_at and boundary belong together")
        if self.dlts is not None and self.in_first is not None and self.in_first < self.dlts:
            raise ValueError(
                f"pause {self.id}: {self.dlts} DLTs cannot be among the first {self.in_first}; "
                "write in_first as large as dlts or larger"
            )
        for subjects, dlts in self.boundary.items():
            if dlts > subjects:
                raise ValueError(
                    f"pause {self.id}: {dlts} DLTs of {subjects} subjects cannot be; boundary is "
                    "written {subjects: DLTs}"
                )
        return self


class DoseLimiting(Part):
    """Everything about DLTs."""

    id: str = Field(default="dlt-1", description="name of the rule set")
    window: Window
    rules: list[DltRule] = Field(min_length=1)
    surveillance: list[Assessment] = Field(default_factory=list)
    confirmations: list[Confirmation] = Field(default_factory=list)
    evaluability: Evaluability | None = None
    cause_of_death: CauseOfDeath = CauseOfDeath()
    follow_up_ends: list[UpperCase] = Field(
        default=[
            "DEATH",
            "WITHDRAWAL BY SUBJECT",
            "LOST TO FOLLOW-UP",
            "STUDY TERMINATED BY SPONSOR",
        ],
        description="dispositions after which nothing more can be recorded",
    )
    treatment_ends: list[UpperCase] = Field(
        default=["ADVERSE EVENT", "PROGRESSIVE DISEASE", "PHYSICIAN DECISION", "COMPLETED"],
        description="dispositions after which no more dose is due, though follow-up goes on",
    )
    pause: list[PauseRule] = Field(default_factory=list)
    unrelated_needs_cause: bool = Field(
        default=False, description="unrelated counts only with a documented other cause"
    )
    count_late: bool = Field(default=False, description="late events count as DLT")
    reconcile_within: Duration = Field(
        default=Duration(3, "d"), description="a value and a reported event are one episode"
    )

    @model_validator(mode="after")
    def _names_are_known(self) -> DoseLimiting:
        exceptions = {r.id for r in self.rules if r.kind == "exception"}
        assessments = [a.id for a in self.surveillance]
        if repeated(assessments):
            raise ValueError(f"assessment {', '.join(repeated(assessments))} stands twice")
        known = {r.id for r in self.rules}
        for rule in self.rules:
            _must_be(set(rule.unless), exceptions, f"rule {rule.id}: unless names", "exception")
            _must_be(
                set(rule.needs), set(assessments), f"rule {rule.id}: needs names", "assessment"
            )
        if self.evaluability is not None:
            wanted = set(self.evaluability.assessments)
            _must_be(wanted, set(assessments), "evaluability: assessments names", "assessment")
        for pause in self.pause:
            if pause.rule is not None:
                _must_be({pause.rule}, known, f"pause {pause.id}: rule names", "rule")
        return self

    @model_validator(mode="after")
    def _versions_do_not_overlap(self) -> DoseLimiting:
        for rule_id in repeated([r.id for r in self.rules]):
            same = [r for r in self.rules if r.id == rule_id]
            same.sort(key=lambda r: str(r.effective_from or ""))
            for older, newer in pairwise(same):
                ends, begins = older.effective_until, newer.effective_from
                if ends is None or begins is None or ends >= begins:
                    raise ValueError(
                        f"rule id {rule_id} is used more than once; versions of one rule need "
                        "effective_from and effective_until that do not overlap"
                    )
        return self


def _must_be(names: set[str], known: set[str], what: str, kind: str) -> None:
    unknown = sorted(names - known)
    if unknown:
        raise ValueError(
            f"{what} {', '.join(unknown)}, which is no {kind}; known: "
            f"{', '.join(sorted(known)) or 'none'}"
        )
