"""Every case of `cases/`: what was expected from the reference against what the engine says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from safety.assess.result import Deviation, SubjectAssessment, Trigger
from tests.rules import engine
from tests.rules.case_files import Case, Expect, Fired, all_cases
from tests.rules.patient import date_of, day_of

pytestmark = pytest.mark.xdist_group("rules")  # what they share is made once

# Condition pairs: of these rules every condition is shown to flip the outcome by itself.
PAIRED = {"H2", "H3", "H5", "E4", "E5", "E6", "E9", "L1", "L2", "T1", "T2", "D1"}


@pytest.mark.parametrize("case_id", list(all_cases()))
def test_case(case_id: str) -> None:
    case = all_cases()[case_id]
    wrong = list(disagreements(case))
    assert not wrong, "\n  ".join([f"{case_id} ({case.shows}), as of day {case.as_of}:", *wrong])


@pytest.mark.parametrize("case_id", [c.id for c in all_cases().values() if "-pair-" in c.id])
def test_one_condition_flips_the_outcome(case_id: str) -> None:
    pair = all_cases()[case_id]
    assert pair.like is not None, "a pair is like the case it differs from"
    base = all_cases()[pair.like]
    states = [_state(c, pair.rule) for c in (base, pair)]
    assert states == ["met", "not_met"], f"{pair.shows}: {pair.rule} is {states}"


def test_rules_with_several_conditions_have_pairs() -> None:
    paired = {c.rule for c in all_cases().values() if "-pair-" in c.id}
    assert paired == PAIRED


def _state(case: Case, rule: str) -> str:
    return {r.id: r.state for r in engine.result_of(case.id).rules}[rule]


def disagreements(case: Case) -> Iterator[str]:
    """What of a case's expectation did not come out, a line each."""
    found, expect = engine.result_of(case.id), case.expect
    yield from _of_the_verdict(found, expect)
    yield from _of_the_rules(found, expect)
    yield from _of_triggers(found, expect)
    yield from _of_deviations(found, expect)
    for kind, texts, words in (
        ("query", found.queries, expect.queries_contain),
        ("flag", found.flags, expect.flags_contain),
    ):
        for word in words:
            if not any(word.lower() in t.lower() for t in texts):
                yield f"no {kind} speaks of {word}; there are: {list(texts)}"
    if expect.pauses or expect.no_pauses:
        yield from _of_pauses(engine.pauses_of(case), expect)


def _of_the_verdict(found: SubjectAssessment, expect: Expect) -> Iterator[str]:
    said = f"{found.evaluability_reason}; {_argument(found)}"
    if expect.verdict is not None and found.verdict not in expect.verdict:
        yield f"verdict is {found.verdict}, expected {' or '.join(expect.verdict)}; {said}"
    if expect.evaluable and found.evaluable not in expect.evaluable:
        yield f"evaluable is {found.evaluable}, expected {expect.evaluable}; {said}"
    if expect.late is not None and found.late_dlt_equivalent != expect.late:
        yield f"late is {found.late_dlt_equivalent}; {[(r.id, r.state) for r in found.late]}"
    if expect.onset_day is not None and found.dlt_onset_day != expect.onset_day:
        yield f"onset is day {found.dlt_onset_day}, expected {expect.onset_day}"


def _argument(found: SubjectAssessment) -> str:
    parts = [f"{r.id} {r.state} {list(r.missing)}" for r in found.rules if r.state != "not_met"]
    return "; ".join(parts) or "every rule not_met"


def _of_the_rules(found: SubjectAssessment, expect: Expect) -> Iterator[str]:
    rules = {r.id: r for r in found.rules}
    for rule, states in expect.rules.items():
        if rule not in rules:
            yield f"{rule} was not judged"
        elif rules[rule].state not in states:
            told = rules[rule]
            why = f"missing {list(told.missing)}, duration {told.duration!r}"
            yield f"{rule} is {told.state}, expected {' or '.join(states)}; {why}"
    for rule, day in expect.settles_by.items():
        if rules[rule].settles_by != date_of(day):
            yield f"{rule} settles by {rules[rule].settles_by}, expected {date_of(day)} (day {day})"


def _of_triggers(found: SubjectAssessment, expect: Expect) -> Iterator[str]:
    there = [_short(t) for t in found.triggers]
    for wanted in expect.triggers:
        if not any(_is_trigger(t, wanted) for t in found.triggers):
            same = [t for t in there if wanted.rule == t["rule"]] or [t["rule"] for t in there]
            yield f"no trigger {_told(wanted)}; there are {same}"
    for unwanted in expect.no_triggers:
        hit = [_short(t) for t in found.triggers if _is_trigger(t, unwanted)]
        if hit:
            yield f"unexpected trigger {hit}"


def _is_trigger(found: Trigger, wanted: Fired) -> bool:
    return all(
        (
            _is_of(found, wanted),
            wanted.action is None or (found.action in wanted.action and found.state == "met"),
            wanted.until_day is None or found.until == date_of(wanted.until_day),
            wanted.next_dose is None or found.next_dose in wanted.next_dose,
            wanted.wins in {None, found.wins},
        )
    )


def _is_of(found: Trigger | Deviation, wanted: Fired) -> bool:
    return (
        wanted.rule in {None, found.rule}
        and (wanted.drug is None or engine.drug_named(wanted.drug) == found.drug)
        and (wanted.on_day is None or found.on == date_of(wanted.on_day))
    )


def _of_deviations(found: SubjectAssessment, expect: Expect) -> Iterator[str]:
    there = [_short(d) for d in found.deviations]
    for wanted in expect.deviations:
        if not any(_is_deviation(d, wanted) for d in found.deviations):
            yield f"no deviation {_told(wanted)}; there are {there}"
    if expect.no_deviations == "any":
        unwanted = list(found.deviations)
    else:
        drugs = {engine.drug_named(d) for d in expect.no_deviations}
        unwanted = [d for d in found.deviations if d.drug in drugs]
    for gate in expect.no_gate_failed:
        wanted = gate.model_copy(update={"kind": ["gate_failed"]})
        unwanted += [d for d in found.deviations if _is_deviation(d, wanted)]
    if unwanted:
        yield f"unexpected deviations {[_short(d) for d in unwanted]}"
    silent = expect.not_silent
    fired: Iterable[Trigger | Deviation] = [*found.triggers, *found.deviations]
    if silent is not None and not any(f.rule == silent for f in fired):
        yield f"{silent} is silent: neither a trigger nor a deviation"


def _is_deviation(found: Deviation, wanted: Fired) -> bool:
    return _is_of(found, wanted) and (wanted.kind is None or found.kind in wanted.kind)


def _of_pauses(fired: set[str], expect: Expect) -> Iterator[str]:
    if not fired.issuperset(expect.pauses):
        yield f"pauses are {sorted(fired)}, expected {expect.pauses}"
    if fired & set(expect.no_pauses):
        yield f"unexpected pauses {sorted(fired & set(expect.no_pauses))}"


def _short(found: Trigger | Deviation) -> dict[str, Any]:
    """What matters of a trigger or deviation, with study days."""
    names = ("rule", "drug", "action", "kind", "state", "next_dose", "wins", "expected", "actual")
    told = {n: getattr(found, n) for n in names if getattr(found, n, "")}
    until = getattr(found, "until", None)
    return told | {"day": day_of(found.on.isoformat()), "until": until and day_of(str(until))}


def _told(wanted: Fired) -> dict[str, Any]:
    return wanted.model_dump(exclude_none=True)
