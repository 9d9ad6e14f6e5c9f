"""What an alert is, what alerts are made from, and how their lines are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from safety.study.model import Study
from safety.versioning import digest

MOST = 32_000  # of a level: what the database has room for


@dataclass(frozen=True, slots=True)
class AlertFact:
    """One condition that must reach a medical monitor. No name, initials or birth date.

    usubjid: "" for what concerns the study. level: how bad it may be (the highest grade, or for a
    pause the number of subjects); with `verified` it says whether later data make it worse. over:
    the condition is still in the data, but its time has passed: it is not told anew. day, terms and
    records: when it happened, the CTCAE terms and the keys of the records it rests on.
    """

    usubjid: str
    rule: str
    episode: str
    tier: str
    level: int
    verified: bool
    title: str
    body: str
    over: bool = False
    day: str = ""
    terms: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[bool, int, int, bool]:
        """Which of two facts of one alert speaks: what holds, is more urgent, worse, certain."""
        return not self.over, -int(self.tier[1:]), self.level, self.verified

    def worse_than(self, level: int, verified: bool) -> bool:
        """Whether it is of a higher grade than what is known, or certain where that was not."""
        return (self.verified, self.level) > (verified, level) or self.level > level

    def alert_id(self, studyid: str) -> str:
        return digest(studyid, self.usubjid, self.rule, self.episode)[:32]


class DataCheck(Protocol):
    """What alerts read of a check: `alert` is the tier of a failing row, "" for none.

    says: the column that tells what is wrong with a row.
    """

    @property
    def id(self) -> str: ...
    @property
    def record(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def citation(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def alert(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Results:
    """The frames alerts are made from, as the steps before leave them.

    findings and failing: tables of findings and of failing records; checks: those there are.
    """

    as_of: str
    subjects: pd.DataFrame
    exposure: pd.DataFrame
    grades: pd.DataFrame
    episodes: pd.DataFrame
    measurements: pd.DataFrame
    events: pd.DataFrame
    held: pd.DataFrame
    rules: pd.DataFrame
    triggers: pd.DataFrame
    deviations: pd.DataFrame
    pauses: pd.DataFrame
    monitors: pd.DataFrame
    dispositions: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: pd.DataFrame = field(default_factory=pd.DataFrame)
    failing: pd.DataFrame = field(default_factory=pd.DataFrame)
    reconciled: pd.DataFrame = field(default_factory=pd.DataFrame)
    checks: Sequence[DataCheck] = ()
    verdicts: pd.DataFrame = field(default_factory=pd.DataFrame)


def alert(
    study: Study, usubjid: str, rule: str, episode: str, tier: str, level: int, verified: bool,
    lines: list[str], **about: Any,
) -> AlertFact:  # fmt: skip
    """Return the alert whose first line is its title; it carries what the study says of itself.

    about: further fields of the fact, such as `day`.
    """
    mark = "" if verified else "[unverified] "
    who = f"{study.studyid} {usubjid}".rstrip()
    title = f"{tier} {mark}{who}: {lines[0]}"
    body = "\n".join([*lines, *([study.notice] if study.notice else [])])
    level = min(level, MOST)
    return AlertFact(usubjid, rule, episode, tier, level, verified, title, body, **about)


def either(grades: str) -> str:
    """Return `3|4` in words."""
    return grades.replace("|", " or ")


def told(value: Any, missing: str = "not given") -> str:
    """Return a value as text, missing in words."""
    return missing if pd.isna(value) or value == "" else str(value)
