"""Planned toxicities: what is dose-limiting is severe enough, what is a near miss is not."""

from __future__ import annotations

import pytest

from safety.simulate.calibration import calibration
from safety.simulate.chance import Chance
from safety.simulate.limiting import limiting, near_misses
from safety.simulate.physiology import Body, Person
from safety.simulate.regimen import regimen
from safety.simulate.toxicities import Plan, Setting, of_cycle
from tests.study.samples import trial

NUMBERS = calibration()
REGIMEN = regimen(trial(), NUMBERS)
SEEDS = range(40)


def setting(*, cycle: int = 1) -> Setting:
    body = Body(Chance(1, "body"), Person("M", 50, 70.0, 170.0), NUMBERS, 1, 120)
    for _ in range(120):
        body.live({"NEUT": [0.0] * 3, "PLAT": [0.0] * 3}, 0.0)
    return Setting(NUMBERS, REGIMEN, body, cycle, 1, guarded=cycle == 1)


def days(kind: str, test: str, below: float) -> list[list[int]]:
    """The days on which a test is below a value, for each seed."""
    found = []
    for seed in SEEDS:
        where = setting()
        for plan in limiting(where, kind, 1, Chance(seed, kind)):
            for excursion in plan.excursions:
                where.body.add(excursion)
        found.append([d for d in range(1, 60) if where.body.value(test, d) < below])
    return found


def test_platelets_of_a_dose_limiting_fall_are_below_25_within_three_weeks():
    assert all(low and low[0] <= 21 for low in days("thrombocytopenia", "PLAT", 25))


def test_dose_limiting_neutropenia_of_grade_4_lasts_a_week_and_begins_in_time():
    for low in days("neutropenia", "NEUT", 0.5):
        assert len(low) >= 7
        assert low[0] <= 21


def test_febrile_neutropenia_has_fever_and_low_neutrophils_on_one_day():
    for seed in SEEDS:
        where = setting()
        plans = limiting(where, "febrile_neutropenia", 1, Chance(seed, "fever"))
        for excursion in (e for plan in plans for e in plan.excursions):
            where.body.add(excursion)
        day = next(p.course[0][0] for p in plans if p.course)
        assert where.body.value("TEMP", day) > 38.3
        assert where.body.value("NEUT", day) < 1.0
        assert day <= 21


def test_a_delay_comes_of_platelets_of_grade_2_through_three_gates():
    for low, severe in zip(days("delay", "PLAT", 75), days("delay", "PLAT", 50), strict=True):
        assert severe == []
        assert not low or set(low) <= set(range(14, 60))
    assert all({22, 29, 36} <= set(low) for low in days("delay", "PLAT", 100))


def test_clinical_dose_limiting_events_are_of_grade_3_and_too_long_for_an_exception():
    for seed in SEEDS:
        (plan,) = limiting(setting(), "clinical", 1, Chance(seed, "clinical"))
        severe = [d for d in range(1, 60) if plan.grade(d) == 3]
        long = 9 if plan.term in {"Fatigue", "Anorexia"} else 5
        assert len(severe) >= long
        assert plan.limiting


def test_a_liver_signal_is_hys_law():
    for seed in SEEDS:
        where = setting()
        for plan in limiting(where, "hy", 1, Chance(seed, "hy")):
            for excursion in plan.excursions:
                where.body.add(excursion)
        both = [
            d
            for d in range(1, 22)
            if where.body.value("ALT", d) > where.body.limit("ALT", "3x")
            and where.body.value("BILI", d) > where.body.limit("BILI", "2x")
        ]
        assert both


def test_cycle_1_has_no_grade_3_that_an_exception_does_not_cover():
    covered = {"Nausea": 2, "Vomiting": 2, "Diarrhea": 2, "Fatigue": 5, "Anorexia": 5}
    for seed in range(150):
        for plan in of_cycle(setting(), Chance(seed, "cycle")):
            severe = sum(plan.grade(d) >= 3 for d in range(1, 60))
            assert severe <= (60 if plan.cause else covered.get(plan.term, 0)), plan.term
            assert all(plan.grade(d) < 4 for d in range(1, 60))


def test_later_cycles_have_severe_toxicity():
    severe = 0
    for seed in range(150):
        plans = of_cycle(setting(cycle=2), Chance(seed, "cycle"))
        severe += any(g >= 3 for plan in plans for _, g in plan.course if not plan.cause)
    assert severe >= 15


def test_near_misses_look_severe_and_pass():
    seen = set()
    for seed in range(300):
        where = setting()
        for plan in near_misses(where, Chance(seed, "near")):
            seen.add(plan.term)
            for excursion in plan.excursions:
                where.body.add(excursion)
            if plan.term.startswith("Alanine"):
                high = [d for d in range(1, 40) if where.body.value("ALT", d) > 5 * 50]
                assert 1 <= len(high) <= 4
            if plan.term.startswith("Neutrophil"):
                low = [d for d in range(1, 40) if where.body.value("NEUT", d) < 0.5]
                assert 1 <= len(low) <= 6
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("day", "grade"), [(3, 0), (4, 1), (5, 1), (6, 3), (8, 2), (9, 2), (10, 0)]
)
def test_the_grade_of_a_day_is_the_last_it_changed_to(day, grade):
    plan = Plan("Diarrhea", course=((4, 1), (6, 3), (8, 2)), ended=9)
    assert plan.grade(day) == grade


def test_two_toxicities_of_a_term_do_not_overlap():
    first = Plan("Nausea", course=((4, 1),), ended=9)
    assert first.overlaps(Plan("Nausea", course=((12, 1),), ended=14))
    assert not first.overlaps(Plan("Nausea", course=((13, 1),), ended=14))
    assert not first.overlaps(Plan("Vomiting", course=((5, 1),), ended=14))
