"""Spans: the first and last day of each count."""

from safety.simulate.score.spans import Course, Span, courses, days_of, merged, over, span
from tests.simulate.score.made import DAYS, march, spell


def days(*numbers: int) -> tuple[str, ...]:
    return tuple(march(n) for n in numbers)


def test_a_span_has_its_first_day_and_not_its_last():
    one = spell(5, 7)
    assert [one.holds(march(d)) for d in (4, 5, 6, 7)] == [False, True, True, False]
    assert span(march(5), "").holds("2030-01-01")


def test_spans_meet_where_they_share_a_day():
    assert spell(5, 7).meets(spell(6, 9))
    assert not spell(5, 7).meets(spell(7, 9))


def test_spans_that_touch_are_one():
    assert merged([spell(7, 9), spell(4, 5), spell(5, 6)]) == [spell(4, 6), spell(7, 9)]
    assert merged([spell(5, 5)]) == []


def test_days_of_spans_and_a_span_over_days():
    assert days_of([spell(5, 7), spell(12)], DAYS) == days(5, 6, 12, 13)
    assert over(days(5, 6, 9)) == spell(5, 10)
    assert over(["2024-03-31"]) == Span("2024-03-31", "2024-04-01")


def test_said_on_every_day():
    (found,) = courses([spell(5, 8)], days(5, 6, 7), DAYS)
    assert found == Course(spell(5, 8), days(5, 6, 7))
    assert not found.never


def test_two_days_late_and_not_a_day_early():
    (found,) = courses([spell(11)], days(13), DAYS)
    assert found == Course(spell(11), days(11, 12, 13), late=days(11, 12))
    assert not found.never


def test_never_said():
    (found,) = courses([spell(7, 9)], days(5, 6, 9), DAYS)
    assert found.never
    assert found.late == days(7, 8)


def test_dropped_and_said_again():
    (found,) = courses([spell(5, 11)], days(6, 7, 9), DAYS)
    assert (found.late, found.dropped) == (days(5), days(8, 10))


def test_said_before_it_could_be_known():
    (found,) = courses([spell(7)], days(4, 5, 6, 7, 8, 9, 10, 11, 12, 13), DAYS)
    assert found.early == days(4, 5, 6)
    assert (found.late, found.dropped) == ((), ())


def test_what_was_said_before_with_a_break_is_not_early():
    (found,) = courses([spell(7, 9)], days(4, 5, 7, 8), DAYS)
    assert found.early == ()


def test_what_is_true_again_while_it_was_still_said_is_not_early():
    found = courses([spell(4, 6), spell(8)], DAYS, DAYS)
    assert [c.early for c in found] == [(), ()]


def test_what_has_no_day_that_was_run_is_left_out():
    assert courses([spell(20)], [], DAYS) == []
    assert courses([spell(5)], [], []) == []
