"""Figures and grade colours: no day 0, bands where the criteria put them, readable digits."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from dashboards.components import grades
from dashboards.figures.labs import lab_figure
from safety.ctcae.bands import Band, bands
from safety.ctcae.criteria import ladders_by_test
from safety.ctcae.scales import BaselineState
from safety.displays.days import axis_day, day_ticks


def ladder(testcd: str, term: str, specimen: str = "BLOOD"):
    return next(x for x in ladders_by_test()[testcd, specimen] if x.term == term)


def test_there_is_no_day_0():
    days = pd.Series([-2, -1, 1, 2], dtype="Int32")
    assert list(axis_day(days)) == [-1.0, 0.0, 1.0, 2.0]  # one step between -1 and 1


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-6, 7, ["-7", "-6", "-5", "-4", "-3", "-2", "-1", "1", "2", "3", "4", "5", "6", "7"]),
        (-20, 60, ["-21", "-14", "-7", "1", "8", "15", "22", "29", "36", "43", "50", "57"]),
        (1, 1, ["1"]),
    ],
)
def test_ticks_are_study_days(low, high, labels):
    places, shown = day_ticks(low, high)
    assert shown == labels
    assert len(places) == len(shown)


def test_bands_of_platelets():
    found = bands(ladder("PLAT", "Platelet count decreased"), "10*9/L", lln=130, uln=400)
    assert found == [
        Band(0.0, 25.0, 4), Band(25.0, 50.0, 3), Band(50.0, 75.0, 2), Band(75.0, 130.0, 1),
        Band(130.0, math.inf, 0),
    ]  # fmt: skip


def test_bands_without_a_lower_limit_say_where_nothing_is_known():
    found = bands(ladder("PLAT", "Platelet count decreased"), "10*9/L")
    assert found[-1] == Band(75.0, math.inf, -1)


def test_bands_of_alt_follow_an_abnormal_baseline():
    found = bands(
        ladder("ALT", "Alanine aminotransferase increased"), "U/L",
        uln=40, base=100, base_state=BaselineState.ABNORMAL,
    )  # fmt: skip
    assert found == [
        Band(0.0, 150.0, 0), Band(150.0, 300.0, 1), Band(300.0, 500.0, 2),
        Band(500.0, 2000.0, 3), Band(2000.0, math.inf, 4),
    ]  # fmt: skip


def values(*rows: tuple[int, float, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["ADY", "AVAL", "GRADE"])
    return frame.assign(TEXT="", ABLFL="", TPT="", ADY=frame["ADY"].astype("Int32"))


def test_a_figure_shows_every_value_and_its_grade():
    figure = lab_figure(
        values((-1, 300.0, "0"), (8, 60.0, "2")), [Band(50.0, 75.0, 2)],
        title="Platelets", unit="10*9/L", last_dose_day=5,
    )  # fmt: skip
    line = figure.data[0]
    assert list(line.x) == [0.0, 8.0]
    assert list(line.y) == [300.0, 60.0]
    assert list(line.text) == ["", "2"]
    assert "grade 2" in [a.text for a in figure.layout.annotations]


def test_a_figure_without_values_does_not_fail():
    figure = lab_figure(values(), [], title="Platelets", unit="", last_dose_day=None)
    assert len(figure.data) == 0


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_the_digit_of_a_grade_can_be_read(grade):
    dark, light = sorted([luminance(grades.COLOURS[grade]), luminance(grades.TEXT[grade])])
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2 AA


def test_grades_get_darker_so_that_grey_prints_keep_their_order():
    shades = [luminance(grades.COLOURS[g]) for g in (1, 2, 3, 4, 5)]
    assert shades == sorted(shades, reverse=True)


def test_not_gradable_is_not_zero():
    assert grades.mark(None) == "n.g."
    assert grades.mark(float("nan")) == "n.g."
    assert grades.mark(0) == "0"
