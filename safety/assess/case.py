"""One subject under one study at one knowledge date: what every judge of a condition is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from safety.assess.facts import Facts
from safety.study.feeds import RecordKind
from safety.study.model import Study


@dataclass(frozen=True, slots=True)
class Case:
    """facts are already cut at `as_of`. cycles: day 1 of every cycle that started, by number.

    follow_up_ended: the day of death or withdrawal; nothing can be recorded after it.
    treatment_ended: the day from which no dose is due any more. memo: what was worked out before
    (rules ask the same things of a case many times); it changes no answer.
    """

    facts: Facts
    study: Study
    as_of: date
    cycles: Mapping[int, date]
    follow_up_ended: date | None
    treatment_ended: date | None
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def first_dose(self) -> date | None:
        return self.cycles.get(1)

    def cycle_of(self, day: date) -> tuple[int, int] | None:
        """Return cycle and day of the cycle (from 1), None before the first dose."""
        begun = [(c, start) for c, start in self.cycles.items() if start <= day]
        if not begun:
            return None
        cycle, start = max(begun)
        return cycle, (day - start).days + 1

    @property
    def known_until(self) -> date:
        """The last day of which anything can be known."""
        return min(self.as_of, self.follow_up_ended or self.as_of)

    def looked_at(self, kind: RecordKind) -> bool:
        """Return whether records of a kind would be here if there were any.

        A domain that the study calls optional has no file when it has no rows.
        """
        domains = [d for f in self.study.feeds for d in f.domains.values() if d.record == kind]
        return kind in self.facts.delivered or (bool(domains) and all(d.optional for d in domains))

    def planned_start(self, cycle: int) -> date | None:
        """Return the day a cycle is due: one cycle length after the one before it began."""
        before, treatment = self.cycles.get(cycle - 1), self.study.treatment
        if before is None or treatment is None:
            return None
        return before + timedelta(days=treatment.cycle_length.whole_days)


def make_case(facts: Facts, study: Study, as_of: date) -> Case:
    """Return the case of facts that are cut at `as_of`."""
    ends = [_first(facts, study.dose_limiting.follow_up_ends)]
    if facts.death is not None:
        ends.append(facts.death.last_day)
    follow_up = min((d for d in ends if d is not None), default=None)
    stops = [follow_up, _first(facts, study.dose_limiting.treatment_ends)]
    treatment = min((d for d in stops if d is not None), default=None)
    return Case(facts, study, as_of, _cycles(facts, study), follow_up, treatment)


def _first(facts: Facts, names: list[str]) -> date | None:
    """Return the day of the first disposition of some names."""
    days = [d.when.first_day for d in facts.dispositions if d.when and d.name.upper() in names]
    return min(days, default=None)


def _cycles(facts: Facts, study: Study) -> dict[int, date]:
    """Return day 1 of every cycle that was started; that of cycle 1 is the first dose."""
    found: dict[int, date] = {}
    if facts.first_dose is not None:
        found[1] = facts.first_dose
    if study.treatment is None:
        return found
    before, after = study.treatment.cycle_start_visit.upper().split("{CYCLE}")
    for visit in facts.visits:
        name = visit.name.upper()
        number = name.removeprefix(before).removesuffix(after)
        if visit.when is None or name != f"{before}{number}{after}" or not number.isdecimal():
            continue
        cycle, day = int(number), visit.when.first_day
        if cycle > 1 and found and day > found[1]:
            found[cycle] = min(day, found.get(cycle, day))
    return found
