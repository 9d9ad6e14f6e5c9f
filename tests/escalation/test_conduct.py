"""What a study adds to a design: full cohorts, and the end of the trial of doses."""

from __future__ import annotations

import pytest

from safety.escalation.conduct import advise, lacks
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
        ([(0, 0), (6, 0), (6, 2), (6, 4)], L3, "complete", L2),  # 18 of 18
    ],
)
def test_what_is_advised(counts, at, action, level):
    found = advise(plan(), state(counts, at))
    assert (found.action, found.level) == (action, level)


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
