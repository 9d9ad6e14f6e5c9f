"""Conditions on measured values: beyond a limit, for some time, and at the baseline."""

from __future__ import annotations

import pytest

from tests.assess.engine import (
    MET,
    NAN,
    NOT,
    UNKNOWN,
    at,
    day,
    judged,
    measured,
    reported,
    truth_of,
)

FEVER = {"value": "TEMP >= 38.0 Cel", "lasting": ">1h"}
L2 = {"value": "ALT|AST > 8 x ULN", "lasting": ">7d"}
AT_BASELINE = {"at_baseline": "ALT|AST >= 2.5 x ULN", "up_to": "<= 5 x ULN"}


def alt(number, times, **more):
    return measured(more.pop("test", "ALT"), number, 40 * times, "U/L", uln=40, **more)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([measured("NEUT", 5, 0.9)], MET), ([measured("NEUT", 5, 1.0)], NOT),
        ([measured("NEUT", 5, 1.5, sign="<")], UNKNOWN), ([], NOT),
        ([measured("WBC", 5, 0.9)], NOT),
        ([measured("NEUT", 1, 0.9, before=True)], NOT),  # before the first dose
        ([measured("NEUT", 5, 0.9, "")], UNKNOWN),
    ],
)  # fmt: skip
def test_a_value_beyond_a_limit(samples, expected) -> None:
    assert truth_of({"value": "NEUT < 1.0 10*9/L"}, *samples) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([alt(10, 9), alt(17, 9)], MET),  # 8 days
        ([alt(10, 9), alt(16, 9), alt(17, 2)], NOT),  # 7 days
        ([alt(10, 9), alt(16, 9), alt(18, 2)], UNKNOWN),  # 7 to 8
        ([alt(10, 9), alt(16, 9)], UNKNOWN),  # no recovery
        ([alt(10, 9), alt(17, 8)], NOT),  # 8 x is not above 8 x
        # each test is a series of its own
        ([alt(10, 9), alt(17, 9, test="AST"), alt(18, 1), alt(18, 1, test="AST")], UNKNOWN),
        ([alt(10, 9), alt(12, 1), alt(17, 9, test="AST"), alt(18, 1, test="AST")], NOT),
    ],
)
def test_a_value_that_lasts(values, expected) -> None:
    assert truth_of(L2, *values) is expected


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([(16, "08:00", 38.1), (16, "10:00", 38.2)], MET),
        ([(16, "08:00", 38.1), (16, "09:00", 37.0)], NOT),  # at most an hour
        ([(16, "08:00", 38.1), (16, "10:00", 37.0)], UNKNOWN),
        ([(16, "", 38.1), (17, "", 38.0)], UNKNOWN),  # days without times
        ([(16, "", 38.1), (18, "", 38.0)], MET),
        ([(16, "08:00", 38.1)], UNKNOWN),
    ],
)
def test_hours_are_clock_time(readings, expected) -> None:
    values = [measured("TEMP", n, value, "Cel", clock=clock) for n, clock, value in readings]
    assert truth_of(FEVER, *values) is expected


def test_what_is_open_says_what_settles_it() -> None:
    found = judged(L2, alt(10, 9), alt(16, 9))[0]
    assert (found.open, found.settles_by, found.onset) == (True, day(17), at(10))
    assert found.duration == "at least 7 days; samples up to 6 days apart"
    closed = judged(L2, alt(10, 9), alt(16, 9), alt(18, 2))[0]
    assert (closed.open, closed.end) == (False, at(18))
    assert "would have decided" in closed.missing[0]


def test_what_a_limit_refers_to_may_be_missing() -> None:
    found = judged({"value": "ALT > 3 x ULN"}, measured("ALT", 5, 200, "U/L"))[0]
    assert (found.truth, found.missing) == (UNKNOWN, ("ALT 200 U/L against > 3 x ULN",))


@pytest.mark.parametrize(("value", "expected"), [(2.0, NOT), (2.1, MET), (3.0, MET), (3.1, NOT)])
def test_one_result_lies_between_two_limits(value, expected) -> None:
    between = {"value": "CREAT > 2 x ULN", "up_to": "<= 3 x ULN"}
    sample = measured("CREAT", 5, value * 100, "umol/L", uln=100)
    assert truth_of(between, sample) is expected


def test_between_two_limits_no_two_results_add_up() -> None:
    between = {"value": "CREAT > 2 x ULN", "up_to": "<= 3 x ULN"}
    values = (measured("CREAT", n, v, "umol/L", uln=100) for n, v in [(5, 150), (6, 400)])
    assert truth_of(between, *values) is NOT


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([alt(-3, 2.5, is_baseline=True)], MET),
        ([alt(-3, 5, is_baseline=True)], MET),
        ([alt(-3, 2.4, is_baseline=True)], NOT),
        ([alt(-3, 5.1, is_baseline=True)], NOT),
        ([alt(-3, 1, is_baseline=True), alt(-3, 3, test="AST", is_baseline=True)], MET),
        ([alt(-3, 3)], UNKNOWN),  # not the baseline
        ([], UNKNOWN),
        ([measured("ALT", -3, 120, "U/L", uln=NAN, is_baseline=True)], UNKNOWN),
    ],
)
def test_a_value_of_the_baseline_stands_throughout(values, expected) -> None:
    assert truth_of(AT_BASELINE, *values) is expected
    assert all(o.standing for o in judged(AT_BASELINE, *values))


def test_a_missing_baseline_is_named() -> None:
    assert judged(AT_BASELINE)[0].missing == ("baseline of ALT|AST",)


def test_a_value_is_attributed_as_the_event_of_its_test() -> None:
    event = reported("Neutrophil count decreased", 3, 4, 9, related=False, cause=True)
    found = judged({"value": "NEUT < 1.0 10*9/L"}, measured("NEUT", 5, 0.5), event)[0]
    assert set(found.related.values()) == {NOT}
