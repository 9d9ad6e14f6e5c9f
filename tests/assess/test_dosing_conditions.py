"""Rules on dosing: cycle 2 delayed (T1), a quarter of a drug's doses missed (T2)."""

from __future__ import annotations

import pytest

from tests.assess.engine import (
    MET,
    NOT,
    UNKNOWN,
    all_taken,
    at,
    day,
    dose,
    event,
    judged,
    lost,
    reported,
    truth_of,
)
from tests.dosing.builders import BODY

T1 = {"cycle_delay": ">14d", "cycle": 2}
T2 = {"dose_missed": ">=25%", "cycle": 1}


def held(last: int, reason: str = "ADVERSE EVENT"):
    return lost("surufatinib", 22, last, reason)


@pytest.mark.parametrize(
    ("cycle_2", "records", "as_of", "expected"),
    [
        (22, [], 40, NOT),
        (36, [held(35)], 40, NOT),  # vignette 13: 14 days
        (37, [held(36)], 40, MET),  # vignette 14: 15 days
        (37, [held(36, "HOLIDAY")], 40, NOT),
        (37, [], 40, MET),  # reason missing: toxicity
        (None, [], 21, NOT),
        (None, [], 22, NOT),  # due today
        (None, [held(25)], 25, UNKNOWN),
        (None, [held(36)], 36, UNKNOWN),
        (None, [held(37)], 37, MET),  # no restart through day 36
        (None, [held(37, "HOLIDAY")], 37, NOT),
    ],
)
def test_a_delay_of_more_than_14_days(cycle_2, records, as_of, expected) -> None:
    cycles = {2: cycle_2} if cycle_2 else {}
    assert truth_of(T1, *all_taken(), *records, as_of=as_of, cycles=cycles) is expected


def test_it_is_declared_on_day_37() -> None:
    found = judged(T1, *all_taken(), held(39), cycles={2: 40})[0]
    assert (found.onset, found.duration) == (at(37), "18 days late")


def test_while_it_may_come_it_says_by_when_cycle_2_must_begin() -> None:
    found = judged(T1, *all_taken(), held(25), as_of=25)[0]
    assert (found.open, found.settles_by) == (True, day(37))
    assert found.missing == ("first dose of cycle 2 by 2024-04-08",)
    assert found.duration == "3 days late so far"


def test_a_delay_ends_with_follow_up() -> None:
    ended = (event("DEATH", 30),)
    assert truth_of(T1, *all_taken(), held(29), as_of=40, ended=ended) is NOT


@pytest.mark.parametrize(
    ("drug", "first", "last", "expected"),
    [
        ("surufatinib", 17, 21, NOT),  # vignette 16: 5 of 21
        ("surufatinib", 16, 21, MET),  # 6 of 21
        ("temozolomide", 14, 14, NOT),  # 1 of 5
        ("temozolomide", 13, 14, MET),  # 2 of 5
        ("s1", 12, 14, NOT),  # 6 of 28
        ("s1", 11, 14, MET),  # 8 of 28
    ],
)
@pytest.mark.parametrize("reason", ["ADVERSE EVENT", "DRUG LOST"])
def test_a_quarter_of_a_drugs_doses(drug, first, last, expected, reason) -> None:
    begin = 10 if drug == "temozolomide" else 1
    others = [d for d in all_taken() if d.drug != drug]
    records = [*others, dose(drug, begin, first - 1), lost(drug, first, last, reason)]
    found = truth_of(T2, *records, *BODY, reported("Fatigue", 2, first, last))
    assert found is (expected if reason == "ADVERSE EVENT" else NOT)


def test_it_begins_when_it_became_unavoidable_and_says_how_much() -> None:
    records = [*all_taken()[1:], dose("surufatinib", 1, 14), lost("surufatinib", 15, 21)]
    found = judged(T2, *records, *BODY)
    assert [(o.terms, o.onset) for o in found] == [(("surufatinib missed",), at(20))]
    assert found[0].duration == "33.3 % of the planned dose of surufatinib missed for toxicity"


def test_only_the_named_drugs_are_looked_at() -> None:
    records = [*all_taken()[1:], dose("surufatinib", 1, 14), lost("surufatinib", 15, 21)]
    assert truth_of(T2 | {"drugs": ["s1"]}, *records, *BODY) is NOT


def test_doses_without_a_record_cannot_be_judged() -> None:
    records = [*all_taken()[1:], dose("surufatinib", 1, 10)]
    found = judged(T2, *records, *BODY)
    assert [o.truth for o in found] == [UNKNOWN]
    assert not found[0].open


def test_a_cycle_that_did_not_start_misses_nothing() -> None:
    assert truth_of(T2 | {"cycle": 2}, *all_taken(), *BODY) is NOT


@pytest.mark.parametrize(
    ("taken_until", "lost_until", "as_of", "expected"),
    [
        (10, 10, 12, []),  # two days of the diary are not in yet: 0 to 2 of 21
        (5, 10, 10, []),  # five lost for toxicity, none untold: no quarter yet
        (5, 10, 11, [UNKNOWN]),  # five lost and one untold: it may be a quarter already
    ],
)
def test_a_diary_that_is_a_day_behind_is_no_event(taken_until, lost_until, as_of, expected) -> None:
    records = [d for d in all_taken() if d.drug != "surufatinib"]
    records += [dose("surufatinib", 1, taken_until), *BODY]
    if lost_until > taken_until:
        records.append(lost("surufatinib", taken_until + 1, lost_until))
    found = judged(T2, *records, as_of=as_of)
    assert [o.truth for o in found if o.terms == ("surufatinib missed",)] == expected


@pytest.mark.parametrize(("as_of", "expected"), [(14, []), (19, [UNKNOWN])])
def test_a_short_course_that_is_not_told_yet_is_no_event(as_of, expected) -> None:
    records = [d for d in all_taken() if d.drug != "temozolomide"]
    found = judged(T2, *records, *BODY, dose("temozolomide", 10, 11), as_of=as_of)
    assert [o.truth for o in found if o.terms == ("temozolomide missed",)] == expected
