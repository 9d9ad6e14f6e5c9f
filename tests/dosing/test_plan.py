"""Planned doses: days from the schedule, mg from the level."""

from __future__ import annotations

import pytest

from safety.dosing.dose import body_surface, level_dose, lower
from safety.dosing.plan import planned
from safety.study.treatment import Drug
from tests.dosing.builders import BODY, DAY_1, DRUGS, case, day, dose, lost, sample, study

NOTE_RENAL = "no creatinine clearance on or before 2024-03-04: no renal reduction was planned"


@pytest.mark.parametrize(
    ("drug", "first", "last", "per_day", "mg", "intakes"),
    [
        ("surufatinib", 1, 21, 1, 250.0, 21),
        ("temozolomide", 10, 14, 1, 200.0, 5),
        ("s1", 1, 14, 2, 60.0, 28),
    ],
)
def test_the_plan_is_the_schedule_at_the_levels_dose(drug, first, last, per_day, mg, intakes):
    plan = planned(case(), 1, drug)
    assert (plan.days[0], plan.days[-1]) == (day(first), day(last))
    assert (plan.per_day, plan.mg, plan.intakes) == (per_day, mg, intakes)
    assert (plan.missing, plan.notes) == ((), ())


def test_a_later_cycle_is_planned_from_its_own_day_1():
    plan = planned(case(cycles={2: 25}, as_of=60), 2, "temozolomide")
    assert (plan.days[0], plan.days[-1]) == (day(34), day(38))


def test_days_of_a_cycle_that_the_next_one_overtook_belong_to_the_next():
    plan = planned(case(cycles={2: 20}, as_of=60), 1, "surufatinib")
    assert plan.days[-1] == day(19)
    assert plan.notes == ("surufatinib: days from 2024-03-23 on were planned in the next cycle",)


def test_a_cycle_that_has_not_begun_has_no_plan():
    with pytest.raises(ValueError, match="T1-001: no cycle 2"):
        planned(case(), 2, "s1")


def test_body_surface_by_mosteller():
    assert body_surface(65, 168) == pytest.approx(1.7416, abs=1e-4)
    assert body_surface(72, 50) == 1.0


@pytest.mark.parametrize(
    ("weight", "mg"), [(36, 40.0), (50, 50.0), (56.24, 50.0), (56.25, 60.0), (65, 60.0)]
)
def test_bands_end_below_their_limit(weight, mg):
    """At 144 cm 56.25 kg are exactly 1.50 m2."""
    body = (sample("WEIGHT", weight, "kg"), sample("HEIGHT", 144, "cm"), BODY[2])
    assert planned(case(samples=body), 1, "s1").mg == mg


def test_units_are_converted_and_the_newest_weight_before_the_day_counts():
    body = (
        sample("WEIGHT", 65, "kg", -3),
        sample("WEIGHT", 110, "[lb_av]", 1),  # 49.9 kg
        sample("WEIGHT", 90, "kg", 2),  # not known on day 1
        sample("HEIGHT", 60, "[in_i]"),  # 152.4 cm: 1.453 m2
        BODY[2],
    )
    assert planned(case(samples=body), 1, "s1").mg == 50.0


@pytest.mark.parametrize(
    ("samples", "missing"),
    [
        ((), ("weight on or before 2024-03-04", "height on or before 2024-03-04")),
        ((BODY[0],), ("height on or before 2024-03-04",)),
        ((BODY[1], sample("WEIGHT", 65, "kg", 5)), ("weight on or before 2024-03-04",)),
    ],
)
def test_without_weight_or_height_the_dose_is_not_known(samples, missing):
    plan = planned(case(samples=samples), 1, "s1")
    assert (plan.mg, plan.missing, plan.intakes) == (None, missing, 28)


def test_a_height_measured_later_serves():
    body = (BODY[0], BODY[2], sample("HEIGHT", 168, "cm", 8))
    assert planned(case(samples=body), 1, "s1").mg == 60.0


def test_an_unknown_level_is_said():
    dose_ = level_dose(case(level="L9"), "surufatinib", DAY_1)
    assert (dose_.mg, dose_.missing) == (None, ("dose level: 'L9' is none of L1",))


@pytest.mark.parametrize(("value", "mg"), [(50, 60.0), (49.9, 50.0), (30, 50.0), (29, 0.0)])
def test_creatinine_clearance_takes_steps_off(value, mg):
    body = (*BODY[:2], sample("CRTCLRE", value, "mL/min"))
    assert level_dose(case(samples=body), "s1", DAY_1).mg == mg


