"""Relative dose intensity: what is not recorded is neither taken nor missed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.displays.intensity import deviations, intensity
from tests.displays.frames import everyone, frames, plain, shuffled


def account(subject: str, cycle: int, planned: float, taken: float, **more) -> dict:
    """Return a cycle of 10 mg intakes."""
    return {
        "USUBJID": subject, "DRUG": "x", "CYCLE": cycle, "PLANNED": planned, "TAKEN": taken,
        "PLANNEDMG": 10 * planned, "TAKENMG": 10 * taken, "UNRECORDED": 0.0, "REDUCEDMG": 0.0,
        "RDI": taken / planned if planned else None, "COMPLETE": "Y",
    } | more  # fmt: skip


LEVELS = {"S1": "L1", "S2": "L1", "S3": "L1", "S4": "L2"}
FRAMES = frames(
    LEVELS,
    dose_account=[
        account("S1", 1, 10, 10), account("S1", 2, 10, 4), account("S1", 3, 0, 0),
        account("S2", 1, 10, 7, UNRECORDED=2.0),
        account("S3", 1, 10, 10), account("S3", 2, 10, 10, RDI=None, PLANNEDMG=None),
    ],
)  # fmt: skip


def test_each_cycle_is_low_or_not_or_cannot_be_judged() -> None:
    found = intensity(FRAMES, everyone(FRAMES))
    assert plain(found.cycles, "USUBJID", "CYCLE", "RDI", "RDIMAX", "IS_LOW") == [
        ("S1", 1, 1.0, 1.0, "N"),
        ("S1", 2, 0.4, 0.4, "Y"),
        ("S1", 3, None, None, ""),  # nothing was due
        ("S2", 1, 0.7, pytest.approx(0.9), "cannot be judged"),
        ("S3", 1, 1.0, 1.0, "N"),
        ("S3", 2, None, None, "cannot be judged"),
    ]


def test_a_total_with_an_unknown_cycle_is_unknown() -> None:
    found = intensity(FRAMES, everyone(FRAMES))
    assert plain(found.totals, "USUBJID", "PLANNEDMG", "TAKENMG", "RDI", "IS_LOW") == [
        ("S1", 200.0, 140.0, 0.7, "Y"),
        ("S2", 100.0, 70.0, 0.7, "cannot be judged"),
        ("S3", None, None, None, "cannot be judged"),
    ]
    assert plain(found.levels, "LEVEL", "N", "UNKNOWN", "MEDIAN", "IS_LOW") == [
        ("L1", 2, 1, 0.7, 1)
    ]  # fmt: skip
    assert found.absent == ("S4",)


def test_exactly_80_percent_is_not_low() -> None:
    of = frames({"S1": "L1"}, dose_account=[account("S1", 1, 10, 8), account("S1", 2, 100, 79)])
    assert plain(intensity(of, everyone(of)).cycles, "IS_LOW") == ["N", "Y"]


def test_no_account_and_the_order_of_rows() -> None:
    of = frames(LEVELS)
    found = intensity(of, everyone(of))
    assert (len(found.cycles), len(found.levels), len(found.absent)) == (0, 0, 4)
    other = shuffled(FRAMES)
    again, first = intensity(other, everyone(other)), intensity(FRAMES, everyone(FRAMES))
    assert again.totals.equals(first.totals)


@pytest.mark.property
@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), min_size=1, max_size=6))
def test_the_total_is_of_all_that_was_planned(told) -> None:
    rows = [account("S1", i + 1, p, t) for i, (p, t) in enumerate(told)]
    of = frames({"S1": "L1"}, dose_account=rows)
    total = plain(intensity(of, everyone(of)).totals, "RDI")[0]
    assert total == pytest.approx(sum(t for _, t in told) / sum(p for p, _ in told))


def test_expected_against_actual_by_subject_and_day() -> None:
    rows = [
        {"USUBJID": "S2", "KIND": "missed_hold", "DRUG": "x", "ONDT": "2024-03-09",
         "EXPECTED": "x on hold", "ACTUAL": "10 mg taken", "RULE": "A2"},
        {"USUBJID": "S1", "KIND": "wrong_day", "DRUG": "x", "ONDT": "2024-03-10"},
    ]  # fmt: skip
    of = frames(LEVELS, deviation=rows)
    found = deviations(of, everyone(of))
    assert plain(found, "USUBJID", "KIND", "ONDT", "EXPECTED", "ACTUAL") == [
        ("S1", "wrong_day", "2024-03-10", None, None),
        ("S2", "missed_hold", "2024-03-09", "x on hold", "10 mg taken"),
    ]
    assert len(deviations(frames(LEVELS), everyone(of))) == 0
