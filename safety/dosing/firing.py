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

    on: the day it was known, of a partial date the first possible one. earlier: events of this
    rule and drug before it.
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
            dates = [o.onset for o in self.event if not o.onset.is_one_day]
            return tuple(f"date of onset: {d}; its first day is taken" for d in dates)
        found = [m for o in self.event for m in o.missing]
        return tuple(dict.fromkeys(found)) or ("what decides the rule",)

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t for o in self.event for t in o.terms))

    @property
    def first(self) -> Occurrence:
        return min(self.event, key=lambda o: o.onset)


def firings(rule: ModificationRule, case: Case, replay: Replay) -> Iterator[Firing]:
    """Yield what fired of one rule, drug by drug, in order of time."""
    begin = case.first_dose
    if begin is None:
        return
    found = _occurrences(rule, case, replay)
    known = [
        (_known_on(o, rule, case, replay), o)
        for o in found
        if begin <= o.onset.last_day and o.onset.first_day <= case.as_of
    ]
    for drug in rule.drugs:
        own = [(day, o) for day, o in known if _concerns(o, drug, rule, case)]
        placed = [(day, _in_phase(o, rule.phase, case)) for day, o in own]
        yield from _counted(rule, drug, [(day, o) for day, o in placed if o is not None], case)


def _occurrences(rule: ModificationRule, case: Case, replay: Replay) -> list[Occurrence]:
    """Return what meets the rule, and what met it on its first day and then grew worse."""
    found = replay.found(rule.when, rule.worsened_by, case.as_of)
    wider = without_ceiling(rule.when)
    if wider == rule.when:
        return found
    for o in replay.found(wider, rule.worsened_by, case.as_of):
        if any(is_same(o, f) for f in found) or o.onset.first_day >= case.as_of:
            continue
        then = replay.found(rule.when, rule.worsened_by, o.onset.first_day)
        found += [t for t in then if is_same(t, o)]
    return found


def _known_on(o: Occurrence, rule: ModificationRule, case: Case, replay: Replay) -> date:
    first = case.first_dose or o.onset.first_day
    if o.truth is not Truth.MET:
        return max(first, o.onset.first_day)
    return max(first, replay.known_on(o, rule.when, rule.worsened_by))


def _concerns(o: Occurrence, drug: str, rule: ModificationRule, case: Case) -> bool:
    """Return whether an event is, or may be, related to a drug, where the rule asks for that."""
    if not rule.related:
        return True
    if o.related.get(drug, Truth.MET) is Truth.NOT_MET:
        return False
    return not o.unattributed or drug in _blamed(o, case)


def _blamed(o: Occurrence, case: Case) -> set[str]:
    """Return the drugs an event is put down to where nobody said; all for terms not listed."""
    treatment, rules = case.study.treatment, case.study.modification
    everyone = set(treatment.drugs) if treatment else set()
    blames = rules.default_attribution if rules else []
    found: set[str] = set()
    for term in o.terms:
        about = [b for b in blames if _speaks_of(b, term, o, case)]
        found |= {d for b in about for d in b.drugs} if about else everyone
    return found or everyone


def _speaks_of(blame: Blame, term: str, o: Occurrence, case: Case) -> bool:
    named = terms_of(blame.toxicity, case.study).hold(term, "")
    return named and _place(o, blame.phase, case) is Truth.MET


def _in_phase(o: Occurrence, phase: CycleDays | None, case: Case) -> Occurrence | None:
    """Return an occurrence that began in a phase of the cycle, in doubt if it only may have."""
    truth = _place(o, phase, case)
    if truth is Truth.UNKNOWN:
        return o.doubted(f"date of onset: {o.onset} lies inside and outside of {phase}")
    return o if truth is Truth.MET else None


def _place(o: Occurrence, phase: CycleDays | None, case: Case) -> Truth:
    if phase is None or o.standing:
        return Truth.MET
    days = (o.onset.last_day - o.onset.first_day).days + 1
    found = {
        at is not None
        and phase.cycle in {None, at[0]}
        and phase.first <= at[1] <= phase.last
        for at in (case.cycle_of(o.onset.first_day + n * DAY) for n in range(days))
    }  # fmt: skip
    if found == {True}:
        return Truth.MET
    return Truth.UNKNOWN if True in found else Truth.NOT_MET


def _counted(
    rule: ModificationRule, drug: str, known: list[tuple[date, Occurrence]], case: Case
) -> Iterator[Firing]:
    """Yield events in order of time with those before them, if the rule is about their number."""
    earlier: list[Occurrence] = []
    # what is held is held anew, but no dose is lowered twice for values that go up and down
    only_held = rule.action == "hold" and rule.occurrence is None
    for event in _events(known, case, anew=only_held):
        firing = _firing(rule, drug, event, tuple(earlier))
        if firing is not None:
            yield firing
        earlier += [o for _, o in event]


Event = list[tuple[date, Occurrence]]


def _events(known: Event, case: Case, *, anew: bool) -> list[Event]:
    """Return occurrences that overlap, or nearly so, as one event; standing ones stay alone.

    anew: the same is another event after a day on which it was surely over.
    """
    near = timedelta(days=case.study.dose_limiting.reconcile_within.whole_days)
    events: list[Event] = [[pair] for pair in known if pair[1].standing]
    group: Event = []
    last: date | None = None
    for day, o in sorted(known, key=lambda pair: (pair[1].onset, pair[0], pair[1].terms)):
        if o.standing:
            continue
        if last is not None and (o.onset.first_day > last + near or (anew and _is_anew(o, group))):
            events.append(group)
            group, last = [], None
        group.append((day, o))
        ends = (o.end or o.known_until).last_day
        last = ends if last is None else max(last, ends)
    return [*events, group] if group else events


def _is_anew(found: Occurrence, group: Event) -> bool:
    """Whether the same is there again after a day on which all of the event was surely over."""
    same = all(set(o.terms) == set(found.terms) for _, o in group)
    ends = [o.end for _, o in group]
    return same and all(e is not None and e.last_day + DAY < found.onset.first_day for e in ends)


def _firing(
    rule: ModificationRule, drug: str, event: Event, earlier: tuple[Occurrence, ...]
) -> Firing | None:
    truth = any_of(o.truth for _, o in event)
    terms = {t for _, o in event for t in o.terms}
    alike = earlier
    if rule.occurrence == "same_again":
        alike = tuple(o for o in earlier if terms & set(o.terms))
    before = any_of(o.truth for o in alike)
    if rule.occurrence == "first" and before is Truth.MET:
        return None
    if rule.occurrence in {"again", "same_again"}:
        if before is Truth.NOT_MET:
            return None
        truth = Truth.UNKNOWN if before is Truth.UNKNOWN else truth
    sure = [(day, o) for day, o in event if o.truth is Truth.MET]
    kept = sure if truth is Truth.MET else event
    return Firing(
        rule, drug, min(day for day, _ in kept), truth, tuple(o for _, o in kept), earlier
    )
