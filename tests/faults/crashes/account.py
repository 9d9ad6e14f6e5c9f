"""What is delivered, and what must come of it by construction: no rule of toxwatch is asked.

Neutrophils of 0.2 and platelets of 10 (10^9/L) are grade 4 by any reading of CTCAE, 3.6 and 250
are not. A subject has one such value at most, so an alarm is known by subject and term.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from tests import build
from tests.delivery import Rows

LOW = {"NEUT": "0.2", "PLAT": "10"}
NORMAL = {"NEUT": "3.6", "PLAT": "250"}
RANGE = {"NEUT": ("1.8", "6.3"), "PLAT": ("150", "400")}
TERM = {"NEUT": "Neutrophil count decreased", "PLAT": "Platelet count decreased"}
SCREENED, SAMPLED = "2024-02-28", "2024-03-10"
DAYS = (date(2024, 4, 1), date(2024, 4, 2), date(2024, 4, 3))
RECIPIENTS = ("monitor@example.org", "pi@example.org")
SUBJECTS = 6
# On which of the three days the value is the low one. The last one was never so.
COURSES = {
    "from the first day": (True, True, True),
    "from the second day": (False, True, True),
    "taken back on the third day": (True, True, False),
    "found on the third day": (False, False, True),
    "quiet": (False, False, False),
}

Sample = tuple[str, str, str]  # USUBJID, LBTESTCD, day
Alarm = tuple[str, str]  # USUBJID, CTCAE term


@dataclass(frozen=True)
class Delivery:
    """A file set of one study: `rows` by domain; `samples` and `alarms` are the account of it."""

    study: str  # name of the study file; its id is the same in capitals
    number: int  # 1, 2, 3; a withdrawn one has the number of that which took its place
    as_of: date
    rows: dict[str, Rows] = field(repr=False)
    samples: dict[Sample, float] = field(repr=False)
    alarms: frozenset[Alarm] = field(repr=False)
    is_withdrawn: bool = False

    @property
    def name(self) -> str:
        return f"{self.study}-{self.number}{'-withdrawn' if self.is_withdrawn else ''}"

    @property
    def studyid(self) -> str:
        return self.study.upper()


def story(studies: int, days: int, seed: int = 7) -> list[Delivery]:
    """Return the deliveries of a few studies, by day; before the last day of each a withdrawn one.

    The withdrawn delivery says that a quiet subject has a low value. If it never was committed,
    nobody may hear of it.
    """
    chance = random.Random(seed)
    told: list[Delivery] = []
    for number in range(1, studies + 1):
        study = f"t{number}"
        courses = [*COURSES, *chance.choices(list(COURSES), k=SUBJECTS - len(COURSES))]
        tests = [chance.choice(list(LOW)) for _ in courses]
        of_study = [_delivery(study, day, courses, tests) for day in range(1, days + 1)]
        wrong = [c if c != "quiet" else "from the first day" for c in courses]
        told += [*of_study[:-1], _delivery(study, days, wrong, tests, True), of_study[-1]]
    return sorted(told, key=lambda d: (d.number, not d.is_withdrawn))


def _delivery(
    study: str, number: int, courses: list[str], tests: list[str], is_withdrawn: bool = False
) -> Delivery:
    samples: dict[Sample, float] = {}
    alarms: set[Alarm] = set()
    lab: Rows = []
    who = [f"{study.upper()}-{n:03}" for n in range(1, len(courses) + 1)]
    for subject, course, test in zip(who, courses, tests, strict=True):
        is_low = COURSES[course][number - 1]
        if is_low:
            alarms.add((subject, TERM[test]))
        for code, low_value in LOW.items():
            for day in (SCREENED, SAMPLED):
                low = is_low and code == test and day == SAMPLED
                value = low_value if low else NORMAL[code]
                samples[subject, code, day] = float(value)
                lab.append(_sample(study, subject, code, value, day))
    rows = {
        "dm": [build.subject(s, STUDYID=study.upper()) for s in who],
        "ex": [build.dose(s, STUDYID=study.upper()) for s in who],
        "ae": [build.event(USUBJID=s, STUDYID=study.upper()) for s in who],
        "lb": lab,
        "vs": [build.sign("TEMP", "36.8", "C", USUBJID=s, STUDYID=study.upper()) for s in who],
    }
    day = DAYS[number - 1]
    return Delivery(study, number, day, rows, samples, frozenset(alarms), is_withdrawn)


def _sample(study: str, subject: str, code: str, value: str, day: str) -> dict[str, str | None]:
    low, high = RANGE[code]
    visit = "0" if day == SCREENED else "1"
    return build.measurement(
        code, value, "10^9/L", day, STUDYID=study.upper(), USUBJID=subject, LBSPEC="BLOOD",
        LBORNRLO=low, LBORNRHI=high, VISITNUM=visit, VISIT=f"VISIT {visit}",
    )  # fmt: skip
