"""Lower and upper bounds of spells, from samples and from adverse events."""

import pytest

from safety.simulate.truth.case import Event, Point
from safety.simulate.truth.duration import Spell, at_least, spells, within_hours

NOW = 40


def points(**grades):
    return [Point(int(d[1:]), int(d[1:]) * 24 + 8, g, g) for d, g in grades.items()]


def event(grade, start, end, group=1):
    return Event(group, "T", grade, start, end, {})


def bounds(found):
    return [(s.first, s.lower, s.upper) for s in found]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"d15": 4, "d18": 4, "d22": 4, "d24": 3}, [(15, 8, 9)]),
        ({"d15": 4, "d19": 3}, [(15, 1, 4)]),
        ({"d15": 4, "d22": 2}, [(15, 1, 7)]),
        ({"d15": 4}, [(15, 1, None)]),
        ({"d15": 4, "d17": 2, "d20": 4, "d21": 0}, [(15, 1, 2), (20, 1, 1)]),
        ({"d15": 3}, []),
    ],
)
def test_samples(shown, expected):
    assert bounds(spells("T", points(**shown), (), 4, NOW)) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(4, 5, 12)], [(5, 8, 8)]),
        ([event(4, 35, None)], [(35, 6, None)]),
        ([event(4, 5, 8), event(3, 9, 20)], [(5, 4, 4)]),
        ([event(4, 5, 8), event(4, 9, 10)], [(5, 6, 6)]),
        ([event(4, 50, 51)], []),
    ],
)
def test_events(events, expected):
    assert bounds(spells("T", (), events, 4, NOW)) == expected


def test_a_value_and_the_event_of_its_term_are_one_spell():
    found = spells("T", points(d18=4, d25=2), [event(4, 18, None)], 4, NOW)
    assert bounds(found) == [(18, 7, 7)]


def test_an_event_without_end_lasts_until_a_value_shows_recovery():
    assert bounds(spells("T", points(d18=4), [event(4, 18, None)], 4, 20)) == [(18, 3, None)]


def test_a_value_that_may_have_the_grade_makes_an_uncertain_spell():
    (found,) = spells("T", [Point(20, 488, 3, 4)], (), 4, NOW)
    assert not found.certain


@pytest.mark.parametrize(
    ("last", "recovered", "answer"),
    [(21, 22, True), (15, 21, False), (15, 22, None), (20, None, None), (21, None, True)],
)
def test_at_least_seven_days(last, recovered, answer):
    assert at_least(Spell("T", 15, last, recovered, 4, frozenset({4})), 7) is answer


@pytest.mark.parametrize(("end", "answer"), [(12, True), (13, None), (14, False)])
def test_within_72_hours_by_dates(end, answer):
    (spell,) = spells("T", (), [event(3, 10, end)], 3, NOW)
    assert within_hours(spell, 72) is answer


@pytest.mark.parametrize(
    ("shown", "answer"),
    [({"d10": 3, "d13": 1}, True), ({"d10": 3, "d14": 1}, None), ({"d10": 3, "d14": 3}, False)],
)
def test_within_72_hours_by_samples(shown, answer):
    (spell,) = spells("T", points(**shown), (), 3, NOW, 1)
    assert within_hours(spell, 72) is answer
