"""Designs by the names that commands and study files use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Options:
    """Variants of designs; each is of the design in its comment, the others do not look at it."""

    confirm_top: bool = True  # 3+3: three more at the highest level before it is the MTD
    two_of_six_ok: bool = False  # 3+3: 2 DLTs of 6 are the MTD
    extrasafe: bool = False  # BOIN: the lowest level is eliminated sooner
    skeleton: tuple[float, ...] = ()  # CRM; its own unless given
    doses: tuple[float, ...] = ()  # BLRM; 1, 2, 3 and so on unless given


USUAL = Options()
Make = Callable[[float, int, Options], Design]  # from a target and the number of dose levels

DESIGNS: Mapping[str, Make] = MappingProxyType(
    {
        "boin": lambda target, _, o: Boin(target, extrasafe=o.extrasafe),
        "3+3": lambda target, _, o: ThreePlusThree(target, o.confirm_top, o.two_of_six_ok),
        "rolling6": lambda target, *_: RollingSix(target),
        "mtpi2": lambda target, *_: Keyboard(target),
        "i3+3": lambda target, *_: I3P3(target),
        "blrm": lambda target, levels, o: Blrm.usual(target, levels, o.doses),
        "crm": lambda target, levels, o: (
            Crm(target, o.skeleton) if o.skeleton else Crm.usual(target, levels)
        ),
        "tite-boin": lambda target, *_: TiteBoin(target),
    }
)


def design(name: str, target: float, levels: int, options: Options = USUAL) -> Design:
    """Return the design of a name; levels: how many doses the trial has.

    Raise ValueError for a name that is none, and for a target that the design cannot have.
    """
    if name not in DESIGNS:
        raise ValueError(f"there is no design {name!r}; there are: {', '.join(DESIGNS)}")
    return DESIGNS[name](target, levels, options)
