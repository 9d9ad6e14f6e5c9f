"""Extracts in any order, twice, and late: the same final state. Pure functions, many orders.

An extract says when it was made. It is delivered on some day, again on another under the same
bytes, before or after newer ones. After each day the fold of the intake says which extract counts,
and the life of the alerts goes on from there.
"""

from __future__ import annotations

import random
from functools import cache
from typing import NamedTuple

from safety.alerts import life
from safety.alerts.fact import AlertFact
from safety.intake import fitness, history
from safety.intake.evidence import Landed
from safety.manifest import FeedDelivery
from tests.intake.test_history import feed

STUDY, RULE, ZONE = "T1", "GRADE4", "Asia/Shanghai"
FEED = feed()
SUBJECTS = ("S1", "S2", "S3", "S4")


class Extract(NamedTuple):
    """What was exported at a time: who has a grade 4 value then, and of what grade."""

    made: str
    grades: tuple[tuple[str, int], ...]

    @property
    def sha256(self) -> str:
        return f"{self.made}{self.grades}".encode().hex()[:64]


def extracts(chance: random.Random) -> list[Extract]:
    """Return some extracts of one trial, in the order they were made."""
    return [
        Extract(
            f"2024-03-{day:02}T08:00:00+08:00",
            tuple((s, chance.choice((3, 4))) for s in SUBJECTS if chance.random() < 0.5),
        )
        for day in range(1, chance.randint(3, 6))
    ]


def order(chance: random.Random, made: list[Extract]) -> list[list[Extract]]:
    """Return what comes on each day: every extract at least once, some twice, in any order."""
    coming = made + chance.choices(made, k=chance.randint(0, 3))
    chance.shuffle(coming)
    return [[each] for each in coming]


def final(days: list[list[Extract]]) -> tuple[Extract, set[tuple[str, int]]]:
    """Deliver day by day; return the extract that counts in the end, and the alerts that hold."""
    known = {}
    deliveries: list[FeedDelivery] = []
    current: Extract | None = None
    content = {each.sha256: each for coming in days for each in coming}
    for number, coming in enumerate(days, start=10):
        day = f"2024-03-{number:02}"
        files = tuple(Landed(f"{day}/dm_{n}.json", e.sha256, 1) for n, e in enumerate(coming))
        deliveries.append(FeedDelivery("edc", day, files, day))
        current = content[_newest(deliveries, content)]
        source = life.Source(STUDY, day, f"{day}T08:00:00+00:00")
        for change in life.advance(known.values(), _facts(current), source):
            known[change.alert.alert_id] = change.alert
    assert current is not None
    return current, {(a.usubjid, a.level) for a in known.values() if a.condition == "holds"}


def _newest(deliveries: list[FeedDelivery], content: dict[str, Extract]) -> str:
    received = [
        history.Receipt(d.day, "DM", file, _read(content[file.sha256].made),
                        history._stamp(_read(content[file.sha256].made), d.day, ZONE), True)
        for d in deliveries for file in d.files
    ]  # fmt: skip
    return history.used(history._snapshots(received, FEED, "DM"))[-1].receipt.file.sha256


@cache
def _read(made: str) -> fitness.FileFacts:
    """What reading such a file finds."""
    return fitness.FileFacts(columns=("STUDYID", "USUBJID"), rows=4, subjects=4, extracted=made)


def _facts(extract: Extract) -> list[AlertFact]:
    return [
        AlertFact(s, RULE, "neutrophils", "P2", g, True, f"P2 T1 {s}: grade {g}", f"grade {g}")
        for s, g in extract.grades
    ]


def expected(made: list[Extract]) -> tuple[Extract, set[tuple[str, int]]]:
    """Return what must come out whatever the order: the newest extract and its alarms."""
    return made[-1], set(made[-1].grades)


def divergent(number: int, seed: int = 0) -> tuple[int, list[str]]:
    """Try so many orders; return how many and what came out differently."""
    chance = random.Random(seed)
    wrong = []
    for _ in range(number):
        made = extracts(chance)
        days = order(chance, made)
        if final(days) != expected(made):
            wrong.append(str(days))
    return number, wrong
