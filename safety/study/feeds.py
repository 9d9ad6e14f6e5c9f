"""Where the data come from and how their columns are called."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from safety.study.parts import Part, Text

RecordKind = Literal[
    "subject", "dose", "measurement", "adverse_event", "supplement", "medication", "procedure",
    "disposition", "visit", "history", "declaration",
]  # fmt: skip


DomainName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]  # as SDTM writes it: EC, SUPPAE


class Specimen(Part):
    """How the specimen of a laboratory row is known where the data have no --SPEC."""

    column: Text
    values: dict[str, str]


class Coding(Part):
    """Where reported events carry their CTCAE term; without it they are not compared with CTCAE.

    The code is CTCAE's own, that of a MedDRA LLT. A PT code is another one for some terms (Fever).
    """

    term: Literal["AEDECOD", "AELLT", "AETERM"]
    code: Literal["AELLTCD", "AEPTCD"] | None = None


class Domain(Part):
    """One SDTM domain of a feed: what its rows are and where their fields stand.

    Fields not named here come from the feed's own mapping.
    """

    record: RecordKind
    key: list[Text] = Field(min_length=1, description="columns that name a row at its source")
    required: list[Text] = Field(default_factory=list, description="the file is held without them")
    optional: bool = Field(default=False, description="no file means no rows")
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


class Feed(Part):
    """One source of data."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    kind: Literal["sdtm_folder"]
    path: str = Field(description="folder, relative to TOXWATCH_HOME")
    domains: dict[DomainName, Domain] = Field(min_length=1)
    ignore: list[str] = Field(default_factory=list, description="files that are known and not used")
