"""What the doctor comes to see: unscheduled measurements, follow-up, and findings of a day."""

from __future__ import annotations

from dataclasses import dataclass, field

from safety.simulate.calibration import Calibration
from safety.simulate.chance import Chance
from safety.simulate.conduct.laboratory import abnormal
from safety.simulate.conduct.watch import Watch
from safety.simulate.doctor import HEAVY, HY, Finding
from safety.simulate.model import Day, Grade
from safety.simulate.physiology import Body
from safety.simulate.regimen import Regimen
from safety.simulate.toxicities import Plan

PAIRING = 14  # days between the two values of Hy's law
# How often a finding leads to an unscheduled measurement at its peak, choice (L).
OFTEN_SEEN, SOMETIMES_SEEN, CALLS = 0.9, 0.4, 0.95


@dataclass(slots=True)
class Sight:
    """One subject as the site sees it. transfused: days of platelet transfusions."""

    numbers: Calibration
    regimen: Regimen
    body: Body
    watch: Watch
    plans: list[Plan]
    chance: Chance
    transfused: list[Day] = field(default_factory=list)
    _graded_on: Day = -1
    _known: dict[str, Grade] = field(default_factory=dict)

    def expect(self, plan: Plan, day: Day) -> None:
        """Say how the subject comes to be seen for a toxicity known to come from `day` on."""
        if plan.course:
            worst = next((d for d, g in plan.course if g >= 3), None)
            if worst is not None and self.chance.yes(CALLS):
                self.watch.want(worst, "count")
                self.watch.want(worst, "vitals")
        elif plan.excursions:
            peak = plan.excursions[0].start + plan.excursions[0].rise
            often = OFTEN_SEEN if plan.limiting else SOMETIMES_SEEN
            often = 1.0 if plan.term == "Hypertension" else often  # measured at home every day
            if self.chance.yes(often):
                self.watch.want(max(peak, day + 1), self._kind_of(plan))

    def _kind_of(self, plan: Plan) -> str:
        tests = {e.test for e in plan.excursions}
        panels = ("count", "chemistry", "more", "vitals")
        of = (p for p in panels if tests & set(self.numbers.panels[p]))
        return next(of, "urine")

    def follow(self, day: Day) -> None:
        """Measure what is wanted on a day and what must be followed until it recovers."""
        for kind in self.watch.wanted(day):
            self.watch.measure(day, kind)
        visits, last = self.numbers.visits, self.watch.last
        grades = self._grades(day)
        counts = max(grades.get("Neutrophil count decreased", 0),
                     grades.get("Platelet count decreased", 0))  # fmt: skip
        seen = last("NEUT", day)
        if counts >= 3 and seen is not None and day - seen >= visits.follow_counts:
            self.watch.measure(day, "count")
        liver = max(grades.get("Alanine aminotransferase increased", 0),
                    grades.get("Blood bilirubin increased", 0))  # fmt: skip
        seen = last("ALT", day)
        if liver >= 2 and seen is not None and day - seen >= visits.follow_liver:
            self.watch.measure(day, "chemistry")
        seen = last("SYSBP", day)
        high = grades.get("Hypertension", 0) >= 2
        if high and seen is not None and day - seen >= visits.follow_vitals:
            self.watch.measure(day, "vitals")
        self._urine(day)
        transfusion = grades.get("Platelet count decreased", 0) >= 4
        told = transfusion and last("PLAT", day) == day - 1 and not self.transfused
        if told and self.chance.yes(self.numbers.habits.transfusion):
            self.transfused.append(day)

    def _urine(self, day: Day) -> None:
        dipped, amount = self.watch.last("PROTDIP", day + 1), self.watch.last("PROT24", day)
        if dipped == day and self.body.value("PROTDIP", day) >= 2:
            self.watch.want(day + self.chance.whole(*self.numbers.visits.urine_24h), "PROT24")
        elif amount is not None and day - amount == 7 and self.body.value("PROT24", amount) >= 1:
            self.watch.measure(day, "PROT24")

    def _grades(self, day: Day) -> dict[str, int]:
        """Return grades by the newest results known on a day."""
        if self.watch.drawn[-1].day >= self._graded_on:  # something new since the last time
            self._known = abnormal(
                self.numbers, self.body, lambda test: self.watch.result(test, day)
            )
            self._graded_on = day
        return self._known

    def findings(self, day: Day) -> list[Finding]:
        found: list[Finding] = []
        for term, grade in self._grades(day).items():
            if not grade:
                continue
            line = self.numbers.laboratory_term(term)
            blamed = frozenset(self.regimen.those(line.drugs))
            found.append(Finding(term, grade, blamed, laboratory=True))
        for plan in self.plans:
            if plan.grade(day):
                fresh = plan.grade(day - 1) < plan.grade(day)
                drugs = frozenset(plan.drugs)
                grade = plan.grade(day)
                found.append(Finding(plan.term, grade, drugs, laboratory=False, fresh=fresh))
        found.extend(self._derived(day))
        return found

    def _derived(self, day: Day) -> list[Finding]:
        everyone = frozenset(self.regimen.names)
        amount = self.watch.result("PROT24", day)
        blamed = frozenset(self.regimen.those(["SURUFATINIB"]))
        heavy = sum((amount or 0.0) >= limit for limit in (1.0, 2.0))
        over = [self._times(test, day) > limit for test, limit in (("ALT", 3), ("AST", 3))]
        hy = any(over) and self._times("BILI", day) > 2 and self._times("ALP", day) < 2
        both = [
            Finding(HEAVY, heavy, blamed, laboratory=True),
            Finding(HY, int(hy), everyone, laboratory=True),
        ]
        return [finding for finding in both if finding.grade]

    def _times(self, test: str, day: Day) -> float:
        value = self.watch.result(test, day, since=day - PAIRING)
        return (value or 0.0) / (self.body.range_of(test)[1] or 1.0)
