"""Baseline: the last value before the first dose, judged by its own range."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.baseline import add_baseline, before_first_dose
from safety.ctcae.scales import BaselineState as State
from tests.build import FIRST_DOSE, measurement, records

DAY_BEFORE, DAY_AFTER = "2024-02-28", "2024-03-10"


def _frame(*rows, first: str | None = FIRST_DOSE, time: str | None = None) -> pd.DataFrame:
    frame = records("LB", *rows)
    dosed = {"TRTSDT": pd.array([first] * len(frame), dtype="str"),
             "TRTSTM": pd.array([time] * len(frame), dtype="str")}  # fmt: skip
    return frame.assign(ANL01FL="Y", **dosed)


def _derived(*rows, **options) -> pd.DataFrame:
    return add_baseline(_frame(*rows, **options), ["BASELINE"])


@pytest.mark.parametrize(
    ("day", "visit", "dose_time", "predose"),
    [
        ("2024-02-29", "WEEK 1", None, True),
        ("2024-03-02", "WEEK 1", None, False),
        ("2024-03-01", "WEEK 1", None, False),  # the day of the dose, time unknown
        ("2024-03-01", "BASELINE", None, True),  # scheduled before it
        ("2024-03-02", "BASELINE", None, False),  # a visit name does not beat a date
        ("2024-03-01T08:29", "WEEK 1", "08:30:00", True),
        ("2024-03-01T08:30", "WEEK 1", "08:30:00", False),
        ("2024-03-01T08:30:00", "WEEK 1", "08:30:00", False),
        ("2024-03-01T09:00", "WEEK 1", "08:30:00", False),
        ("2024-03-01T08:29", "WEEK 1", None, False),
        ("2024-02", "WEEK 1", None, True),  # its last day is before the dose
        ("2024-03", "WEEK 1", None, False),
        ("2024", "BASELINE", None, False),
        (None, "BASELINE", None, False),
    ],
)
def test_before_first_dose(day, visit, dose_time, predose) -> None:
    frame = _frame(measurement(day=day, VISIT=visit), time=dose_time)
    assert before_first_dose(frame, ["BASELINE"]).tolist() == [predose]


def test_without_a_first_dose_every_value_is_before_it() -> None:
    found = _derived(measurement(day=DAY_AFTER), first=None)
    assert found["PREDOSE"].tolist() == [True]
    assert found["ABLFL"].tolist() == [""]  # but none is a baseline
    assert found["BASESTATE"].tolist() == [State.NOT_APPLICABLE]


def test_the_last_value_before_the_dose_is_the_baseline() -> None:
    found = _derived(
        measurement(value="35", day="2024-02-20"),
        measurement(value="60", day="2024-02-28"),
        measurement(value="90", day=DAY_AFTER),
    )
    assert found["ABLFL"].tolist() == ["", "Y", ""]
    assert found["BASE"].tolist() == [60, 60, 60]
    # D07: the baseline and what came before it are not compared with it
    expected = [State.NOT_APPLICABLE, State.NOT_APPLICABLE, State.ABNORMAL]
    assert found["BASESTATE"].tolist() == expected


@pytest.mark.parametrize(
    ("value", "high", "state"),
    [
        ("39", "40", State.NORMAL),
        ("40", "40", State.NORMAL),  # exactly ULN is not above it
        ("41", "40", State.ABNORMAL),
        ("5", "40", State.NORMAL),  # D06: a low value is no abnormal baseline for an increase
        ("41", None, State.RANGE_MISSING),
        ("41", "0", State.RANGE_MISSING),  # D38: no limit
        ("41", "-40", State.RANGE_MISSING),
        ("5", "9", State.RANGE_MISSING),  # below the lower limit of 10: reversed
    ],
)
def test_state_by_the_baseline_records_own_range_d08(value, high, state) -> None:
    found = _derived(
        measurement(value=value, day=DAY_BEFORE, LBORNRHI=high),
        measurement(value="100", day=DAY_AFTER, LBORNRHI="20"),
    )
    assert found["BASESTATE"].tolist()[1] == state


@pytest.mark.parametrize(
    ("flag", "high", "state"),
    [
        ("HIGH", None, State.ABNORMAL),
        ("HH", None, State.ABNORMAL),
        ("NORMAL", None, State.NORMAL),
        ("LOW", None, State.NORMAL),
        ("ABNORMAL", None, State.RANGE_MISSING),  # high or low is not said
        ("HIGH", "0", State.ABNORMAL),  # D38: the range is none
        ("NORMAL", "5", State.NORMAL),  # reversed
        ("NORMAL", "40", State.ABNORMAL),  # D08: its own range beats its flag
    ],
)
def test_without_a_usable_range_the_baselines_flag_says(flag, high, state) -> None:
    found = _derived(
        measurement(value="41", day=DAY_BEFORE, LBORNRHI=high, LBNRIND=flag),
        measurement(value="100", day=DAY_AFTER),
    )
    assert (found["BASE"].iloc[1], found["BASESTATE"].iloc[1]) == (41.0, state)


@pytest.mark.parametrize(
    ("unusable", "state"),
    [
        ({"value": "<5"}, State.MISSING),  # a bound is no baseline
        ({"value": None, "LBSTAT": "NOT DONE"}, State.MISSING),
        ({"value": None, "LBNRIND": "HIGH"}, State.HIGH_WITHOUT_VALUE),  # D09
        ({"value": "hemolysed", "LBNRIND": "H"}, State.HIGH_WITHOUT_VALUE),
        ({"value": ">300", "LBNRIND": "HIGH"}, State.HIGH_WITHOUT_VALUE),
        ({"value": None, "LBNRIND": "LOW"}, State.MISSING),
        ({"day": "2024-03"}, State.MISSING),
    ],
)
def test_values_that_cannot_be_a_baseline(unusable, state) -> None:
    found = _derived(
        measurement(**({"day": DAY_BEFORE} | unusable)), measurement(value="100", day=DAY_AFTER)
    )
    assert found["ABLFL"].tolist() == ["", ""]
    assert (found["BASE"].isna().all(), found["BASESTATE"].iloc[1]) == (True, state)


def test_a_value_beats_a_high_flag_without_one() -> None:
    found = _derived(
        measurement(value=None, day="2024-02-29", LBNRIND="HIGH"),
        measurement(value="30", day=DAY_BEFORE),
        measurement(value="100", day=DAY_AFTER),
    )
    assert found["BASESTATE"].iloc[2] == State.NORMAL


@pytest.mark.parametrize(
    ("testcd", "before", "after", "base"),
    [
        ("CREAT", ("88.401697", "umol/L"), ("2", "mg/dL"), 1.0),
        ("PLAT", ("150000", "/mm3"), ("90", "10^9/L"), 150.0),
        ("PLAT", ("150", "K/uL"), ("90", "10^9/L"), 150.0),  # one unit, two spellings
        ("ALT", ("30", "furlong"), ("60", "U/L"), None),
        ("ALT", ("30", None), ("60", "U/L"), None),
        ("ALT", ("30", None), ("60", None), 30.0),
        ("XYZ", ("30", "furlong"), ("60", "furlong"), 30.0),
    ],
)
def test_baseline_in_the_unit_of_the_row(testcd, before, after, base) -> None:
    found = _derived(
        measurement(testcd, *before, day=DAY_BEFORE), measurement(testcd, *after, day=DAY_AFTER)
    )
    got = found["BASE"].iloc[1]
    assert got == pytest.approx(base) if base is not None else pd.isna(got)


def test_series_do_not_mix() -> None:
    found = _derived(
        measurement(day=DAY_BEFORE),
        measurement(day=DAY_AFTER, USUBJID="S2"),
        measurement(day=DAY_AFTER, LBSPEC="URINE"),
        measurement("AST", day=DAY_AFTER),
        measurement(day=DAY_AFTER),
    )
    assert found["BASE"].fillna(-1).tolist() == [30, -1, -1, -1, 30]


def test_two_values_of_one_day_without_time_give_one_baseline() -> None:
    rows = [measurement(value=v, day=DAY_BEFORE, VISITNUM=n) for v, n in (("30", "1"), ("33", "2"))]
    for order in (rows, rows[::-1]):  # the order of rows does not decide
        found = _derived(*order)
        assert found.loc[found["ABLFL"].eq("Y"), "AVAL"].tolist() == [33]


def test_a_time_decides_within_a_day() -> None:
    found = _derived(
        measurement(value="50", day="2024-02-28T16:00"),
        measurement(value="30", day="2024-02-28T08:00"),
    )
    assert found["ABLFL"].tolist() == ["Y", ""]


def test_no_measurements() -> None:
    found = add_baseline(_frame(measurement()).iloc[:0], [])
    assert len(found) == 0
    assert {"PREDOSE", "ABLFL", "BASE", "BASESTATE"} <= set(found.columns)
