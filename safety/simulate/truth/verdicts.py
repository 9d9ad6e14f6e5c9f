"""The verdict on a subject, three-valued, and whether it is evaluable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from safety.simulate.truth.case import Case
from safety.simulate.truth.evaluability import assessed, completed, treated
from safety.simulate.truth.rules import Found
from safety.simulate.truth.window import LONGEST, window

Verdict = Literal["", "DLT", "PENDING", "INDETERMINATE", "NO_DLT"]


@dataclass(frozen=True, slots=True)
class Decided:
    """verdict, evaluable Y, N or "" while that is not decided."""

    verdict: Verdict
    evaluable: Literal["", "Y", "N"]


def decide(case: Case, found: Sequence[Found]) -> Decided:
    """Return the verdict. A subject that was not followed has none that could be NO_DLT.

    Of one whose doses fell short (not evaluable) it may still be said that no DLT was seen.
    """
    if any(f.state == "met" for f in found):
        return Decided("DLT", "Y")
    doubts = [f for f in found if f.state == "open"]
    if case.whole:
        return _of_truth(case, doubts)
    status = window(case)
    waits = not status.over and case.study_day(case.now) <= LONGEST + 1
    if waits or any(f.settles for f in doubts):
        return Decided("PENDING", "")
    if doubts or not status.over:
        return Decided("INDETERMINATE", "")
    left_early = not completed(case)  # replaced: nothing more can be seen
    if not left_early and not assessed(case):
        return Decided("INDETERMINATE", "N")
    return Decided("NO_DLT", "Y" if treated(case) and not left_early else "N")


def _of_truth(case: Case, doubts: Sequence[Found]) -> Decided:
    over = window(case).over
    if doubts or not over:
        return Decided("PENDING", "")
    return Decided("NO_DLT", "Y" if treated(case) and completed(case) else "N")
