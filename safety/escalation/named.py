"""Designs by the names that commands and study files use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from safety.escalation.advice import Design
from safety.escalation.designs.blrm import Blrm
from safety.escalation.designs.boin import Boin
from safety.escalation.designs.crm import Crm
from safety.escalation.designs.i3p3 import I3P3
from safety.escalation.designs.keyboard import Keyboard
from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.designs.three_plus_three import ThreePlusThree
from safety.escalation.designs.tite_boin import TiteBoin

Make = Callable[[float, int], Design]  # from a target and the number of dose levels

DESIGNS: Mapping[str, Make] = MappingProxyType(
    {
        "boin": lambda target, _: Boin(target),
        "3+3": lambda target, _: ThreePlusThree(target),
        "rolling6": lambda target, _: RollingSix(target),
        "mtpi2": lambda target, _: Keyboard(target),
        "i3+3": lambda target, _: I3P3(target),
        "blrm": Blrm.usual,
        "crm": Crm.usual,
        "tite-boin": lambda target, _: TiteBoin(target),
    }
)


def design(name: str, target: float, levels: int) -> Design:
    """Return the design of a name with its usual options; levels: how many doses the trial has.

    Raise ValueError for a name that is none, and for a target that the design cannot have.
    """
    if name not in DESIGNS:
        raise ValueError(f"there is no design {name!r}; there are: {', '.join(DESIGNS)}")
    return DESIGNS[name](target, levels)
