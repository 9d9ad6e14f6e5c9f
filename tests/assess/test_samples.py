"""Values against limits: comparators, units, references that are missing, abnormal baselines."""

from __future__ import annotations

import math

import pytest

from safety.assess.samples import all_hold_first, comparable, holds, holds_with_baseline, newest
from safety.study.language import Limit, ValueTest
from tests.assess.engine import MET, NAN, NOT, UNKNOWN, at, case, day, measured

LOW = Limit.parse("< 0.5 10*9/L")


@pytest.mark.parametrize(
    ("sign", "value", "limit", "expected"),
    [
        ("", 0.4, "< 0.5 10*9/L", MET), ("", 0.5, "< 0.5 10*9/L", NOT),
        ("", 0.5, "<= 0.5 10*9/L", MET), ("", 0.5, ">= 0.5 10*9/L", MET),
        ("", 0.5, "> 0.5 10*9/L", NOT), ("", 0.5, "= 0.5 10*9/L", MET),
        ("", 0.6, "= 0.5 10*9/L", NOT), ("<", 0.5, "= 0.3 10*9/L", UNKNOWN),
        ("<", 0.5, "= 0.5 10*9/L", NOT),
        # "<0.5" lies wholly below 0.5
        ("<", 0.5, "< 0.5 10*9/L", MET), ("<", 0.5, "<= 0.5 10*9/L", MET),
        ("<", 0.5, ">= 0.5 10*9/L", NOT), ("<", 0.5, "< 0.3 10*9/L", UNKNOWN),
        ("<", 0.5, "< 1.0 10*9/L", MET), ("<", 0.5, "> 0.3 10*9/L", UNKNOWN),
        # ">3" lies wholly above 3
        (">", 3, "> 3 10*9/L", MET), (">", 3, ">= 3 10*9/L", MET), (">", 3, "<= 3 10*9/L", NOT),
        (">", 3, "> 5 10*9/L", UNKNOWN), (">", 3, "> 2 10*9/L", MET),
        (">", 3, "< 5 10*9/L", UNKNOWN),
    ],
)  # fmt: skip
def test_a_value_is_an_interval(sign, value, limit, expected) -> None:
    assert holds(measured("NEUT", 5, value, sign=sign), Limit.parse(limit)) is expected


@pytest.mark.parametrize(
    ("limit", "references", "expected"),
    [
        ("> 3 x ULN", {"uln": 40}, MET), ("> 3 x ULN", {"uln": 41}, NOT),
        ("> 3 x ULN", {"uln": NAN}, UNKNOWN), ("< 0.5 x LLN", {"lln": 300}, MET),
        ("< 0.5 x LLN", {}, UNKNOWN), ("> 2 x baseline", {"base": 60}, MET),
        ("> 2 x baseline", {"base": 61}, NOT), ("> 2 x baseline", {}, UNKNOWN),
    ],
)  # fmt: skip
def test_what_a_limit_refers_to_may_be_missing(limit, references, expected) -> None:
    sample = measured("ALT", 5, 121, "U/L", **references)
    assert holds(sample, Limit.parse(limit)) is expected


@pytest.mark.parametrize("value", [NAN])
def test_what_is_no_number_is_not_judged(value) -> None:
    assert holds(measured("NEUT", 5, value), LOW) is UNKNOWN


@pytest.mark.parametrize(
    ("test", "value", "unit", "limit", "expected"),
    [
        ("NEUT", 400, "/uL", "< 0.5 10*9/L", [MET]),
        ("NEUT", 600, "/uL", "< 0.5 10*9/L", [NOT]),
        ("TEMP", 101.3, "[degF]", "> 38.3 Cel", [MET]),
        ("TEMP", 100.4, "[degF]", ">= 38.0 Cel", [MET]),
        ("PROT/URINE", 4, "{plus}", ">= 3.5 g/d", []),  # a dipstick is no amount a day
        ("PROT/URINE", 3500, "mg/d", ">= 3.5 g/d", [MET]),
        ("NEUT", 0.1, "", "< 0.5 10*9/L", [UNKNOWN]),  # unit missing: any value
        ("ALT", 121, "", "> 3 x ULN", [UNKNOWN]),  # no ULN either
    ],
)
def test_units_convert_or_do_not_count_or_are_unknown(test, value, unit, limit, expected) -> None:
    wanted = Limit.parse(limit)
    found = comparable([measured(test, 5, value, unit)], wanted)
    assert [holds(s, wanted) for s in found] == expected


