"""The BOIN design: boundaries of Liu and Yuan for a target of 0.30."""

from __future__ import annotations

import pytest

from safety.simulate.calibration import calibration
from safety.simulate.chance import Chance
from safety.simulate.cohorts import Enrolment, Place, decide, too_toxic
from safety.simulate.verdict import Outcome

DESIGN = calibration().design
LEVELS = ["L-1", "L1", "L2", "L3"]


@pytest.mark.parametrize(
    ("dlts", "treated", "decided"),
    [(0, 3, "escalate"), (1, 3, "stay"), (2, 3, "de-escalate"), (1, 6, "escalate"), (2, 6, "stay"),
     (3, 6, "de-escalate"), (2, 9, "escalate"), (3, 9, "stay"), (4, 9, "de-escalate")],
)  # fmt: skip
def test_the_decision_table_of_cohorts_of_three(dlts, treated, decided):
    assert decide(dlts, treated, 1, 3, DESIGN)[0] == decided


@pytest.mark.parametrize(("treated", "dlts"), [(3, 3), (6, 4), (9, 5), (12, 7), (15, 8), (18, 9)])
def test_a_level_is_eliminated_from_this_many_dlts_on(treated, dlts):
    assert too_toxic(dlts, treated, DESIGN)
    assert not too_toxic(dlts - 1, treated, DESIGN)


def test_two_subjects_eliminate_nothing():
    assert not too_toxic(2, 2, DESIGN)


def test_the_lowest_level_that_is_too_toxic_stops_the_trial():
    assert decide(3, 3, 0, 3, DESIGN) == ("stop", -1)


def test_the_highest_level_is_not_left_upwards():
    assert decide(0, 3, 3, 3, DESIGN) == ("stay", 3)


def enrolled(dlts: dict[str, int], *, days: int = 2000, subjects: int = 40) -> Enrolment:
    """An enrolment at a subject every two days; of each level the first so many have a DLT."""
    left = dict(dlts)

    def live(place: Place) -> Outcome:
        toxic = left.get(place.level, 0) > 0
        left[place.level] = left.get(place.level, 0) - 1
        day = place.first_dose + 9
        return Outcome(day if toxic else None, place.first_dose + 20, evaluable=True)

    made = Enrolment(DESIGN, LEVELS, 1, subjects, days, 15.0, Chance(4, "accrual"), live)
    made.run()
    return made


def test_without_dlts_the_top_level_takes_all_after_nine():
    made = enrolled({})
    assert [(d.level, d.decided, d.next_level) for d in made.decisions] == [
        ("L1", "escalate", "L2"), ("L2", "escalate", "L3"), ("L3", "stay", "L3"),
        ("L3", "stay", "L3"), ("L3", "stay", "L3"),
    ]  # fmt: skip
    assert [p.level for p in made.places] == ["L1"] * 3 + ["L2"] * 3 + ["L3"] * 34


def test_no_subject_of_a_new_level_begins_within_a_week_of_the_first():
    made = enrolled({})
    for level in ("L1", "L2", "L3"):
        first, second, third = [p.first_dose for p in made.places if p.level == level][:3]
        assert min(second, third) - first >= 7


def test_nobody_consents_before_the_level_is_open():
    made = enrolled({})
    for decision, cohort in zip(made.decisions, (2, 3, 4, 5), strict=False):
        assert all(p.consent >= decision.day for p in made.places if p.cohort == cohort)


def test_a_level_that_was_eliminated_is_not_tried_again():
    made = enrolled({"L2": 3})
    assert [d.decided for d in made.decisions][:2] == ["escalate", "de-escalate"]
    assert sum(p.level == "L2" for p in made.places) == 3


def test_nobody_is_enrolled_after_the_trial_stopped():
    made = enrolled({"L1": 3, "L-1": 3})
    assert made.decisions[-1].decided == "stop"
    assert len(made.places) == 6


def test_a_subject_who_cannot_be_judged_is_replaced():
    def live(place: Place) -> Outcome:
        return Outcome(None, place.first_dose + 20, evaluable=place.number != 2)

    made = Enrolment(DESIGN, LEVELS, 1, 4, 500, 15.0, Chance(4, "accrual"), live)
    made.run()
    assert [p.cohort for p in made.places] == [1, 1, 1, 1]
    assert made.decisions[0].treated == 3


def test_the_trial_ends_with_its_days():
    made = enrolled({}, days=30)
    assert all(p.consent <= 30 for p in made.places)
    assert len(made.places) == 3
