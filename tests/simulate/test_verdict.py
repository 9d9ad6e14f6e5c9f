"""What the design goes by: onset, delay and missed doses of cycle 1."""

from __future__ import annotations

from safety.simulate.cohorts import Place
from safety.simulate.conduct.course import Course, Fate, Given
from safety.simulate.model import Options
from safety.simulate.physiology import Excursion
from safety.simulate.trial import _Maker
from safety.simulate.verdict import outcome
from tests.study.samples import trial

MAKER = _Maker(trial(), Options(21, 40, 80))


def quiet() -> Course:
    """A course without a DLT that began cycle 2 in time."""
    for number in range(1, 40):
        place = Place(number, "L1", 1, 0, 5)
        course = MAKER.course(place, Fate("L1", "", ""), 1, 65)
        if outcome(course).dlt is None and course.cycles[1:2] == [26] and not _missed(course):
            return course
    raise AssertionError("no quiet course")


def _missed(course: Course) -> bool:
    return any(g.taken < g.due for g in course.given if g.day < 26)


def lose(course: Course, drug: str, last: int, reason: str) -> Course:
    """The same course without the doses of a drug from day 5 to `last`."""
    course.given = [
        Given(g.drug, g.day, g.due_mg, g.due, 0.0, 0, reason)
        if g.drug == drug and g.day <= last
        else g
        for g in course.given
    ]
    return course


def test_a_quiet_course_has_none_and_is_over_after_three_weeks():
    found = outcome(quiet())
    assert (found.dlt, found.over, found.evaluable) == (None, 25, True)


def test_six_of_21_doses_missed_for_toxicity_are_dose_limiting_on_the_sixth_day():
    assert outcome(lose(quiet(), "surufatinib", 9, "ADVERSE EVENT")).dlt is None
    assert outcome(lose(quiet(), "surufatinib", 10, "ADVERSE EVENT")).dlt == 10


def test_five_of_21_doses_missed_for_other_reasons_make_it_not_evaluable():
    assert outcome(lose(quiet(), "surufatinib", 8, "HOLIDAY")).evaluable
    assert not outcome(lose(quiet(), "surufatinib", 9, "HOLIDAY")).evaluable


def test_platelets_below_25_in_the_window_are_dose_limiting_after_it_they_are_not():
    early, late = quiet(), quiet()
    early.body.add(Excursion("PLAT", 19, 1, 1, 1, 20.0))
    late.body.add(Excursion("PLAT", 29, 1, 1, 1, 20.0))
    assert outcome(early).dlt == 20
    assert outcome(late).dlt is None


def test_a_week_below_half_counts_six_days_do_not():
    week, six = quiet(), quiet()
    week.body.add(Excursion("NEUT", 19, 1, 7, 1, 0.3))
    six.body.add(Excursion("NEUT", 19, 1, 6, 1, 0.3))
    assert outcome(week).dlt == 20
    assert outcome(six).dlt is None


def test_cycle_2_fifteen_days_late_for_toxicity_is_dose_limiting_on_day_37():
    course = quiet()
    course.delayed_for = "ADVERSE EVENT"
    course.cycles = [5, 41]
    assert outcome(course).dlt == 5 + 35
    course.cycles = [5, 40]
    assert outcome(course).dlt is None


def test_a_subject_who_left_in_the_window_is_not_evaluable():
    course = quiet()
    course.withdrawn = 15
    found = outcome(course)
    assert (found.over, found.evaluable) == (15, False)
