"""Which rule fires for which drug on which day, what it asks for, and which action wins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.assess.case import make_case
from safety.assess.clip import clip
from safety.assess.moments import between
from safety.assess.result import Trigger
from safety.dosing.modification import in_force
from safety.study.modification import ACTIONS
from tests.dosing.modifying import (
    day,
    deviating,
    dose,
    event,
    fired,
    graded,
    number,
    one,
    rule,
    study,
    subject,
    triggers,
    value,
)

LOWER = rule(action="reduce", resume=None, next_dose="one_lower")
ANC, PLT = "Neutrophil count decreased", "Platelet count decreased"


def test_a_hold_fires_on_the_day_of_onset_and_ends_on_the_day_it_is_seen_to_have_improved() -> None:
    trigger = one(subject(study(rule()), dose("surufatinib", 1, 40), event("Nausea", 3, 8, 12)))
    assert (trigger.action, trigger.on, trigger.until) == ("hold", day(8), day(12))
    assert (trigger.state, trigger.wins, trigger.next_dose) == ("met", True, "same")
    assert trigger.resume == "grade <=1"
    assert [s.text for s in trigger.evidence] == ["Nausea d8"]


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_said_as_the_rule_says_it(action: str) -> None:
    found = rule(action=action, resume=None)
    case = subject(study(found), dose("surufatinib", 1, 40), event("Nausea", 3, 8, 12))
    next_dose = {"reduce": "200 mg", "discontinue": "discontinue"}.get(action, "same")
    trigger = one(case)
    assert (trigger.action, trigger.next_dose, trigger.until) == (action, next_dose, None)


@pytest.mark.parametrize(
    ("changes", "records"),
    [
        ({}, [event("Nausea", 2, 8, 12)]),
        ({"active": False}, [event("Nausea", 3, 8, 12)]),
        ({"effective_from": "2024-03-05"}, [event("Nausea", 3, 8, 12)]),
        ({"phase": "D1-D7"}, [event("Nausea", 3, 8, 12)]),
        ({}, [event("Nausea", 3, 8, 12, related={"surufatinib": False, "s1": True})]),
        ({"occurrence": "again"}, [event("Nausea", 3, 8, 12)]),
        ({}, [event("Nausea", 3, -5, 12)]),  # there before the first dose
        ({}, [event("Nausea", 3, 41)]),  # after the knowledge date
    ],
)
def test_it_stays_silent(changes: dict[str, Any], records: list[Any]) -> None:
    assert fired(subject(study(rule(**changes)), dose("surufatinib", 1, 40), *records)) == []


def test_unrelated_does_not_matter_where_the_rule_says_so() -> None:
    related = {"surufatinib": False, "s1": True}
    case = subject(study(rule(related=False)), event("Nausea", 3, 8, 12, related))
    assert fired(case) == [(8, "surufatinib", "HOLD", "hold")]


def test_nothing_fires_before_the_first_dose_or_after_the_end_of_treatment() -> None:
    late = subject(study(rule()), event("Nausea", 3, 30), ended=("PROGRESSIVE DISEASE", 29))
    assert fired(late) == []


def test_a_grade_that_may_be_3_is_shown_and_never_wins() -> None:
    unsure = replace(graded("Nausea", 8, 2), highest=3)
    trigger = one(subject(study(rule()), unsure))
    assert (trigger.state, trigger.wins, trigger.until) == ("not_evaluable", False, None)
    assert trigger.missing == ("grade of Nausea 2 d8: ",)


def test_a_duration_is_known_on_the_day_it_is_reached() -> None:
    lasting = {"toxicity": "any", "grade": ">=3", "lasting": ">=7d"}
    case = subject(study(rule(when=lasting)), event("Nausea", 3, 8, 20))
    assert one(case).on == day(14)


def test_of_a_partial_date_the_first_day_is_taken_and_nobody_is_blamed() -> None:
    early = event("Nausea", 3, 8, None)
    early = replace(early, start=between(day(8), day(15)))
    case = subject(study(rule()), dose("surufatinib", 1, 40), early)
    trigger = one(case)
    assert (trigger.on, trigger.state, trigger.wins) == (day(8), "met", True)
    assert trigger.missing == ("date of onset: 2024-03-11 to 2024-03-18; its first day is taken",)
    assert one(subject(study(rule()), early, as_of=10)).on == day(8)
    assert deviating(case) == []


def test_what_must_come_together_is_known_when_the_second_came() -> None:
    both = {"all": [{"toxicity": "Nausea", "grade": ">=3"}, {"value": "NEUT < 1.0 10*9/L"}],
            "within": "7d"}  # fmt: skip
    case = subject(study(rule(when=both)), event("Nausea", 3, 8, 9), value("NEUT", 12, 0.8))
    assert one(case).on == day(12)


def test_an_event_that_grew_worse_fired_at_the_grade_it_passed_through() -> None:
    found = [rule(id="G2", when={"toxicity": "any", "grade": "2"}),
             rule(id="G3", when={"toxicity": "any", "grade": ">=3"})]  # fmt: skip
    case = subject(study(*found), event("Nausea", 2, 8, 10), event("Nausea", 3, 10, 14))
    assert fired(case) == [(8, "surufatinib", "G2", "hold"), (10, "surufatinib", "G3", "hold")]
    at_once = subject(study(*found), event("Nausea", 3, 8, 10))
    assert fired(at_once) == [(8, "surufatinib", "G3", "hold")]


class TestAttribution:
    """What nobody attributed is put down to the drugs of the study file."""

    def fires_for(self, term: str, first: int = 8, **changes: Any) -> set[str]:
        found = rule(drugs=["surufatinib", "temozolomide", "s1"], **changes)
        blames = [
            {"toxicity": "counts", "drugs": ["temozolomide", "s1"]},
            {"toxicity": "nausea", "drugs": ["temozolomide"], "phase": "D10-D15"},
        ]
        case = subject(study(found, default_attribution=blames), event(term, 3, first, None, None))
        return {t.drug for t in triggers(case)}

    def test_listed_terms(self) -> None:
        assert self.fires_for(ANC) == {"temozolomide", "s1"}

    def test_only_in_its_phase(self) -> None:
        assert self.fires_for("Nausea", 10) == {"temozolomide"}
        assert self.fires_for("Nausea", 9) == {"surufatinib", "temozolomide", "s1"}

    def test_terms_that_are_not_listed_go_to_all(self) -> None:
        assert self.fires_for("Fatigue") == {"surufatinib", "temozolomide", "s1"}

    def test_not_asked_for(self) -> None:
        assert self.fires_for(ANC, related=False) == {"surufatinib", "temozolomide", "s1"}


class TestOccurrence:
    """First, again, and again of the same term."""

    RULES = (
        rule(id="FIRST", occurrence="first"),
        rule(id="AGAIN", occurrence="again", action="discontinue", resume=None),
        rule(id="SAME", occurrence="same_again", action="discontinue", resume=None),
    )

    def rules_by_day(self, *records: Any) -> list[tuple[int | None, str]]:
        return [(d, r) for d, _, r, _ in fired(subject(study(*self.RULES), *records))]

    def test_once(self) -> None:
        assert self.rules_by_day(event("Nausea", 3, 8, 9)) == [(8, "FIRST")]

    def test_twice_the_same(self) -> None:
        found = self.rules_by_day(event("Nausea", 3, 8, 9), event("Nausea", 3, 20, 21))
        assert found == [(8, "FIRST"), (20, "AGAIN"), (20, "SAME")]

    def test_another_term(self) -> None:
        found = self.rules_by_day(event("Nausea", 3, 8, 9), event("Fatigue", 3, 20, 21))
        assert found == [(8, "FIRST"), (20, "AGAIN")]

    def test_what_overlaps_is_one_event(self) -> None:
        found = self.rules_by_day(event("Nausea", 3, 8, 12), event("Fatigue", 3, 10, 14))
        assert found == [(8, "FIRST")]


def test_a_count_that_falls_again_is_held_again() -> None:
    held = rule(when={"value": "PLAT < 75 10*9/L"}, resume={"values": ["PLAT >= 75 10*9/L"]})
    counts = [value("PLAT", d, v) for d, v in ((8, 68), (10, 76), (13, 70), (20, 90))]
    assert [d for d, *_ in fired(subject(study(held), *counts))] == [8, 13]
    lowered = rule(when={"value": "PLAT < 75 10*9/L"}, action="reduce", next_dose="one_lower",
                   resume=None)  # fmt: skip
    assert [d for d, *_ in fired(subject(study(lowered), *counts))] == [8]


class TestResume:
    """The first day on which the condition to resume was seen."""

    def until(self, resume: dict[str, Any], *records: Any, **changes: Any) -> int | None:
        nausea = () if "when" in changes else (event("Nausea", 3, 8, 12),)
        baseline = changes.pop("baseline", None)
        found = study(rule(resume=resume, **changes))
        case = subject(found, dose("surufatinib", 1, 40), *nausea, *records, baseline=baseline)
        return number(one(case, action="hold").until)

    def test_the_grade_goes_on_as_a_lower_one(self) -> None:
        assert self.until({"grade": "<=1"}, event("Nausea", 2, 12, 16)) == 16
        assert self.until({"grade": "<=2"}, event("Nausea", 2, 12, 16)) == 12

    def test_or_the_baseline_grade(self) -> None:
        milder = event("Nausea", 2, 12, None)
        at_2 = {"baseline": {"Nausea": 2}}
        assert self.until({"grade": "<=1", "or_baseline": True}, milder, **at_2) == 12
        assert self.until({"grade": "<=1"}, milder, **at_2) is None

    def test_values_by_their_newest_samples(self) -> None:
        wanted = {"values": ["NEUT >= 1.0 10*9/L", "PLAT >= 75 10*9/L"]}
        samples = [value("NEUT", 8, 2.0), value("NEUT", 10, 0.9), value("PLAT", 10, 90),
                   value("NEUT", 13, 1.0)]  # fmt: skip
        assert self.until(wanted, *samples) == 13
        assert self.until(wanted, *samples[:3]) is None

    def test_or_values_in_the_place_of_the_grade_on_one_day(self) -> None:
        wanted = {"grade": "<=1", "or_values": ["SYSBP <= 140 mm[Hg]", "DIABP <= 90 mm[Hg]"]}
        one_day = [value("SYSBP", 10, 136, "mm[Hg]"), value("DIABP", 10, 84, "mm[Hg]")]
        two_days = [value("SYSBP", 9, 136, "mm[Hg]"), value("DIABP", 10, 84, "mm[Hg]")]
        assert self.until(wanted, *one_day) == 10
        assert self.until(wanted, *two_days) == 12

    def test_not_before_the_next_cycle(self) -> None:
        assert self.until({"grade": "<=1", "next_cycle": True}) == 22

    def test_the_grade_of_a_value_is_that_of_its_terms(self) -> None:
        low = {"value": "NEUT < 1.0 10*9/L"}
        counts = [value("NEUT", 8, 0.8), graded(ANC, 8, 3), value("NEUT", 15, 1.4),
                  graded(ANC, 15, 2), value("NEUT", 20, 2.0), graded(ANC, 20, 0)]  # fmt: skip
        assert self.until({"grade": "<=1"}, *counts, when=low) == 20

    def test_an_agreement_is_not_in_the_data(self) -> None:
        assert self.until({"text": "once all agree"}) is None

    def test_too_late(self) -> None:
        late = {"grade": "<=1", "within": "14d", "otherwise": "discontinue"}
        found = study(rule(resume=late))
        assert fired(subject(found, event("Nausea", 3, 8, 30))) == [
            (8, "surufatinib", "HOLD", "hold"), (23, "surufatinib", "HOLD", "discontinue"),
        ]  # fmt: skip
        assert fired(subject(found, event("Nausea", 3, 8, 22))) == [
            (8, "surufatinib", "HOLD", "hold")
        ]
        assert fired(subject(found, event("Nausea", 3, 8), as_of=22)) == [
            (8, "surufatinib", "HOLD", "hold")
        ]


class TestNextDose:
    """One step down the ladder from the dose taken last."""

    def after(self, *doses: Any, drug: str = "surufatinib", **drugs: Any) -> tuple[str, str]:
        found = study(LOWER | {"drugs": [drug]}, drugs=drugs)
        trigger = one(subject(found, *doses, event("Nausea", 3, 20)))
        return trigger.action, trigger.next_dose

    def test_a_step(self) -> None:
        assert self.after(dose("surufatinib", 1, 20, 250.0)) == ("reduce", "200 mg")

    def test_from_the_dose_that_was_taken_not_from_the_plan(self) -> None:
        doses = dose("surufatinib", 1, 10, 250.0), dose("surufatinib", 11, 20, 200.0)
        assert self.after(*doses) == ("reduce", "150 mg")

    def test_from_the_plan_where_none_was_taken(self) -> None:
        assert self.after() == ("reduce", "200 mg")

    def test_below_the_floor(self) -> None:
        assert self.after(dose("surufatinib", 1, 20, 150.0)) == ("discontinue", "discontinue")

    def test_the_third_reduction(self) -> None:
        doses = dose("surufatinib", 1, 20, 150.0)
        longer = {"steps": [250, 200, 150, 100]}
        assert self.after(doses, surufatinib=longer) == ("discontinue", "discontinue")
        three = longer | {"max_reductions": 3}
        assert self.after(doses, surufatinib=three) == ("reduce", "100 mg")

    def test_the_same_dose_after_a_quick_recovery_the_first_time(self) -> None:
        quick = {"grade": "<=1", "dose": "one_lower", "same_if_recovered_within": "7d"}
        in_study = study(rule(resume=quick))
        doses = dose("surufatinib", 1, 40)
        fast, slow = event("Nausea", 3, 8, 14), event("Nausea", 3, 8, 15)
        assert one(subject(in_study, doses, fast)).next_dose == "same"
        assert one(subject(in_study, doses, slow)).next_dose == "200 mg"
        open_ = one(subject(in_study, doses, event("Nausea", 3, 8), as_of=10))
        assert open_.next_dose == "same if recovered within less than 7d, else 200 mg"
        twice = triggers(subject(in_study, doses, fast, event("Nausea", 3, 30, 32)))
        assert [t.next_dose for t in twice] == ["same", "200 mg"]


class TestWins:
    """Per drug the most conservative action in force wins."""

    def wins(self, *rules: Any, records: tuple[Any, ...]) -> dict[str, bool]:
        found = triggers(subject(study(*rules), dose("surufatinib", 1, 40), *records))
        return {t.rule: t.wins for t in found}

    def test_of_one_day(self) -> None:
        rules = [rule(id=a.upper()[:5], action=a, resume=None) for a in ACTIONS]
        found = self.wins(*rules, records=(event("Nausea", 3, 8, 12),))
        assert found == {"CONTI": False, "REDUC": False, "HOLD": False, "DISCO": True}

    def test_while_a_hold_lasts(self) -> None:
        mild = rule(id="MILD", when={"toxicity": "Fatigue"}, action="continue", resume=None)
        held = event("Nausea", 3, 8, 12)
        inside = self.wins(mild, rule(), records=(held, event("Fatigue", 1, 11)))
        after = self.wins(mild, rule(), records=(held, event("Fatigue", 1, 12)))
        assert (inside["MILD"], after["MILD"]) == (False, True)

    def test_another_drug_does_not_matter(self) -> None:
        other = rule(id="OTHER", drugs=["s1"], action="discontinue", resume=None)
        assert self.wins(other, rule(), records=(event("Nausea", 3, 8, 12),))["HOLD"]


TOXICITY = st.tuples(
    st.sampled_from(["Nausea", "Fatigue", ANC, PLT]), st.integers(1, 4), st.integers(2, 30),
    st.integers(0, 9),
)  # fmt: skip


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(st.lists(TOXICITY, max_size=3), TOXICITY)
def test_more_toxicity_never_makes_the_winning_action_milder(
    known: list[tuple[str, int, int, int]], more: tuple[str, int, int, int]
) -> None:
    in_study = study(
        rule(id="G1", when={"toxicity": "any", "grade": "1"}, action="continue", resume=None),
        rule(id="G2", when={"toxicity": "any", "grade": "2"}, action="reduce", resume=None),
        rule(id="G3", when={"toxicity": "any", "grade": "3"}),
        rule(id="G4", when={"toxicity": "any", "grade": ">=4"}, action="discontinue", resume=None),
    )

    def fired_of(*told: tuple[str, int, int, int]) -> tuple[Trigger, ...]:
        events = [event(t, g, first, first + days) for t, g, first, days in told]
        return triggers(subject(in_study, dose("surufatinib", 1, 40), *events))

    def strongest(found: tuple[Trigger, ...], number_: int) -> int:
        ranks = [ACTIONS.index(t.action) for t in found if in_force(t, day(number_))]
        return max(ranks, default=-1)

    before, after = fired_of(*known), fired_of(*known, more)
    for trigger in before:
        on = number(trigger.on)
        assert on is not None
        assert strongest(after, on) >= strongest(before, on)
    for number_ in range(1, 41):
        if strongest(before, number_) >= ACTIONS.index("hold"):
            assert strongest(after, number_) >= strongest(before, number_)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.lists(TOXICITY, max_size=4), st.integers(1, 40), st.integers(0, 20))
def test_what_fired_stays_fired_when_more_days_are_known(
    told: list[tuple[str, int, int, int]], as_of: int, later: int
) -> None:
    in_study = study(
        rule(id="G2", when={"toxicity": "any", "grade": "2"}, action="reduce", resume=None),
        rule(id="G3", when={"toxicity": "any", "grade": ">=3"}, occurrence="first"),
        rule(id="LONG", when={"toxicity": "any", "grade": ">=3", "lasting": ">=5d"}),
    )
    events = [event(t, g, first, first + days) for t, g, first, days in told]

    def known(last: int) -> set[tuple[int | None, str, str, str]]:
        case = subject(in_study, dose("surufatinib", 1, 60), *events, as_of=60)
        cut = make_case(clip(case.facts, day(last)), in_study, day(last))
        return {(number(t.on), t.drug, t.rule, t.action) for t in triggers(cut) if t.state == "met"}

    assert known(as_of) <= known(as_of + later)


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(st.permutations([event("Nausea", 3, 8, 12), event("Fatigue", 3, 9, 10),
                        dose("surufatinib", 1, 10), dose("surufatinib", 11, 40)]))  # fmt: skip
def test_the_order_of_records_does_not_matter(records: list[Any]) -> None:
    trigger = one(subject(study(rule()), *records))
    assert (trigger.on, trigger.until) == (day(8), day(12))
