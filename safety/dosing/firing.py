"""Which modification rules fired: for which drug, on which day, for the how-manieth time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from safety.assess.case import Case
from safety.assess.facts import Source
from safety.assess.moments import DAY
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.terms import terms_of
from safety.assess.truth import Truth, any_of
from safety.dosing.replay import Replay, is_same, without_ceiling
from safety.study.language import CycleDays
from safety.study.modification import Blame, ModificationRule


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule that fired, or may have, for one drug: occurrences that overlap are one event.

    on: the day it was known. earlier: events of this rule and drug that were over before it.
    """

    rule: ModificationRule
    drug: str
    on: date
    truth: Truth
    event: tuple[Occurrence, ...]
    earlier: tuple[Occurrence, ...] = ()

    @property
    def evidence(self) -> tuple[Source, ...]:
        return merged_evidence(*(o.evidence for o in self.event))

    @property
    def missing(self) -> tuple[str, ...]:
        if self.truth is not Truth.UNKNOWN:
            return ()
        found = [m for o in self.event for m in o.missing]
        return tuple(dict.fromkeys(found)) or ("what decides the rule",)

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t for o in self.event for t in o.terms))

    @property
    def onset(self) -> Occurrence:
        return min(self.event, key=lambda o: o.onset)


def firings(rule: ModificationRule, case: Case, replay: Replay) -> Iterator[Firing]:
    """Yield what fired of one rule, drug by drug, in order of time."""
    begin = case.first_dose
    if begin is None:
        return
    known = [o for o in _occurrences(rule, case, replay) if begin <= o.onset.last_day]
    known = [o for o in known if o.onset.first_day <= case.as_of]
    days = {id(o): _known_on(o, rule, case, replay) for o in known}
    for drug in rule.drugs:
        own = [_in_phase(o, rule.phase, case) for o in known if _concerns(o, drug, rule, case)]
        kept = [(o, days[id(first)]) for o, first in own if o is not None]
        yield from _counted(rule, drug, kept, case)


def _occurrences(rule: ModificationRule, case: Case, replay: Replay) -> list[Occurrence]:
    """Return what meets the rule, and what met it on its first day and then grew worse."""
    found = replay.found(rule.when, rule.worsened_by, case.as_of)
    wider = without_ceiling(rule.when)
    if wider == rule.when:
        return found
    for o in replay.found(wider, rule.worsened_by, case.as_of):
        if any(is_same(o, f) for f in found) or o.onset.last_day >= case.as_of:
            continue
        then = replay.found(rule.when, rule.worsened_by, o.onset.last_day)
        found += [t for t in then if is_same(t, o)]
    return found


def _known_on(o: Occurrence, rule: ModificationRule, case: Case, replay: Replay) -> date:
    first = case.first_dose or o.onset.first_day
    if o.truth is not Truth.MET:
        return max(first, min(o.onset.last_day, case.as_of))
    return max(first, replay.known_on(o, rule.when, rule.worsened_by))
