"""One subject as the rules look at it: the same shape for what is true and for what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safety.simulate.model import (
    Day,
    Disposition,
    Dose,
    Grade,
    Medicine,
    Procedure,
    Report,
    Sample,
    Subject,
    Toxicity,
)
from safety.simulate.truth.grades import Limits, between, corrected, criteria, graded, tests_of
from safety.simulate.truth.known import Known

HOURS = 24
MORNING = 8  # hour at which a day of the gap-free truth is looked at
RELATED = frozenset({"", "POSSIBLE", "PROBABLE", "DEFINITE"})  # missing counts as related
CYCLE_1, CYCLE_2 = "CYCLE 1 DAY 1", "CYCLE 2 DAY 1"


@dataclass(frozen=True, slots=True)
class Observed:
    """A result: its value lies in least..most. hour: since the start of the trial."""

    test: str
    day: Day
    hour: float
    visit: str
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Point:
    """A term at one time: its grade lies in least..most."""

    day: Day
    hour: float
    least: Grade
    most: Grade
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A stretch of one adverse event at one grade. related: by drug; cause: of an unrelated one."""

    group: int
    term: str
    grade: Grade
    start: Day
    end: Day | None
    related: Mapping[str, bool]
    cause: str = ""
    symptomatic: bool | None = None
    fatal: bool = False

    def is_related(self) -> bool:
        """Unrelated only counts when said of every drug and with the cause (3.2)."""
        return any(self.related.values()) or not self.related or not self.cause

    def on(self, first: Day, last: Day) -> bool:
        return self.start <= last and (self.end is None or self.end >= first)


@dataclass(frozen=True, slots=True)
class Case:
    """now: the day at the end of which is judged. whole: nothing is hidden (the gap-free truth)."""

    subject: Subject
    now: Day
    whole: bool
    observed: Mapping[str, tuple[Observed, ...]]
    events: tuple[Event, ...]
    doses: tuple[Dose, ...]
    medicines: tuple[Medicine, ...]
    procedures: tuple[Procedure, ...]
    dispositions: tuple[Disposition, ...]
    second_cycle: Day | None
    death: Day | None
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    base: Mapping[str, Observed] = field(default_factory=dict)

    @property
    def first_dose(self) -> Day:
        if self.subject.first_dose is None:
            raise ValueError(f"{self.subject.usubjid} took no dose; there is nothing to judge")
        return self.subject.first_dose

    def study_day(self, day: Day) -> int:
        """Return the study day of a day on or after the first dose."""
        return day - self.first_dose + 1

    def of(self, term: str) -> tuple[Event, ...]:
        return tuple(e for e in self.events if e.term == term)

    def base_grade(self, term: str) -> Grade:
        """Return the grade of a term before the first dose."""
        measured = [p.least for p in self.points.get(term, ()) if self.before(p)]
        said = [e.grade for e in self.of(term) if e.start < self.first_dose
                and (e.end is None or e.end >= self.first_dose)]  # fmt: skip
        return max([0, *measured[-1:], *said])

    def before(self, point: Point | Observed) -> bool:
        """Return whether it was taken before the first dose."""
        if self.whole:
            return point.day <= self.first_dose
        return point.day < self.first_dose or (
            point.day == self.first_dose and point.visit == CYCLE_1
        )


def true_case(subject: Subject) -> Case:
    """Return the case of the gap-free truth: every day of every curve, what really happened."""
    days = range(subject.screened, subject.last + 1)
    observed = {
        test: tuple(
            Observed(test, day, day * HOURS + MORNING, "", curve.at(day), curve.at(day))
            for day in days
            if curve.first <= day < curve.first + len(curve.values)
        )
        for test, curve in subject.curves.items()
    }
    events = tuple(e for t in subject.toxicities for e in _stretches(t))
    died = subject.death
    case = Case(
        subject, subject.last, True, observed, events, subject.doses, subject.medicines,
        subject.procedures, subject.dispositions, _second(subject.cycles), died,
    )  # fmt: skip
    return _with_points(case)


