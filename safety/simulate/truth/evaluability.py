"""Whether a subject counts for the dose decision (3.4): treatment, assessments, the window."""

from __future__ import annotations

from collections.abc import Sequence

from safety.simulate.model import Day
from safety.simulate.truth.case import Case
from safety.simulate.truth.missed import shares
from safety.simulate.truth.window import PLANNED, window

ENOUGH = 0.8
CBC = ("NEUT", "PLAT", "HGB")
WEEKS = ((1, 7), (8, 14), (15, 21))
TWICE = (("ALT", "AST", "BILI", "CREAT"), ("SYSBP", "DIABP"))
URINE = ("PROTDIP", "PROT24")


def assessed(case: Case) -> bool:
    """Return whether what could have shown toxicity was looked at."""
    counted = _days(case, CBC)
    if not all(any(first <= day <= last for day in counted) for first, last in WEEKS):
        return False
    last = max(PLANNED, window(case).last)
    after = [[day for day in _days(case, tests) if 1 < day <= last] for tests in TWICE]
    urine = {day for test in URINE for day in _days(case, (test,)) if 1 < day <= last}
    return all(len(days) >= 2 for days in after) and len(urine) >= 2


def treated(case: Case) -> bool:
    """Return whether 80 % of each drug was received; missed for toxicity counts for it."""
    return all(s.received + s.missed_for_toxicity >= ENOUGH - 1e-9 for s in shares(case).values())


def completed(case: Case) -> bool:
    """Return whether the subject stayed through the window."""
    end = case.first_dose + PLANNED - 2
    left = [d.day for d in case.dispositions if d.name != "ADVERSE EVENT"]
    return min([*left, *([] if case.death is None else [case.death])], default=end + 1) > end


def _days(case: Case, tests: Sequence[str]) -> list[int]:
    """Return the study days on which all of the tests have a result."""
    by_test: list[set[Day]] = [{o.day for o in case.observed.get(t, ())} for t in tests]
    shared = set.intersection(*by_test)
    return sorted(case.study_day(day) for day in shared if day >= case.first_dose)
