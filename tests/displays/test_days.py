"""Study days and cycles: there is no day 0."""

from __future__ import annotations

import pandas as pd

from safety.displays.days import axis_day, cycle_starts, day_ticks, study_day
from tests.displays.frames import FIRST_DOSE, everyone, frames, plain


def test_the_day_before_the_first_dose_is_minus_1() -> None:
    dates = pd.Series(["2024-03-01", "2024-02-29", "2024-03-02", None], dtype="str")
    first = pd.Series([FIRST_DOSE] * 4, dtype="str")
    found = pd.DataFrame({"DAY": study_day(dates, first)})
    assert plain(found, "DAY") == [1, -1, 2, None]
    assert list(axis_day(found["DAY"]).iloc[:3]) == [1.0, 0.0, 2.0]


def test_no_tick_reads_0() -> None:
    places, labels = day_ticks(-14.0, 15.0)
    assert (places[0], labels[0], labels[-1]) == (-13.0, "-14", "15")
    assert "0" not in labels


def test_cycles_begin_with_their_first_visit_after_the_first_dose() -> None:
    told = [
        ("S1", "Cycle 2 Day 1", "2024-03-24", "2024-03-24"),
        ("S1", "CYCLE 2 DAY 1", "2024-03-22", "2024-03-22"),
        ("S1", "CYCLE 1 DAY 1", "2024-03-09", "2024-03-09"),
        ("S1", "CYCLE 3 DAY 1", "2024-04-01", "2024-04-30"),  # no complete date
        ("S2", "CYCLE 2 DAY 1", "2024-02-22", "2024-02-22"),  # before the first dose
        ("S2", "CYCLE 2 DAY 15", "2024-04-05", "2024-04-05"),
    ]
    columns = ("USUBJID", "VISIT", "STDTMIN", "STDTMAX")
    visits = [dict(zip(columns, row, strict=True)) for row in told]
    of = frames({"S1": "L1", "S2": "L1"}, visit=visits)
    found = cycle_starts(of["visit"], everyone(of).table)
    assert plain(found, "USUBJID", "CYCLE", "ADY") == [("S1", 1, 1), ("S1", 2, 22), ("S2", 1, 1)]
