"""Subjects for tests: by level how many are final, and who is open."""

from __future__ import annotations

from datetime import date

from safety.escalation.conduct import Plan
from safety.escalation.designs.boin import Boin
from safety.escalation.subjects import OUTCOMES, Outcome, Subject

NAMES = ("L-1", "L1", "L2", "L3")
CLOSES = date(2024, 8, 7)


def plan(**changes: object) -> Plan:
    """Return the plan of the first trial: BOIN, target 0.30, cohorts of 3, 9 enough, 18 at most."""
    content: dict = {"design": Boin(target=0.30), "names": NAMES, "cohort": 3, "most": 18,
                     "enough": 9}  # fmt: skip
    return Plan(**(content | changes))


def final(level: int, n: int, y: int, *, late: int = 0) -> list[Subject]:
    """Return n subjects of a level with a final status, y with DLT; of the others some late."""
    found = [Subject(f"F{level}{i}", level, "DLT", "DLT", ("DLT",)) for i in range(y)]
    rest = range(y, n)
    return found + [
        Subject(f"F{level}{i}", level, "NO_DLT", "NO_DLT", ("NO_DLT",), late=i - y < late)
        for i in rest
    ]


def pending(level: int, number: int, settles: date | None = CLOSES) -> list[Subject]:
    return [
        Subject(f"P{level}{i}", level, "PENDING", None, OUTCOMES, settles=settles,
                open_for=("PENDING: not decided: to day 21",))
        for i in range(number)
    ]  # fmt: skip


def doubtful(level: int, stands: Outcome, *can_be: Outcome) -> Subject:
    verdict = "DLT" if stands == "DLT" else "NO_DLT"
    return Subject(f"D{level}", level, verdict, stands, can_be, open_for=("held: Fever",))
