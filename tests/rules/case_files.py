"""The cases of the rules: YAML files beside this module, read and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field

from tests.rules.patient import Patient, Told

CASES = Path(__file__).with_name("cases")
LAST_DAY = 45


def _one_or_more(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _named(value: Any) -> Any:
    return {"rule": value} if isinstance(value, str) else value


States = Annotated[list[Literal["met", "not_met", "not_evaluable"]], BeforeValidator(_one_or_more)]
Words = Annotated[list[str], BeforeValidator(_one_or_more)]


class Fired(Told):
    """A trigger or a deviation, by the fields that are named; a list means any of them."""

    rule: str | None = None
    drug: str | None = None
    action: Words | None = None
    kind: Words | None = None
    on_day: int | None = None
    until_day: int | None = None
    next_dose: Words | None = None
    wins: bool | None = None


OneFired = Annotated[Fired, BeforeValidator(_named)]


class Expect(Told):
    """What must come out. Only what is named is asked."""

    verdict: Words | None = None
    evaluable: Annotated[list[bool | None], BeforeValidator(_one_or_more)] = Field(
        default_factory=list
    )
    late: bool | None = None
    rules: dict[str, States] = Field(default_factory=dict)
    onset_day: int | None = None
    settles_by: dict[str, int] = Field(default_factory=dict)
    triggers: list[Fired] = Field(default_factory=list)
    no_triggers: list[OneFired] = Field(default_factory=list)
    deviations: list[Fired] = Field(default_factory=list)
    no_deviations: list[str] | Literal["any"] = Field(default_factory=list)
    no_gate_failed: list[OneFired] = Field(default_factory=list)
    not_silent: str | None = None
    queries_contain: list[str] = Field(default_factory=list)
    flags_contain: list[str] = Field(default_factory=list)
    pauses: list[str] = Field(default_factory=list)
    no_pauses: list[str] = Field(default_factory=list)


class Case(Told):
    """One case. `like`: another case, of which this one differs in what `patient` says."""

    id: str
    rule: str
    list_: Literal["dlt", "modification"] = Field(default="dlt", alias="list")
    shows: str
    like: str | None = None
    as_of: int = LAST_DAY
    patient: dict[str, Any] | None = None
    patients: list[dict[str, Any]] = Field(default_factory=list)
    expect: Expect


@cache
def all_cases() -> dict[str, Case]:
    """Every case by id. Raises ValueError if an id stands twice."""
    found: dict[str, Case] = {}
    for file in sorted(CASES.glob("*.yaml")):
        for content in yaml.safe_load(file.read_text(encoding="utf-8")):
            case = Case.model_validate(content)
            if case.id in found:
                raise ValueError(f"{file.name}: case {case.id} stands twice")
            found[case.id] = case
    return found


def told_of(case: Case) -> dict[str, Any]:
    """The description of a case's only patient, with that of the case it is like."""
    base = told_of(all_cases()[case.like]) if case.like else {}
    return merged(base, case.patient or {})


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Mappings are merged by key; everything else is replaced."""
    both = dict(base)
    for key, value in change.items():
        old = both.get(key)
        both[key] = (
            merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return both


def patients_of(case: Case, number: int) -> list[Patient]:
    """The patients of the case that stands at `number` (from 0); nothing after `as_of`."""
    told = case.patients or [told_of(case)]
    return [
        Patient.model_validate({"id": f"{number:03d}{i}", "until": case.as_of} | one)
        for i, one in enumerate(told)
    ]