def test_worked_check_6_clearance_falls_from_82_to_44():
    body = (*BODY[:2], sample("CRTCLRE", 82, "mL/min"), sample("CRTCLRE", 44, "mL/min", 22))
    found = case(samples=body, cycles={2: 22}, as_of=23)
    assert [planned(found, c, "s1").mg for c in (1, 2)] == [60.0, 50.0]


def test_a_drug_that_must_not_be_given_has_no_planned_days():
    body = (*BODY[:2], sample("CRTCLRE", 25, "mL/min"))
    plan = planned(case(samples=body), 1, "s1")
    assert (plan.mg, plan.days, plan.intakes) == (0.0, (), 0)
    assert plan.notes == ("s1 is not planned in cycle 1: creatinine clearance is too low",)


def test_without_clearance_no_step_is_taken_and_it_is_said():
    plan = planned(case(samples=BODY[:2]), 1, "s1")
    assert (plan.mg, plan.notes) == (60.0, (NOTE_RENAL,))


@pytest.mark.parametrize(
    ("bounds", "mg"),
    [
        ({"low": 0, "high": 30, "high_open": True}, 0.0),  # <30: surely below
        ({"low": 60, "high": float("inf"), "low_open": True}, 60.0),
    ],
)
def test_a_censored_clearance_decides_if_all_its_values_agree(bounds, mg):
    samples = (*BODY[:2], sample("CRTCLRE", 0, "mL/min", **bounds))
    assert level_dose(case(samples=samples), "s1", DAY_1).mg == mg


def test_a_censored_clearance_that_leaves_two_doses_decides_nothing():
    bounds = {"low": 0, "high": 50, "high_open": True}
    samples = (*BODY[:2], sample("CRTCLRE", 0, "mL/min", **bounds))
    found = level_dose(case(samples=samples), "s1", DAY_1)
    assert found.mg is None
    assert found.missing == ("exact creatinine clearance: it lies between 0 and 50",)


@pytest.mark.parametrize(
    ("rule", "mg"),
    [
        ({"per_m2": 150}, 261.24701),
        ({"per_m2": 150, "round_to": 20}, 260.0),
        ({"per_m2": 150, "round_to": 5}, 260.0),
        ({"per_m2": 150, "round_to": 5, "at_most": 250}, 250.0),
    ],
)
def test_mg_per_m2_is_rounded_to_capsules_and_capped(rule, mg):
    found = level_dose(case(in_study=study(temozolomide=rule)), "temozolomide", DAY_1)
    assert found.mg == pytest.approx(mg, abs=1e-4)


@pytest.mark.parametrize(
    ("drug", "mg", "steps", "expected"),
    [
        ("surufatinib", 250, 0, 250),
        ("surufatinib", 250, 1, 200),
        ("surufatinib", 250, 2, 150),
        ("surufatinib", 150, 1, None),
        ("temozolomide", 300, 2, 200),
        ("temozolomide", 265, 1, 250),
        ("s1", 60, 3, None),
    ],
)
def test_one_step_lower_on_the_ladder(drug, mg, steps, expected):
    assert lower(Drug.model_validate(DRUGS[drug]), mg, steps) == expected


def test_a_course_held_to_day_12_keeps_its_five_days():
    held = [lost("temozolomide", 10, 11), dose("temozolomide", 12, 16)]
    plan = planned(case(*held), 1, "temozolomide")
    assert (plan.days[0], plan.days[-1], plan.may_start_until) == (day(12), day(16), None)


def test_a_course_still_held_may_begin_the_day_after():
    plan = planned(case(lost("temozolomide", 10, 11), as_of=11), 1, "temozolomide")
    assert (plan.days[0], plan.days[-1], plan.may_start_until) == (day(12), day(16), day(13))


def test_a_course_that_began_after_the_last_day_of_grace_is_not_moved():
    late = [lost("temozolomide", 10, 13), dose("temozolomide", 14, 18)]
    plan = planned(case(*late), 1, "temozolomide")
    assert (plan.days[0], plan.days[-1], plan.may_start_until) == (day(10), day(14), day(13))


def test_first_doses_skipped_are_not_a_late_course():
    """Nothing is recorded beyond day 14, and by day 17 a course from day 12 on would be over."""
    skipped = [lost("temozolomide", 10, 11), dose("temozolomide", 12, 14)]
    assert planned(case(*skipped, as_of=16), 1, "temozolomide").days[0] == day(12)
    assert planned(case(*skipped, as_of=17), 1, "temozolomide").days[0] == day(10)
