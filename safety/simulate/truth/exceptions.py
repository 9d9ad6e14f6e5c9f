"""E1 to E9: what takes a grade 3 event out of rule N1. Each answers yes, no or cannot be said."""

from __future__ import annotations

from collections.abc import Callable

from safety.simulate.truth.case import Case, Event
from safety.simulate.truth.duration import Answer, Spell, at_least, spells, within_hours
from safety.simulate.truth.terms import group

QUICK = 72  # hours (E1, E5)
WEEK = 7  # days (E3, E6, E7)
DAY_APART = 3  # days within which a neutrophil count tells of a fever (E9)
FEVER_NEUTROPHILS = 1.0
TARGET = (140.0, 90.0)  # mmHg (E6)


def both(one: Answer, other: Answer) -> Answer:
    if one is False or other is False:
        return False
    return None if None in {one, other} else True


def not_(answer: Answer) -> Answer:
    return None if answer is None else not answer


def exempt(case: Case, spell: Spell, liver_rule: bool) -> Answer:
    """Return whether an exception takes the spell out of N1. liver_rule: L1 or L2 is met."""
    if spell.term in group("never"):
        return True
    if spell.worst != 3:
        return False
    rules: tuple[tuple[str, Callable[[], Answer]], ...] = (
        ("gut_upset", lambda: within_hours(spell, QUICK)),
        ("fatigue", lambda: not_(at_least(spell, WEEK + 1))),
        ("pancreas", lambda: both(asymptomatic(case, spell), _no_pancreatitis(case, spell))),
        ("electrolytes", lambda: both(asymptomatic(case, spell), _corrected(case, spell))),
        ("liver_enzymes", lambda: False if liver_rule else _liver_recovered(case, spell)),
        ("lipids", lambda: asymptomatic(case, spell)),
    )
    for name, answer in rules:
        if spell.term in group(name):
            return answer()
    if spell.term == "Hypertension":
        return _brought_down(case, spell)
    return _no_neutropenia(case, spell) if spell.term == "Fever" else False


def beside(case: Case, spell: Spell) -> tuple[Event, ...]:
    """Return the adverse events of the spell's term and time."""
    return tuple(e for e in case.of(spell.term) if spell.covers(e.start, e.end))


def asymptomatic(case: Case, spell: Spell) -> Answer:
    """Return what the events say; a finding without one is silent, but not in the whole truth."""
    said = [e.symptomatic for e in beside(case, spell)]
    if True in said:
        return False
    if not said:
        return True if case.whole else None
    return None if None in said else True


def _no_pancreatitis(case: Case, spell: Spell) -> Answer:
    found = [e for e in case.events if e.term in group("pancreatitis")]
    return not any(spell.covers(e.start, e.end) for e in found)


def _longer(case: Case, spell: Spell, to: int) -> Spell:
    """Return the same spell until it recovered to grade `to` or below."""
    found = spells(
        spell.term, case.points.get(spell.term, ()), case.of(spell.term), 3, case.now, to
    )
    return next((s for s in found if s.first <= spell.first <= s.last), spell)


def _corrected(case: Case, spell: Spell) -> Answer:
    return within_hours(_longer(case, spell, 1), QUICK)


def _liver_recovered(case: Case, spell: Spell) -> Answer:
    to = max(1, case.base_grade(spell.term))
    return not_(at_least(_longer(case, spell, to), WEEK + 1))


def _brought_down(case: Case, spell: Spell) -> Answer:
    """E6. A reading at or below 140/90 shows control even where the event is kept at grade 3."""
    organs = [e for e in case.events if e.term in group("end_organ")]
    if any(spell.covers(e.start, e.end) for e in organs):
        return False
    ends = [day for day in (_controlled(case, spell), spell.recovered) if day is not None]
    over = min(ends, default=None)
    if over is None:
        return False if spell.lower > WEEK else None
    if over - spell.first > WEEK:
        last = max([spell.first, *(p.day for p in case.points["Hypertension"]
                                   if spell.first <= p.day < over and p.least >= 3)])  # fmt: skip
        return False if last - spell.first + 1 > WEEK else None
    treated = any(m.category == "ANTIHYPERTENSIVE" and m.start <= over for m in case.medicines)
    return True if treated else None


def _controlled(case: Case, spell: Spell) -> int | None:
    high = {o.hour: o for o in case.observed.get("SYSBP", ())}
    for low in case.observed.get("DIABP", ()):
        top = high.get(low.hour)
        if top is None or low.day <= spell.first:
            continue
        if top.most <= TARGET[0] and low.most <= TARGET[1]:
            return low.day
    return None


def _no_neutropenia(case: Case, spell: Spell) -> Answer:
    near = [
        o for o in case.observed.get("NEUT", ())
        if spell.first - DAY_APART <= o.day <= spell.last + DAY_APART
    ]  # fmt: skip
    if any(o.most < FEVER_NEUTROPHILS for o in near):
        return False
    return True if near else None
