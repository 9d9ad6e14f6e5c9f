"""No rule of the study file without a case in which it fires and one in which it stays silent."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rules import engine
from tests.rules.case_files import Case, all_cases

Key = tuple[str, str]  # list, id: T1 and T2 name a rule in both lists


def _wanted() -> set[Key]:
    study = engine.study()
    dlt, modification = study.dose_limiting, study.modification
    assert modification is not None
    return {
        *(("dlt", r.id) for r in dlt.rules),
        *(("pause", p.id) for p in dlt.pause),
        *(("modification", r.id) for r in modification.rules if r.active),
        *(("modification", g.id) for g in modification.gates),
    }


def _firing(case: Case) -> Iterator[Key]:
    expect = case.expect
    yield from (("dlt", rule) for rule, states in expect.rules.items() if states == ["met"])
    for fired in [*expect.triggers, *expect.deviations]:
        if fired.rule is not None:
            yield "modification", fired.rule
    yield from (("pause", p) for p in expect.pauses)


def _silent(case: Case) -> Iterator[Key]:
    if case.id == "uneventful":
        return  # that nothing fires there is no near miss
    expect = case.expect
    yield from (("dlt", rule) for rule, states in expect.rules.items() if states == ["not_met"])
    for quiet in [*expect.no_triggers, *expect.no_gate_failed]:
        if quiet.rule is not None:
            yield "modification", quiet.rule
    yield from (("pause", p) for p in expect.no_pauses)


def test_every_rule_fires_in_a_case() -> None:
    shown = {key for case in all_cases().values() for key in _firing(case)}
    assert sorted(_wanted() - shown) == []


def test_every_rule_stays_silent_in_a_near_miss() -> None:
    shown = {key for case in all_cases().values() for key in _silent(case)}
    assert sorted(_wanted() - shown) == []


def test_cases_name_rules_that_exist() -> None:
    shown = {key for case in all_cases().values() for key in [*_firing(case), *_silent(case)]}
    assert sorted(shown - _wanted()) == []
