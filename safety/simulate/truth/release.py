"""Whether what was held may be taken again (reference dose_modification.md, 3, "Resume")."""

from __future__ import annotations

from collections.abc import Callable

from safety.simulate.model import Day
from safety.simulate.truth.case import Case, Observed
from safety.simulate.truth.rules import FEBRILE, times_uln
from safety.simulate.truth.terms import group
from safety.simulate.truth.triggers import Trigger

COUNTS = {"NEUT": 1.0, "PLAT": 75.0}  # F1, S15, A1: 10^9/L
PROTEIN = 1.0  # g/d (S9)
ENZYMES = 3.0  # x ULN: grade 1 (S11)


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


def _events_over(case: Case, terms: set[str], on: Day, grade: int) -> bool:
    """Return whether every event of these terms that was there on a day is at most of a grade."""
    there = {e.group for e in case.events if e.term in terms and e.on(on, on)}
    return not any(
        e.group in there and e.grade > grade and (e.end is None or e.end >= case.now)
        for e in case.events
    )


def _enzyme_recovered(case: Case, test: str, after: Day) -> bool:
    values = _later(case, test, after)
    return not values or any(times_uln(case, test, o)[1] <= ENZYMES for o in values)


def _fever_over(case: Case, after: Day) -> bool:
    return _counts_recovered(case, after) and _events_over(case, {FEBRILE}, after, 0)


def _others_over(case: Case, after: Day) -> bool:
    blood = group("haematological") | group("white_cells")
    return _events_over(case, {e.term for e in case.events} - blood, after, 1)


def _protein_recovered(case: Case, after: Day) -> bool:
    return any(o.most < PROTEIN for o in _later(case, "PROT24", after))


def _enzymes_recovered(case: Case, after: Day) -> bool:
    return all(_enzyme_recovered(case, test, after) for test in ("ALT", "AST"))


RESUMES: dict[str, Callable[[Case, Day], bool]] = {
    "F1": _counts_recovered,
    "S15": _counts_recovered,
    "A1": _fever_over,
    "F3": _others_over,
    "S9": _protein_recovered,
    "S11": _enzymes_recovered,
}
