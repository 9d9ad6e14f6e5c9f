"""One made-up subject for the judges of conditions; day 1 is 2024-03-04, planned C2D1 day 22.

Everything is told by study day; what a test does not tell is absent, so nothing else decides.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from pydantic import TypeAdapter

from safety.assess.case import Case, make_case
from safety.assess.conditions import occurrences
from safety.assess.facts import (
    Course,
    Declaration,
    Event,
    Facts,
    Intake,
    Observation,
    Report,
    Sample,
    Source,
)
from safety.assess.moments import Moment, moment, on
from safety.assess.occurrence import Occurrence
from safety.assess.runs import Point
from safety.assess.truth import Truth
from safety.study.conditions import Condition
from safety.study.model import Study
from tests.dosing.builders import DAY_1, DRUGS, LEVEL, NAN, day, dose, lost

MET, NOT, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
EVERY_DRUG = ("surufatinib", "temozolomide", "s1")
ANC, PLT = "Neutrophil count decreased", "Platelet count decreased"
ALT = "Alanine aminotransferase increased"
TERMS = {
    "neutropenia": {"terms": [ANC]},
    "infections": {"socs": ["Infections and infestations"]},
    "fatigue": {"terms": ["Fatigue"]},
}
ANY_SEVERE = {"id": "N1", "text": "grade 3", "when": {"toxicity": "any", "grade": ">=3"},
              "citation": "test"}  # fmt: skip
KINDS = ["visit", "dose", "measurement", "adverse_event", "medication", "procedure", "history"]


def study(*, treated: bool = True, **dose_limiting: Any) -> Study:
    """A study of three drugs and one rule; parts of `dose_limiting` may be replaced."""
    limits = {
        "window": {"last_day": 21} | ({"extends_to_day": 36} if treated else {}),
        "rules": [ANY_SEVERE],
        "unrelated_needs_cause": True,
    } | dose_limiting  # fmt: skip
    treatment = {
        "cycle_length": "21d", "drugs": DRUGS, "levels": [{"id": "L1", "doses": LEVEL}],
        "start_level": "L1", "reasons": {"toxicity": ["ADVERSE EVENT"]}, "citation": "test",
    }  # fmt: skip
    return Study.model_validate({
        "studyid": "T1", "title": "A test", "phase": "I", "timezone": "Asia/Shanghai",
        "feeds": [{"id": "sdtm", "kind": "sdtm_folder", "path": "feeds/t1",
                   "domains": {"DM": {"record": "subject", "key": ["USUBJID"]}}}],
        "attribution": {"related": ["POSSIBLE"], "unrelated": ["UNRELATED"]},
        "terms": TERMS, "treatment": treatment if treated else None, "dose_limiting": limits,
        "alerts": {"recipients": ["monitor@example.org"]},
    })  # fmt: skip


def rule(rule_id: str, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": rule_id, "text": rule_id, "when": when, "citation": "test"} | more


def at(number: int | str, clock: str = "") -> Moment:
    """A study day, with its time if one is given; a text is a (partial) ISO date."""
    if isinstance(number, str):
        found = moment(number)
        assert found is not None
        return found
    if not clock:
        return on(day(number))
    exact = datetime.combine(day(number), time.fromisoformat(clock))
    return Moment(exact, exact)


def source(text: str, when: Moment | None = None, row: int = 0) -> Source:
    return Source(str(when.first_day) if when else "", text, text, "x.csv", row)


def point(number: int | str, truth: Truth, clock: str = "") -> Point:
    when = at(number, clock)
    return Point(when, truth, source(f"{truth.value} {when}", when))


def observed(
    term: str, number: int | str, low: int, high: int | None = None, *, clock: str = "",
    soc: str = "", unit: str = "", symptomatic: bool | None = None, predose: int | None = None,
    reasons: str = "",
) -> Observation:  # fmt: skip
    """A graded value. predose: the cycle whose first dose it was taken before."""
    when, top = at(number, clock), low if high is None else high
    text = f"{term} {low}-{top}"
    return Observation(
        term, soc, when, low, top, unit, symptomatic, predose, reasons, source(text, when)
    )


def reported(
    term: str, low: int, first: int | str, last: int | None = None, *, high: int | None = None,
    soc: str = "", group: str = "", related: bool | dict[str, bool | None] | None = True,
    cause: bool = False, symptomatic: bool | None = None, serious: bool = False,
    fatal: bool = False, dlt: bool | None = None, row: int = 0,
) -> Report:  # fmt: skip
    """A row of an adverse event from a day to a day; last None: it goes on."""
    start = at(first)
    drugs = related if isinstance(related, dict) else dict.fromkeys(EVERY_DRUG, related)
    return Report(
        term, soc, group, start, None if last is None else at(last), low,
        low if high is None else high, str(low), drugs, cause, symptomatic, serious, fatal,
        "", {}, dlt, source(f"{term} d{first}", start, row),
    )  # fmt: skip


def measured(
    test: str, number: int | str, value: float, unit: str = "10*9/L", *, sign: str = "",
    clock: str = "", uln: float = NAN, lln: float = NAN, base: float = NAN,
    base_uln: float = NAN, is_baseline: bool = False, before: bool = False,
    predose: int | None = None,
) -> Sample:  # fmt: skip
    """A value as received, with its comparator. before: taken before the first dose of all."""
    when = at(number, clock)
    low = float("-inf") if sign == "<" else value
    high = float("inf") if sign == ">" else value
    return Sample(
        test, when, low, high, sign == ">", sign == "<", unit, lln, uln, base, base_uln,
        is_baseline, before, predose, source(f"{test} {sign}{value:g} {unit}", when),
    )  # fmt: skip


def course(
    name: str, first: int | None, last: int | None = None, category: str = "", indication: str = ""
) -> Course:
    start = None if first is None else at(first)
    end = None if last is None else at(last)
    return Course(name, category, indication, start, end, source(name, start))


def event(name: str, number: int | None) -> Event:
    when = None if number is None else at(number)
    return Event(name, when, source(name, when))


def declaration(text: str, number: int | None, signed_by: str = "") -> Declaration:
    onset = None if number is None else at(number)
    return Declaration(text, onset, signed_by, source(text, onset))


def all_taken(last: int = 21) -> tuple[Intake, ...]:
    """Every dose of cycle 1 up to a day."""
    return (
        dose("surufatinib", 1, last),
        *([dose("temozolomide", 10, min(last, 14))] if last >= 10 else []),
        dose("s1", 1, min(last, 14)),
    )


def facts(
    *records: Any, baseline: dict[str, int] | None = None, death: int | None = None,
    cycles: dict[int, int] | None = None, usubjid: str = "T1-001", level: str = "L1",
    first_dose: date | None = DAY_1, delivered: list[str] = KINDS,
    medications: tuple[Course, ...] = (), procedures: tuple[Course, ...] = (),
    history: tuple[Event, ...] = (), ended: tuple[Event, ...] = (),
) -> Facts:  # fmt: skip
    """Facts of the records, sorted by their kind. cycles: day on which later cycles began."""
    visits = [event(f"CYCLE {c} DAY 1", d) for c, d in (cycles or {}).items()]
    of = {kind: tuple(r for r in records if isinstance(r, kind))
          for kind in (Observation, Report, Sample, Intake, Declaration)}  # fmt: skip
    return Facts(
        usubjid, level, "F", 50.0, first_dose, first_dose, None if death is None else at(death),
        frozenset(delivered), baseline or {}, of[Observation], of[Report], of[Sample], of[Intake],
        medications, procedures, history, ended, tuple(visits), of[Declaration],
        source("subject T1-001"),
    )  # fmt: skip


def case(*records: Any, as_of: int = 40, in_study: Study | None = None, **told: Any) -> Case:
    """The case at the end of a study day."""
    return make_case(facts(*records, **told), in_study or study(), day(as_of))


def condition(content: dict[str, Any]) -> Any:
    """Return the condition of a study file's mapping."""
    return TypeAdapter(Condition).validate_python(content)


def judged(
    content: dict[str, Any], *records: Any, worsened_by: int = 0, **told: Any
) -> list[Occurrence]:
    """Return the occurrences of a condition."""
    return list(occurrences(condition(content), case(*records, **told), worsened_by=worsened_by))


def truth_of(content: dict[str, Any], *records: Any, **told: Any) -> Truth:
    """Return whether a condition occurs at all: the surest of its occurrences."""
    truths = {o.truth for o in judged(content, *records, **told)}
    return next((t for t in (MET, UNKNOWN) if t in truths), NOT)


__all__ = [
    "ALT", "ANC", "ANY_SEVERE", "DAY_1", "EVERY_DRUG", "KINDS", "MET", "NAN", "NOT", "PLT",
    "UNKNOWN", "all_taken", "at", "case", "condition", "course", "day", "declaration", "dose",
    "event", "facts", "judged", "lost", "measured", "observed", "point", "reported", "rule",
    "source", "study", "truth_of",
]  # fmt: skip
