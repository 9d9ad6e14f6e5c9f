from __future__ import annotations

import pytest

from safety.simulate.calibration import calibration
from safety.simulate.chance import Chance
from safety.simulate.physiology import Body, Excursion, Person, cockcroft_gault, rounded

WOMAN = Person("F", 55, 60.0, 160.0)


def body(last: int = 40, *, seed: int = 1) -> Body:
    made = Body(Chance(seed, "body"), WOMAN, calibration(), 1, last)
    for _ in range(last):
        made.live({"NEUT": [0.0], "PLAT": [0.0]}, 0.0)
    return made


def test_an_excursion_rises_stays_and_falls():
    excursion = Excursion("ALT", start=10, rise=2, stay=3, fall=2, peak=300)
    assert [excursion.weight(day) for day in range(10, 18)] == [0, 0.5, 1, 1, 1, 0.5, 0, 0]


def test_at_its_peak_a_test_has_the_value_of_the_peak():
    made = body()
    before = made.value("ALT", 10)
    made.add(Excursion("ALT", start=10, rise=1, stay=2, fall=1, peak=300))
    assert [made.value("ALT", day) for day in (10, 11, 12)] == [before, 300, 300]
    assert made.value("ALT", 13) < 50


def test_white_cells_are_never_fewer_than_their_parts():
    for seed in range(20):
        curves = body(seed=seed).curves(40)
        parts = zip(*(curves[t].values for t in ("WBC", "NEUT", "LYM")), strict=True)
        assert all(w >= n + ly for w, n, ly in parts)


def test_curves_reach_from_the_first_day_to_the_last_with_ranges_of_the_sex():
    curves = body().curves(30)
    assert {len(c.values) for c in curves.values()} == {30}
    assert (curves["HGB"].low, curves["HGB"].high, curves["HGB"].unit) == (115, 150, "g/L")
    assert curves["SYSBP"].low is None
    assert curves["HEIGHT"].at(7) == 160.0


def test_a_healthy_body_stays_within_its_ranges_on_nearly_every_day():
    for seed in range(20):
        curves = body(seed=seed).curves(40)
        for test in ("ALT", "BILI", "CREAT", "K", "SODIUM", "HGB"):
            curve = curves[test]
            outside = sum(not curve.low <= v <= curve.high for v in curve.values)
            assert outside <= 6, test


def test_a_longer_life_begins_with_the_same_days():
    short, long = body(20).curves(20), body(90).curves(90)
    assert all(long[t].values[:20] == short[t].values for t in short)


@pytest.mark.parametrize(("amount", "plusses"), [(0.1, 0), (0.5, 1), (1.5, 2), (2.5, 3), (4.2, 4)])
def test_a_dipstick_shows_what_24_hours_hold(amount, plusses):
    made = body()
    made.add(Excursion("PROT24", start=4, rise=1, stay=9, fall=1, peak=amount))
    assert made.value("PROTDIP", 8) == plusses


def test_neutrophils_below_one_are_told_to_two_decimals():
    made = body()
    made.add(Excursion("NEUT", start=4, rise=1, stay=9, fall=1, peak=0.4234))
    assert made.value("NEUT", 8) == 0.42


@pytest.mark.parametrize(
    ("value", "digits", "told"), [(2.25, 1, 2.3), (0.424, 2, 0.42), (7.5, 0, 8)]
)
def test_values_are_rounded_half_up(value, digits, told):
    assert rounded(value, digits) == told


def test_clearance_is_that_of_the_worked_check():
    # (140 - 60) x 60 / (72 x 88.42 / 88.42) = 66.67
    assert cockcroft_gault(Person("M", 60, 60.0, 170.0), 88.42) == pytest.approx(66.67, abs=0.01)