def test_a_converted_interval_keeps_its_open_end() -> None:
    found = next(comparable([measured("NEUT", 5, 500, "/uL", sign="<")], LOW))
    assert (found.low, found.high, found.high_open, found.unit) == (-math.inf, 0.5, True, "10*9/L")


@pytest.mark.parametrize(
    ("value", "base", "base_uln", "expected"),
    [
        (121, 30, 40, MET),  # normal baseline: 3 x ULN alone
        (121, NAN, 40, MET),
        (121, 50, 40, NOT),  # abnormal: 3 x baseline is 150
        (151, 50, 40, MET),
        (119, 50, 40, NOT),
        (121, 40, 40, MET),  # at ULN is not above it
        (151, 50, NAN, MET),  # passes both whatever the baseline was
        (121, 50, NAN, UNKNOWN),  # whether it was abnormal is not known
        (119, 50, NAN, NOT),
    ],
)
def test_an_abnormal_baseline_has_a_multiple_of_its_own(value, base, base_uln, expected) -> None:
    sample = measured("ALT", 10, value, "U/L", uln=40, base=base, base_uln=base_uln)
    found = holds_with_baseline(sample, Limit.parse("> 3 x ULN"), Limit.parse("> 3 x baseline"))
    assert found is expected


def test_all_values_hold_first_on_a_day_after() -> None:
    pressures = [ValueTest.parse("SYSBP <= 140 mm[Hg]"), ValueTest.parse("DIABP <= 90 mm[Hg]")]
    about = case(
        measured("SYSBP", 9, 135, "mm[Hg]"), measured("DIABP", 9, 95, "mm[Hg]"),
        measured("SYSBP", 12, 138, "mm[Hg]"), measured("DIABP", 12, 88, "mm[Hg]"),
        measured("SYSBP", 14, 130, "mm[Hg]"), measured("DIABP", 14, 80, "mm[Hg]"),
    )  # fmt: skip
    assert all_hold_first(pressures, about, after=at(8)) == (at(12), at(9))
    assert all_hold_first(pressures, about, after=at(12)) == (at(14), None)
    assert all_hold_first(pressures, about, after=at(14)) == (None, None)
    assert all_hold_first([], about, after=at(8)).when is None


def test_every_reading_of_the_day_must_hold() -> None:
    pressures = [ValueTest.parse("SYSBP <= 140 mm[Hg]"), ValueTest.parse("DIABP <= 90 mm[Hg]")]
    about = case(
        measured("SYSBP", 10, 138, "mm[Hg]", clock="08:00"),
        measured("DIABP", 10, 100, "mm[Hg]", clock="08:00"),
        measured("SYSBP", 10, 165, "mm[Hg]", clock="18:00"),
        measured("DIABP", 10, 88, "mm[Hg]", clock="18:00"),
    )  # fmt: skip
    assert all_hold_first(pressures, about, after=at(8)) == (None, at(10, "18:00"))


@pytest.mark.parametrize(
    ("limit", "value", "uln", "expected"),
    [("> 3 x ULN", 2.1, 0.7, NOT), (">= 3 x ULN", 3.3, 1.1, MET), ("> 3 x ULN", 2.11, 0.7, MET)],
)
def test_a_multiple_is_the_number_as_written(limit, value, uln, expected) -> None:
    sample = measured("ALT", 5, value, "ukat/L", uln=uln)
    assert holds(sample, Limit.parse(limit)) is expected


def test_the_newest_day_between_two() -> None:
    test = ValueTest.parse("NEUT >= 1.5 10*9/L")
    about = case(
        measured("NEUT", 19, 1.0), measured("NEUT", 21, 1.2, clock="08:00"),
        measured("NEUT", 21, 1.6, clock="20:00"), measured("NEUT", 22, 2.0, clock="08:00"),
    )  # fmt: skip
    values = [s.low for s in newest(test, about, day(19), day(21))]
    assert values == [1.2, 1.6]
    assert [s.low for s in newest(test, about, day(19), day(22))] == [2.0]
    before = at(21, "12:00")
    assert [s.low for s in newest(test, about, day(19), day(22), before)] == [1.2]
    assert newest(test, about, day(1), day(5)) == []
