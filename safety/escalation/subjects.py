"""Treated subjects as a design counts them: what each one is, and what it can still become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from safety.escalation.state import Count, State

# EXCLUDED: not evaluable, to be replaced; counts neither as treated safely nor as toxic.
Outcome = Literal["DLT", "NO_DLT", "EXCLUDED"]
OUTCOMES: tuple[Outcome, ...] = ("DLT", "NO_DLT", "EXCLUDED")
EVALUABLE = frozenset[Outcome | None]({"DLT", "NO_DLT"})
PENDING, INDETERMINATE = "PENDING", "INDETERMINATE"


@dataclass(frozen=True, slots=True)
class Subject:
    """One treated subject. level: index of the dose level.

    verdict: of the assessment. stands: what it counts as today, None while it has no verdict.
    can_be: outcomes that are possible, one if it is settled. late: a toxicity as grave as a DLT
    after the window. settles: the day by which it is decided at the latest, None if no date is
    known. open_for: why it is open, in words. followed: the part of the DLT window that has passed,
    0 to 1. is_fresh: was treated since the trial came to the level where it is now.
    """

    usubjid: str
    level: int
    verdict: str
    stands: Outcome | None
    can_be: tuple[Outcome, ...]
    late: bool = False
    settles: date | None = None
    open_for: tuple[str, ...] = ()
    followed: float = 1.0
    is_fresh: bool = True

    @property
    def is_open(self) -> bool:
        return len(self.can_be) > 1


@dataclass(frozen=True, slots=True)
class Tally:
    """One dose level in numbers of subjects: as verdicts stand, whoever is doubtful among them.

    doubtful: have a verdict that an answer or a held row could still change; dlt_doubtful: of them
    those with a DLT.
    """

    treated: int
    evaluable: int
    pending: int
    indeterminate: int
    excluded: int
    doubtful: int
    dlt: int
    dlt_doubtful: int
    late: int


def settled(verdict: str, evaluable: str) -> tuple[Outcome, ...]:
    """Return what a verdict of the assessment can become, without a doubt about its data.

    Whoever is open may also turn out not evaluable: by withdrawal, or by what was not looked at.
    """
    if verdict == "DLT":
        return ("DLT",)
    if verdict == "NO_DLT" and evaluable == "Y":
        return ("NO_DLT",)
    if verdict == "NO_DLT" and evaluable == "N":
        return ("EXCLUDED",)
    return OUTCOMES


def counts(subjects: Iterable[Subject], levels: int) -> tuple[Count, ...]:
    """Return by level the subjects as they stand: who has no verdict is not counted."""
    final = Counter((s.level, s.stands) for s in subjects)
    return tuple(
        Count(final[level, "DLT"] + final[level, "NO_DLT"], final[level, "DLT"])
        for level in range(levels)
    )


def fresh(subjects: Iterable[Subject], at: int) -> int:
    """Return how many stand as evaluable at a level since the trial came to it."""
    return sum(s.level == at and s.is_fresh and s.stands in EVALUABLE for s in subjects)


def state(subjects: Sequence[Subject], levels: int, at: int) -> State:
    """Return what a design is asked about subjects as they stand."""
    return State(counts(subjects, levels), at)


def tally(subjects: Iterable[Subject], level: int) -> Tally:
    """Return the numbers of one level."""
    here = [s for s in subjects if s.level == level]
    final = Counter(s.stands for s in here)
    verdicts = Counter(s.verdict for s in here if s.stands is None)
    doubtful = [s for s in here if s.is_open and s.stands is not None]
    return Tally(
        treated=len(here), evaluable=final["DLT"] + final["NO_DLT"], pending=verdicts[PENDING],
        indeterminate=verdicts[INDETERMINATE], excluded=final["EXCLUDED"], doubtful=len(doubtful),
        dlt=final["DLT"], dlt_doubtful=sum(s.stands == "DLT" for s in doubtful),
        late=sum(s.late for s in here),
    )  # fmt: skip
