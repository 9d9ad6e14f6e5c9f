"""The records of one subject beside adverse events: samples, visits, doses, medicines and so on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from safety.simulate.chance import Chance
from safety.simulate.conduct.course import Course, Given
from safety.simulate.conduct.watch import SCREENING, UNSCHEDULED, Drawn
from safety.simulate.model import (
    Day,
    Disposition,
    Dose,
    Medicine,
    Procedure,
    Sample,
    Visit,
)

VITALS = ("SYSBP", "DIABP", "TEMP", "WEIGHT", "HEIGHT")
PRESSURES = {"SYSBP": (120, 140, 160), "DIABP": (80, 90, 100)}  # limits a reading stays within
PROVOKED = {"Nausea": 2, "Vomiting": 2, "Diarrhea": 2}  # grade from which it is always treated


@dataclass(slots=True)
class Recorder:
    """Gives records their keys and the day from which the source holds them."""

    course: Course
    usubjid: str
    start: date
    chance: Chance
    _accession: int = 0
    _vital: int = 0
    _medicines: list[Medicine] = field(default_factory=list)

    def visits(self) -> tuple[Visit, ...]:
        """Return one visit a name and day."""
        chance, found = Chance(self.chance.whole(0, 2**40), "visits"), {}
        for drawn in sorted(self.course.watch.drawn, key=lambda d: d.day):
            named = any(
                d.day == drawn.day and d.visit != UNSCHEDULED for d in self.course.watch.drawn
            )
            if drawn.visit == UNSCHEDULED and named:
                continue
            row = f"SV|{self.usubjid}|{drawn.visit}|{self._date(drawn.day)}"
            if row not in found:
                known = drawn.day + chance.whole(0, self.course.numbers.delays.visit)
                found[row] = Visit(row, known, self.usubjid, drawn.visit, drawn.day)
        return tuple(found.values())

    def samples(self) -> tuple[Sample, ...]:
        """Return every sample and reading in the order of time."""
        chance = Chance(self.chance.whole(0, 2**40), "samples")
        found: list[Sample] = []
        for drawn in sorted(self.course.watch.drawn, key=lambda d: (d.day, d.visit)):
            found.extend(self._samples(drawn, chance))
        return tuple(found)

    def doses(self) -> tuple[Dose, ...]:
        chance = Chance(self.chance.whole(0, 2**40), "diary")
        late = self.course.numbers.delays.diary
        given = sorted(self.course.given, key=lambda g: (g.day, g.drug))
        return tuple(self._dose(g, g.day + chance.whole(0, late)) for g in given)

    def medicines(self) -> tuple[Medicine, ...]:
        """Return what was given for toxicities; an end that comes later is a later version."""
        chance = Chance(self.chance.whole(0, 2**40), "medicines")
        course = self.course
        treats = {t.term: t.treat for t in course.numbers.clinical if t.treat}
        for plan in sorted(course.plans, key=lambda p: (p.course[0][0] if p.course else 0, p.term)):
            grades = [g for d, g in plan.course if d <= course.last]
            if not grades:
                continue
            first = plan.course[0][0]
            if plan.term in treats and (max(grades) >= 2 or chance.yes(0.4)):
                self._give(
                    treats[plan.term], "SUPPORTIVE CARE", plan.term, first, plan.ended, chance
                )
            if plan.term == "Febrile neutropenia":
                after = plan.ended + 3
                self._give("PIPERACILLIN;TAZOBACTAM", "ANTIBIOTIC", plan.term, first, after, chance)
                if chance.yes(0.8):
                    self._give("FILGRASTIM", "G-CSF", plan.term, first, after, chance)
        self._antihypertensive(chance)
        return tuple(self._medicines)

    def procedures(self) -> tuple[Procedure, ...]:
        chance = Chance(self.chance.whole(0, 2**40), "procedures")
        return tuple(
            Procedure(
                f"PR|{self.usubjid}|{n}", day + chance.whole(0, 2), self.usubjid, n,
                "PLATELET TRANSFUSION", day,
            )
            for n, day in enumerate(self.course.transfused, 1)
        )  # fmt: skip

    def dispositions(self) -> tuple[Disposition, ...]:
        chance, course = Chance(self.chance.whole(0, 2**40), "ends"), self.course
        ends: list[tuple[str, Day]] = []
        if course.off is not None and course.off <= course.last:
            ends.append((course.off_for, course.off))
        if course.death is not None:
            ends.append(("DEATH", course.death))
        return tuple(
            Disposition(
                f"DS|{self.usubjid}|{n}", day + chance.whole(0, 1 if name == "DEATH" else 4),
                self.usubjid, n, name, day,
            )
            for n, (name, day) in enumerate(ends, 1)
        )  # fmt: skip

    # ---------------------------------------------------------------- one record

    def _date(self, day: Day) -> str:
        return (self.start + timedelta(days=day)).isoformat()

    def _dose(self, given: Given, known: Day) -> Dose:
        row = f"EC|{self.usubjid}|{given.drug.upper()}-{self._date(given.day)}"
        return Dose(
            row, known, self.usubjid, given.drug, given.day, given.due_mg, given.due,
            given.taken_mg, given.taken, given.reason,
        )  # fmt: skip

    def _samples(self, drawn: Drawn, chance: Chance) -> list[Sample]:
        hour = 10 if drawn.visit == UNSCHEDULED else 8
        minute, found = chance.whole(0, 40), []
        blood = [t for t in drawn.tests if t not in {*VITALS, "PROT24"}]
        vitals = [t for t in drawn.tests if t in VITALS]
        if drawn.visit == SCREENING:
            vitals.append("HEIGHT")
        delays = self.course.numbers.delays
        for tests, late in ((blood, 0), (["PROT24"] if "PROT24" in drawn.tests else [], 40)):
            if tests:
                rows = self._laboratory(tests)
                time = f"{hour + late // 40 - (1 if late else 0):02d}:{minute + late // 4:02d}"
                known = drawn.day + delays.lab
                found.append(Sample(known, self.usubjid, drawn.day, time, drawn.visit, rows))
        if vitals:
            known = drawn.day + chance.whole(0, delays.vitals)
            first = self._readings(vitals)
            time = f"{hour:02d}:{minute + 2:02d}"
            found.append(Sample(known, self.usubjid, drawn.day, time, drawn.visit, first))
            if chance.yes(0.3) or self.course.body.value("SYSBP", drawn.day) >= 140:
                second = {t: self._again(t, drawn.day, chance) for t in PRESSURES if t in vitals}
                rows = self._readings(list(second))
                time = f"{hour + 2:02d}:{minute + 2:02d}"
                found.append(
                    Sample(known, self.usubjid, drawn.day, time, drawn.visit, rows, second)
                )
        return found

    def _again(self, test: str, day: Day, chance: Chance) -> str:
        """Return a second reading, not higher than the first and of the same grade."""
        value = self.course.body.value(test, day)
        floor = max([limit for limit in PRESSURES[test] if limit <= value], default=0)
        return f"{max(floor, value - chance.whole(0, 4)):g}"

    def _laboratory(self, tests: list[str]) -> dict[str, str]:
        self._accession += 1
        code = {"PROTDIP": "PROT", "PROT24": "PROT"}
        head = f"LB|{self.usubjid}|S{self._accession:04d}"
        return {test: f"{head}|{code.get(test, test)}" for test in tests}

    def _readings(self, tests: list[str]) -> dict[str, str]:
        rows = {}
        for test in tests:
            self._vital += 1
            rows[test] = f"VS|{self.usubjid}|{self._vital}"
        return rows

    def _give(
        self, name: str, category: str, reason: str, first: Day, last: Day, chance: Chance
    ) -> None:
        """Enter a medicine when it is begun and again when it is ended."""
        numbers = {m.seq for m in self._medicines}
        seq = len(numbers) + 1
        row, known = f"CM|{self.usubjid}|{seq}", first + chance.whole(0, 3)
        upto = self.course.last
        end = last if last <= upto else None
        ended = max(known, last + chance.whole(1, 3))
        begun = Medicine(
            row, known, self.usubjid, seq, name, category, reason.upper(), first,
            end if end is not None and ended == known else None,
        )  # fmt: skip
        self._medicines.append(begun)
        if end is not None and ended > known:
            self._medicines.append(
                Medicine(row, ended, self.usubjid, seq, name, category, reason.upper(), first, end)
            )

    def _antihypertensive(self, chance: Chance) -> None:
        """Begin one at the first reading of grade 2 or worse; it goes on."""
        body, course = self.course.body, self.course
        high = [
            d.day for d in course.watch.drawn
            if "SYSBP" in d.tests and d.day >= course.first_dose
            and (body.value("SYSBP", d.day) >= 140 or body.value("DIABP", d.day) >= 90)
        ]  # fmt: skip
        if high:
            self._give("AMLODIPINE", "ANTIHYPERTENSIVE", "Hypertension", min(high), 10**6, chance)
