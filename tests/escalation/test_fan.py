"""The fan: every way that open subjects can turn out, and what each leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.escalation.conduct import advise
from safety.escalation.fan import spread
from safety.escalation.state import State
from safety.escalation.subjects import OUTCOMES, Subject, counts, fresh
from tests.escalation.people import CLOSES, doubtful, final, pending, plan

L_1, L1, L2, L3 = range(4)


def told(fan):
    return [(b.action, b.level, b.ways) for b in fan.branches]


def test_a_visit_that_just_began_goes_nowhere_up():
    """Back at L1 after L2: the three of before do not send the trial up again."""
    before = [replace(s, is_fresh=False) for s in final(L1, 3, 0)]
    subjects = [*before, *final(L2, 3, 2), *pending(L1, 1)]
    fan = spread(plan(), subjects, L1)
    assert told(fan) == [("stay", L1, 3)]
    assert fan.today.why == "nobody is evaluable at L1 since the trial came back to it"


def test_a_level_that_may_be_eliminated_is_never_robust_to_stay_at():
    fan = spread(plan(), [*final(L_1, 3, 2), *pending(L_1, 1)], L_1)
    assert ("stop", None, 1) in told(fan)


def test_a_branch_is_explained_by_the_way_with_the_fewest_dlts():
    [down, stay, up] = spread(plan(), pending(L1, 3), L1).branches
    assert [b.example for b in (down, stay, up)] == [2, 0, 0]
    assert down.why == "2 of 3 with DLT (0.667) is at least 0.359"


def test_subjects_without_a_verdict_are_bounded_too():
    many = [replace(s, usubjid=f"{s.usubjid}{level}") for level in (L_1, L1, L2, L3)
            for s in pending(level, 6)]  # fmt: skip
    fan = spread(plan(most=100), many, L3)
    assert fan.ways <= 5_000
    assert fan.left_out
    assert {who[:2] for who in fan.left_out} <= {"P0", "P1", "P2"}  # the current level goes last


def test_with_nobody_open_there_is_one_branch():
    fan = spread(plan(), final(L1, 3, 0), L1)
    assert told(fan) == [("escalate", L2, 1)]
    assert (fan.robust, fan.open, fan.mattering, fan.settles, fan.ways) == (True, (), (), None, 1)


def test_three_pending_in_a_cohort_can_lead_anywhere():
    """0 of 3 goes up, 1 stays, 2 or 3 go down; whoever is not evaluable leaves a place open."""
    fan = spread(plan(), pending(L1, 3), L1)
    assert fan.ways == 10
    assert told(fan) == [("de-escalate", L_1, 3), ("stay", L1, 6), ("escalate", L2, 1)]
    assert not fan.robust
    assert (fan.mattering, fan.settles) == ((L1,), CLOSES)
    [down, stay, up] = fan.branches
    assert [(r.level, r.open, r.dlt, r.excluded) for r in down.when] == [(L1, 3, (2, 3), (0, 1))]
    assert [(r.dlt, r.excluded) for r in stay.when] == [((0, 1), (0, 3))]
    assert [(r.dlt, r.excluded) for r in up.when] == [((0, 0), (0, 0))]


def test_the_grid_of_the_current_level_tells_what_each_number_leads_to():
    fan = spread(plan(), pending(L1, 3), L1)
    assert {(s.dlt, s.excluded): s.turns for s in fan.grid} == {
        (0, 0): (("escalate", L2),), (0, 1): (("stay", L1),), (0, 2): (("stay", L1),),
        (0, 3): (("stay", L1),), (1, 0): (("stay", L1),), (1, 1): (("stay", L1),),
        (1, 2): (("stay", L1),), (2, 0): (("de-escalate", L_1),),
        (2, 1): (("de-escalate", L_1),), (3, 0): (("de-escalate", L_1),),
    }  # fmt: skip


def test_a_square_that_depends_on_another_level_tells_both():
    subjects = [*final(L1, 2, 2), *pending(L1, 1), *final(L2, 2, 0), *pending(L2, 1)]
    fan = spread(plan(), subjects, L2)
    assert {(s.dlt, s.excluded): s.turns for s in fan.grid}[0, 0] == (
        ("de-escalate", L_1), ("escalate", L3),
    )  # fmt: skip


def test_what_nobody_can_change_is_robust():
    """6 of 6 without DLT: whatever the third of the next cohort becomes, it goes up."""
    fan = spread(plan(enough=None), [*final(L1, 8, 0), *pending(L1, 1)], L1)
    assert told(fan) == [("escalate", L2, 3)]
    assert (fan.robust, fan.mattering) == (True, ())


def test_an_open_subject_of_a_lower_level_may_close_what_is_above():
    subjects = [*final(L1, 2, 2), *pending(L1, 1, None), *final(L2, 3, 0)]
    fan = spread(plan(), subjects, L2)
    assert told(fan) == [("de-escalate", L_1, 1), ("escalate", L3, 2)]
    assert (fan.mattering, fan.settles) == ((L1,), None)


def test_a_verdict_in_doubt_is_open_with_what_it_can_become():
    subjects = [*final(L1, 2, 0), doubtful(L1, "NO_DLT", "DLT", "NO_DLT")]
    fan = spread(plan(), subjects, L1)
    assert told(fan) == [("stay", L1, 1), ("escalate", L2, 1)]
    assert [s.usubjid for s in fan.open] == ["D1"]


def test_who_is_open_is_listed_by_day():
    early = Subject("E", L1, "PENDING", None, OUTCOMES, settles=date(2024, 8, 1))
    fan = spread(plan(), [*pending(L1, 1, None), *pending(L2, 1), early], L1)
    assert [s.usubjid for s in fan.open] == ["E", "P20", "P10"]


def test_too_many_ways_take_doubtful_verdicts_as_they_stand_and_say_so():
    many = [Subject(f"D{i:03}", level, "NO_DLT", "NO_DLT", OUTCOMES)
            for i, level in enumerate([L_1, L1, L2, L3] * 14)]  # fmt: skip
    fan = spread(plan(most=100), [*many, *pending(L3, 2)], L3)
    assert fan.ways <= 5_000
    assert len(fan.left_out) > 0
    assert not fan.robust
    assert not {"P30", "P31"} & set(fan.left_out)
    assert len(fan.open) + len(fan.left_out) == 58


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(OUTCOMES), st.booleans()), max_size=7),
    st.integers(0, 3),
)
def test_whatever_happens_was_in_the_fan(people, at):
    """Told one by one, not by numbers: the outcome that comes is among the branches."""
    subjects = [
        Subject(f"S{i}", level, "PENDING" if is_open else "x",
                None if is_open else outcome, OUTCOMES if is_open else (outcome,))
        for i, (level, outcome, is_open) in enumerate(people)
    ]  # fmt: skip
    fan = spread(plan(), subjects, at)
    came = [Subject(s.usubjid, s.level, "x", o, (o,)) for s, (_, o, _) in
            zip(subjects, people, strict=True)]  # fmt: skip
    end = advise(plan(), State(counts(came, 4), at), fresh(came, at))
    assert fan.leads_to(end.action, end.level)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_counting_by_numbers_gives_what_counting_by_names_gives(number):
    base = final(L1, 3, 1)
    fan = spread(plan(), [*base, *pending(L1, number)], L1)
    one_by_one = set()
    for outcomes in product(OUTCOMES, repeat=number):
        came = [*base, *(Subject(f"X{i}", L1, "x", o, (o,)) for i, o in enumerate(outcomes))]
        end = advise(plan(), State(counts(came, 4), L1), fresh(came, L1))
        one_by_one.add((end.action, end.level))
    assert {(b.action, b.level) for b in fan.branches} == one_by_one
