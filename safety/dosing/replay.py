"""What was known on earlier days: conditions judged as if the data ended there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from safety.assess.case import Case, make_case
from safety.assess.clip import clip
from safety.assess.conditions import occurrences
from safety.assess.dlt import judge
from safety.assess.occurrence import Occurrence
from safety.assess.surveillance import surveillance
from safety.assess.truth import Truth, all_of
from safety.assess.window import dlt_window, inside
from safety.study.conditions import AllOf, AnyOf, RuleMet, Toxicity
from safety.study.language import GradeTest

WORST = 5


@dataclass(slots=True)
class Replay:
    """A case at any day up to its own; every day is cut once."""

    case: Case
    cases: dict[date, Case] = field(default_factory=dict)
    limiting: dict[date, dict[str, list[Occurrence]]] = field(default_factory=dict)

    def at(self, day: date) -> Case:
        if day >= self.case.as_of:
            return self.case
        if day not in self.cases:
            self.cases[day] = make_case(clip(self.case.facts, day), self.case.study, day)
        return self.cases[day]

    def found(self, condition: Any, worsened_by: int, day: date) -> list[Occurrence]:
        """Return the occurrences of a condition as they were known on a day.

        A rule named by a modification rule is the DLT rule with its window and exceptions.
        """
        match condition:
            case AnyOf():
                return [o for part in condition.any for o in self.found(part, worsened_by, day)]
            case RuleMet():
                return self._limiting(day).get(condition.rule, [])
            case _:
                return list(occurrences(condition, self.at(day), worsened_by=worsened_by))

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

    def _limiting(self, day: date) -> dict[str, list[Occurrence]]:
        """Return by DLT rule the occurrences that count, or may count, as known on a day."""
        if day not in self.limiting:
            case = self.at(day)
            window = dlt_window(case)
            found: dict[str, list[Occurrence]] = {}
            judged = judge(case, window, surveillance(case)).judged if window else ()
            for j in judged:
                truth = all_of([j.truth, inside(j.place)])
                if truth is not Truth.NOT_MET:
                    found.setdefault(j.rule.id, []).append(replace(j.occurrence, truth=truth))
            self.limiting[day] = found
        return self.limiting[day]


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
