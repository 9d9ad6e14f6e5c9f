"""What the simulated committee takes for a subject's outcome when it decides on the next cohort.

Read off the latent course, so with hindsight: what was meant to be dose-limiting, and what counts
and missed doses came to. A toxicity counts from its onset, also where a rule asks how long it
lasts. The answer key is another: `truth/` judges the rules on these same courses.
"""

from __future__ import annotations

from dataclasses import dataclass

from safety.simulate.conduct.course import Course, Given
from safety.simulate.model import Day

LONG = 7  # days of neutrophils below 0.5 (rule H1)
DELAY = 14  # days of delay of cycle 2 (rule T1)
SHARE = 0.25  # of a drug's dose of cycle 1 (rule T2)
ENOUGH = 0.80  # of each drug's dose, for evaluability


@dataclass(frozen=True, slots=True)
class Outcome:
    """dlt: day of the first dose-limiting toxicity. over: day on which the committee counts it."""

    dlt: Day | None
    over: Day
    evaluable: bool


def outcome(course: Course) -> Outcome:
    """Return how cycle 1 ended for a subject; `over` may lie after the horizon."""
    start, length = course.first_dose, course.regimen.length
    end = start + length - 1
    second = course.cycles[1] if len(course.cycles) > 1 else None
    if course.delayed_for == "ADVERSE EVENT":
        end = min(second if second is not None else start + 10**6, start + length + DELAY)
    days = [*_planned(course, start, end), *_counts(course, start, end)]
    if _too_late(course, second):
        days.append(start + length + DELAY)
    days.extend(_missed(course, start))
    if course.died_of == "toxicity" and course.death is not None and course.death <= end:
        days.append(course.death)
    dlt = min((d for d in days if d <= course.horizon), default=None)
    left = course.withdrawn or course.death
    gone = left is not None and left <= end
    over = dlt if dlt is not None else min(end, left) if gone and left is not None else end
    return Outcome(dlt, over, dlt is not None or (not gone and _enough(course, start)))


def _too_late(course: Course, second: Day | None) -> bool:
    """Return whether cycle 2 was more than two weeks late for toxicity."""
    limit = course.first_dose + course.regimen.length + DELAY
    other = course.off is not None and course.off_for != "ADVERSE EVENT" and course.off <= limit
    late = second is None or second > limit
    return course.delayed_for == "ADVERSE EVENT" and late and not other


def _planned(course: Course, start: Day, end: Day) -> list[Day]:
    found: list[Day] = []
    for plan in (p for p in course.plans if p.limiting):
        onset = next((d for d, g in plan.course if g >= 3), None)
        if onset is not None and start <= onset <= end:
            found.append(onset)
        found.extend(
            e.start + e.rise for e in plan.excursions
            if e.test in {"PROT24", "ALT"} and plan.term and not _mild(course, e.test, e.peak)
            and e.start + e.rise <= end
        )  # fmt: skip
    return found


def _mild(course: Course, test: str, peak: float) -> bool:
    return peak < (3.5 if test == "PROT24" else course.body.limit("ALT", "4x"))


def _counts(course: Course, start: Day, end: Day) -> list[Day]:
    """Return onsets of platelets below 25 and of a week of neutrophils below 0.5."""
    body, last = course.body, course.last
    found = [d for d in range(start, min(end, last) + 1) if body.value("PLAT", d) < 25][:1]
    run = 0
    for day in range(start, last + 1):
        run = run + 1 if body.value("NEUT", day) < 0.5 else 0
        if run == LONG and day - LONG + 1 <= end:
            found.append(day - LONG + 1)
    return found


def _missed(course: Course, start: Day) -> list[Day]:
    """Return the days on which a quarter of a drug's dose of cycle 1 was missed for toxicity."""
    found: list[Day] = []
    for drug, mg in _planned_mg(course).items():
        lost = 0.0
        for given in _cycle_1(course, drug, start):
            if given.reason in {"ADVERSE EVENT", ""}:
                lost += given.due_mg * given.due - given.taken_mg * given.taken
            if lost >= SHARE * mg - 1e-9:
                found.append(given.day)
                break
    return found


def _enough(course: Course, start: Day) -> bool:
    """Return whether each drug was taken, toxicity aside, to 80 % in cycle 1."""
    for drug, mg in _planned_mg(course).items():
        other = sum(
            g.due_mg * (g.due - g.taken) for g in _cycle_1(course, drug, start)
            if g.reason not in {"ADVERSE EVENT", ""}
        )  # fmt: skip
        if other > (1 - ENOUGH) * mg + 1e-9:
            return False
    return True


def _planned_mg(course: Course) -> dict[str, float]:
    found = {}
    for drug in course.regimen.names:
        schedule = course.regimen.drug(drug).schedule
        due = next((g.due_mg for g in course.given if g.drug == drug), 0.0)
        if due:
            found[drug] = due * schedule.days.days * schedule.intakes_a_day
    return found


def _cycle_1(course: Course, drug: str, start: Day) -> list[Given]:
    until = start + course.regimen.length
    return sorted(
        (g for g in course.given if g.drug == drug and start <= g.day < until),
        key=lambda g: g.day,
    )
