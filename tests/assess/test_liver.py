"""Hy's law: dated pairs, without cholestasis between them, abnormal baselines by their own rule."""

from __future__ import annotations

import pytest

from tests.assess.engine import (
    MET,
    NAN,
    NOT,
    UNKNOWN,
    at,
    day,
    event,
    judged,
    measured,
    reported,
    truth_of,
)

L1 = {"hys_law": True}


def alt(number, times, test="ALT", **more):
    return measured(test, number, 40 * times, "U/L", **({"uln": 40.0} | more))


def bili(number, times, **more):
    return measured("BILI", number, 20 * times, "umol/L", **({"uln": 20.0} | more))


def alp(number, times):
    return measured("ALP", number, 100 * times, "U/L", uln=100)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([alt(15, 6), bili(18, 2.4), alp(15, 1.1)], MET),  # vignette 10
        ([alt(15, 6, test="AST"), bili(18, 2.4), alp(18, 1.1)], MET),
        ([bili(15, 2.4), alt(18, 6), alp(16, 1.1)], MET),  # bilirubin first
        ([alt(5, 6), bili(19, 2.4), alp(19, 1.1)], MET),  # 14 days
        ([alt(5, 6), bili(20, 2.4), alp(20, 1.1)], NOT),  # 15 days
        ([alt(15, 3), bili(15, 2.4), alp(15, 1.1)], NOT),  # not above 3 x
        ([alt(15, 6), bili(15, 2), alp(15, 1.1)], NOT),  # not above 2 x
        ([alt(15, 6), alp(15, 1.1)], NOT),
        ([bili(15, 2.4), alp(15, 1.1)], NOT),
        ([alt(15, 6), bili(15, 2.4), alp(15, 1.9)], MET),
        ([alt(15, 6), bili(15, 2.4), alp(15, 2.0)], NOT),  # cholestasis
        ([alt(15, 6), bili(15, 2.4)], UNKNOWN),  # ALP absent
        ([alt(15, 6), bili(15, 2.4), alp(14, 1.1)], UNKNOWN),  # not of that time
        ([alt(15, 6), bili(18, 2.4), alp(15, 3), alp(18, 1.1)], MET),  # the lowest counts
        ([alt(15, 6), bili(18, 2.4), alp(15, 3), alp(18, 2.5)], NOT),
        ([alt(15, 6, uln=NAN), bili(15, 2.4), alp(15, 1.1)], UNKNOWN),
        ([alt(15, 6), bili(15, 2.4, uln=NAN), alp(15, 1.1)], UNKNOWN),
        ([alt(15, 6, before=True), bili(15, 2.4), alp(15, 1.1)], NOT),
        # a maximum of the whole trial makes no pair
        (
            [alt(3, 6), bili(3, 1), alt(30, 1), bili(30, 2.4), bili(31, 1), alp(3, 1), alp(30, 1)],
            NOT,
        ),
    ],
)
def test_pairs_of_values(values, expected) -> None:
    assert truth_of(L1, *values) is expected
    assert truth_of(L1, *reversed(values)) is expected


@pytest.mark.parametrize(
    ("times", "base", "base_uln", "expected"),
    [
        (6, 80, 40, NOT),  # 3 x baseline is 6 x ULN, not above it
        (6.1, 80, 40, MET),
        (2.9, 30, 40, NOT),
        (3.1, 30, 40, MET),
        (5, 80, NAN, UNKNOWN),  # whether the baseline was abnormal is not known
    ],
)
def test_an_abnormal_baseline_of_alt(times, base, base_uln, expected) -> None:
    values = alt(15, times, base=base, base_uln=base_uln), bili(15, 2.4), alp(15, 1)
    assert truth_of(L1, *values) is expected


@pytest.mark.parametrize(("times", "expected"), [(3, NOT), (3.1, MET)])
def test_an_abnormal_baseline_of_bilirubin(times, expected) -> None:
    values = alt(15, 6), bili(15, times, base=30, base_uln=20), alp(15, 1)
    assert truth_of(L1, *values) is expected


