"""Where a monitor stands, in numbers and in words: dose_escalation 7(d)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation.stopping.beta_binomial import BetaBinomial
from safety.escalation.stopping.looks import Looks
from safety.escalation.stopping.monitor import Further, monitor
from safety.escalation.stopping.pocock import Pocock
from safety.escalation.stopping.rule import AtMost, Rule
from safety.escalation.stopping.thall_simon import ThallSimon

RULE = BetaBinomial()
EVERY_TENTH = BetaBinomial(looks=Looks(at=(10, 20)))


@pytest.mark.parametrize(
    ("n", "y", "rule", "expected"),
    [
        (6, 4, RULE, Further(1, 1, 2)),  # 5/7 and 5/8 stop, 5/9 does not
        (8, 4, RULE, Further(2, 2, 2)),  # 6/10
        (3, 2, RULE, Further(3, 3, 5)),  # nobody looks before 6
        (0, 0, RULE, Further(5, 6, 8)),
        (39, 16, RULE, None),  # 18/40 is out of reach
        (40, 10, RULE, None),
        (7, 7, EVERY_TENTH, Further(0, 3, 3)),  # 6/10 is certain
        (9, 0, EVERY_TENTH, Further(10, 11, 11)),
        (6, 0, AtMost(0), Further(1, 1, 34)),
    ],
)
def test_how_many_more_would_stop(n: int, y: int, rule: Rule, expected: Further | None) -> None:
    assert monitor(n, y, rule, 40).further == expected


@pytest.mark.parametrize(
    ("n", "y", "rule", "further", "text"),
    [
        (5, 0, AtMost(0), Further(1, 0, 35, late=True),
         "0 of 5, stops at 1 of 5; 1 more in these or the next 35 subjects would stop"),
        (40, 0, AtMost(0), Further(1, 0, 0, late=True),
         "0 of 40, stops at 1 of 40; 1 more in these would stop"),
        (5, 2, RULE, Further(3, 1, 3, late=True),
         "2 of 5, stops at 5 of 6; 3 more in these or the next 3 subjects would stop"),
        (8, 4, RULE, Further(1, 0, 0, late=True),
         "4 of 8, stops at 5 of 8; 1 more in these would stop"),
        (39, 16, RULE, Further(1, 0, 0, late=True),
         "16 of 39, stops at 17 of 39; 1 more in these would stop"),
    ],
)  # fmt: skip
def test_an_event_may_come_late(n: int, y: int, rule: Rule, further: Further, text: str) -> None:
    found = monitor(n, y, rule, 40, late=True)
    assert (found.further, found.text) == (further, text)


def test_before_it_stops() -> None:
    found = monitor(6, 4, RULE, 40)
    assert (found.stops, found.look, found.stop_at, found.limit) == (False, 6, 5, 0.30)
    assert found.mean == pytest.approx(4.6 / 8)
    assert found.low == pytest.approx(0.2925, abs=5e-5)
    assert found.high == pytest.approx(0.8350, abs=5e-5)
    assert found.exceeding == pytest.approx(0.9449, abs=5e-5)
    assert found.predictive == pytest.approx(0.9429, abs=5e-5)


def test_where_it_stops() -> None:
    found = monitor(6, 5, RULE, 40)
    assert (found.stops, found.look, found.stop_at, found.further) == (True, 6, 5, None)
    assert (found.predictive, found.text) == (1.0, "5 of 6: stop, the boundary is 5 of 6")


@pytest.mark.parametrize(
    ("n", "y", "rule", "text"),
    [
        (6, 4, RULE, "4 of 6, stops at 5 of 6; 1 more in the next 2 subjects would stop"),
        (3, 2, RULE, "2 of 3, stops at 5 of 6; 3 more in the next 5 subjects would stop"),
        (40, 10, RULE, "10 of 40, stops at 18 of 40"),
        (7, 7, EVERY_TENTH,
         "7 of 7, stops at 6 of 10; it stops without an event more, 3 subjects later"),
        (21, 3, EVERY_TENTH, "3 of 21; no look is left"),
        (2, 2, BetaBinomial(looks=Looks()),
         "2 of 2, stops at no number of 2; 1 more in the next subject would stop"),
        (9, 1, AtMost(0), "1 of 9: stop, the boundary is 1 of 9"),
    ],
)  # fmt: skip
def test_in_words(n: int, y: int, rule: Rule, text: str) -> None:
    assert monitor(n, y, rule, 40).text == text


def test_more_subjects_than_planned_are_still_watched() -> None:
    found = monitor(45, 19, RULE, 40)
    assert (found.n_max, found.stops, found.stop_at) == (45, True, 19)
    assert monitor(45, 18, Pocock(0.2, 0.05, 40), 40).stops


def test_an_earlier_look_that_was_crossed_is_told() -> None:
    events = [True] * 5 + [False] * 4
    found = monitor(9, 5, RULE, 40, events)
    assert (found.stops, found.crossed) == (False, (6, 5))
    assert found.text.startswith("5 of 9, crossed at 5 of 6, stops at 6 of 9")
    later = [False] * 4 + [True] * 5
    assert monitor(9, 5, RULE, 40, later).crossed is None
    with pytest.raises(ValueError, match="4 of 9 subjects is not 5 of 9"):
        monitor(9, 5, RULE, 40, [True] * 4 + [False] * 5)


def test_a_rule_without_a_rate_estimates_none() -> None:
    found = monitor(9, 0, AtMost(0), 40)
    assert (found.mean, found.low, found.high, found.exceeding) == (None, None, None, None)
    assert (found.limit, found.predictive, found.stop_at) == (None, None, 1)


def test_pocock_is_shown_with_a_uniform_prior() -> None:
    found = monitor(3, 0, Pocock(0.2, 0.05, 40), 40)
    assert found.limit == 0.2
    assert found.mean == pytest.approx(1 / 5)
    assert found.exceeding == pytest.approx(0.8**4)


def test_the_standard_is_named_by_its_mean() -> None:
    found = monitor(6, 3, ThallSimon((6, 14), 0.05), 40)
    assert found.limit == pytest.approx(0.35)
    assert found.exceeding == pytest.approx(ThallSimon((6, 14), 0.05).exceeding(6, 3))


@pytest.mark.parametrize(("n", "y"), [(3, 4), (3, -1), (-1, -1)])
def test_counts_that_cannot_be(n: int, y: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        monitor(n, y, RULE, 40)


@given(st.integers(0, 30), st.data())
@settings(max_examples=40)
def test_what_would_stop_stops_and_nothing_less_does(n: int, data: st.DataObject) -> None:
    y = data.draw(st.integers(0, n))
    further, boundary = monitor(n, y, RULE, 30).further, RULE.boundary(30)
    enough = [
        (events, m)
        for m in range(1, 31 - n)
        for events in range(m + 1)
        if boundary.stops(n + m, y + events)
    ]
    if further is None:
        assert boundary.stops(n, y) or not enough
        return
    fewest = min(events for events, _ in enough)
    among = [m for events, m in enough if events == fewest]
    assert further == Further(fewest, min(among), max(among))
