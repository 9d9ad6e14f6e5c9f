"""One subject lived day by day: toxicities, samples, what the doctor does, and doses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from safety.simulate.calibration import Calibration
from safety.simulate.chance import Chance
from safety.simulate.conduct.gates import failing, holds
from safety.simulate.conduct.sight import Sight
from safety.simulate.conduct.watch import SCREENING, Watch
from safety.simulate.doctor import Doctor
from safety.simulate.limiting import limiting, near_misses
from safety.simulate.model import Day, Occurred
from safety.simulate.physiology import Body, Person
from safety.simulate.regimen import Body as Build
from safety.simulate.regimen import Regimen, surface
from safety.simulate.toxicities import Plan, Setting, of_cycle

AFTER_TREATMENT = 30  # days of follow-up of toxicities
LOW_HEMOGLOBIN = (88, 97)  # g/L at baseline: grade 2, no worse later; choice (L)


@dataclass(frozen=True, slots=True)
class Fate:
    """What is meant for a subject. kind: of a DLT in cycle 1, after: of one later, "" for none."""

    level: str
    kind: str
    after: str


@dataclass(frozen=True, slots=True)
class Given:
    """A drug on a day: what was due and what was taken (mg per intake, intakes)."""

    drug: str
    day: Day
    due_mg: float
    due: int
    taken_mg: float
    taken: int
    reason: Occurred


@dataclass(slots=True)
class Course:
    """The life of a subject in the trial. `live` fills it."""

    numbers: Calibration
    regimen: Regimen
    body: Body
    person: Person
    fate: Fate
    chance: Chance
    first_dose: Day
    horizon: Day
    watch: Watch = field(init=False)
    doctor: Doctor = field(init=False)
    _sight: Sight = field(init=False)
    plans: list[Plan] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    cycles: list[Day] = field(default_factory=list)
    delayed_for: Occurred = ""
    death: Day | None = None
    died_of: Literal["", "progression", "toxicity"] = ""
    withdrawn: Day | None = None
    progressed: Day | None = None
    off: Day | None = None  # first day without treatment
    off_for: str = ""
    last: Day = 0
    _next: Day = 0  # on which the next cycle is tried
    _holiday: int = 0
    _failed: bool = False
    _dies: Day = -1
    _courses: dict[str, Day] = field(default_factory=dict)
    _omitted: list[str] = field(default_factory=list)  # courses of this cycle
    _mg: dict[str, float] = field(default_factory=dict)

    def live(self) -> Course:
        """Live to the horizon or the end."""
        build = self._build()
        self._mg = {d: self.regimen.dose(self.fate.level, d, build) for d in self.regimen.names}
        self.watch = Watch(self.numbers, self.body)
        own = Chance(self.chance.whole(0, 2**40), "sight")
        self._sight = Sight(self.numbers, self.regimen, self.body, self.watch, self.plans, own)
        self.doctor = Doctor(self.regimen, self.numbers.doctor.rules, self._mg)
        self._next, self.last = self.first_dose, self.horizon
        if not self.fate.kind and own.yes(self.numbers.near_misses.baseline_anemia):
            self.body.begin_at("HGB", own.between(*LOW_HEMOGLOBIN))
        self.watch.measure(self.body.first, "full", SCREENING)
        for day in range(self.body.first, self.horizon + 1):
            self._day(day)
            if day in {self.death, self.withdrawn}:
                self.last = day
                break
        return self

    @property
    def transfused(self) -> list[Day]:
        """Days of platelet transfusions."""
        return self._sight.transfused

    @property
    def dosed(self) -> Day | None:
        """The day of the first dose really taken."""
        return min((g.day for g in self.given if g.taken), default=None)

    def left(self) -> Day | None:
        """Return the day the subject withdrew, None if that did not come to pass."""
        day = self.withdrawn
        return day if day is not None and day == self.last and self.death is None else None

    def _build(self) -> Build:
        # As measured at screening: what the data say, the plan is computed from.
        weight, creatinine = (self.body.value(t, self.body.first) for t in ("WEIGHT", "CREAT"))
        return Build(surface(self.person.height, weight), self.body.clearance(creatinine))

    def _day(self, day: Day) -> None:
        treating = self.off is None and day >= self.first_dose
        self._ends(day)
        if treating and self.off is None:
            self._scheduled(day)
        if self.cycles and (self.off is None or day <= self.off + AFTER_TREATMENT):
            self._sight.follow(day)
        if self.cycles and self.off is None:
            self.doctor.judge(day, self._sight.findings(day))
        effects: dict[str, list[float]] = {"NEUT": [], "PLAT": []}
        lymphocytes = 0.0
        for drug in self.regimen.names:
            amount = self._dose(drug, day) if self.cycles else 0.0
            lines = self.regimen.effects[drug]
            for test, by_drug in effects.items():
                by_drug.append(lines.by_line[test] * amount / lines.reference)
            lymphocytes += lines.by_line["LYM"] * amount / lines.reference
        self.body.live(effects, lymphocytes)
        if self.off is None and self.cycles and self.doctor.all_stopped:
            self._stop(day + 1, "ADVERSE EVENT")

    # ---------------------------------------------------------------- ends

    def _ends(self, day: Day) -> None:
        if any(p.fatal and p.course[-1][0] == day for p in self.plans):
            self.death, self.died_of = day, "toxicity"
        if day == self.withdrawn:
            self._stop(day, "WITHDRAWAL BY SUBJECT")
        if day == self.progressed and self.off is None:
            self._stop(day, "PROGRESSIVE DISEASE")
            after = self.chance.exponential(self.numbers.ends.death_after)
            self._dies = day + 5 + int(after)
        if self.progressed is not None and self.off is not None and day == self._dies:
            self.death, self.died_of = day, "progression"

    def _stop(self, day: Day, reason: str) -> None:
        if self.off is None:
            self.off, self.off_for = day, reason

    # ---------------------------------------------------------------- cycles

    def _scheduled(self, day: Day) -> None:
        if day == self._next:
            self._try_cycle(day)
        elif self.cycles:
            at = day - self.cycles[-1] + 1
            visits = self.numbers.visits
            plan = visits.first if len(self.cycles) == 1 else visits.later
            kind = plan.get(at)
            in_time = kind is not None and at <= self.regimen.length
            if kind is not None and in_time and not self.chance.yes(visits.missed):
                self.watch.measure(day, kind, f"CYCLE {len(self.cycles)} DAY {at}")
        if self.cycles:
            self._begin_courses(day)

    def _delayed(self, day: Day) -> bool:
        return bool(self.cycles) and day - self.cycles[-1] >= self.regimen.length

    def _try_cycle(self, day: Day) -> None:
        number = len(self.cycles) + 1
        planned = self.cycles[-1] + self.regimen.length if self.cycles else day
        if number > 1 and day == planned and self.chance.yes(self.numbers.habits.holiday_delay):
            self._holiday = self.chance.whole(2, 6)
            self._next = day + self._holiday
            if number == 2:
                self.delayed_for = "HOLIDAY"
            return
        failed = failing(self.numbers, self.watch, self.body, self.plans, day) if number > 1 else []
        if failed:
            self._delay(day, failed)
            self.watch.measure(day, "full")
            self._failed, self._next = True, day + self.numbers.doctor.recheck
            if number == 2:
                self.delayed_for = "ADVERSE EVENT"
            if self._next - planned > self.numbers.doctor.give_up:
                self._stop(day + 1, "ADVERSE EVENT")
            return
        self.watch.measure(day, "full", self.regimen.visit(number))
        self._failed, self._holiday = False, 0
        self.cycles.append(day)
        self._next = day + self.regimen.length
        self.doctor.begin_cycle(day)
        self._omitted = []
        self._courses = {d: day + self.regimen.first_day(d) - 1 for d in self.regimen.names}
        self._draw(number, day)

    def _delay(self, day: Day, terms: list[str]) -> None:
        """Log that drugs given from day 1 on are not given because of terms."""
        for drug, state in self.doctor.drugs.items():
            if state.stopped is None and self.regimen.first_day(drug) == 1:
                self.doctor.log(day, drug, terms)

    def _draw(self, cycle: int, day: Day) -> None:
        """Draw what will happen in a cycle that begins."""
        chance = Chance(self.chance.whole(0, 2**40), "cycle", cycle)
        setting = Setting(self.numbers, self.regimen, self.body, cycle, day, guarded=cycle == 1)
        ends = self.numbers.ends
        plans = list(of_cycle(setting, Chance(chance.whole(0, 2**40), "own")))
        if cycle == 1 and self.fate.kind:
            plans += limiting(setting, self.fate.kind, day, chance)
        if cycle == 1 and not self.fate.kind:
            plans += near_misses(setting, chance)
        if cycle == 1 and self.fate.after:
            plans += limiting(setting, self.fate.after, day + self.regimen.length, chance)
        for plan in plans:
            self._plan(plan, day)
        quarter = 1.0 if cycle > 2 else 0.25
        if chance.yes(ends.progression * quarter):
            self.progressed = day + chance.whole(10, self.regimen.length)
        if chance.yes(ends.withdrawal):
            self.withdrawn = day + chance.whole(5, self.regimen.length - 1)

    def _plan(self, plan: Plan, day: Day) -> None:
        """Take up a toxicity, unless it would be there twice at the same time."""
        if not plan.limiting and any(plan.overlaps(other) for other in self.plans):
            return
        self.plans.append(plan)
        for drawn in plan.excursions:
            self.body.add(drawn)
        self._sight.expect(plan, day)

    # ---------------------------------------------------------------- late courses

    def _begin_courses(self, day: Day) -> None:
        """Hold a course that begins later in the cycle while counts are too low."""
        for drug, begins in list(self._courses.items()):
            first = self.regimen.first_day(drug)
            latest = self.regimen.drug(drug).schedule.latest_start
            if first == 1 or begins != day or self._delayed(day) or latest is None:
                continue
            if self.watch.last("NEUT", day + 1) != day:
                if self.watch.last("NEUT", day + 1) is None or begins > first + self.cycles[-1] - 1:
                    self.watch.measure(day, "count")
                else:
                    continue  # the visit was missed: the older count decides
            lines = [line for line in self.numbers.doctor.cycle_gate if line.course]
            if all(holds(line, self.watch, self.body, day) for line in lines):
                continue
            again = day + self.numbers.doctor.course_recheck
            if again - self.cycles[-1] + 1 <= latest:
                self._courses[drug] = again
            else:
                self._omit(drug, day)

    def _omit(self, drug: str, day: Day) -> None:
        """Leave a course out: what was due of it before today was not taken, nor will the rest."""
        schedule = self.regimen.drug(drug).schedule
        start = self.cycles[-1] + schedule.days.first - 1
        self._courses[drug] = start
        self._omitted.append(drug)
        mg, per_day = self._mg[drug], schedule.intakes_a_day
        for past in range(start, min(day, start + schedule.days.days)):
            self.given.append(Given(drug, past, mg, per_day, 0.0, 0, "ADVERSE EVENT"))

    # ---------------------------------------------------------------- doses

    def _dose(self, drug: str, day: Day) -> float:
        """Record a drug on a day if it was due; return mg taken, as an average intake."""
        schedule, state = self.regimen.drug(drug).schedule, self.doctor.drugs[drug]
        per_day, mg = schedule.intakes_a_day, self._mg[drug]
        if mg <= 0 or not self._due(drug, day):
            return 0.0
        reason = self._not_taken(drug, day)
        if reason:
            held, morning = self.doctor.held(drug, day)
            if held and morning and state.stopped is None and self.off is None:
                taken = 1
                self.given.append(
                    Given(drug, day, mg, per_day, state.mg, taken, reason if per_day > 1 else "")
                )
                state.taken = True
                return state.mg * taken / per_day
            self.given.append(Given(drug, day, mg, per_day, 0.0, 0, reason))
            return 0.0
        if state.taken and self.chance.yes(self.numbers.habits.missed_dose):
            other: Occurred = self.chance.pick(("DRUG LOST", "HOLIDAY"))
            self.given.append(Given(drug, day, mg, per_day, 0.0, 0, other))
            return 0.0
        state.taken = True
        self.given.append(Given(drug, day, mg, per_day, state.mg, per_day, ""))
        return state.mg

    def _due(self, drug: str, day: Day) -> bool:
        """Return whether a drug has a row on a day: its course, or a delay of the next cycle."""
        schedule = self.regimen.drug(drug).schedule
        stopped = self.doctor.drugs[drug].stopped
        begun = self.cycles[-1]
        if self.death is not None or (self.withdrawn is not None and day >= self.withdrawn):
            return False
        if self._delayed(day):
            return self.off is None and stopped is None and schedule.days.first == 1
        if self.off is not None and self.off < begun:
            return False
        if stopped is not None and stopped < begun:
            return False
        begins = self._courses.get(drug, -1)
        return 0 <= begins <= day < begins + schedule.days.days

    def _not_taken(self, drug: str, day: Day) -> Occurred:
        """Return why a dose that is due is not taken, "" if it is."""
        if self._delayed(day):
            return "HOLIDAY" if self._holiday and not self._failed else "ADVERSE EVENT"
        if self.off is not None:
            return (
                "PROGRESSIVE DISEASE" if self.off_for == "PROGRESSIVE DISEASE" else "ADVERSE EVENT"
            )
        if drug in self._omitted:
            return "ADVERSE EVENT"
        if self.doctor.drugs[drug].stopped is not None or self.doctor.held(drug, day)[0]:
            return "ADVERSE EVENT"
        return ""
