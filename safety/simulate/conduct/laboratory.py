"""Grades of laboratory values, by the limits of the calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from safety.simulate.calibration import Calibration, LaboratoryTerm
from safety.simulate.model import Curve, Day, Grade
from safety.simulate.physiology import Body

Read = Callable[[str], float | None]


def grade_of(term: LaboratoryTerm, body: Body, read: Read) -> Grade | None:
    """Return the grade of a term from values by test; None if none of them is known."""
    grades = [
        _graded(term, body, value, test, second=second)
        for test, second in ((term.test, False), (term.second, True))
        if test and (value := read(test)) is not None
    ]
    return max(grades) if grades else None


def _graded(term: LaboratoryTerm, body: Body, value: float, test: str, *, second: bool) -> Grade:
    grade = 0
    for number, written in enumerate(term.second_limits if second else term.limits, 1):
        limit = body.limit(test, written)
        passed = value < limit if term.way == "low" else value > limit
        if passed or (term.inclusive and value == limit):
            grade = number
    return grade


def daily(term: LaboratoryTerm, body: Body, curves: Mapping[str, Curve]) -> list[Grade]:
    """Return the true grade of a term on every day of a subject's curves."""
    first = [_graded(term, body, v, term.test, second=False) for v in curves[term.test].values]
    if not term.second:
        return first
    second = [_graded(term, body, v, term.second, second=True) for v in curves[term.second].values]
    return [max(pair) for pair in zip(first, second, strict=True)]


def episodes(grades: list[Grade], first: Day, gap: int) -> list[tuple[Day, Day, list[Grade]]]:
    """Return stretches of grade 1 or more as (first day, last day, grade by day).

    Days of grade 0 inside, up to `gap` in a row, do not end one.
    """
    found: list[tuple[Day, Day, list[Grade]]] = []
    start: int | None = None
    for at in (i for i, g in enumerate(grades) if g):
        if start is None:
            start = last = at
        elif at - last > gap + 1:
            found.append((first + start, first + last, grades[start : last + 1]))
            start = at
        last = at
    if start is not None:
        found.append((first + start, first + last, grades[start : last + 1]))
    return found


def changes(first: Day, grades: list[Grade]) -> tuple[tuple[Day, Grade], ...]:
    """Return (day, grade) at each change."""
    return tuple((first + i, g) for i, g in enumerate(grades) if i == 0 or g != grades[i - 1])


def abnormal(numbers: Calibration, body: Body, read: Read) -> dict[str, Grade]:
    """Return the grade of every term of which a value is known."""
    graded = {line.term: grade_of(line, body, read) for line in numbers.laboratory}
    return {term: grade for term, grade in graded.items() if grade is not None}
