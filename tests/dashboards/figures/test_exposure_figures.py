"""Swimmer and intensity: what is drawn where, and that nothing rests on colour alone."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards.exposure_page.lanes import STATES
from dashboards.figures.intensity import intensity_figure
from dashboards.figures.palette import PAINTS, painted
from dashboards.figures.swimmer import swimmer_figure
from dashboards.figures.swimmer_signs import digits
from safety.displays.population import Scope
from safety.displays.swimmer import swimmer
from tests.dashboards.test_figures import luminance
from tests.displays.frames import AS_OF, event, events, everyone, frames


def dose(day: str, mg: float, **more) -> dict:
    date = f"2024-03-{day}"
    return {"USUBJID": "S1", "TRT": "X", "DOSE": mg, "DOSU": "mg", "STDTC": date, "STDTMIN": date,
            "STDTMAX": date, "ENDTC": date, "ENDTMIN": date, "ENDTMAX": date} | more  # fmt: skip


@pytest.fixture
def drawn():
    of = frames(
        {"S1": "L1"}, dose=[dose("01", 60), dose("02", 60), dose("05", 50), dose("06", 50,
                                                                                 OCCUR="N")],
        trigger=[{"USUBJID": "S1", "DRUG": "X", "ACTION": "hold", "WINS": "Y", "STATE": "met",
                  "RULE": "R", "ONDT": "2024-03-03", "UNTILDT": "2024-03-04"}],
        **events(event("S1", "Nausea", "3|4", "e1")),
    )  # fmt: skip
    return swimmer_figure(swimmer(of, everyone(of), Scope(), AS_OF), STATES)


def test_stretches_are_bars_from_day_to_day_told_apart_by_pattern(drawn):
    bars = {t.name: (list(t.base), list(t.x), t.marker.pattern.shape) for t in drawn.data
            if t.type == "bar"}  # fmt: skip
    assert bars == {
        "X: taken": ([0.5], [2.0], ""), "X: reduced": ([4.5], [1.0], "/"),
        "X: not taken": ([5.5], [1.0], "x"),
    }  # fmt: skip


def test_holds_stand_on_the_lane_of_their_drug(drawn):
    held = next(t for t in drawn.data if t.name == "on hold by a rule")
    assert list(held.x) == [2.5, 4.5, None]


def test_a_grade_that_may_be_higher_is_asked(drawn):
    sign = next(t for t in drawn.data if t.name == "grade 3 or more, by digit")
    assert list(sign.text) == ["4?"]


def test_nobody_is_a_figure_too():
    of = frames({})
    figure = swimmer_figure(swimmer(of, everyone(of), Scope(), AS_OF), STATES)
    assert not any(len(t.x) for t in figure.data)


@pytest.mark.parametrize(
    ("text", "digit"), [("Nausea, grade 3", 3), ("B12, grade 3 or 4", 4), ("X, grade missing", 3)]
)
def test_the_highest_grade_is_the_digit(text, digit):
    assert digits(pd.Series([text])) == [digit]


def test_an_intensity_without_records_is_drawn_as_a_range():
    totals = pd.DataFrame({"USUBJID": ["S1", "S2"], "LEVEL": "L1", "DRUG": "x",
                           "RDI": [0.5, None], "RDIMAX": [0.75, None]})  # fmt: skip
    point = intensity_figure(totals).data[0]
    assert (list(point.x), list(point.error_x.array)) == ([50.0], [25.0])


@pytest.mark.parametrize("paint", PAINTS)
def test_text_on_a_drug_can_be_read(paint):
    dark, light = sorted([luminance(paint.fill), luminance(paint.text)])
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2 AA


def test_names_have_paints_of_their_own():
    found = painted(["b", "a", "b"])
    assert list(found) == ["b", "a"]
    assert found["a"] != found["b"]
