"""Planned against taken doses of each drug and cycle, and what share was lost to toxicity."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from safety.assess.case import Case
from safety.assess.facts import Intake
from safety.assess.occurrence import merged_evidence
from safety.assess.result import DrugExposure
from safety.assess.truth import Truth
from safety.dosing.ledger import DayFates, days_of, fates, in_words, partly_dated, told
from safety.dosing.plan import Plan, days_of_cycle, planned
from safety.dosing.reasons import Judged, because_of_toxicity, ended, ended_by
from safety.dosing.share import Missed, Outcome, Part

__all__ = ["Missed", "Part", "exposure", "missed"]
NO_REASON = "reason not given"
_OF_TRUTH: dict[Truth, Outcome] = {
    Truth.MET: "toxicity", Truth.NOT_MET: "other", Truth.UNKNOWN: "unclear",
}  # fmt: skip


def exposure(case: Case) -> tuple[DrugExposure, ...]:
    """Return planned against taken for every cycle that began and every drug of the treatment.

    Planned are doses due up to the knowledge date or the end of follow-up, also after the end of
    treatment. A dose taken on a day without a planned one, as in a delay, counts as taken in the
    cycle it falls in: relative dose intensity may exceed 1.
    """
    treatment = case.study.treatment
    drugs = treatment.drugs if treatment is not None else {}
    return tuple(_exposure(case, drug, cycle) for cycle in sorted(case.cycles) for drug in drugs)


def missed(case: Case, drug: str, cycle: int) -> Missed:
    """Return what became of the planned doses of a cycle that has begun.

    Doses after the end of treatment are lost from that day on, for its reason.
    Raises ValueError if the study has no treatment or the cycle has not begun.
    """
    return _Account(case, planned(case, cycle, drug)).close()


def _exposure(case: Case, drug: str, cycle: int) -> DrugExposure:
    plan = planned(case, cycle, drug)
    due, taken, taken_mg, reduced_mg, unrecorded = 0, 0, 0.0, 0.0, 0
    lost: Counter[str] = Counter()
    amount_is_known = plan.mg is not None
    for day, told_of in days_of_cycle(case, plan):
        due += plan.per_day if day in plan.days else 0
        for fate in told_of.fates:
            if fate.kind == "taken" and fate.record is not None:
                taken += fate.intakes
                amount_is_known &= None not in (fate.record.mg, fate.record.per_day)
                mg = fate.record.mg or 0.0
                taken_mg += mg * fate.intakes
                if day in plan.days and plan.mg is not None and fate.record.mg is not None:
                    reduced_mg += max(plan.mg - mg, 0.0) * fate.intakes
            elif fate.kind == "missed" and fate.record is not None:
                lost[fate.record.reason.strip() or NO_REASON] += fate.intakes
            elif fate.kind == "unrecorded" and _is_over(case, day):
                lost[ended_by(case)[0]] += fate.intakes
            else:
                unrecorded += fate.intakes
    planned_mg = None if plan.mg is None else due * plan.mg
    return DrugExposure(
        drug, cycle, due, taken, planned_mg, taken_mg,
        rdi=taken_mg / planned_mg if planned_mg and amount_is_known else None,
        missed={reason: float(lost[reason]) for reason in sorted(lost)},
        unrecorded=unrecorded, reduced_mg=reduced_mg,
        complete=all(d <= case.as_of for d in plan.days),
    )  # fmt: skip


def _is_over(case: Case, day: date) -> bool:
    return case.treatment_ended is not None and day >= case.treatment_ended


@dataclass(slots=True)
class _Account:
    """Goes through the planned days of a cycle and notes what became of each intake."""

    case: Case
    plan: Plan
    parts: list[Part] = field(default_factory=list)
    judged: dict[Intake | None, Judged] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    doubts: dict[str, list[date]] = field(default_factory=dict)
    unrecorded: list[date] = field(default_factory=list)

    def close(self) -> Missed:
        plan, records = self.plan, told(self.case, self.plan.drug)
        for day in plan.days:
            self._day(day, fates(records.get(day, ()), plan.per_day, plan.per_day))
        if self.unrecorded:
            self.missing.append(f"dose record of {plan.drug} on {in_words(self.unrecorded)}")
        if plan.mg is None:
            self.missing += [f"planned dose of {plan.drug}: {m}" for m in plan.missing]
        own = tuple(r.source for r in self.judged if r is not None)
        asked = [
            *plan.notes,
            *(f"{plan.drug} on {in_words(days)}: {text}" for text, days in self.doubts.items()),
            *(query for judged in self.judged.values() for query in judged.queries),
        ]
        return Missed(
            plan.drug, plan.cycle, "intakes" if plan.mg is None else "mg", tuple(self.parts),
            max(plan.days, default=None),
            merged_evidence(own, *(j.evidence for j in self.judged.values())),
            tuple(dict.fromkeys(asked)), tuple(dict.fromkeys(self.missing)),
        )  # fmt: skip

    @property
    def _whole(self) -> float:
        """Amount of one planned intake."""
        return 1.0 if self.plan.mg is None else self.plan.mg

    def _day(self, day: date, told_of: DayFates) -> None:
        for text in told_of.doubts:
            self.doubts.setdefault(text, []).append(day)
        left = self.plan.per_day
        for fate in told_of.fates:
            if fate.kind == "taken" and fate.record is not None:
                # what was taken beyond the plan makes up for nothing
                intakes = min(fate.intakes, left)
                left -= intakes
                self._taken(day, intakes, fate.record)
            elif fate.kind == "missed" and fate.record is not None:
                self._lost(day, self._whole * fate.intakes, fate.record)
            elif fate.kind == "contradicted":
                self.parts.append(Part(day, self._whole * fate.intakes, "unclear"))
                self.missing.append(f"whether {self.plan.drug} was taken on {day}")
            else:
                self._untold(day, self._whole * fate.intakes)

    def _taken(self, day: date, intakes: int, record: Intake) -> None:
        if record.per_day is None:
            self.parts.append(Part(day, self._whole * intakes, "unclear"))
            self.missing.append(f"how often {self.plan.drug} was taken on {day}")
        elif self.plan.mg is None:
            self.parts.append(Part(day, float(intakes), "taken"))
        elif record.mg is None:
            self.parts.append(Part(day, self.plan.mg * intakes, "unclear"))
            self.missing.append(f"mg of {self.plan.drug} taken on {day}")
        else:
            given = min(record.mg, self.plan.mg)
            self.parts.append(Part(day, given * intakes, "taken"))
            if given < self.plan.mg:
                self._lost(day, (self.plan.mg - given) * intakes, record)

    def _lost(self, day: date, amount: float, record: Intake) -> None:
        truth = self._judge(record).truth
        settled = max(day, self.plan.may_start_until or day)
        self.parts.append(Part(settled, amount, _OF_TRUTH[truth]))
        if truth is Truth.UNKNOWN:
            self.missing.append(f"why {self.plan.drug} was not taken on {day}")

    def _untold(self, day: date, amount: float) -> None:
        over = self.case.treatment_ended
        if over is not None and day >= over:
            self.parts.append(Part(over, amount, self._after_the_end()))
        elif day > self.case.as_of or self._is_awaited(day):
            self.parts.append(Part(day, amount, "pending"))
        else:
            self.parts.append(Part(day, amount, "unclear"))
            self.unrecorded.append(day)

    def _is_awaited(self, day: date) -> bool:
        """Return whether the record of a due dose may only be late: that is no missed dose.

        Not so if the dose before it was missed, if something later is told of the drug, if a
        record came that cannot be read or may be of that day, after `diary_within`, and at the
        end of the cycle.
        """
        case, treatment, plan = self.case, self.case.study.treatment, self.plan
        if treatment is None:
            return False
        was_taken = all(p.outcome in {"taken", "pending"} for p in self.parts[-1:])
        last_told = max(told(case, plan.drug), default=date.min)
        cycle_ends = case.cycles[plan.cycle] + timedelta(days=treatment.cycle_length.whole_days - 1)
        is_recent = case.as_of < day + timedelta(days=treatment.diary_within.whole_days)
        here_unread = plan.drug in case.facts.unread_doses or partly_dated(case, plan.drug)
        is_silent = was_taken and last_told < day and not here_unread
        return is_silent and is_recent and case.as_of < cycle_ends

    def _after_the_end(self) -> Outcome:
        if None not in self.judged:
            self.judged[None] = ended(self.case, self.plan.drug)
        truth = self.judged[None].truth
        if truth is Truth.UNKNOWN:
            self.missing.append(f"why treatment ended on {self.case.treatment_ended}")
        return _OF_TRUTH[truth]

    def _judge(self, record: Intake) -> Judged:
        if record not in self.judged:
            days = [d for d in days_of(self.case, record) if d in self.plan.days]
            self.judged[record] = because_of_toxicity(
                self.case, min(days), max(days), record.reason, self.plan.drug
            )
        return self.judged[record]
