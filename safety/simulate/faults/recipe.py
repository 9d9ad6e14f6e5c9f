"""A way to plant one fault: where it can be, and what it does there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.ground import Altered, Fixed, Ground

DLT_WINDOW = 42  # days: an event in it is corrected in any case, so that its verdict is defined
Fits = Callable[[Ground, RowVersion], bool]
Change = Callable[[Ground, RowVersion, Chance], Altered | None]
Act = Callable[[Ground, RowVersion, Chance], bool]


class Recipe(Protocol):
    """One way to plant a fault in a row of a domain."""

    @property
    def fault(self) -> int: ...
    @property
    def domain(self) -> str: ...
    @property
    def fits(self) -> Fits: ...

    def plant(self, ground: Ground, at: RowVersion, seed: tuple[int, ...]) -> bool:
        """Plant it at a row that fits; False where it turned out not to be a fault there."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """Values of a row are wrong from the day it is known, until the source corrects them.

    fits: whether the fault can be in a version. change: None where it would be no fault.
    """

    fault: int
    domain: str
    fits: Fits
    change: Change
    fixed: Fixed = "sometimes"

    def plant(self, ground: Ground, at: RowVersion, seed: tuple[int, ...]) -> bool:
        def change(v: RowVersion, chance: Chance) -> Altered | None:
            return self.change(ground, v, chance) if self.fits(ground, v) else None

        return ground.alter(at, self.fault, change, seed, self._fixed(ground, at))

    def _fixed(self, ground: Ground, at: RowVersion) -> Fixed:
        decides = self.domain == "AE" and ground.facts.in_window(at, DLT_WINDOW)
        return "always" if decides and ground.mode == "realistic" else self.fixed


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is more than other values of one row: rows are added, left out or deleted."""

    fault: int
    domain: str
    fits: Fits
    act: Act

    def plant(self, ground: Ground, at: RowVersion, seed: tuple[int, ...]) -> bool:
        return self.act(ground, at, Chance(*seed, 1))


def spread(ground: Ground, recipe: Recipe, rate: float, seed: tuple[int, ...]) -> int:
    """Plant a recipe in a share of the rows that fit, at least once; return how often it was.

    seed: of this recipe; which rows it takes depends on it alone.
    """
    found = [v for v in ground.candidates(recipe.domain) if recipe.fits(ground, v)]
    wanted = max(1, round(rate * len(found)))
    done = 0
    for n in Chance(*seed).shuffled(range(len(found))):
        if done == wanted:
            break
        at = found[n]
        done += ground.is_free([at.row]) and recipe.plant(ground, at, (*seed, n))
    return done
