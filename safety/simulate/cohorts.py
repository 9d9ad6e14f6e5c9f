"""Who is enrolled when and at which level: cohorts by a BOIN design, then one level for the rest.

Liu and Yuan 2015 (Bayesian optimal interval design); the numbers are in calibration.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb
from typing import Literal

from safety.simulate.calibration import Design
from safety.simulate.chance import Chance
from safety.simulate.model import Day, Decision
from safety.simulate.verdict import Outcome

MONTH = 30.4375  # days
SCREENING_DAYS = (3, 7)  # from consent to the first dose, choice (L)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the trial. first_dose: as planned; it may lie after the end of the trial."""

    number: int
    level: str
    cohort: int
    consent: Day
    first_dose: Day


Live = Callable[[Place], Outcome]


def too_toxic(dlts: int, treated: int, design: Design) -> bool:
    """Return whether Pr(rate above target) exceeds the limit, uniform prior, 3 subjects or more.

    A beta tail with whole parameters is a binomial sum.
    """
    if treated < 3:
        return False
    p, n = design.target, treated + 1
    above = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(dlts + 1))
    return above > design.eliminate


def decide(
    dlts: int, treated: int, at: int, top: int, design: Design
) -> tuple[Literal["escalate", "stay", "de-escalate", "stop"], int]:
    """Return what is done after a cohort and the next level (of `top` + 1 levels), -1 for none."""
    if too_toxic(dlts, treated, design):
        return ("stop", -1) if at == 0 else ("de-escalate", at - 1)
    rate = dlts / treated
    if rate <= design.escalate and at <= top:
        return ("escalate", at + 1) if at < top else ("stay", at)
    if rate >= design.de_escalate:
        return ("de-escalate", at - 1) if at > 0 else ("stay", at)
    return "stay", at


@dataclass(slots=True)
class Enrolment:
    """Enrols subjects one after another and decides after each cohort."""

    design: Design
    levels: list[str]
    start: int
    subjects: int
    horizon: Day
    per_month: float
    chance: Chance
    live: Live
    decisions: list[Decision] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    _clock: float = 0.0
    _waiting: list[Day] = field(default_factory=list)
    _counts: dict[int, list[int]] = field(default_factory=dict)  # treated and DLTs by level
    _eliminated: int = 10**6  # lowest level found too toxic

    def run(self) -> None:
        """Enrol until the subjects or the days are used up, or every level is too toxic."""
        at, open_from, cohort = self.start, 0, 0
        for cohort in range(1, self.subjects + 1):
            outcomes = self._cohort(cohort, at, open_from)
            if outcomes is None:
                return
            open_from = max(o.over for o in outcomes) + 1
            if open_from > self.horizon:
                return
            treated, dlts = self._counts.setdefault(at, [0, 0])
            treated += sum(o.evaluable for o in outcomes)
            dlts += sum(o.dlt is not None for o in outcomes)
            self._counts[at] = [treated, dlts]
            following = self._decide(open_from, at, treated, dlts)
            if following < 0:
                return
            if self._phase_1_over(at, following):
                at = following
                break
            at = following
        self._rest(cohort + 1, at, open_from)

    def _decide(self, day: Day, at: int, treated: int, dlts: int) -> int:
        top = min(len(self.levels), self._eliminated) - 1
        if too_toxic(dlts, treated, self.design):
            self._eliminated = min(self._eliminated, at)
        decided, following = decide(dlts, treated, at, top, self.design)
        done = self._phase_1_over(at, following)
        level = self.levels[following] if following >= 0 else ""
        reason = f"{dlts} of {treated} evaluable subjects with DLT at {self.levels[at]}"
        if done and following >= 0:
            reason += f"; phase II at {level}"
        self.decisions.append(Decision(day, self.levels[at], treated, dlts, decided, level, reason))
        return following

    def _phase_1_over(self, at: int, following: int) -> bool:
        enough = following == at and self._counts[at][0] >= self.design.enough
        return enough or sum(n for n, _ in self._counts.values()) >= self.design.most

    def _cohort(self, cohort: int, at: int, open_from: Day) -> list[Outcome] | None:
        """Enrol a cohort and those who take the place of the not evaluable; None: days are up."""
        outcomes: list[Outcome] = []
        first: Day | None = None
        new = at not in self._counts
        opened = open_from
        while sum(o.evaluable for o in outcomes) < self.design.cohort:
            if len(outcomes) >= self.design.cohort:
                opened = max(o.over for o in outcomes) + 1
            earliest = first + self.design.stagger if new and first is not None else 0
            place = self._place(cohort, at, opened, earliest)
            if place is None:
                return None
            first = place.first_dose if first is None else first
            outcomes.append(self.live(place))
        return outcomes

    def _rest(self, cohort: int, at: int, open_from: Day) -> None:
        while (place := self._place(cohort, at, open_from, 0)) is not None:
            self.live(place)

    def _place(self, cohort: int, at: int, open_from: Day, earliest: Day) -> Place | None:
        """Return the next place, None if subjects or days are used up."""
        if len(self.places) >= self.subjects:
            return None
        consent = self._arrival(open_from)
        first = max(consent + self.chance.whole(*SCREENING_DAYS), earliest)
        if consent > self.horizon:
            return None
        place = Place(len(self.places) + 1, self.levels[at], cohort, consent, first)
        self.places.append(place)
        return place

    def _arrival(self, open_from: Day) -> Day:
        """Return the day of the next consent. Some wait while enrolment is closed, others leave."""
        while not self._waiting or self._clock <= open_from:
            self._clock += self.chance.exponential(MONTH / self.per_month)
            self._waiting.append(int(self._clock))
            if self._clock <= open_from:
                self._waiting = self._waiting[-self.design.waiting :]
        return max(self._waiting.pop(0), open_from)
