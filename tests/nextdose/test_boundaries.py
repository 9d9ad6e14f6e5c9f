"""The stopping rules of a study, printed before anybody is treated."""

from __future__ import annotations

import pytest

from safety.errors import WrongUseError
from safety.nextdose import boundaries
from tests import build


def test_boundaries_and_figures_of_the_first_trial(study):
    found = {rule["id"]: rule for rule in boundaries.of_study(study)}
    phase_two = found["STOP-1"]
    assert {row["n"]: row["stop_if_ge"] for row in phase_two["rows"] if row["n"] in (6, 9, 40)} == {
        6: 5, 9: 6, 40: 18,
    }  # fmt: skip
    figures = {each["rate"]: each for each in phase_two["stops"]}
    assert round(figures[0.3]["probability"], 3) == 0.156
    assert round(figures[0.3]["mean_n"], 1) == 36.3


def test_the_boundary_is_told_where_it_moves(study):
    lines = boundaries.lines(boundaries.of_study(study))
    assert lines[0].startswith("STOP-1: ")
    assert lines[1].startswith("  stops at 5 of 6-8, 6 of 9-10, 7 of 11-12, 8 of 13-15, ")
    assert "  true rate 0.30: stops in 15.6% of trials of 40, after 36.3 subjects on average" in (
        lines
    )


def test_a_study_without_rules_is_told_so():
    with pytest.raises(WrongUseError, match="T1 has no stopping rule"):
        boundaries.of_study(build.study())
