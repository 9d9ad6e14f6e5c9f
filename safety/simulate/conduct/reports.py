"""What a site enters of toxicities: rows by grade, late, in versions, with errors put right."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safety.simulate.calibration import LaboratoryTerm, sigma_of_entry
from safety.simulate.chance import Chance
from safety.simulate.conduct.course import Course
from safety.simulate.conduct.laboratory import grade_of
from safety.simulate.doctor import HEAVY, HY
from safety.simulate.model import Day, Grade, Report, Toxicity
from safety.simulate.scenario import Scenario

RELATED, UNRELATED = ("POSSIBLE", "PROBABLE", "DEFINITE"), ("UNRELATED", "UNLIKELY")
RECOVERED, GOING_ON = "RECOVERED/RESOLVED", "NOT RECOVERED/NOT RESOLVED"
UNCHANGED, NOT_APPLICABLE = "DOSE NOT CHANGED", "NOT APPLICABLE"
STRENGTH = (UNCHANGED, "DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN")
ALSO = {
    HEAVY: ("Proteinuria",),
    HY: ("Alanine aminotransferase increased", "Blood bilirubin increased"),
}
LIMITING_GRADE = 3  # errors are made in milder rows only: a wrong DLT is a fault, not a habit


@dataclass(frozen=True, slots=True)
class Stretch:
    """A toxicity at one grade: from when, to the day it left that grade, None while it goes on."""

    start: Day
    end: Day | None
    grade: Grade


class Clerk:
    """Enters the toxicities of one subject."""

    def __init__(self, course: Course, usubjid: str, scenario: Scenario, chance: Chance) -> None:
        self._course, self._usubjid = course, usubjid
        self._scenario, self._chance = scenario, chance
        self._habits = course.numbers.habits
        self._lost = {(g.drug, g.day) for g in course.given if g.reason == "ADVERSE EVENT"}
        self._begun: dict[str, Day] = {}
        for given in sorted(course.given, key=lambda g: g.day):
            if given.taken:
                self._begun.setdefault(given.drug, given.day)

    def enter(
        self, toxicities: tuple[Toxicity, ...]
    ) -> tuple[tuple[Toxicity, ...], tuple[Report, ...]]:
        """Return the toxicities, said which are reported, and every version of every row."""
        rows: list[list[Report]] = []
        told: list[Toxicity] = []
        for toxicity in toxicities:
            chance = Chance(self._chance.whole(0, 2**40), toxicity.term)
            own: list[list[Report]] = []
            if self._enters(toxicity, chance):
                for stretch in self._stretches(toxicity):
                    before = own[-1][0].known if own else 0
                    own.append(self._versions(toxicity, stretch, before, chance))
            told.append(replace(toxicity, reported=bool(own)))
            rows.extend(own)
            if own and chance.yes(self._habits.entered_twice):
                rows.append(self._mistaken(own[0][0], chance))
        rows.sort(key=lambda versions: (versions[0].known, versions[0].group, versions[0].start))
        numbered = [
            replace(v, seq=n, row=f"AE|{self._usubjid}|{n}")
            for n, versions in enumerate(rows, 1) for v in versions
        ]  # fmt: skip
        return tuple(told), tuple(numbered)

    def _enters(self, toxicity: Toxicity, chance: Chance) -> bool:
        entered = self._scenario.entered
        if toxicity.serious or toxicity.fatal:
            return chance.yes((1 + entered) / 2) or toxicity.fatal
        return chance.yes(entered * (self._habits.reported if toxicity.worst < 3 else 1.0))

    # ---------------------------------------------------------------- what is entered

    def _stretches(self, toxicity: Toxicity) -> list[Stretch]:
        if toxicity.laboratory:
            return self._seen(toxicity)
        ends: list[Day | None] = [day for day, _ in toxicity.course[1:]]
        ends.append(toxicity.ended)
        return [
            Stretch(day, end, grade)
            for (day, grade), end in zip(toxicity.course, ends, strict=True)
        ]

    def _seen(self, toxicity: Toxicity) -> list[Stretch]:
        """Return the stretches of a laboratory toxicity as samples show them."""
        course = self._course
        line = course.numbers.laboratory_term(toxicity.term)
        tests = {line.test, "PROTDIP"} if line.test == "PROT24" else {line.test}
        days = sorted({
            d.day for d in course.watch.drawn if tests & set(d.tests)
            and d.day >= toxicity.onset
        })  # fmt: skip
        before = self._graded(line, course.first_dose)
        found: list[Stretch] = []
        for day in days:
            grade = self._graded(line, day)
            grade = grade if grade > before else 0
            same = found and found[-1].end is None and found[-1].grade == grade
            if same:
                continue
            if found and found[-1].end is None:
                found[-1] = replace(found[-1], end=day)
            if toxicity.ended is not None and day > toxicity.ended:
                break
            if grade:
                found.append(Stretch(day, None, grade))
        worst = max((s.grade for s in found), default=0)
        return found if worst >= line.report else []

    def _graded(self, line: LaboratoryTerm, day: Day) -> Grade:
        body = self._course.body
        return grade_of(line, body, lambda test: body.value(test, day)) or 0

    # ---------------------------------------------------------------- versions

    def _versions(
        self, toxicity: Toxicity, stretch: Stretch, before: Day, chance: Chance
    ) -> list[Report]:
        """Return a row as first entered, not `before` a day, and each time it is changed."""
        seen = stretch.start + (1 if toxicity.laboratory else 0)
        first = max(before, seen + self._delay(toxicity, chance))
        right = self._report(toxicity, stretch, chance)
        times = {first}
        if stretch.end is not None:
            times.add(max(first, stretch.end + 1 + self._delay(toxicity, chance)))
        for deed in self._deeds(toxicity, stretch):
            times.add(max(first, deed[0] + chance.whole(0, 3)))
        wrong, corrected = self._error(toxicity, stretch, right, first, chance)
        if corrected:
            times.add(corrected)
        versions: list[Report] = []
        for known in sorted(times):
            shown = right if known >= corrected else wrong
            closed = stretch.end is not None and known > stretch.end
            fatal = stretch.grade == 5
            version = replace(
                shown, known=known, end=stretch.end if closed or fatal else None,
                outcome="FATAL" if fatal else RECOVERED if closed else GOING_ON,
                action=self._actions(toxicity, stretch, known),
            )  # fmt: skip
            if not versions or replace(version, known=versions[-1].known) != versions[-1]:
                versions.append(version)
        return versions

    def _report(self, toxicity: Toxicity, stretch: Stretch, chance: Chance) -> Report:
        related = {
            drug: chance.pick(RELATED if yes else UNRELATED, (4, 4, 1) if yes else (4, 1))
            for drug, yes in toxicity.related.items()
        }
        serious = toxicity.serious if stretch.grade >= 3 else ()
        if stretch.grade == 5:
            serious = ("AESDTH",)
        return Report(
            "", 0, self._usubjid, 0, toxicity.number, toxicity.term, self._verbatim(toxicity),
            stretch.grade, stretch.start, stretch.end, related, toxicity.cause,
            "Y" if toxicity.symptomatic else "N", serious, {}, "",
        )  # fmt: skip

    def _verbatim(self, toxicity: Toxicity) -> str:
        plans = self._course.plans
        said = (p.verbatim for p in plans if p.term == toxicity.term and p.verbatim)
        return next(said, toxicity.term.lower())

    def _delay(self, toxicity: Toxicity, chance: Chance) -> int:
        delays = self._course.numbers.delays
        if toxicity.serious or toxicity.fatal:
            return chance.whole(0, delays.serious)
        days = chance.lognormal(delays.entry, sigma_of_entry(delays))
        return round(days * self._scenario.slow)

    def _error(
        self, toxicity: Toxicity, stretch: Stretch, right: Report, first: Day, chance: Chance
    ) -> tuple[Report, Day]:
        """Return the row as it is wrongly entered and when it is corrected, 0 for no error."""
        later = first + chance.whole(4, 12)
        plain = not (toxicity.laboratory or toxicity.serious or toxicity.cause)
        if not plain or stretch.grade >= LIMITING_GRADE:
            return right, 0
        if chance.yes(self._habits.wrong_grade) and toxicity.worst > 1:
            return replace(right, grade=3 - stretch.grade), later
        long = stretch.end is None or stretch.end > stretch.start + 2
        if chance.yes(self._habits.wrong_start) and long and first > stretch.start:
            return replace(right, start=stretch.start + 1), later
        return right, 0

    def _mistaken(self, like: Report, chance: Chance) -> list[Report]:
        """Return a row entered for the wrong subject, deleted later."""
        known = like.known + chance.whole(0, 3)
        wrong = replace(
            like, known=known, term="Headache", verbatim="headache", grade=1, end=None,
            serious=(), outcome=GOING_ON, group=900 + like.group, symptomatic="Y",
            action=dict.fromkeys(like.action, UNCHANGED), cause="",
            related=dict.fromkeys(like.related, "POSSIBLE"),
        )  # fmt: skip
        return [wrong, replace(wrong, known=known + chance.whole(3, 12), deleted=True)]

    # ---------------------------------------------------------------- action

    def _deeds(self, toxicity: Toxicity, stretch: Stretch) -> list[tuple[Day, str, str]]:
        until = stretch.end if stretch.end is not None else self._course.last
        return [
            (deed.day, deed.drug, deed.action)
            for deed in self._course.doctor.deeds
            if toxicity.term in {deed.term, *ALSO.get(deed.term, ())}
            and stretch.start <= deed.day <= until + 1
            and (deed.action != "DRUG INTERRUPTED" or self._missed(deed.drug, deed.day))
        ]

    def _missed(self, drug: str, day: Day) -> bool:
        """Return whether a hold from a day on cost a dose: on that day or, begun late, the next."""
        return bool({(drug, day), (drug, day + 1)} & self._lost)

    def _actions(self, toxicity: Toxicity, stretch: Stretch, known: Day) -> dict[str, str]:
        taken = {drug for drug, day in self._begun.items() if day <= known}
        states = self._course.doctor.drugs
        found = {}
        for drug in self._course.regimen.names:
            stopped = states[drug].stopped
            over = stopped is not None and stopped < stretch.start
            found[drug] = NOT_APPLICABLE if over or drug not in taken else UNCHANGED
        for day, drug, action in self._deeds(toxicity, stretch):
            if day <= known and STRENGTH.index(action) > STRENGTH.index(
                found[drug] if found[drug] in STRENGTH else UNCHANGED
            ):
                found[drug] = action
        return found
