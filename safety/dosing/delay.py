"""How late a cycle begins, and whether toxicity is the reason (section 3.3 of the reference)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from safety.assess.case import Case
from safety.assess.facts import Intake, Source
from safety.assess.moments import DAY, days_from
from safety.assess.occurrence import merged_evidence
from safety.assess.truth import Truth, any_of
from safety.dosing.ledger import days_of, was_taken
from safety.dosing.reasons import Judged, because_of_toxicity, ended


@dataclass(frozen=True, slots=True)
class Delay:
    """A cycle against the day it was due. days: late so far, never below 0.

    open: it may still begin, so days may grow. toxicity: whether treatment-related toxicity is
    the reason; UNKNOWN before the cycle is late, or when its start was not recorded.
    """

    cycle: int
    planned: date
    actual: date | None
    days: int
    open: bool
    toxicity: Truth
    evidence: tuple[Source, ...] = ()
    queries: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def delay(case: Case, cycle: int = 2) -> Delay | None:
    """Return the delay of a cycle; None without treatment or if the one before it never began."""
    planned, actual = case.planned_start(cycle), case.cycles.get(cycle)
    if planned is None:
        return None
    if actual is not None:
        return _begun(case, cycle, planned, actual)
    if case.treatment_ended is not None:
        return _never(case, cycle, planned, case.treatment_ended)
    late = max(days_from(planned, case.as_of), 0)
    rows = _rows(case, planned, case.as_of)
    taken = [r.source for r, _ in rows if was_taken(r)]
    if any(c > cycle for c in case.cycles) or (taken and not _held(rows)):
        query = f"cycle {cycle}: doses or a later cycle are recorded, but not its day 1"
        return Delay(
            cycle, planned, None, late, True, Truth.UNKNOWN, tuple(sorted(taken)), (query,),
            (f"visit of day 1 of cycle {cycle}",),
        )  # fmt: skip
    if not late and not _held(rows):
        return Delay(cycle, planned, None, 0, True, Truth.UNKNOWN)
    return _because(cycle, planned, None, late, True, _reason(case, cycle, rows))


def _begun(case: Case, cycle: int, planned: date, actual: date) -> Delay:
    late = max(days_from(planned, actual), 0)
    if not late:
        return Delay(cycle, planned, actual, 0, False, Truth.NOT_MET)
    rows = _rows(case, planned, actual - DAY)
    return _because(cycle, planned, actual, late, False, _reason(case, cycle, rows))


def _never(case: Case, cycle: int, planned: date, over: date) -> Delay:
    """A cycle that treatment did not reach: held until it ended, then by why it ended."""
    end = ended(case, "treatment")
    if end.truth is Truth.NOT_MET:
        # The delay stops where another reason takes over.
        rows = _rows(case, planned, over - DAY)
        judged = _reason(case, cycle, rows) if _held(rows) else end
        return _because(cycle, planned, None, max(days_from(planned, over), 0), False, judged)
    last = min(case.as_of, case.follow_up_ended or case.as_of)
    late = max(days_from(planned, last), 0)
    return _because(cycle, planned, None, late, case.follow_up_ended is None, end)


def _because(
    cycle: int, planned: date, actual: date | None, late: int, open_: bool, judged: Judged
) -> Delay:
    return Delay(
        cycle, planned, actual, late, open_, judged.truth, judged.evidence, judged.queries,
        judged.queries if judged.truth is Truth.UNKNOWN else (),
    )  # fmt: skip


def _rows(case: Case, first: date, last: date) -> list[tuple[Intake, list[date]]]:
    """Return the dose records of study drugs with their days from one day to another."""
    treatment = case.study.treatment
    drugs = treatment.drugs if treatment is not None else {}
    rows = [
        (r, [d for d in days_of(case, r) if first <= d <= last])
        for r in case.facts.intakes
        if r.drug in drugs
    ]
    return sorted(((r, days) for r, days in rows if days), key=lambda row: row[0].source)


def _held(rows: list[tuple[Intake, list[date]]]) -> list[tuple[Intake, list[date]]]:
    return [(r, days) for r, days in rows if was_taken(r) is False]


def _reason(case: Case, cycle: int, rows: list[tuple[Intake, list[date]]]) -> Judged:
    """Return why a cycle is late, by its doses that were not taken: toxicity if any says so."""
    held = _held(rows)
    if not held:
        query = f"cycle {cycle} is late: reason not recorded, taken as toxicity"
        return Judged(Truth.MET, (), (query,))
    judged = [because_of_toxicity(case, min(days), max(days), r.reason, r.drug) for r, days in held]
    queries = [q for j in judged for q in j.queries]
    truths = {j.truth for j in judged}
    if Truth.MET in truths and len(truths) > 1:
        queries.append(f"cycle {cycle} is late for different reasons; taken as toxicity")
    evidence = merged_evidence(tuple(r.source for r, _ in held), *(j.evidence for j in judged))
    return Judged(any_of(truths), evidence, tuple(dict.fromkeys(queries)))
