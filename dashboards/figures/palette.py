"""Colours of drugs and levels: those of Okabe and Ito that no grade has, always with a label."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

INK = "#212529"
MUTED = "#495057"
GRID = "#CED4DA"


class Paint(NamedTuple):
    """A fill, the text that reads on it (4.5:1 or more), and what tells it from others in grey."""

    fill: str
    text: str
    dash: str
    symbol: str


PAINTS = (
    Paint("#0072B2", "#FFFFFF", "solid", "circle"),
    Paint("#56B4E9", "#000000", "dash", "square"),
    Paint("#CC79A7", "#000000", "dot", "diamond"),
    Paint("#009E73", "#000000", "dashdot", "triangle-up"),
    Paint("#5C3B8C", "#FFFFFF", "longdash", "cross"),
    Paint("#8A8F94", "#000000", "longdashdot", "pentagon"),
)


def painted(names: Iterable[str]) -> dict[str, Paint]:
    """Return a paint for each name, in their order; they repeat after the last."""
    return {name: PAINTS[i % len(PAINTS)] for i, name in enumerate(dict.fromkeys(names))}
