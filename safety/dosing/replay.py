"""What was known on earlier days: conditions judged as if the data ended there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from safety.assess.case import Case, make_case
from safety.assess.clip import clip
from safety.assess.conditions import occurrences
from safety.assess.occurrence import Occurrence
from safety.assess.truth import Truth
from safety.study.conditions import AllOf, AnyOf, Toxicity
from safety.study.language import GradeTest

WORST = 5


@dataclass(slots=True)
class Replay:
    """A case at any day up to its own; every day is cut once."""

    case: Case
    cases: dict[date, Case] = field(default_factory=dict)

    def at(self, day: date) -> Case:
        if day >= self.case.as_of:
            return self.case
        if day not in self.cases:
            self.cases[day] = make_case(clip(self.case.facts, day), self.case.study, day)
        return self.cases[day]

    def found(self, condition: Any, worsened_by: int, day: date) -> list[Occurrence]:
        """Return the occurrences of a condition known on a day, without what may follow."""
        found = occurrences(condition, self.at(day), worsened_by=worsened_by)
        return [o for o in found if not o.waiting]

    def known_on(self, occurrence: Occurrence, condition: Any, worsened_by: int) -> date:
        """Return the first day on which an occurrence that is met was known to be."""
        first, last = occurrence.onset.first_day, self.case.as_of
        if self._is_known(occurrence, condition, worsened_by, first):
            return first
        while first < last:  # known once, it stays known: halve the days
            middle = first + timedelta(days=(last - first).days // 2)
            if self._is_known(occurrence, condition, worsened_by, middle):
                last = middle
            else:
                first = middle + timedelta(days=1)
        return first

    def _is_known(
        self, occurrence: Occurrence, condition: Any, worsened_by: int, day: date
    ) -> bool:
        return any(
            o.truth is Truth.MET and is_same(o, occurrence)
            for o in self.found(condition, worsened_by, day)
        )


def is_same(a: Occurrence, b: Occurrence) -> bool:
    """Return whether two occurrences are the same event, known on different days."""
    return a.onset.first_day == b.onset.first_day and (
        a.terms == b.terms or bool(set(a.terms) & set(b.terms))
    )


def without_ceiling(condition: Any) -> Any:
    """Return a condition whose toxicities have no upper grade: what passed through it as well."""
    match condition:
        case Toxicity() if condition.grade.high < WORST:
            open_ended = GradeTest(condition.grade.low, WORST)
            return condition.model_copy(update={"grade": open_ended})
        case AnyOf():
            return condition.model_copy(update={"any": [without_ceiling(p) for p in condition.any]})
        case AllOf():
            return condition.model_copy(update={"all": [without_ceiling(p) for p in condition.all]})
        case _:
            return condition