def known_case(subject: Subject, known: Known, now: Day) -> Case:
    """Return the case of what was known."""
    found: dict[str, list[Observed]] = {}
    for result in known.results:
        seen = _seen(subject, result.sample, result.test)
        if seen is not None:
            found.setdefault(result.test, []).append(seen)
    observed = {test: tuple(sorted(x, key=lambda o: o.hour)) for test, x in found.items()}
    started = [v.day for v in known.visits if v.name == CYCLE_2]
    deaths = [d.day for d in known.dispositions if d.name == "DEATH"]
    death = known.death if known.death is not None else min(deaths, default=None)
    case = Case(
        subject, now, False, observed, tuple(_event(r) for r in known.reports), known.doses,
        known.medicines, known.procedures, known.dispositions, min(started, default=None), death,
    )  # fmt: skip
    return _with_points(case)


def _second(cycles: Sequence[Day]) -> Day | None:
    return cycles[1] if len(cycles) > 1 else None


def _stretches(t: Toxicity) -> list[Event]:
    ends = [day - 1 for day, _ in t.course[1:]]
    return [
        Event(t.number, t.term, grade, start, end, t.related, t.cause, t.symptomatic, t.fatal)
        for (start, grade), end in zip(t.course, [*ends, t.ended], strict=True)
        if grade > 0
    ]


def _event(r: Report) -> Event:
    related = {drug: said in RELATED for drug, said in r.related.items()}
    symptomatic = {"Y": True, "N": False}.get(r.symptomatic)
    fatal = r.grade == 5 or r.outcome == "FATAL"
    return Event(
        r.group, r.term, r.grade, r.start, r.end, related, r.cause, symptomatic, fatal
    )  # fmt: skip


def _seen(subject: Subject, sample: Sample, test: str) -> Observed | None:
    said = sample.overrides.get(test)
    if said is None:
        value = subject.curves[test].at(sample.day)
        bounds: tuple[float, float] | None = (value, value)
    else:
        bounds = between(said)
    if bounds is None:
        return None
    hour, minute = sample.time.split(":")
    at = sample.day * HOURS + int(hour) + int(minute) / 60
    return Observed(test, sample.day, at, sample.visit, *bounds)


def _with_points(case: Case) -> Case:
    base = {}
    for test, results in case.observed.items():
        early = [o for o in results if case.before(o)]
        if early:
            base[test] = early[-1]
    points: dict[str, tuple[Point, ...]] = {}
    for term, tests in tests_of().items():
        if term != "Proteinuria":
            points[term] = _merged([p for t in tests for p in _points(case, t, term, base)])
    points["Proteinuria"] = tuple(_points(case, "PROT24", "Proteinuria", base))
    return Case(
        case.subject, case.now, case.whole, case.observed, case.events, case.doses, case.medicines,
        case.procedures, case.dispositions, case.second_cycle, case.death, points, base,
    )  # fmt: skip


def _points(case: Case, test: str, term: str, base: Mapping[str, Observed]) -> list[Point]:
    criterion = next(c for c in criteria()[test] if c.term == term)
    curve = case.subject.curves.get(test)
    found = []
    albumin = {o.hour: o for o in case.observed.get("ALB", ())} if test == "CA" else {}
    for o in case.observed.get(test, ()):
        if curve is None:
            continue
        started = base.get(test)
        value = None if started is None or case.before(o) else started.least
        least, most = o.least, o.most
        if test == "CA":
            beside = albumin.get(o.hour)
            grams = None if beside is None else beside.least
            least, most = corrected(least, grams), corrected(most, grams)
        limits = Limits(curve.low, curve.high, value)
        low, high = graded(criterion, least, most, curve.unit, limits)
        # A grade that a missing limit leaves open is below every grade that the rules ask for.
        found.append(Point(o.day, o.hour, low or 0, high or 0, o.visit))
    return found


def _merged(points: list[Point]) -> tuple[Point, ...]:
    """Join what was measured at one time (both blood pressures): the worse decides."""
    at: dict[float, Point] = {}
    for p in points:
        q = at.get(p.hour)
        at[p.hour] = p if q is None else Point(
            p.day, p.hour, max(p.least, q.least), max(p.most, q.most), p.visit
        )  # fmt: skip
    return tuple(at[hour] for hour in sorted(at))
