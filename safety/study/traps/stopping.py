"""Traps of stopping rules: those that never stop, or stop a trial in which nothing happened."""

from __future__ import annotations

from collections.abc import Iterator

from safety.escalation.stopping.configured import rule_of
from safety.study.model import Study
from safety.study.traps.trap import Trap


def stopping_traps(study: Study) -> Iterator[Trap]:
    """Yield the monitors whose boundary no number of events, or none at all, reaches."""
    for said in study.stopping:
        stops = [stop for _, stop in rule_of(said).boundary(said.n_max).rows if stop is not None]
        place = f"stopping {said.id}"
        if not stops:
            yield Trap(place, f"no number of events in up to {said.n_max} subjects stops it")
        elif 0 in stops:
            yield Trap(place, "it stops without any event: the prior is already above the limit")
