"""Whether what was held may be taken again (reference dose_modification.md, 3, "Resume")."""

from __future__ import annotations

from collections.abc import Callable

from safety.simulate.model import Day
from safety.simulate.truth.by_grade import BLOOD, GUT_AND_SKIN, MILD, OWN_ROW
from safety.simulate.truth.case import Case, Observed
from safety.simulate.truth.rules import FEBRILE, times_uln
from safety.simulate.truth.triggers import Trigger

COUNTS = {"NEUT": 1.0, "PLAT": 75.0}  # F1, S15, A1: 10^9/L
PROTEIN = 1.0  # g/d (S9)
ENZYMES = 3.0  # x ULN: grade 1 (S11)
MODERATE, SEVERE = 2, 3


def is_over(case: Case, trigger: Trigger) -> bool:
    """Return whether what is known by now lets the drug be taken again. A stop never ends."""
    resumes = RESUMES.get(trigger.rule)
    return trigger.action == "hold" and resumes is not None and resumes(case, trigger.on)


def _later(case: Case, test: str, day: Day) -> list[Observed]:
    return [o for o in case.observed.get(test, ()) if o.day > day]


def _counts_recovered(case: Case, after: Day) -> bool:
    """Return whether one blood count after the day has every count back."""
    days = [{o.day for o in _later(case, test, after) if o.least >= limit}
            for test, limit in COUNTS.items()]  # fmt: skip
    return bool(set.intersection(*days))


def _events_over(case: Case, terms: set[str], on: Day, to: int, least: int = 1) -> bool:
    """Return whether every event of these terms, of a grade on a day, is at most of grade `to`."""
    there = {e.group for e in case.events
             if e.term in terms and e.on(on, on) and e.grade >= least}  # fmt: skip
    return not any(
        e.group in there and e.grade > to and (e.end is None or e.end >= case.now)
        for e in case.events
    )


def _enzyme_recovered(case: Case, test: str, after: Day) -> bool:
    return any(times_uln(case, test, o)[1] <= ENZYMES for o in _later(case, test, after))


def _creatinine_recovered(case: Case, after: Day) -> bool:
    return any(times_uln(case, "CREAT", o)[1] <= 1 for o in _later(case, "CREAT", after))


def _fever_over(case: Case, after: Day) -> bool:
    return _counts_recovered(case, after) and _events_over(case, {FEBRILE}, after, 0)


def _all_over_but(others: frozenset[str]) -> Callable[[Case, Day], bool]:
    """Return whether everything but some terms is over that was there on a day."""

    def over(case: Case, after: Day) -> bool:
        terms = ({e.term for e in case.events} | set(case.points)) - others
        return _events_over(case, terms, after, 1, SEVERE) and _values_over(case, terms, after)

    return over


def _values_over(case: Case, terms: set[str], on: Day) -> bool:
    """Return whether what was measured at grade 3 on a day was at most of grade 1 later."""
    for term in terms & set(case.points):
        points = [p for p in case.points[term] if not case.before(p)]
        there = any(p.day == on and p.least >= SEVERE for p in points)
        if there and not any(p.day > on and p.most <= 1 for p in points):
            return False
    return True


def _gut_and_skin_over(case: Case, after: Day) -> bool:
    return _events_over(case, set(GUT_AND_SKIN), after, 1, MODERATE)


def _platelets_recovered(case: Case, after: Day) -> bool:
    return any(o.least >= COUNTS["PLAT"] for o in _later(case, "PLAT", after))


def _protein_recovered(case: Case, after: Day) -> bool:
    return any(o.most < PROTEIN for o in _later(case, "PROT24", after))


def _enzymes_recovered(case: Case, after: Day) -> bool:
    """Return whether every enzyme that was measured again is back, and one was."""
    tests = [test for test in ("ALT", "AST") if _later(case, test, after)]
    return bool(tests) and all(_enzyme_recovered(case, test, after) for test in tests)


RESUMES: dict[str, Callable[[Case, Day], bool]] = {
    "F1": _counts_recovered,
    "F2": _gut_and_skin_over,
    "F6": _creatinine_recovered,
    "S13": _gut_and_skin_over,
    "S15": _counts_recovered,
    "S15-G4": _counts_recovered,
    "A3-HOLD": _platelets_recovered,
    "A1": _fever_over,
    "F3": _all_over_but(BLOOD),
    "S2": _all_over_but(OWN_ROW - GUT_AND_SKIN),
    "T2": _all_over_but(BLOOD | MILD),
    "S9": _protein_recovered,
    "S11": _enzymes_recovered,
}
