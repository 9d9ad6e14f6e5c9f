"""Where the data come from and how their columns are called."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from safety.study.cells import Cells
from safety.study.language import HOURS_A_DAY, Duration
from safety.study.parts import NUMBER, Part, Text, UpperCase
from safety.study.pull import FHIR_TYPES, PULLED, Pull, fault_of
from safety.study.wide import FIELDS, TESTCD, Wide

RecordKind = Literal[
    "subject", "dose", "measurement", "adverse_event", "supplement", "medication", "procedure",
    "disposition", "visit", "history", "declaration",
]  # fmt: skip


DomainName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]  # as SDTM writes it: EC, SUPPAE
FeedKind = Literal["sdtm_folder", "central_lab", "odm_xml", "fhir", "redcap"]
WITH_GROUPS = ("odm_xml", "fhir", "redcap")  # kinds whose files hold several domains
DAY = "{day}"  # stands in a path for the name of a folder, the day of a delivery


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


class Deleted(Part):
    """How a row says that it is no longer valid at its source, e.g. a cancelled result."""

    column: Text
    values: list[UpperCase] = Field(min_length=1)


REMOVED = Deleted(column="REMOVED", values=["Y"])  # of every row that was pulled


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
    values: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="canonical field: {value as delivered: value it means}, e.g. codes of tests",
    )
    groups: list[Text] = Field(
        default_factory=list,
        description="which rows of a file are its own: of kind odm_xml ItemGroupOIDs (or "
        "FormOIDs), of kind fhir resource types as AdverseEvent or Observation:laboratory, of kind "
        "redcap instruments",
    )
    wide: Wide | None = Field(
        default=None, description="where the tests stand, if a row holds the results of several"
    )
    specimen: Specimen | None = None
    coding: Coding | None = None
    updated: Text | None = Field(
        default=None,
        description="column with the source's own time of a row; of one key the newest is current",
    )
    deleted: Deleted | None = Field(
        default=None, description="which values of which column take the row of a key away"
    )
    declares: dict[Text, Text] = Field(
        default_factory=dict,
        description="column: what every row must say in it, else the file is held",
    )

    @model_validator(mode="after")
    def _coding_is_of_events(self) -> Domain:
        if self.coding is not None and self.record != "adverse_event":
            raise ValueError(f"coding belongs to a domain of adverse events, not of {self.record}")
        return self

    @model_validator(mode="after")
    def _wide_rows_are_told_apart(self) -> Domain:
        if self.wide is None:
            return self
        if self.record != "measurement":
            raise ValueError(f"wide belongs to a domain of measurements, not of {self.record}")
        if TESTCD not in self.key:
            raise ValueError(f"wide: a row becomes a row a test; name {TESTCD} in the key as well")
        twice = sorted(set(FIELDS) & {*self.columns, *self.constants})
        if twice:
            raise ValueError(f"{', '.join(twice)} is told by wide; leave it out elsewhere")
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
    kind: FeedKind
    path: str = Field(
        description="folder, relative to TOXWATCH_HOME; with {day}, a folder a delivery, named by "
        "the day it was received as YYYY-MM-DD"
    )
    delivers: Literal["snapshot", "changes"] = Field(
        default="snapshot",
        description="every file holds all rows of its domain, or what changed since the last one",
    )
    late_after: Duration = Field(
        default=Duration(1, "d"),
        json_schema_extra={"default": "1d"},
        description="how long after the newest delivery the next one is late: 0d, where one comes "
        "every day; 3d, over a weekend",
    )
    rows_kept: Annotated[float, Field(gt=0, le=1), NUMBER] = Field(
        default=0.8,
        description="share of the last file's rows below which a snapshot file is held (fault 52)",
    )
    encoding: Literal["utf-8", "gb18030"] = Field(default="utf-8", description="of CSV files")
    delimiter: Literal[",", ";", "\t", "|"] = Field(default=",", description="of CSV files")
    cells: Cells | None = Field(
        default=None, description="of kind central_lab: how dates, times and numbers are written"
    )
    subject_prefix: str = Field(
        default="", description="put before the subject's id in the source to make USUBJID"
    )
    pull: Pull | None = Field(
        default=None, description="of kinds fhir and redcap: the server that is asked for changes"
    )
    domains: dict[DomainName, Domain] = Field(min_length=1)
    ignore: list[str] = Field(
        default_factory=list,
        description="files, of kind odm_xml also item groups, that are known and not used",
    )
    released: list[Text] = Field(
        default_factory=list,
        description="held files, as DAY/NAME, that a data engineer looked at and found right: they "
        "are used although rows, subjects or columns went missing",
    )

    @property
    def is_daily(self) -> bool:
        """Whether a folder holds one delivery; else one folder holds what is current."""
        return DAY in self.path

    @property
    def is_log(self) -> bool:
        """Whether a file may hold every version that a row had."""
        return self.delivers == "changes" and self.kind in WITH_GROUPS

    @model_validator(mode="after")
    def _late_by_whole_days(self) -> Feed:
        if self.late_after.hours % HOURS_A_DAY:
            raise ValueError(
                f"late_after {self.late_after}: deliveries have a day, no time; write whole days, "
                f"as {self.late_after.whole_days}d"
            )
        return self

    @model_validator(mode="after")
    def _day_is_one_folder(self) -> Feed:
        parts = self.path.replace("\\", "/").split("/")
        if any(c in self.path.replace(DAY, "") for c in "{}"):
            raise ValueError(f"path {self.path!r}: of names in braces only {DAY} is known")
        if self.is_daily and parts.count(DAY) != 1:
            raise ValueError(f"path {self.path!r}: {DAY} is the whole name of one folder")
        if self.is_daily and ".." in parts:
            raise ValueError(f"path {self.path!r}: write it without ..")
        if self.is_daily and parts[0] == DAY:
            raise ValueError(f"path {self.path!r}: write the folder that holds the days first")
        return self

    @model_validator(mode="after")
    def _settings_are_of_the_kind(self) -> Feed:
        if (self.cells is not None) != (self.kind == "central_lab"):
            told = "say how its cells are written" if self.cells is None else "it has no cells"
            raise ValueError(f"feed {self.id} is of kind {self.kind}: {told}")
        for name, domain in self.domains.items():
            if bool(domain.groups) != (self.kind in WITH_GROUPS):
                told = "name its groups" if not domain.groups else "it has no groups"
                raise ValueError(f"domain {name} is of kind {self.kind}: {told}")
        return self

    @model_validator(mode="after")
    def _pull_fits_the_feed(self) -> Feed:
        if self.pull is not None:
            fault = fault_of(self.pull, self.kind, self.is_daily, self.delivers)
            if fault:
                raise ValueError(f"feed {self.id}: {fault}")
        for name, domain in self.domains.items() if self.kind in PULLED else ():
            if (domain.key, domain.updated, domain.deleted) != (["ID"], "UPDATED", REMOVED):
                raise ValueError(
                    f"domain {name} is of kind {self.kind}: write key: [ID], updated: UPDATED, "
                    "deleted: {column: REMOVED, values: [Y]}, so that what is withdrawn goes away"
                )
            unknown = {g.partition(":")[0] for g in domain.groups} - set(FHIR_TYPES)
            if self.kind == "fhir" and unknown:
                raise ValueError(
                    f"domain {name}: {', '.join(sorted(unknown))} is not pulled; only "
                    f"{', '.join(FHIR_TYPES)} are"
                )
        return self

    @model_validator(mode="after")
    def _changes_have_a_history(self) -> Feed:
        if self.delivers == "changes" and not self.is_daily:
            raise ValueError(
                f"feed {self.id} delivers changes: give it a folder a delivery, with {DAY} in its "
                "path, so that what came before is not lost"
            )
        return self
