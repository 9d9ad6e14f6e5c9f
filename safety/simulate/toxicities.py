"""What a subject will suffer in a cycle: clinical toxicities, excursions of tests, near misses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from safety.simulate.calibration import Calibration, ClinicalTerm, ExcursionTerm, Limit, Span, Split
from safety.simulate.chance import Chance
from safety.simulate.model import Day, Grade
from safety.simulate.physiology import Body, Excursion
from safety.simulate.regimen import Regimen

HOSPITAL = "AESHOSP"
LIFE = "AESLIFE"
APART = 3  # days between two toxicities of one term, at least
_SPREAD = 0.45  # sigma of a duration, choice (L)


@dataclass(frozen=True, slots=True)
class Plan:
    """A toxicity that is going to be: a clinical course, or excursions of tests, or both.

    course: (day, grade) at each change, empty for a laboratory finding. limiting: it is meant to
    be dose-limiting (in time or not).
    """

    term: str
    verbatim: str = ""
    course: tuple[tuple[Day, Grade], ...] = ()
    ended: Day = 0
    drugs: tuple[str, ...] = ()
    cause: str = ""
    serious: tuple[str, ...] = ()
    fatal: bool = False
    limiting: bool = False
    excursions: tuple[Excursion, ...] = ()

    def grade(self, day: Day) -> Grade:
        """Return the grade on a day, 0 before and after it."""
        if not self.course or day > self.ended:
            return 0
        return next((g for d, g in reversed(self.course) if d <= day), 0)

    def overlaps(self, other: Plan) -> bool:
        """Return whether two toxicities of one term would be there at the same time."""
        first, last = self._days()
        began, ended = other._days()
        return self.term == other.term and first <= ended + APART and began <= last + APART

    def _days(self) -> tuple[Day, Day]:
        starts = [day for day, _ in self.course[:1]] + [e.start for e in self.excursions]
        ends = [self.ended] * bool(self.course) + [e.end for e in self.excursions]
        return min(starts), max(ends)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where toxicities are drawn for: a cycle that begins on `start`.

    guarded: grade 3 stays short of what is dose-limiting (cycle 1).
    """

    numbers: Calibration
    regimen: Regimen
    body: Body
    cycle: int
    start: Day
    guarded: bool

    def day(self, cycle_day: int) -> Day:
        return self.start + cycle_day - 1

    def peak(self, test: str, between: tuple[Limit, Limit], chance: Chance) -> float:
        low, high = (self.body.limit(test, limit) for limit in between)
        return chance.between(low, high)


def of_cycle(setting: Setting, chance: Chance) -> Iterator[Plan]:
    """Yield the toxicities of a cycle that are not dose-limiting if it is guarded."""
    for term in setting.numbers.clinical:
        yield from _clinical(setting, term, chance)
    for line in setting.numbers.excursions:
        yield from _excursion(setting, line, chance)
    yield from _unrelated(setting, chance)


def clinical(
    setting: Setting, term: ClinicalTerm, onset: Day, grade: Grade, worst_days: int, chance: Chance
) -> Plan:
    """Return a clinical toxicity that comes up to its grade, stays so long and fades."""
    whole = max(1, round(chance.lognormal(term.days, _SPREAD)))
    course: list[tuple[Day, Grade]] = []
    day = onset
    if grade > 1:
        if chance.yes(0.5):
            course.append((day, 1))
            day += chance.whole(1, 2)
        course.append((day, grade))
        day += worst_days
        if grade > 2:
            course.append((day, 2))
            day += 1
        course.append((day, 1))
        ended = day + max(0, min(whole, 10) - 1)
    else:
        course.append((day, 1))
        ended = day + whole - 1
    serious = ((HOSPITAL,) if grade >= 3 and chance.yes(0.35) else ()) if grade < 4 else (
        HOSPITAL, LIFE,
    )  # fmt: skip
    drugs = tuple(setting.regimen.those(term.drugs))
    return Plan(term.term, term.verbatim, tuple(course), ended, drugs, serious=serious)


def excursion(
    setting: Setting, term: str, test_peaks: dict[str, float], start: Day,
    shape: tuple[int, int, int], drugs: list[str],
) -> Plan:  # fmt: skip
    """Return a laboratory toxicity that draws tests to their peaks in one shape."""
    rise, stay, fall = shape
    drawn = tuple(
        Excursion(test, start, rise, stay, fall, peak) for test, peak in test_peaks.items()
    )
    return Plan(term, drugs=tuple(setting.regimen.those(drugs)), excursions=drawn)


def _clinical(setting: Setting, term: ClinicalTerm, chance: Chance) -> Iterator[Plan]:
    own = Chance(chance.whole(0, 2**40), term.term)  # a term more moves no other
    drugs = setting.regimen.those(term.drugs)
    if not drugs or not term.from_cycle <= setting.cycle <= term.until_cycle:
        return
    if not own.yes(_probability(setting, term.p, term.decay, term.drugs)):
        return
    onset = setting.day(_onset(setting, term.onset, own))
    grade = _grade(own, term.split or setting.numbers.split)
    if grade == 3 and term.most >= 4 and own.yes(setting.numbers.grade_4):
        grade = 4
    longest = max(1, round(own.lognormal(term.days * 0.6, _SPREAD)))
    if setting.guarded:
        grade = min(grade, 3 if term.mild else 2)
        longest = min(longest, term.mild) if grade == 3 else longest
        longest = min(longest, 2) if term.brief else longest
    yield clinical(setting, term, onset, min(grade, term.most), longest, own)


def _excursion(setting: Setting, line: ExcursionTerm, chance: Chance) -> Iterator[Plan]:
    own = Chance(chance.whole(0, 2**40), line.term)
    if not setting.regimen.those(line.drugs):
        return
    if not own.yes(_probability(setting, line.p, line.decay, line.drugs)):
        return
    grade = _grade(own, line.split)
    if setting.guarded and line.term != "Hypertension":
        grade = min(grade, 2)
    peaks = {t: setting.peak(t, p[grade - 1], own) for t, p in line.peaks.items()}
    start = setting.day(_onset(setting, line.onset, own)) - 1
    shape = (_days(own, line.rise), _days(own, line.stay), _days(own, line.fall))
    yield excursion(setting, line.term, peaks, start, shape, line.drugs)


def _unrelated(setting: Setting, chance: Chance) -> Iterator[Plan]:
    own = Chance(chance.whole(0, 2**40), "unrelated")
    if not own.yes(setting.numbers.unrelated_p):
        return
    event = own.pick(setting.numbers.unrelated)
    onset = setting.day(own.whole(2, setting.regimen.length - 1))
    length = max(2, round(own.lognormal(event.days, _SPREAD)))
    yield Plan(
        event.term, event.verbatim, ((onset, event.grade),), onset + length - 1, cause=event.cause
    )


def _probability(setting: Setting, p: float, decay: float, drugs: list[str]) -> float:
    chance = p * decay ** (setting.cycle - 1)
    if drugs == ["SURUFATINIB"]:
        chance *= setting.numbers.surufatinib_scale
    if not setting.regimen.calibrated:
        chance *= setting.numbers.generic.frequency
    return min(chance, 0.9)


def _onset(setting: Setting, span: Span, chance: Chance) -> int:
    """Return a cycle day of the span, brought into a cycle of another length."""
    return min(chance.whole(*span), setting.regimen.length)


def _days(chance: Chance, span: Span) -> int:
    return chance.whole(*span)


def _grade(chance: Chance, split: Split) -> Grade:
    return chance.pick((1, 2, 3), split)


def made_limiting(plan: Plan) -> Plan:
    return replace(plan, limiting=True)
