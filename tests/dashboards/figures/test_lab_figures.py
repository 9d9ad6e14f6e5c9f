"""Lines of an analyte and livers: digits on values, no day 0, limits and quadrants."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards.exposure_page.regimen import Planned
from dashboards.figures.edish import edish_figure
from dashboards.figures.spaghetti import spaghetti_figure
from dashboards.labs_page.liver import QUADRANTS, STATES
from safety.ctcae.bands import Band
from safety.displays.edish import HysLawRule
from safety.displays.spaghetti import Spaghetti

WORDS = {"day": "Study day", "cycle_day": "Cycle day", "median": "median", "grade": "grade {n}"}


def found(*rows: tuple) -> Spaghetti:
    columns = ["USUBJID", "ADY", "CYCLE", "CYCLEDY", "VALUE", "GRADE"]
    values = pd.DataFrame(rows, columns=columns).assign(LEVEL="L1", COMPARATOR="", SERIES="")
    values = values.astype(dict.fromkeys(["ADY", "CYCLE", "CYCLEDY", "GRADE"], "Int64"))
    median = pd.DataFrame({"DAY": [1, 8], "CYCLE": [1, 1], "CYCLEDY": [1, 8],
                           "MEDIAN": [5.0, 4.0], "N": [2, 3]}).astype({"DAY": "Int64"})  # fmt: skip
    return Spaghetti(values, median, "g/L", 1, 0, (), {}, 1)


VALUES = found(("S1", -1, None, None, 5.0, 0), ("S1", 8, 1, 8, 2.0, 3), ("S1", 9, 1, 9, 3.0, None))


def figure(numbers: Spaghetti, *, by_cycle: bool = False):
    return spaghetti_figure(
        numbers, [Band(0.0, 2.5, 3)], [Planned("x", 1, 5, 7)], {"S1": 1}, by_cycle=by_cycle,
        title="K", words=WORDS,
    )  # fmt: skip


def marked(drawn):
    return next(t for t in drawn.data if t.mode == "markers+text")


def test_a_graded_value_has_its_digit_and_one_without_looks_otherwise():
    points = marked(figure(VALUES))
    assert list(points.x) == [0.0, 8.0, 9.0]  # day -1 stands beside day 1
    assert list(points.text) == ["", "3", ""]
    assert list(points.marker.symbol) == ["circle", "circle", "x-thin-open"]


def test_a_value_before_the_first_cycle_has_no_day_of_it():
    assert list(marked(figure(VALUES, by_cycle=True)).x) == [8.0, 9.0]


def test_a_median_is_of_three_subjects_or_more():
    line = next(t for t in figure(VALUES).data if t.name == "median")
    assert list(line.y) == [4.0, None]


def test_planned_days_stand_under_the_axis_for_each_cycle():
    boxes = [s for s in figure(VALUES).layout.shapes if s.yref == "paper" and s.type == "rect"]
    assert [(s.x0, s.x1) for s in boxes] == [(0.5, 5.5), (7.5, 9.5)]
    assert len([s for s in figure(VALUES, by_cycle=True).layout.shapes if s.yref == "paper"]) == 1


def test_no_values_do_not_fail():
    assert len(marked(figure(found())).x) == 0


@pytest.mark.parametrize("by_baseline", [False, True])
def test_quadrants_are_named_and_counted(by_baseline):
    peaks = pd.DataFrame({
        "USUBJID": ["S1", "S2"], "LEVEL": "L1", "TEST": "ALT", "X": [4.0, 0.0], "Y": [3.0, 1.0],
        "ALTDY": 5, "BILIDY": 6, "QUADRANT": ["Hy's law range", "normal or near normal"],
        "HYS": ["met", "not met"],
    })  # fmt: skip
    drawn = edish_figure(peaks, HysLawRule(), by_baseline=by_baseline, quadrants=QUADRANTS,
                         states=STATES)  # fmt: skip
    assert {a.text for a in drawn.layout.annotations} == {
        "<b>Hy's law range: 1</b>", "<b>cholestasis: 0</b>", "<b>Temple's corollary: 0</b>",
        "<b>normal or near normal: 1</b>",
    }  # fmt: skip
    assert {t.marker.symbol for t in drawn.data} == {"diamond", "circle"}
    assert [list(t.x) for t in drawn.data] == [[4.0], [0.01]]  # a log axis has no 0
    assert {s.x0 for s in drawn.layout.shapes} >= {3}
