"""Chance that is the same on every machine: one stream for each seed, subject and purpose.

Only the raw bits of PCG64 are used, whose sequence numpy promises to keep, and normal numbers come
from the inverse of their distribution. So a change to one subject or purpose moves no other.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_STANDARD = NormalDist()
_BITS = 53  # of a double between 0 and 1


class Chance:
    """A stream of chance."""

    def __init__(self, seed: int, *key: int | str) -> None:
        """key: numbers and names that tell this stream from the others of the seed."""
        parts = [seed, *(k if isinstance(k, int) else zlib.crc32(k.encode()) for k in key)]
        self._bits = np.random.PCG64(np.random.SeedSequence(parts))

    def uniform(self) -> float:
        """Return a number in the open interval from 0 to 1."""
        raw: int = self._bits.random_raw()
        return ((raw >> (64 - _BITS)) + 0.5) / 2.0**_BITS

    def yes(self, probability: float) -> bool:
        return self.uniform() < probability

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.uniform()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + min(int((high - low + 1) * self.uniform()), high - low)

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        return mean + sd * _STANDARD.inv_cdf(self.uniform())

    def normals(self, count: int) -> list[float]:
        """Return standard normal numbers."""
        return [_STANDARD.inv_cdf(self.uniform()) for _ in range(count)]

    def lognormal(self, median: float, sigma: float) -> float:
        return median * math.exp(self.normal(0.0, sigma))

    def exponential(self, mean: float) -> float:
        return -mean * math.log(self.uniform())

    def pick(self, items: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """Return one of the items, each as likely as its weight says (all alike without)."""
        if weights is None:
            return items[self.whole(0, len(items) - 1)]
        left = self.uniform() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            left -= weight
            if left < 0:
                return item
        return items[-1]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order, every order as likely."""
        left = list(items)
        for last in range(len(left) - 1, 0, -1):
            other = self.whole(0, last)
            left[last], left[other] = left[other], left[last]
        return left


def sigma_of(cv: float) -> float:
    """Return the sigma of a lognormal distribution with a coefficient of variation."""
    return math.sqrt(math.log(1 + cv * cv))


def autocorrelated(chance: Chance, count: int, daily: float) -> list[float]:
    """Return standard normal numbers, each correlated by `daily` with the one before."""
    rest = math.sqrt(1 - daily * daily)
    values: list[float] = []
    for fresh in chance.normals(count):
        values.append(fresh if not values else daily * values[-1] + rest * fresh)
    return values
