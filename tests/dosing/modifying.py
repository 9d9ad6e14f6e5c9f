"""A subject on a small study with modification rules; builders of values and events by day."""

from __future__ import annotations

from datetime import date
from typing import Any

from safety.assess.case import Case, make_case
from safety.assess.facts import Event, Facts, Intake, Observation, Report, Sample
from safety.assess.moments import on
from safety.assess.result import Deviation, Trigger
from safety.dosing.deviations import deviations
from safety.dosing.modification import triggers
from safety.study.model import Study
from tests.dosing import builders
from tests.dosing.builders import BODY, DAY_1, day, dose, lost, source

NAN = float("nan")
TERMS = {
    "counts": {"terms": ["Neutrophil count decreased", "Platelet count decreased"]},
    "nausea": {"terms": ["Nausea"]},
}
HOLD = {"id": "HOLD", "drugs": ["surufatinib"], "action": "hold",
        "when": {"toxicity": "any", "grade": ">=3"}, "resume": {"grade": "<=1"}}  # fmt: skip
GATE = {
    "id": "GATE", "text": "Day 1", "before": "cycle", "drugs": ["surufatinib", "s1"],
    "requires": [{"text": "Neutrophils", "values": ["NEUT >= 1.5 10*9/L"]}],
    "max_delay": "14d", "otherwise": "wait", "citation": "test",
}  # fmt: skip
COURSE = GATE | {"id": "COURSE", "before": "course", "drugs": ["temozolomide"],
                 "samples": "D8-D10", "max_delay": "3d"}  # fmt: skip
EVERYTHING = frozenset({"dose", "visit", "adverse_event", "measurement"})


def rule(**changes: Any) -> dict[str, Any]:
    """A hold for surufatinib at grade 3, until grade 1; what a test wants to differ."""
    return HOLD | {"text": "a rule", "citation": "test", "confidence": "M"} | changes


def study(
    *rules: dict[str, Any], gates: tuple[dict[str, Any], ...] = (),
    drugs: dict[str, dict[str, Any]] | None = None, **modification: Any,
) -> Study:  # fmt: skip
    """The study of `builders` with modification rules. drugs: changes of some drugs."""
    content = builders._study()
    known = {d: spec | (drugs or {}).get(d, {}) for d, spec in builders.DRUGS.items()}
    unused = rule(id="NONE", active=False)
    added = {"rules": [*rules, unused], "gates": list(gates), **modification}
    treatment = content["treatment"] | {"drugs": known}
    return Study.model_validate(
        content | {"terms": TERMS, "treatment": treatment, "modification": added}
    )


def value(test: str, number: int, amount: float, unit: str = "10*9/L", **changes: Any) -> Sample:
    """A measured value of a day."""
    span = {"low": amount, "high": amount, "low_open": False, "high_open": False,
            "predose": False, "predose_cycle": None, "uln": NAN,
            "when": on(day(number))}  # fmt: skip
    return Sample(
        test, unit=unit, lln=NAN, base=NAN, base_uln=NAN, is_baseline=False,
        source=source(f"{test} {amount} d{number}", 200 + number), **span | changes,
    )  # fmt: skip


def graded(term: str, number: int, grade: int, unit: str = "10*9/L") -> Observation:
    """A graded value of a day."""
    return Observation(
        term, "", on(day(number)), grade, grade, unit, None, None, "",
        source(f"{term} {grade} d{number}", 300 + number),
    )  # fmt: skip


def event(
    term: str, grade: int, first: int, last: int | None = None,
    related: bool | dict[str, bool | None] | None = True, *, cause: bool = False,
) -> Report:  # fmt: skip
    """A reported event. related: of every drug, or by drug."""
    by_drug = related if isinstance(related, dict) else dict.fromkeys(builders.DRUGS, related)
    return Report(
        term, "", "", on(day(first)), None if last is None else on(day(last)), grade, grade,
        str(grade), by_drug, cause, None, False, False, "DRUG INTERRUPTED", {}, None,
        source(f"{term} d{first}", 400 + first),
    )  # fmt: skip


def subject(
    in_study: Study, *records: Intake | Sample | Observation | Report, as_of: int = 40,
    cycles: dict[int, int] | None = None, baseline: dict[str, int] | None = None,
    delivered: frozenset[str] = EVERYTHING, ended: tuple[str, int] | None = None,
) -> Case:  # fmt: skip
    """A subject of level L1 with some records; cycle 2 began on day 22 unless told otherwise."""
    starts = {2: 22} if cycles is None else cycles
    visits = [Event(f"CYCLE {c} DAY 1", on(day(d)), source()) for c, d in starts.items()]
    visits = [v for v in visits if v.when is not None and v.when.first_day <= day(as_of)]
    dispositions = [Event(ended[0], on(day(ended[1])), source(ended[0], 50))] if ended else []
    facts = Facts(
        "T1-001", "L1", "F", 50.0, DAY_1, DAY_1, None, delivered, baseline or {},
        observations=tuple(r for r in records if isinstance(r, Observation)),
        reports=tuple(r for r in records if isinstance(r, Report)),
        samples=(*BODY, *(r for r in records if isinstance(r, Sample))),
        intakes=tuple(r for r in records if isinstance(r, Intake)),
        visits=tuple(visits), dispositions=tuple(dispositions),
    )  # fmt: skip
    return make_case(facts, in_study, day(as_of))


def number(of: date | None) -> int | None:
    """The study day of a date."""
    return None if of is None else (of - DAY_1).days + 1


def fired(case: Case) -> list[tuple[int | None, str, str, str]]:
    """What fired: day, drug, rule, action."""
    return [(number(t.on), t.drug, t.rule, t.action) for t in triggers(case)]


def one(case: Case, **wanted: str) -> Trigger:
    """The only trigger with some fields."""
    found = [t for t in triggers(case) if all(getattr(t, k) == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def deviating(case: Case) -> list[tuple[int | None, str, str, str]]:
    """What deviates: first day, kind, drug, rule."""
    return [(number(d.on), d.kind, d.drug, d.rule) for d in deviations(case, triggers(case))]


def deviation(case: Case, kind: str) -> Deviation:
    """The only deviation of a kind."""
    found = [d for d in deviations(case, triggers(case)) if d.kind == kind]
    assert len(found) == 1, found
    return found[0]


__all__ = [
    "COURSE", "GATE", "day", "deviating", "deviation", "dose", "event", "fired", "graded", "lost",
    "number", "one", "rule", "study", "subject", "triggers", "value",
]  # fmt: skip
