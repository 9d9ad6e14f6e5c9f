"""The 56 faults: what each is, what is right to do with it, how often it is planted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import get_args

import yaml

from safety.simulate.deliveries import Handling


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the catalogue.

    right: handlings that are right. realistic, hostile: share of the rows that could have it.
    how: how it is planted, or why these feeds cannot have it.
    """

    number: int
    what: str
    right: tuple[Handling, ...]
    realistic: float
    hostile: float
    how: str
    citation: str


@cache
def faults() -> dict[int, Fault]:
    """Return the faults by number; ValueError for a handling that does not exist."""
    text = resources.files("safety.simulate").joinpath("data/faults.yaml").read_text("utf-8")
    found = yaml.safe_load(text)
    return {f["number"]: _fault(f, found["citation"]) for f in found["faults"]}


def _fault(said: dict[str, object], citation: str) -> Fault:
    right = tuple(str(said["right"]).split())
    unknown = set(right) - set(get_args(Handling))
    if unknown:
        raise ValueError(f"fault {said['number']}: no handling {', '.join(sorted(unknown))}")
    number = int(str(said["number"]))
    return Fault(
        number,
        str(said["what"]),
        tuple(h for h in get_args(Handling) if h in right),
        float(str(said["realistic"])),
        float(str(said["hostile"])),
        str(said["how"]),
        f"{citation}, fault {number}",
    )
