"""A terse description of one made-up patient; `sdtm.folder` turns it into SDTM files.

Everything is told by study day (day 1 is the first dose, there is no day 0). What is not told is
uneventful: level L1, every required assessment done and normal, every dose taken, cycle 2 on
day 22.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

FIRST_DOSE = date(2024, 3, 4)
STUDYID = "NCT06038461"
CYCLE_LENGTH = 21
SCREENING = -3
PLANNED_C2D1 = 1 + CYCLE_LENGTH
DRUGS = ("SURUFATINIB", "TEMOZOLOMIDE", "S-1")
SHORT = {"SUR": "AERELSUR", "TMZ": "AERELTMZ", "S1": "AERELS1"}
SAID = {"related": "POSSIBLE", "unrelated": "UNRELATED", "missing": ""}


def date_of(day: int) -> date:
    """The date of a study day."""
    return FIRST_DOSE + timedelta(days=day - 1 if day > 0 else day)


def day_of(text: str) -> int:
    """The study day of an ISO date."""
    gap = (date.fromisoformat(text[:10]) - FIRST_DOSE).days
    return gap + 1 if gap >= 0 else gap


class Told(BaseModel):
    """No unknown words: a slip of the pen must not turn a case into an uneventful patient."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Result(Told):
    """A value; `unit`, `time` and `clsig` only where they differ from the usual."""

    v: str
    time: str = "07:30"
    unit: str | None = None
    clsig: str = ""
    method: str = ""


def _result(value: Any) -> Any:
    if isinstance(value, dict):
        return value | {"v": str(value["v"])}
    return value if isinstance(value, Result) else {"v": str(value)}


def _results(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


OneResult = Annotated[Result, BeforeValidator(_result)]
Results = Annotated[list[OneResult], BeforeValidator(_results)]
Moment = int | str  # a study day, or an ISO text as it is (a partial date, a date with a time)


class Event(Told):
    """One row of AE. `rel`: related, unrelated, missing, or the word by drug (SUR, TMZ, S1)."""

    term: str
    grade: int | str | None
    start: Moment
    end: Moment | None = None
    rel: Literal["related", "unrelated", "missing"] | dict[str, str] = "related"
    cause: str = ""
    symptomatic: Literal["", "Y", "N"] = ""
    group: str | int = ""
    action: str = "DOSE NOT CHANGED"
    serious: bool = False

    def attribution(self) -> dict[str, str]:
        """QVAL by QNAM; a drug that is not named is UNRELATED."""
        if isinstance(self.rel, dict):
            return {qnam: self.rel.get(short, "UNRELATED") for short, qnam in SHORT.items()}
        return dict.fromkeys(SHORT.values(), SAID[self.rel])


class Days(Told):
    """Some days of one drug. `mg` for doses taken, `reason` for doses not taken."""

    drug: Literal["SURUFATINIB", "TEMOZOLOMIDE", "S-1"]
    first: int = Field(alias="from")
    last: int = Field(alias="to")
    reason: str = "ADVERSE EVENT"
    mg: float | None = None
    half: bool = False  # of a day with two intakes only the first was taken

    def days(self) -> range:
        return range(self.first, self.last + 1)


class Medicine(Told):
    """One row of CM."""

    name: str
    cat: str
    indc: str = ""
    start: int
    end: int | None = None


class Declared(Told):
    """A toxicity the committee declared dose-limiting; unsigned without `signed_by`."""

    term: str
    start: int
    signed_by: str = ""
    signed: int | None = None


class Left(Told):
    """Tests that were not done: on these days, or on every day after the first dose."""

    tests: list[str]
    days: list[int] | None = None


class Patient(Told):
    """One patient. c2d1 None: cycle 2 never started."""

    id: str = "001"
    sex: Literal["M", "F"] = "M"
    age: int = 56
    level: str = "L1"
    weight: float = 65
    until: int = 45
    c2d1: int | None = PLANNED_C2D1
    delay_reason: str = "ADVERSE EVENT"
    stop: int | None = None
    death: int | None = None
    labs: dict[str, dict[int, Results]] = {}
    bp: dict[int, tuple[float, float]] = {}
    temp: dict[int, Results] = {}
    dipstick: dict[int, OneResult] = {}
    urine24h: dict[int, OneResult] = {}
    ae: list[Event] = []
    cm: list[Medicine] = []
    pr: dict[str, int] = {}
    mh: list[str] = []
    ds: dict[str, int] = {}
    declared: list[Declared] = []
    missed: list[Days] = []
    dosed: list[Days] = []
    unrecorded: list[Days] = []
    drop: list[Left] = []

    @property
    def usubjid(self) -> str:
        return f"{STUDYID}-001-{self.id}"

    @property
    def last_day(self) -> int:
        """The last day of which there are data."""
        return min(self.until, self.death or self.until)

    @property
    def cycles(self) -> dict[int, int]:
        """Day 1 of each cycle that was started, by number."""
        starts, start = {1: 1}, self.c2d1
        while start is not None and start <= self.last_day and not self._stopped(start):
            starts[len(starts) + 1] = start
            start += CYCLE_LENGTH
        return starts

    def _stopped(self, day: int) -> bool:
        ends = [d for d in (self.stop, self.death) if d is not None]
        return bool(ends) and day >= min(ends)
