"""Gates before a cycle and before a course: passed, shut, or not to be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from safety.assess.facts import Event
from safety.assess.moments import moment, on
from tests.dosing.builders import source
from tests.dosing.modifying import (
    COURSE,
    EVERYTHING,
    GATE,
    day,
    dose,
    event,
    fired,
    number,
    one,
    study,
    subject,
    triggers,
    value,
)

URINE = {"text": "Urine", "values": ["PROT/URINE < 2 {plus}"], "or_values":
         ["PROT/URINE < 2 g/d"]}  # fmt: skip
LIVER = {"text": "ALT", "values": ["ALT <= 3 x ULN"], "or_values": ["ALT <= 5 x ULN"],
         "where": {"history": "METASTASES TO LIVER"}}  # fmt: skip
NEED = {"text": "Toxicity", "no": {"toxicity": "any", "grade": ">=2"}, "or_baseline": True}
BOTH = [(22, "s1", "GATE", "hold"), (22, "surufatinib", "GATE", "hold")]


def gate(**changes: Any) -> dict[str, Any]:
    return GATE | {"drugs": ["surufatinib"]} | changes


def states(in_study: Any, *records: Any, **options: Any) -> list[tuple[int | None, str]]:
    """Day and state of the gates that did not open."""
    found = triggers(subject(in_study, *records, **options))
    return [(number(t.on), t.state) for t in found]


def test_it_holds_every_drug_of_a_cycle_until_the_first_day_on_which_all_of_it_holds() -> None:
    samples = value("NEUT", 22, 1.2), value("NEUT", 25, 1.4), value("NEUT", 29, 1.5)
    case = subject(study(gates=(GATE,)), *samples, cycles={2: 29})
    assert fired(case) == BOTH
    trigger = one(case, drug="s1")
    assert (trigger.until, trigger.wins, trigger.next_dose) == (day(29), True, "same")
    assert trigger.text == (
        "Day 1, cycle 2: Neutrophils: NEUT 1.2 d22, NEUT >= 1.5 10*9/L asked for"
    )
    assert [s.text for s in trigger.evidence] == ["NEUT 1.2 d22"]


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (value("NEUT", 22, 1.5), []),
        (value("NEUT", 19, 1.5), []),
        (value("NEUT", 18, 1.5), [(22, "not_evaluable")]),  # older than 3 days
        (value("NEUT", 22, 1.49), [(22, "met")]),
        (value("NEUT", 22, 0, high=1.6), [(22, "not_evaluable")]),  # reported as <1.6
        (value("NEUT", 22, 9, unit=""), [(22, "not_evaluable")]),
        (value("NEUT", 23, 1.5), [(22, "not_evaluable")]),
    ],
)
def test_three_valued_on_day_1(sample: Any, expected: list[Any]) -> None:
    assert states(study(gates=(gate(),)), sample, cycles={2: 22}) == expected


def test_what_is_missing_is_named() -> None:
    trigger = one(subject(study(gates=(gate(),)), cycles={2: 22}))
    assert trigger.missing == (
        "Neutrophils: NEUT >= 1.5 10*9/L: a sample from 2024-03-22 to 2024-03-25",
    )


def test_the_newest_sample_before_the_dose_counts() -> None:
    at_8 = moment("2024-03-25T08:00")
    at_9 = moment("2024-03-25T09:00")
    at_10 = moment("2024-03-25T10:00")
    assert at_9 is not None
    first = dose("surufatinib", at_9, on(day(30)))
    low, good = value("NEUT", 22, 1.0, when=at_8), value("NEUT", 22, 2.0, when=at_10)
    assert states(study(gates=(gate(),)), first, low, good, cycles={2: 22}) == [(22, "met")]
    early, late = value("NEUT", 22, 2.0, when=at_8), value("NEUT", 22, 1.0, when=at_10)
    assert states(study(gates=(gate(),)), first, early, late, cycles={2: 22}) == []


def test_a_cycle_that_is_due_is_judged_and_none_before_or_after_treatment() -> None:
    in_study = study(gates=(gate(),))
    assert states(in_study, as_of=21, cycles={}) == []
    assert states(in_study, as_of=22, cycles={}) == [(22, "not_evaluable")]
    assert states(in_study, as_of=30, cycles={}, ended=("PROGRESSIVE DISEASE", 22)) == []


def test_a_cycle_that_nobody_began_on_its_day_is_judged_when_it_begins() -> None:
    assert states(study(gates=(gate(),)), value("NEUT", 30, 2.0), cycles={2: 30}) == []
    assert states(study(gates=(gate(),)), value("NEUT", 30, 1.0), cycles={2: 30}) == [(30, "met")]


def test_one_failure_is_one_trigger_until_the_cycle_begins() -> None:
    low = value("NEUT", 22, 1.0), value("NEUT", 30, 1.0)
    assert states(study(gates=(gate(),)), *low, cycles={2: 30}) == [(22, "met")]
    opened = value("NEUT", 22, 1.0), value("NEUT", 25, 2.0), value("NEUT", 30, 1.0)
    found = states(study(gates=(gate(),)), *opened, cycles={2: 30})
    assert found == [(22, "met"), (30, "met")]


def test_a_requirement_of_one_drug() -> None:
    need = {"text": "Clearance", "values": ["CRTCLRE >= 50 mL/min"], "drugs": ["s1"]}
    case = subject(study(gates=(GATE | {"requires": [need]},)), value("CRTCLRE", 22, 44, "mL/min"))
    assert fired(case) == BOTH[:1]


class TestAlternatives:
    """Other values in the place of the first ones."""

    @pytest.mark.parametrize(
        ("dipstick", "amount", "expected"),
        [
            (1, None, []),
            (3, None, [(22, "met")]),
            (3, 1.2, []),
            (3, 2.4, [(22, "met")]),
            (None, 1.2, []),
            (None, 2.4, [(22, "met")]),
            (None, None, [(22, "not_evaluable")]),
        ],
    )
    def test_dipstick_or_amount(
        self, dipstick: float | None, amount: float | None, expected: list[Any]
    ) -> None:
        told = [("{plus}", dipstick), ("g/d", amount)]
        samples = [value("PROT/URINE", 22, v, unit) for unit, v in told if v is not None]
        assert states(study(gates=(gate(requires=[URINE]),)), *samples) == expected

    @pytest.mark.parametrize(
        ("alt", "history", "expected"),
        [
            (120, False, []),
            (160, False, [(22, "met")]),
            (160, True, []),
            (210, True, [(22, "met")]),
            (160, None, [(22, "not_evaluable")]),
            (210, None, [(22, "met")]),
        ],
    )
    def test_only_where_the_history_allows(
        self, alt: float, history: bool | None, expected: list[Any]
    ) -> None:
        known = EVERYTHING | (frozenset() if history is None else {"history"})
        case = subject(
            study(gates=(gate(requires=[LIVER]),)),
            value("ALT", 22, alt, "U/L", uln=40.0),
            delivered=known,
        )
        found = (Event("METASTASES TO LIVER", None, source("liver")),) if history else ()
        told = replace(case, facts=replace(case.facts, history=found))
        assert [(number(t.on), t.state) for t in triggers(told)] == expected

    def test_a_limit_without_its_reference_cannot_be_judged(self) -> None:
        need = {"text": "ALT", "values": ["ALT <= 3 x ULN"]}
        found = states(study(gates=(gate(requires=[need]),)), value("ALT", 22, 20, "U/L"))
        assert found == [(22, "not_evaluable")]


class TestToxicity:
    """`no`: a toxicity that must not be there."""

    def states(self, *records: Any, **options: Any) -> list[tuple[int | None, str]]:
        return states(study(gates=(gate(requires=[NEED]),)), *records, **options)

    @pytest.mark.parametrize(
        ("nausea", "expected"),
        [
            (event("Nausea", 2, 10, 23), [(22, "met")]),
            (event("Nausea", 2, 10), [(22, "met")]),
            (event("Nausea", 2, 10, 22), []),  # recovered on that very day
            (event("Nausea", 1, 10), []),
            (event("Nausea", 2, 22), [(22, "not_evaluable")]),  # before or after the dose
            (event("Nausea", 2, 23), []),
            (event("Nausea", 2, 10, None, related=False, cause=True), []),
            (event("Nausea", 2, 10, None, related=False), [(22, "met")]),  # no other cause told
            (event("Nausea", 2, 10, None, related=None), [(22, "met")]),
        ],
    )
    def test_present_on_that_day(self, nausea: Any, expected: list[Any]) -> None:
        assert self.states(nausea) == expected

    def test_as_at_baseline(self) -> None:
        assert self.states(event("Nausea", 2, 10), baseline={"Nausea": 2}) == []
        assert self.states(event("Nausea", 3, 10), baseline={"Nausea": 2}) == [(22, "met")]

    def test_it_opens_when_the_toxicity_is_over(self) -> None:
        in_study = study(gates=(gate(requires=[NEED]),))
        case = subject(in_study, event("Nausea", 2, 10, 26), cycles={2: 26})
        assert one(case).until == day(26)

    def test_without_adverse_events_nobody_knows(self) -> None:
        found = self.states(delivered=frozenset({"dose", "visit"}))
        assert found == [(22, "not_evaluable")]


class TestCourse:
    """Before the first day of a drug's course, in every cycle."""

    def states(self, *records: Any, **options: Any) -> list[tuple[int | None, str]]:
        return states(study(gates=(COURSE,)), *records, **{"as_of": 20, "cycles": {}} | options)

    def test_samples_of_its_days(self) -> None:
        assert self.states(value("NEUT", 8, 1.5)) == []
        assert self.states(value("NEUT", 7, 1.5)) == [(10, "not_evaluable")]
        assert self.states(value("NEUT", 10, 1.4)) == [(10, "met")]
        assert self.states(value("NEUT", 10, 1.4), as_of=9) == []

    def test_begun_later_it_is_judged_on_that_day(self) -> None:
        late = dose("temozolomide", 12, 16)
        samples = value("NEUT", 10, 1.0), value("NEUT", 12, 1.6)
        case = subject(study(gates=(COURSE,)), late, *samples, as_of=20, cycles={})
        assert one(case).until == day(12)
        assert self.states(late, value("NEUT", 10, 1.6), value("NEUT", 12, 1.0)) == [(12, "met")]

    def test_in_every_cycle_that_reached_it(self) -> None:
        low = value("NEUT", 10, 1.0), value("NEUT", 31, 1.0)
        found = self.states(*low, as_of=40, cycles={2: 22})
        assert found == [(10, "met"), (31, "met")]
        assert self.states(*low, as_of=40, cycles={2: 9}) == [(18, "not_evaluable")]
