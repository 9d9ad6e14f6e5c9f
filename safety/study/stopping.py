"""Which toxicity stops the trial, watched after every subject: `stopping`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from safety.study.conditions import Toxicity
from safety.study.parts import NUMBER, Part, Positive, RuleId, Steps, Text, repeated

Rate = Annotated[float, Field(gt=0, lt=1), NUMBER]
Margin = Annotated[float, Field(ge=0, lt=1), NUMBER]
Beta = tuple[Positive, Positive]
Every = Annotated[str, StringConstraints(pattern=r"^every( [1-9][0-9]{0,2})?$")]
MAX_SUBJECTS = 1_000  # a boundary is worked out exactly, one subject after another
Subjects = Annotated[int, Field(ge=1, le=MAX_SUBJECTS), NUMBER]


class Looked(Part):
    """When somebody looks: from so many subjects on, or at numbers of subjects that are listed."""

    from_: Subjects = Field(default=1, alias="from", description="subjects, before the first look")
    looks: Every | list[Subjects] = Field(
        default="every", description="every (subject), every 3 (subjects), or a list of numbers"
    )

    @model_validator(mode="after")
    def _looks_in_order(self) -> Self:
        if isinstance(self.looks, list) and self.looks != sorted({*self.looks}):
            raise ValueError("looks are numbers of subjects, each once and in order")
        if isinstance(self.looks, list) and (not self.looks or self.looks[0] < self.from_):
            raise ValueError(f"looks begin with {self.from_} subjects (from) or more")
        return self

    @property
    def first_look(self) -> int:
        """Subjects at the first look."""
        return self.looks[0] if isinstance(self.looks, list) else self.from_


class Bayesian(Looked):
    """Stops where the rate is above its limit with more than this probability."""

    limit: Rate
    prior: Beta = Field(description="of the rate: parameters a and b of a beta distribution")
    probability: Rate = 0.95


class Pocock(Looked):
    """Stops at one pointwise level, so that a true `rate` stops with probability `crossing`."""

    rate: Rate
    crossing: Rate


class ThallSimon(Looked):
    """As bayesian, but the limit is a standard rate that is itself uncertain, and a margin."""

    standard: Beta = Field(description="of the standard rate: parameters of a beta distribution")
    margin: Margin = 0.0
    prior: Beta
    probability: Rate = 0.95


class StoppingRule(Part):
    """Counts subjects with one kind of event, and stops by one rule."""

    id: RuleId
    text: Text
    levels: Literal["each", "all"] | list[Text] = Field(
        default="each",
        description="each dose level by itself, all together, or those listed together",
    )
    dlt: Literal[True] | None = Field(default=None, description="DLTs of evaluable subjects")
    related_deaths: Literal[True] | None = Field(
        default=None, description="deaths not clearly due to progression or another cause"
    )
    toxicity: Toxicity | None = Field(
        default=None, description="events after the first dose, worse than the baseline"
    )
    related: bool = Field(default=True, description="false: toxicity whatever its cause")
    bayesian: Bayesian | None = None
    pocock: Pocock | None = None
    thall_simon: ThallSimon | None = None
    at_most: Steps | None = Field(default=None, description="subjects with an event; 0: none")
    n_max: Subjects = Field(description="subjects it is planned for, the phase II size")
    citation: Text
    confidence: Literal["H", "M", "L"]

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        counted = {
            "dlt": self.dlt, "related_deaths": self.related_deaths, "toxicity": self.toxicity
        }  # fmt: skip
        rules = {
            "bayesian": self.bayesian, "pocock": self.pocock, "thall_simon": self.thall_simon,
            "at_most": self.at_most,
        }  # fmt: skip
        for given in (counted, rules):
            if sum(v is not None for v in given.values()) != 1:
                raise ValueError(f"stopping {self.id}: name one of {', '.join(given)}")
        if not self.related and self.toxicity is None:
            raise ValueError(f"stopping {self.id}: related is only for toxicity")
        if isinstance(self.levels, list) and (not self.levels or repeated(self.levels)):
            raise ValueError(f"stopping {self.id}: levels names each level once, at least one")
        return self

    @model_validator(mode="after")
    def _can_stop(self) -> Self:
        looked = self.bayesian or self.pocock or self.thall_simon
        if looked is not None and looked.first_look > self.n_max:
            raise ValueError(
                f"stopping {self.id}: the first look at {looked.first_look} subjects lies beyond "
                f"n_max {self.n_max}"
            )
        if self.at_most is not None and self.at_most >= self.n_max:
            raise ValueError(
                f"stopping {self.id}: at_most {self.at_most} of {self.n_max} never "
                "stops; write a smaller number"
            )
        return self
