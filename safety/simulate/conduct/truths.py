"""What truly happened to a subject, from its plans and the true grades of its curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from safety.simulate.calibration import LaboratoryTerm
from safety.simulate.conduct.course import Course
from safety.simulate.conduct.laboratory import changes, daily, episodes
from safety.simulate.model import Curve, Toxicity
from safety.simulate.toxicities import Plan

GAP = 3  # days of grade 0 that do not end a laboratory episode: choice (L)


def toxicities(course: Course, curves: Mapping[str, Curve]) -> tuple[Toxicity, ...]:
    """Return every toxicity up to the end of follow-up, numbered in the order of onset."""
    if course.dosed is None:
        return ()
    found = [t for plan in course.plans for t in _clinical(course, plan)]
    for line in course.numbers.laboratory:
        found.extend(_laboratory(course, line, curves))
    found.sort(key=lambda t: (t.onset, t.term))
    return tuple(replace(t, number=n) for n, t in enumerate(found, 1))


def _clinical(course: Course, plan: Plan) -> Iterator[Toxicity]:
    passed = tuple((day, grade) for day, grade in plan.course if day <= course.last)
    if not passed or passed[0][0] < (course.dosed or course.first_dose):
        return
    related = _related(course, plan.drugs, passed[0][0])
    ended = plan.ended if plan.ended <= course.last else None
    yield Toxicity(
        0, plan.term, passed, ended, related, plan.cause,
        serious=plan.serious, fatal=plan.fatal and passed[-1][1] == 5,
    )  # fmt: skip


def _laboratory(
    course: Course, line: LaboratoryTerm, curves: Mapping[str, Curve]
) -> Iterator[Toxicity]:
    first_dose = course.dosed or course.first_dose
    grades = daily(line, course.body, curves)[first_dose - course.body.first :]
    before = grades[0]  # the sample of the first day is drawn before the dose
    worse = [g if g > before else 0 for g in grades]
    for first, last, by_day in episodes(worse, first_dose, GAP):
        if max(by_day) < line.report:
            continue
        ended = last if last < course.last else None
        drugs = tuple(course.regimen.those(line.drugs))
        yield Toxicity(
            0, line.term, changes(first, by_day), ended, _related(course, drugs, first),
            symptomatic=False, laboratory=line.test,
        )  # fmt: skip


def _related(course: Course, drugs: tuple[str, ...], onset: int) -> dict[str, bool]:
    """Return by drug whether it is to blame: one that was taken before, if any of them was."""
    taken = {g.drug for g in course.given if g.taken and g.day <= onset}
    blamed = [d for d in drugs if d in taken]
    if drugs and not blamed:
        blamed = [d for d in course.regimen.names if d in taken]
    return {drug: drug in blamed for drug in course.regimen.names}
