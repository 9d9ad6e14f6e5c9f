"""Boundaries by number of subjects, and the exact chance of crossing one.

Every rule comes down to one table: at which numbers of subjects somebody looks, and from how many
events on the trial stops there. The chance of that follows from adding up every course of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Chance that the next subject has an event, after n subjects: one number, or by events so far.
Chance = Callable[[int], float | Floats]


@dataclass(frozen=True, slots=True)
class Boundary:
    """rows: at every look (subjects, events from which it stops), None where no number stops."""

    rows: tuple[tuple[int, int | None], ...]

    def __post_init__(self) -> None:
        """Raise ValueError for looks out of order and for stops that cannot be reached."""
        looks = [n for n, _ in self.rows]
        if any(a >= b for a, b in pairwise([0, *looks])):
            raise ValueError(f"looks are at 1 subject or more and in order, not at {looks}")
        for n, stop in self.rows:
            if stop is not None and not 0 <= stop <= n:
                raise ValueError(f"{stop} events among {n} subjects cannot be")

    def at(self, n: int) -> int | None:
        """Return the events that stop at n subjects, None if none does or nobody looks there."""
        return dict(self.rows).get(n)

    def stops(self, n: int, y: int) -> bool:
        """Return whether a look at n subjects with y events stops."""
        limit = self.at(n)
        return limit is not None and y >= limit

    def from_look(self, n: int) -> tuple[tuple[int, int | None], ...]:
        """Return the looks at n subjects and later."""
        return tuple(row for row in self.rows if row[0] >= n)

    def first_crossed(self, events: Iterable[bool]) -> tuple[int, int] | None:
        """Return subjects and events at the first look that stops, by subject in order."""
        stops, y = dict(self.rows), 0
        for n, event in enumerate(events, start=1):
            y += event
            limit = stops.get(n)
            if limit is not None and y >= limit:
                return n, y
        return None


@dataclass(frozen=True, slots=True)
class Crossing:
    """probability: of stopping at a look. expected_n: mean subjects when it stops or is full."""

    probability: float
    expected_n: float


def crossing(boundary: Boundary, rate: float, n_max: int) -> Crossing:
    """Return how often a boundary stops a trial of n_max subjects whose true rate is `rate`."""
    return walk(boundary, (0, 0), n_max, lambda _: rate)


def predictive(
    boundary: Boundary, seen: tuple[int, int], n_max: int, prior: tuple[float, float]
) -> float:
    """Return the predictive probability of stopping later, from (subjects, events) seen so far.

    prior: parameters of the beta prior of the rate; the next subject's chance follows from all who
    came before (beta-binomial), so that the recursion is exact.
    """
    a, b = prior
    events: Floats = np.arange(n_max + 1, dtype=np.float64)
    return walk(boundary, seen, n_max, lambda n: (a + events) / (a + b + n)).probability


def walk(boundary: Boundary, start: tuple[int, int], n_max: int, chance: Chance) -> Crossing:
    """Follow every course of events from `start` (subjects, events) to n_max subjects.

    The look at the start itself is over. Raises ValueError where the start lies beyond n_max.
    """
    first, events = start
    if not 0 <= events <= first <= n_max:
        raise ValueError(f"{events} events among {first} of {n_max} subjects cannot be")
    stops = dict(boundary.rows)
    going = np.zeros(n_max + 1)  # chance of still going on, by events
    going[events] = 1.0
    stopped, mean = 0.0, 0.0
    for n in range(first + 1, n_max + 1):
        hit = going * chance(n - 1)
        going = going - hit
        going[1:] += hit[:-1]
        limit = stops.get(n)
        if limit is not None:
            over = float(going[limit:].sum())
            going[limit:] = 0.0
            stopped, mean = stopped + over, mean + n * over
    return Crossing(stopped, mean + n_max * float(going.sum()))
