"""A cycle that begins late, and why."""

from __future__ import annotations

import pytest

from safety.assess.truth import Truth
from safety.dosing.delay import delay
from tests.dosing.builders import case, day, dose, event, lost

HELD = (event(20, None),)


def test_a_cycle_on_time_is_not_late():
    found = delay(case(cycles={2: 22}, as_of=40))
    assert (found.planned, found.actual, found.days, found.open) == (day(22), day(22), 0, False)
    assert found.toxicity is Truth.NOT_MET


@pytest.mark.parametrize(("start", "days"), [(36, 14), (37, 15)])
def test_days_late_of_vignettes_13_and_14(start, days):
    rows = [lost("surufatinib", 22, start - 1, row=1), lost("s1", 22, start - 1, row=2)]
    found = delay(case(*rows, cycles={2: start}, as_of=45, reports=HELD))
    assert (found.days, found.open, found.toxicity) == (days, False, Truth.MET)
    assert {s.record for s in found.evidence} == {"R120", "R1", "R2"}
    assert found.queries == ()


def test_a_delay_for_another_reason_is_no_toxicity():
    found = delay(case(lost("surufatinib", 22, 24, "HOLIDAY"), cycles={2: 25}, as_of=30))
    assert (found.days, found.toxicity) == (3, Truth.NOT_MET)


def test_a_delay_without_reason_counts_as_toxicity():
    found = delay(case(dose("surufatinib", 1, 21), cycles={2: 25}, as_of=30))
    assert (found.days, found.toxicity) == (3, Truth.MET)
    assert found.queries == ("cycle 2 is late: reason not recorded, taken as toxicity",)


def test_one_toxic_reason_among_others_is_enough_and_is_asked_about():
    rows = [lost("surufatinib", 22, 24, row=1), lost("s1", 22, 24, "HOLIDAY", row=2)]
    found = delay(case(*rows, cycles={2: 25}, as_of=30, reports=HELD))
    assert found.toxicity is Truth.MET
    assert found.queries == ("cycle 2 is late for different reasons; taken as toxicity",)


@pytest.mark.parametrize("as_of", [15, 22])
def test_a_cycle_not_yet_late_is_not_judged(as_of):
    found = delay(case(dose("surufatinib", 1, 21), as_of=as_of))
    assert (found.days, found.open, found.toxicity) == (0, True, Truth.UNKNOWN)


@pytest.mark.parametrize(("as_of", "days"), [(22, 0), (23, 1), (37, 15)])
def test_a_held_cycle_is_later_every_day(as_of, days):
    found = delay(case(lost("surufatinib", 22, 40), as_of=as_of, reports=HELD))
    assert (found.actual, found.days, found.open) == (None, days, True)
    assert found.toxicity is Truth.MET


@pytest.mark.parametrize("name", ["PROGRESSIVE DISEASE", "WITHDRAWAL BY SUBJECT", "DEATH"])
@pytest.mark.parametrize("ended", [15, 22, 26])
def test_treatment_that_ended_without_toxicity_is_no_toxic_delay(name, ended):
    found = delay(case(dose("surufatinib", 1, 14), ended=(name, ended), as_of=40))
    assert (found.toxicity, found.open) == (Truth.NOT_MET, False)
    assert found.days == max(ended - 22, 0)


def test_treatment_that_ended_for_an_adverse_event_is_a_toxic_delay():
    found = delay(case(ended=("ADVERSE EVENT", 20), as_of=37, reports=HELD))
    assert (found.days, found.open, found.toxicity) == (15, True, Truth.MET)


def test_a_hold_for_toxicity_before_progression_counts_until_then():
    rows = lost("surufatinib", 22, 25)
    found = delay(case(rows, ended=("PROGRESSIVE DISEASE", 26), as_of=40, reports=HELD))
    assert (found.days, found.open, found.toxicity) == (4, False, Truth.MET)


def test_doses_without_the_visit_that_starts_the_cycle_leave_it_open():
    found = delay(case(dose("surufatinib", 1, None), as_of=40))
    assert (found.actual, found.toxicity) == (None, Truth.UNKNOWN)
    assert found.missing == ("visit of day 1 of cycle 2",)
    later = delay(case(dose("surufatinib", 1, 21), cycles={3: 43}, as_of=45))
    assert later.toxicity is Truth.UNKNOWN


def test_a_later_cycle_is_due_by_the_start_of_the_one_before():
    found = delay(case(lost("s1", 46, 47), cycles={2: 25, 3: 48}, as_of=60, reports=HELD), 3)
    assert (found.planned, found.actual, found.days) == (day(46), day(48), 2)


def test_a_cycle_whose_predecessor_never_began_has_no_delay():
    assert delay(case(), 3) is None
