"""A dipstick of 4+ is surely grade 3 only once 24-hour urine says so (rule N3)."""

from __future__ import annotations

import pytest

from safety.assess.confirmation import confirmed, open_question
from tests.assess.engine import MET, NOT, UNKNOWN, case, day, observed, study, truth_of

RULE = {"term": "Proteinuria", "test": "PROT/URINE", "screening_unit": "{plus}",
        "confirming_unit": "g/d", "from_grade": 3, "within": "7d", "citation": "N3"}  # fmt: skip
STUDY = study(confirmations=[RULE])
N3 = {"toxicity": ["Proteinuria"], "grade": ">=3"}


def dipstick(number, grade=3):
    return observed("Proteinuria", number, grade, unit="{plus}")


def urine24(number, grade, unit="g/d"):
    return observed("Proteinuria", number, grade, unit=unit)


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        ([dipstick(20)], UNKNOWN),
        ([dipstick(20, 2)], NOT),
        ([urine24(20, 3)], MET),
        ([dipstick(20), urine24(20, 1)], NOT),
        ([dipstick(20), urine24(24, 2)], NOT),
        ([dipstick(20), urine24(27, 2)], NOT),  # day 7 of 7
        ([dipstick(20), urine24(28, 2)], UNKNOWN),  # day 8
        ([dipstick(20), urine24(19, 2)], UNKNOWN),  # before: speaks for the day before
        ([dipstick(20), urine24(24, 3)], MET),
        ([dipstick(20), urine24(24, 1, "mg/(24.h)")], NOT),  # another unit of the same kind
        ([dipstick(20), observed("Proteinuria", 24, 1, unit="")], UNKNOWN),  # unit not known
        ([dipstick(20), dipstick(24, 1)], UNKNOWN),  # another dipstick confirms nothing
    ],
)
def test_24_hour_urine_within_7_days_takes_its_place(observations, expected) -> None:
    assert truth_of(N3, *observations, in_study=STUDY) is expected


def test_without_a_confirmation_rule_the_dipstick_stands() -> None:
    assert truth_of(N3, dipstick(20)) is MET


def test_a_doubted_dipstick_may_be_any_lower_grade_but_keeps_its_highest() -> None:
    found = confirmed([dipstick(20)], case(in_study=STUDY))
    assert [(o.lowest, o.highest) for o in found] == [(2, 3)]


def test_other_terms_are_left_alone() -> None:
    other = observed("Hematuria", 20, 3, unit="{plus}")
    assert confirmed([other], case(in_study=STUDY)) == [other]


def test_the_question_says_what_settles_it_and_by_when() -> None:
    asked = open_question(dipstick(20), case(in_study=STUDY))
    assert asked is not None
    assert asked == ("PROT/URINE in g/d by 2024-03-30", day(27))
    assert open_question(dipstick(20, 2), case(in_study=STUDY)) is None
