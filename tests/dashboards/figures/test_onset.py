"""Curves to the first event: one a level, no day 0, and how many are at risk."""

from __future__ import annotations

import pandas as pd

from dashboards.figures.onset import onset_figure
from safety.displays.first_event import FirstEvents

WORDS = {"day": "Study day", "percent": "%", "at_risk": "At risk", "left": "left", "all": "All"}
STEPS = ["LEVEL", "DAY", "ATRISK", "EVENTS", "CENSORED", "INCIDENCE"]


def _found() -> FirstEvents:
    rows = [
        (level, *row)
        for level in ("all", "L1")
        for row in ((0, 2, 0, 0, 0.0), (3, 2, 1, 0, 0.5), (9, 1, 0, 1, 0.5))
    ]
    people = pd.DataFrame({"USUBJID": ["S1", "S2"], "LEVEL": ["L1", "L1"], "DAY": [3, 9]})
    return FirstEvents(people, pd.DataFrame(rows, columns=STEPS), {}, (), ())


def test_one_level_is_one_curve_over_all() -> None:
    figure = onset_figure(_found(), ("L1",), WORDS)
    curve, left = figure.data
    assert (curve.name, list(curve.x), list(curve.y)) == ("All", [0, 3, 9], [0.0, 50.0, 50.0])
    assert (list(left.x), list(left.customdata)) == ([9], [1])


def test_of_several_levels_each_has_its_curve_and_numbers_at_risk() -> None:
    figure = onset_figure(_found(), ("L1", "L2"), WORDS)
    assert [trace.name for trace in figure.data if trace.mode == "lines"] == ["L1", "L2"]
    assert list(figure.layout.xaxis.ticktext) == [str(d) for d in range(1, 10)]
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["At risk", "L1", *"222111111", "L2", *"000000000"]