def test_a_pair_is_shown_with_its_alp() -> None:
    found = judged(L1, alt(15, 6), bili(18, 2.4), alp(16, 1.1))
    assert [(o.onset, o.known_until, o.terms) for o in found] == [(at(15), at(18), ("Hy's law",))]
    assert [s.text for s in found[0].evidence] == ["ALT 240 U/L", "ALP 110 U/L", "BILI 48 umol/L"]


def test_a_later_sure_pair_does_not_hide_a_possible_one() -> None:
    possible, sure = (alt(5, 6), bili(6, 2.4)), (alt(40, 6), bili(41, 2.4), alp(41, 1.1))
    found = judged(L1, *possible, *sure, as_of=60)
    assert [(o.truth, o.onset) for o in found] == [(UNKNOWN, at(5)), (MET, at(40))]


def test_of_the_pairs_of_one_day_the_surest_is_shown() -> None:
    values = alt(15, 6), alt(15, 6, test="AST"), bili(15, 2.4), bili(18, 2.5), alp(18, 1.1)
    assert [(o.truth, o.onset) for o in judged(L1, *values)] == [(MET, at(15))]


def test_a_missing_alp_is_asked_for_between_the_two() -> None:
    found = judged(L1, alt(15, 6), bili(18, 2.4))[0]
    assert found.missing == ("ALP between 2024-03-18 and 2024-03-21",)


def test_it_is_related_if_either_half_is() -> None:
    enzyme = reported("Alanine aminotransferase increased", 3, 14, 20, related=False, cause=True)
    other = reported("Blood bilirubin increased", 2, 14, 20, related=False, cause=True)
    values = alt(15, 6), bili(18, 2.4), alp(15, 1.1)
    assert set(judged(L1, *values, enzyme, other)[0].related.values()) == {NOT}
    for half in enzyme, other:  # of the other half nobody said that it is unrelated
        assert set(judged(L1, *values, half)[0].related.values()) == {MET}
    unsaid = judged(L1, *values)[0]
    assert (set(unsaid.related.values()), unsaid.unattributed) == ({MET}, True)


def test_a_pair_found_before_the_next_cycle_says_so() -> None:
    values = alt(22, 6, predose=2), bili(22, 2.4, predose=2), alp(22, 1.1)
    assert judged(L1, *values)[0].predose_cycle == 2


@pytest.mark.parametrize(
    ("values", "as_of", "expected"),
    [
        # review B1: AST above 3 x on day 22, bilirubin above 2 x on day 31
        ([alt(22, 3.1, test="AST")], 30, [(UNKNOWN, 22, True, 36)]),
        ([alt(22, 3.1, test="AST")], 36, [(UNKNOWN, 22, True, 36)]),
        ([alt(22, 3.1, test="AST")], 37, []),
        ([alt(22, 3.1, test="AST"), alt(25, 1, test="AST")], 30, []),  # seen recovered
        ([bili(20, 2.1)], 30, [(UNKNOWN, 20, True, 34)]),
    ],
)
def test_a_raised_half_waits_for_the_other(values, as_of, expected) -> None:
    found = judged(L1, *values, as_of=as_of)
    assert [(o.truth, o.onset, o.waiting, o.settles_by) for o in found] == [
        (truth, at(onset), waiting, day(by)) for truth, onset, waiting, by in expected
    ]
    assert all(o.open for o in found)
    assert judged(L1, *values, as_of=as_of, ended=(event("WITHDRAWAL BY SUBJECT", 26),)) == []


@pytest.mark.parametrize(("between", "onset"), [([], 22), ([alt(25, 1, test="AST")], 31)])
def test_a_pair_is_dated_by_its_second_half_if_the_first_had_recovered(between, onset) -> None:
    values = alt(22, 3.1, test="AST"), bili(31, 3), alp(31, 1)
    found = judged(L1, *values, *between, as_of=50)
    assert [(o.truth, o.onset) for o in found] == [(MET, at(onset))]
