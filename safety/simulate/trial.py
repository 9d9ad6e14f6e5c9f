"""A whole simulated trial: subjects one after another, each lived through, each recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from safety.errors import WrongUseError
from safety.simulate.calibration import Calibration, calibration
from safety.simulate.chance import Chance
from safety.simulate.cohorts import Enrolment, Place
from safety.simulate.conduct.course import Course, Fate
from safety.simulate.conduct.records import Recorder
from safety.simulate.conduct.reports import Clerk
from safety.simulate.conduct.truths import toxicities
from safety.simulate.model import Options, Subject, Trial
from safety.simulate.physiology import Body, Person
from safety.simulate.regimen import Regimen, limits_of_surface, regimen, surface
from safety.simulate.scenario import Scenario, scenario
from safety.simulate.verdict import Outcome, outcome
from safety.study.model import Study

START = date(2024, 3, 4)
SETTLED = 60  # days after the first dose in which the verdict of cycle 1 is made
ATTEMPTS = 100  # at most, to find a course that agrees with the scenario
NEVER = 10**6  # a verdict that does not come within the trial
SITE = "001"


def simulate(study: Study, options: Options) -> Trial:
    """Return a trial of a study; the same options give an equal trial on every machine.

    Raises WrongUseError if the study has no dose levels, the scenario is unknown, or the options
    leave nothing to simulate.
    """
    if options.subjects < 1 or options.days < 1 or options.accrual_per_month <= 0:
        raise WrongUseError("subjects, days and accrual per month must be above 0")
    maker = _Maker(study, options)
    enrolment = Enrolment(
        maker.numbers.design, maker.regimen.levels, maker.regimen.start, options.subjects,
        options.days, options.accrual_per_month, Chance(options.seed, "accrual"), maker.live,
    )  # fmt: skip
    enrolment.run()
    return Trial(
        simulated(study.studyid), START, options, dict(maker.regimen.names),
        tuple(maker.subjects), tuple(enrolment.decisions),
    )  # fmt: skip


def simulated(studyid: str) -> str:
    """Return the name of a study's simulation, which no real study has."""
    return studyid if studyid.startswith("SIM-") else f"SIM-{studyid}"


@dataclass(slots=True)
class _Maker:
    """Makes subjects. Streams are keyed by seed, subject and purpose: none moves another."""

    study: Study
    options: Options
    numbers: Calibration = field(default_factory=calibration)
    subjects: list[Subject] = field(default_factory=list)
    regimen: Regimen = field(init=False)
    scenario: Scenario = field(init=False)

    def __post_init__(self) -> None:
        self.regimen = regimen(self.study, self.numbers)
        self.scenario = scenario(self.options.scenario)

    def live(self, place: Place) -> Outcome:
        """Live a subject to the end of the trial and return how cycle 1 ended.

        Whether cycle 1 has a DLT is the scenario's to say. What comes by itself (long delays,
        missed doses) is therefore drawn again until it agrees with what was said.
        """
        fate, attempt = self.fate(place), 0
        screened = self._screened(place)
        until = place.first_dose + SETTLED
        while attempt < ATTEMPTS:
            course = self.course(place, fate, screened, until, attempt)
            if (outcome(course).dlt is not None) == bool(fate.kind):
                break
            attempt += 1
        if screened <= self.options.days:
            course = self.course(place, fate, screened, self.options.days, attempt)
            self.subjects.append(self._subject(place, course))
            if course.cycles:
                return outcome(course)
        return Outcome(None, NEVER, evaluable=True)

    def course(
        self, place: Place, fate: Fate, screened: int, until: int, attempt: int = 0
    ) -> Course:
        """Return the course of a subject, lived up to a day; a longer one begins the same."""
        chance = Chance(self.options.seed, place.number, "body", attempt)
        who = self.person(place.number)
        body = Body(chance, who, self.numbers, screened, until)
        own = Chance(self.options.seed, place.number, "course", attempt)
        course = Course(self.numbers, self.regimen, body, who, fate, own, place.first_dose, until)
        return course.live()

    def person(self, number: int) -> Person:
        """Return who a subject is; its body surface is not at a limit of a dose band."""
        numbers = self.numbers.subjects
        chance = Chance(self.options.seed, number, "person")
        sex: Literal["F", "M"] = "F" if chance.yes(numbers.female) else "M"
        age = chance.whole(*numbers.age)
        limits = limits_of_surface(self.regimen.treatment)
        while True:
            height = float(round(chance.normal(*numbers.height[sex])))
            mass = chance.between(*numbers.body_mass)
            weight = round(mass * (height / 100) ** 2 * 10) / 10
            area = surface(height, weight)
            if all(abs(area - limit) > numbers.band_margin for limit in limits):
                return Person(sex, age, weight, height)

    def fate(self, place: Place) -> Fate:
        """Return which dose-limiting events a subject is to have."""
        chance = self._chance(place, "fate")
        mix = self.scenario.mix or self.numbers.dose_limiting
        late = self.scenario.mix_after or self.numbers.dose_limiting
        steps = self.regimen.levels.index(place.level) - self.regimen.start
        in_time = chance.yes(self.scenario.probability(steps))
        kind = chance.pick(list(mix), list(mix.values()))
        after = chance.yes(self.scenario.after)
        later = chance.pick(list(late), list(late.values()))
        return Fate(place.level, kind if in_time else "", later if after and not in_time else "")

    def _chance(self, place: Place, purpose: str) -> Chance:
        return Chance(self.options.seed, place.number, purpose)

    def _screened(self, place: Place) -> int:
        before = self._chance(place, "screening").whole(2, 6)
        return max(place.consent, place.first_dose - before)

    def _usubjid(self, place: Place) -> str:
        return f"{simulated(self.study.studyid)}-{SITE}-{place.number:03d}"

    def _subject(self, place: Place, course: Course) -> Subject:
        usubjid = self._usubjid(place)
        recorder = Recorder(course, usubjid, START, self._chance(place, "records"))
        clerk = Clerk(course, usubjid, self.scenario, self._chance(place, "clerk"))
        curves = course.body.curves(course.last)
        true, reports = clerk.enter(toxicities(course, curves))
        first = course.dosed
        return Subject(
            usubjid=usubjid, number=f"{place.number:03d}", sex=course.person.sex,
            age=course.person.age, weight=course.person.weight, height=course.person.height,
            level=place.level, cohort=place.cohort, screened=course.body.first,
            consent=place.consent, first_dose=first, last=course.last,
            known=course.body.first, liver_metastases=self._metastases(place),
            cycles=tuple(course.cycles), delayed_for=course.delayed_for, death=course.death,
            died_of=course.died_of, withdrawn=course.left(),
            curves=curves, toxicities=true, doses=recorder.doses(),
            samples=recorder.samples(), reports=reports, visits=recorder.visits(),
            medicines=recorder.medicines(), procedures=recorder.procedures(),
            dispositions=recorder.dispositions(),
            death_known=course.death if course.death is None else course.death + 1,
        )  # fmt: skip

    def _metastases(self, place: Place) -> bool:
        chance = self._chance(place, "history")
        return chance.yes(self.numbers.subjects.liver_metastases)
