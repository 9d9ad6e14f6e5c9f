"""One warning about a study file that is valid all the same."""

from __future__ import annotations

from typing import NamedTuple


class Trap(NamedTuple):
    """Where it is, and what may surprise there, as a sentence."""

    place: str
    text: str
