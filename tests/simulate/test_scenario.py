from __future__ import annotations

import pytest

from safety.errors import WrongUseError
from safety.simulate.calibration import calibration
from safety.simulate.scenario import scenario, scenarios


def test_an_unknown_scenario_is_refused_with_the_known_ones():
    with pytest.raises(WrongUseError, match=r"'nice' is not known; known: safe, at_target, too_to"):
        scenario("nice")


@pytest.mark.parametrize(
    ("name", "steps", "probability"),
    [("safe", 0, 0.10), ("at_target", 2, 0.45), ("too_toxic", 1, 0.50), ("at_target", 9, 0.45),
     ("at_target", -1, 0.12)],
)  # fmt: skip
def test_the_probability_goes_by_steps_from_the_start_level(name, steps, probability):
    assert scenario(name).probability(steps) == probability


def test_every_mix_names_kinds_of_the_calibration():
    kinds = set(calibration().dose_limiting)
    for one in scenarios().scenarios.values():
        assert {*one.mix, *one.mix_after} <= kinds
