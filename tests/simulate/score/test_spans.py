"""Spans: the first and last day of each count."""

from safety.simulate.score.spans import Span, agree, merged, span
from tests.simulate.score.made import march, spell


def test_a_span_has_its_first_day_and_not_its_last():
    one = spell(5, 7)
    assert [one.holds(march(d)) for d in (4, 5, 6, 7)] == [False, True, True, False]
    assert span(march(5), "").holds("2030-01-01")


def test_spans_that_touch_are_one():
    assert merged([spell(7, 9), spell(4, 5), spell(5, 6)]) == [spell(4, 6), spell(7, 9)]


def test_two_days_late_and_not_a_day_early():
    found = agree([spell(5)], [spell(7)])
    assert [(h.delay, h.early) for h in found.hits] == [(2, 0)]
    assert (found.missed, found.false) == ((), ())


def test_said_before_it_could_be_known():
    assert [(h.delay, h.early) for h in agree([spell(7)], [spell(4)]).hits] == [(0, 3)]


def test_touching_is_no_meeting():
    found = agree([spell(7)], [spell(5, 7)])
    assert (found.hits, found.missed, found.false) == ((), (spell(7),), (spell(5, 7),))


def test_what_is_true_again_while_it_was_still_said_is_not_early():
    found = agree([Span(march(4), march(6)), Span(march(8))], [spell(4)])
    assert [(h.delay, h.early) for h in found.hits] == [(0, 0), (0, 0)]
