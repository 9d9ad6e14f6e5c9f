"""The kinds of reports: clocks.yaml, and where a study differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from safety.study.model import Study
from safety.study.reporting import BY_TERM, Reporting

SAE, SUSAR_7D, SUSAR_15D = "sae", "susar_7d", "susar_15d"
FOLLOWUP_8D, FOLLOWUP_15D = "followup_8d", "followup_15d"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report: hours or calendar days after awareness, and to whom it goes.

    after: the kind from whose last day its days are counted, "" for day 0. terms: adverse events
    that call for it by their name.
    """

    name: str
    text: str
    recipient: str
    basis: str
    confidence: str
    hours: int | None = None
    days: int | None = None
    after: str = ""
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clocks:
    """The kinds of reports of a study, by name, and the zone in which its days begin."""

    zone: ZoneInfo
    kinds: Mapping[str, Kind]

    def days(self, kind: Kind) -> int | None:
        """Return how many days after day 0 a report is due, None if its clock counts hours."""
        if kind.days is None:
            return None
        if not kind.after:
            return kind.days
        first = self.kinds.get(kind.after) or usual()[kind.after]
        return kind.days + (first.days or 0)


def clocks(study: Study) -> Clocks:
    """Return the clocks of a study; one that says nothing of reports has the usual ones."""
    said = study.reporting or Reporting()
    zone = ZoneInfo(said.zone or study.timezone)
    found = {name: _changed(kind, said) for name, kind in usual().items()}
    return Clocks(zone, {name: kind for name, kind in found.items() if kind is not None})


def news() -> tuple[str, ...]:
    """Return the columns of an event of which a change is new information."""
    return tuple(_content()["news"])


def _changed(kind: Kind, said: Reporting) -> Kind | None:
    """Return a kind as a study has it, None if it has it not."""
    own = {str(name): part for name, part in said.kinds.items()}.get(kind.name)
    if own is None:
        return None if kind.name in BY_TERM else kind
    if not own.applies:
        return None
    is_same = own.hours is None and own.days is None
    return replace(
        kind,
        recipient=own.recipient or kind.recipient,
        basis=own.citation or kind.basis,
        terms=tuple(own.terms),
        hours=kind.hours if is_same else own.hours,
        days=kind.days if is_same else own.days,
    )


@cache
def usual() -> dict[str, Kind]:
    return {name: Kind(name, **given) for name, given in _content()["kinds"].items()}


@cache
def _content() -> dict[str, Any]:
    text = resources.files("safety.reporting").joinpath("clocks.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
