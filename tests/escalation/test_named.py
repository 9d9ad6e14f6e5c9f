"""Designs by their names."""

from __future__ import annotations

import pytest

from safety.escalation import named
from safety.escalation.named import DESIGNS, design
from safety.escalation.state import state

NAMES = ["boin", "3+3", "rolling6", "mtpi2", "i3+3", "blrm", "crm", "tite-boin"]


def test_names() -> None:
    assert list(DESIGNS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_is_what_it_is_called_and_can_be_asked(name: str) -> None:
    found = design(name, 0.25, 4)
    assert (found.name, found.target) == (name, 0.25)
    assert found.citation
    safe = found.advise(state([(3, 0), (0, 0), (0, 0), (0, 0)], 0))
    assert (safe.action, safe.level) == ("escalate", 1)
    toxic = found.advise(state([(3, 3), (0, 0), (0, 0), (0, 0)], 0))
    assert (toxic.action, toxic.level) == ("stop", None)
    assert found.select(state([(3, 3), (0, 0), (0, 0), (0, 0)], 0).counts) is None


def test_a_wrong_name_tells_the_names() -> None:
    with pytest.raises(ValueError, match=r"'4\+4'; there are: boin, 3\+3, rolling6, mtpi2, i3\+3"):
        design("4+4", 0.3, 3)


def test_variants_reach_their_designs():
    told = named.Options(confirm_top=False, two_of_six_ok=True, extrasafe=True,
                         skeleton=(0.1, 0.3), doses=(1.0, 4.0))  # fmt: skip
    three = named.design("3+3", 0.3, 2, told)
    assert (three.confirm_top, three.two_of_six_ok) == (False, True)
    assert named.design("boin", 0.3, 2, told).extrasafe is True
    assert named.design("crm", 0.3, 2, told).skeleton == (0.1, 0.3)
    assert named.design("blrm", 0.3, 2, told).model.doses == (1.0, 4.0)
    assert named.design("boin", 0.3, 2).extrasafe is False
