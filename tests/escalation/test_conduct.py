"""What a study adds to a design: full cohorts, and the end of the trial of doses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation import named
from safety.escalation.conduct import advise, lacks
from safety.escalation.designs.crm import Crm
from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.designs.three_plus_three import ThreePlusThree
from safety.escalation.state import Count, state
from tests.escalation.people import plan

L_1, L1, L2, L3 = range(4)


@pytest.mark.parametrize(
    ("counts", "at", "action", "level"),
    [
        ([(0, 0), (0, 0), (0, 0), (0, 0)], L1, "stay", L1),  # nobody yet
        ([(0, 0), (3, 0), (0, 0), (0, 0)], L1, "escalate", L2),
        ([(0, 0), (3, 0), (0, 0), (0, 0)], L2, "stay", L2),  # decided, nobody there yet
        ([(0, 0), (2, 0), (0, 0), (0, 0)], L1, "stay", L1),  # 0 or 1 of 3: the third decides
        ([(0, 0), (1, 1), (0, 0), (0, 0)], L1, "stay", L1),  # 1 to 3 of 3
        ([(0, 0), (2, 2), (0, 0), (0, 0)], L1, "de-escalate", L_1),  # 2 or 3 of 3: the same
        ([(0, 0), (3, 1), (0, 0), (0, 0)], L1, "stay", L1),
        ([(3, 2), (0, 0), (0, 0), (0, 0)], L_1, "stay", L_1),  # nowhere lower to go
        ([(3, 3), (0, 0), (0, 0), (0, 0)], L_1, "stop", None),
        ([(0, 0), (9, 3), (0, 0), (0, 0)], L1, "complete", L1),
        ([(0, 0), (9, 2), (0, 0), (0, 0)], L1, "escalate", L2),  # would not stay: goes on
        ([(0, 0), (3, 0), (3, 0), (9, 2)], L3, "complete", L3),  # would go up and cannot
        ([(0, 0), (6, 0), (6, 2), (6, 4)], L3, "de-escalate", L2),  # L3 is closed: leave it first
        ([(0, 0), (6, 0), (6, 2), (6, 3)], L3, "complete", L2),  # 18 of 18
        ([(4, 3), (0, 0), (0, 0), (0, 0)], L_1, "stop", None),  # a place that is open saves nothing
        ([(0, 0), (9, 2), (9, 2), (0, 0)], L3, "complete", L2),  # 18 of 18, nobody at L3
    ],
)
def test_what_is_advised(counts, at, action, level):
    found = advise(plan(), state(counts, at))
    assert (found.action, found.level) == (action, level)


BACK = [(0, 0), (3, 0), (3, 2), (0, 0)]  # L2 was left for L1


@pytest.mark.parametrize(
    ("counts", "fresh", "action", "level"),
    [
        (BACK, 0, "stay", L1),  # not straight up again
        ([(0, 0), (4, 0), (3, 2), (0, 0)], 1, "stay", L1),  # nor before the cohort is full
        ([(0, 0), (6, 0), (3, 2), (0, 0)], 3, "escalate", L2),
        ([(0, 0), (9, 3), (3, 2), (0, 0)], 0, "stay", L1),  # nothing ends before a cohort either
        ([(0, 0), (6, 3), (3, 2), (0, 0)], 0, "de-escalate", L_1),  # down waits for nobody
    ],
)
def test_a_visit_begins_with_a_cohort(counts, fresh, action, level):
    found = advise(plan(), state(counts, L1), fresh)
    assert (found.action, found.level) == (action, level)


def test_3_plus_3_ends_where_its_rules_do_also_with_nobody_evaluable_there():
    used = plan(design=ThreePlusThree(0.3), enough=None)
    found = advise(used, state([(6, 1), (3, 2), (0, 0), (0, 0)], L2))
    assert (found.action, found.level) == ("complete", L_1)


def test_a_cap_without_an_mtd_is_no_stop_for_safety():
    used = plan(design=ThreePlusThree(0.3), enough=None, most=12)
    found = advise(used, state([(3, 0), (3, 0), (3, 0), (3, 0)], L3))
    assert (found.action, found.level) == ("end", None)
    assert found.why.endswith("; no MTD is found")


def test_rolling_six_fills_no_cohort():
    used = plan(design=RollingSix(0.3), enough=None, fills=False)
    found = advise(used, state([(0, 0), (4, 0), (0, 0), (0, 0)], L1))
    assert (found.action, found.level) == ("escalate", L2)


def test_where_all_ways_go_up_the_lowest_of_them_is_advised():
    """CRM: without a DLT the open place decides how far up, and not whether."""
    used = plan(design=Crm.usual(0.3, 4), enough=None)
    levels = {y: advise(used, state([(5, 1), (2, y), (3, 0), (3, 0)], L1)).level for y in (0, 1)}
    assert levels[0] >= levels[1]


DESIGNS = [named.design(name, 0.3, 4) for name in named.DESIGNS]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DESIGNS),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=4, max_size=4),
    st.integers(0, 3),
    st.integers(0, 7),
)
def test_nobody_is_sent_to_a_closed_level_and_no_level_is_skipped(design, pairs, at, fresh):
    asked = state([(n, min(n, y)) for n, y in pairs], at)
    found = advise(plan(design=design), asked, min(fresh, asked.here.n))
    if found.level is not None:
        assert found.level < found.open_levels
        assert found.level <= max(at, asked.tried) + 1
    if min(fresh, asked.here.n) == 0 and found.action != "complete":
        assert found.level is None or found.level <= at


def test_a_cohort_that_is_not_full_says_what_is_missing():
    found = advise(plan(), state([(0, 0), (2, 0), (0, 0), (0, 0)], L1))
    assert found.why == (
        "0 of 2 with DLT; the place that is open of the cohort of 3 can change what follows: fill "
        "the cohort"
    )


def test_what_open_places_cannot_change_says_so():
    found = advise(plan(), state([(0, 0), (2, 2), (0, 0), (0, 0)], L1))
    assert found.why.endswith("; the place that is open cannot change it")


def test_the_cap_ends_it_also_with_a_cohort_that_is_not_full():
    found = advise(plan(most=8), state([(0, 0), (3, 0), (5, 1), (0, 0)], L2))
    assert (found.action, found.level) == ("complete", L2)
    assert found.why.startswith("8 evaluable subjects, of 8: ")
    assert found.why.endswith("; L2 is the MTD")


def test_without_an_end_at_a_level_it_goes_on():
    found = advise(plan(enough=None), state([(0, 0), (9, 3), (0, 0), (0, 0)], L1))
    assert (found.action, found.level) == ("stay", L1)


def test_what_a_level_lacks_to_be_the_phase_ii_dose():
    assert lacks(plan(), Count(6, 1)) == ()
    assert lacks(plan(), Count(4, 1)) == ("2 more evaluable subjects, of 6",)
    assert lacks(plan(), Count(6, 3)) == ("a lower DLT rate: 3 of 6 is one to de-escalate from",)
    assert lacks(plan(), Count(0, 0)) == ("6 more evaluable subjects, of 6",)
