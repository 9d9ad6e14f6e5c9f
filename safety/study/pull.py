"""How a feed is fetched from a server, as a study file says it. A secret never stands here."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from safety.study.language import HOURS_A_DAY, Duration
from safety.study.parts import NUMBER, Name, Part, Text

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PULLED = ("fhir", "redcap")
FHIR_TYPES = ("AdverseEvent", "MedicationAdministration", "Observation", "Patient")
FOREIGN = {  # settings of the other kind
    "fhir": ("server_timezone", "missing"),
    "redcap": ("subject_system", "extensions", "search"),
}
Column = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,30}$")]
Uri = Annotated[str, Field(pattern=r"^(https?://|urn:)\S{1,400}$")]


class Pull(Part):
    """A pull writes one file into the feed's folder of the day; from there it is as other files."""

    url: str = Field(
        description="base of the FHIR server, or the address of the REDCap API; https, or http on "
        "this machine"
    )
    connection: Name = Field(
        description="name of the Airflow connection, or of TOXWATCH_CONNECTION_<NAME>, that holds "
        "the secret"
    )
    timeout: Annotated[int, Field(ge=1, le=600), NUMBER] = Field(
        default=60, description="seconds to wait for the server to say anything"
    )
    page_size: Annotated[int, Field(ge=1, le=1000), NUMBER] = Field(
        default=200, description="resources or records asked for at a time"
    )
    max_pages: Annotated[int, Field(ge=1, le=100_000), NUMBER] = Field(
        default=2000, description="answers of one pull; more is an error, not a part of the data"
    )
    max_mb: Annotated[int, Field(ge=1, le=10_000), NUMBER] = Field(
        default=500, description="megabytes of one pull; more is an error"
    )
    overlap: Annotated[int, Field(ge=0, le=10_080), NUMBER] = Field(
        default=60,
        description="minutes before the last pull that are asked for again: a server may show a "
        "change later than it dates it",
    )
    full_every: Duration = Field(
        default=Duration(7, "d"),
        json_schema_extra={"default": "7d"},
        description="how often everything is asked for, so that deletions are seen",
    )
    subject_system: Uri | None = Field(
        default=None, description="of kind fhir: system of the Patient.identifier that is USUBJID"
    )
    extensions: dict[Column, Uri] = Field(
        default_factory=dict,
        description="of kind fhir: column: URL of the extension that fills it, e.g. CTCAE's grade",
    )
    search: dict[Text, dict[Text, str]] = Field(
        default_factory=dict,
        description="of kind fhir: more search parameters by resource type, e.g. {AdverseEvent: "
        "{study: ResearchStudy/1}}",
    )
    server_timezone: str | None = Field(
        default=None, description="of kind redcap: IANA name of the server's clocks"
    )
    missing: list[Text] = Field(
        default_factory=list,
        description="of kind redcap: the project's missing-data codes; such a value is missing",
    )

    @field_validator("url")
    @classmethod
    def _may_be_asked(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError(f"{url[:100]!r} is no address") from error
        if parts.username or parts.password:
            raise ValueError("a user or password stands in the url; put it into the connection")
        if not host or parts.query or parts.fragment:
            raise ValueError(f"{url[:100]!r}: write host and path alone, e.g. https://host/fhir")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            raise ValueError(f"{url[:100]!r}: data of subjects travel by https only")
        return url

    @field_validator("full_every")
    @classmethod
    def _in_whole_days(cls, every: Duration) -> Duration:
        if every.hours % HOURS_A_DAY:
            raise ValueError(f"full_every {every}: write whole days, as {every.whole_days}d")
        return every

    @field_validator("server_timezone")
    @classmethod
    def _zone_exists(cls, name: str | None) -> str | None:
        try:
            ZoneInfo(name or "UTC")
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is not a time zone; use one as Asia/Shanghai") from error
        return name


def fault_of(pull: Pull, kind: str, is_daily: bool, delivers: str) -> str:
    """Return what does not fit a feed of this kind, "" if all does."""
    if kind not in PULLED:
        return f"a feed of kind {kind} is not pulled; only fhir and redcap are"
    if not is_daily or delivers != "changes":
        return "a feed that is pulled delivers changes, into a path with {day}"
    if kind == "redcap" and pull.server_timezone is None:
        return "say the server_timezone: REDCap dates changes by its own clocks"
    if kind == "fhir" and pull.subject_system is None:
        return "say the subject_system: a Patient.id is no subject id"
    foreign = [name for name in FOREIGN[kind] if getattr(pull, name)]
    return f"{', '.join(foreign)} does not belong to kind {kind}" if foreign else ""
