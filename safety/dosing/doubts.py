"""What is to be asked about dose records and plans."""

from __future__ import annotations

from datetime import date

from safety.assess.case import Case
from safety.assess.facts import Intake
from safety.dosing.ledger import in_words, partly_dated
from safety.dosing.plan import days_of_cycle, planned

UNPLANNED = "taken on a day without planned dose; counted as taken in that cycle"


def dose_queries(case: Case) -> tuple[str, ...]:
    """Return the queries about every drug of the treatment, in the order of the study file."""
    treatment = case.study.treatment
    drugs = treatment.drugs if treatment is not None else {}
    return tuple(dict.fromkeys(query for drug in drugs for query in _of_drug(case, drug)))


def _of_drug(case: Case, drug: str) -> list[str]:
    found: list[str] = []
    doubts: dict[str, list[date]] = {}
    for cycle in sorted(case.cycles):
        plan = planned(case, cycle, drug)
        found += [f"{drug}, cycle {cycle}: planned dose needs {m}" for m in plan.missing]
        found += plan.notes
        for day, of_day in days_of_cycle(case, plan):
            taken = any(f.kind == "taken" for f in of_day.fates)
            unplanned = [UNPLANNED] if taken and day not in plan.days else []
            for text in (*of_day.doubts, *unplanned):
                doubts.setdefault(text, []).append(day)
    found += [f"{drug} on {in_words(days)}: {text}" for text, days in doubts.items()]
    return found + [_partial(r) for r in partly_dated(case, drug)]


def _partial(record: Intake) -> str:
    end = "going on" if record.end is None else f"{record.end}"
    return (
        f"{record.drug}: dose record {record.source.record} has partial dates ({record.start}, "
        f"{end}); only days it surely covers were counted"
    )
