"""Three-valued truth (Kleene): what cannot be judged stays so until something settles it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """met, not_met, or not_evaluable."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "not_evaluable"

    def __and__(self, other: Truth) -> Truth:
        return all_of((self, other))

    def __or__(self, other: Truth) -> Truth:
        return any_of((self, other))

    def __invert__(self) -> Truth:
        return {Truth.MET: Truth.NOT_MET, Truth.NOT_MET: Truth.MET}.get(self, Truth.UNKNOWN)

    def __bool__(self) -> bool:
        raise TypeError("a three-valued truth has no truth value of two; compare it")


def all_of(parts: Iterable[Truth]) -> Truth:
    """Return NOT_MET if any is, else UNKNOWN if any is, else MET."""
    found = set(parts)
    if Truth.NOT_MET in found:
        return Truth.NOT_MET
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.MET


def any_of(parts: Iterable[Truth]) -> Truth:
    """Return MET if any is, else UNKNOWN if any is, else NOT_MET."""
    found = set(parts)
    if Truth.MET in found:
        return Truth.MET
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.NOT_MET


def known(value: bool | None) -> Truth:
    """Return the truth of a fact that may be missing."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.MET if value else Truth.NOT_MET
