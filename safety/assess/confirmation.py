"""A screening result counts as surely its grade only once a better method has confirmed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Observation
from safety.ctcae.units import same_kind
from safety.study.dlt import Confirmation


def confirmed(observations: list[Observation], case: Case) -> list[Observation]:
    """Return the observations of one term with screening results judged by better ones.

    A screening result of the grade in question has the grade of the first better result of its
    day or the days after, and leaves the grade below it open while there is none. A lower one
    that a better result follows is set aside.
    """
    found = observations
    for rule in case.study.dose_limiting.confirmations:
        found = [j for o in found if (j := _judged(o, rule, found)) is not None]
    return found


def _is_screening(o: Observation, rule: Confirmation) -> bool:
    return o.term.casefold() == rule.term.casefold() and o.unit == rule.screening_unit


def _is_better(o: Observation, rule: Confirmation) -> bool:
    same_term = o.term.casefold() == rule.term.casefold()
    return same_term and bool(o.unit) and same_kind(o.unit, rule.confirming_unit)


def _judged(o: Observation, rule: Confirmation, others: list[Observation]) -> Observation | None:
    if not _is_screening(o, rule):
        return o
    last = o.when.last_day + timedelta(days=rule.within.whole_days)
    better = [
        b for b in others if _is_better(b, rule) and o.when.first_day <= b.when.first_day <= last
    ]
    if not better:
        return _doubted(o, rule)
    if o.highest < rule.from_grade:
        return None
    first = min(better, key=lambda b: (b.when, b.source))
    return replace(o, lowest=first.lowest, highest=first.highest)


def _doubted(o: Observation, rule: Confirmation) -> Observation:
    if o.highest < rule.from_grade:
        return o
    return replace(o, lowest=min(o.lowest, rule.from_grade - 1))


class Question(NamedTuple):
    """What would settle a screening result, and the last day on which it can."""

    text: str
    by: date


def open_question(o: Observation, case: Case) -> Question | None:
    """Return what would settle a doubted screening result, None if it is no such."""
    for rule in case.study.dose_limiting.confirmations:
        if _is_screening(o, rule) and o.highest >= rule.from_grade:
            by = o.when.last_day + timedelta(days=rule.within.whole_days)
            return Question(f"{rule.test} in {rule.confirming_unit} by {by.isoformat()}", by)
    return None
