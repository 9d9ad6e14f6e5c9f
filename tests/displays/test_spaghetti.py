"""Values of one analyte: one unit, and a count of what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.displays.spaghetti import Spaghetti, spaghetti
from tests.displays.frames import everyone, frames, plain, shuffled

LEVELS = {"S1": "L1", "S2": "L1", "S3": "L2", "S4": "L2"}


def value(subject: str, day: int, number, grade=0, **more) -> tuple[dict, dict]:
    """Return a platelet count of a day of March, and its grade (GVAL in 10*9/L)."""
    date = f"2024-03-{day:02}" if day else "2024-02-28"
    key = f"{subject}{day}{number}"
    record = {
        "KEY": key, "USUBJID": subject, "PARAMCD": "PLAT", "AVAL": number, "UCUM": "10*9/L",
        "ANRHI": 300.0, "VALUESTATE": "number", "COMPARATOR": "", "ADTMIN": date, "ADTMAX": date,
    }  # fmt: skip
    graded = {"MKEY": key, "USUBJID": subject, "TERM": "Platelet count decreased",
              "ATOXGR": grade, "GVAL": number, "GUNIT": "10*9/L", "REASONS": ""}  # fmt: skip
    own = {k: v for k, v in more.items() if k in graded}
    return record | {k: v for k, v in more.items() if k not in graded}, graded | own


VALUES = (
    value("S1", 0, 200.0, 4), value("S1", 8, 100.0, 1), value("S2", 8, 40.0, 3),
    value("S2", 10, 60.0, None), value("S3", 8, 300.0, 0),
    value("S3", 9, 300000.0, GUNIT="/uL"), value("S3", 10, None),
    value("S3", 11, 5.0, ADTMAX="2024-03-31"), value("S3", 12, 6.0, REASONS="derived;superseded"),
)  # fmt: skip


def _frames(*values):
    visit = [{"USUBJID": "S2", "VISIT": "CYCLE 2 DAY 1", "STDTMIN": "2024-03-10",
              "STDTMAX": "2024-03-10"}]  # fmt: skip
    return frames(LEVELS, measurement=[m for m, _ in values], grade=[g for _, g in values],
                  visit=visit)  # fmt: skip


FRAMES = _frames(*VALUES)


def _told(of=FRAMES, **more) -> Spaghetti:
    return spaghetti(of, everyone(of), "PLAT", **more)


def test_values_in_one_unit() -> None:
    found = _told()
    assert plain(found.values, "USUBJID", "ADY", "CYCLE", "CYCLEDY", "VALUE", "GRADE") == [
        ("S1", -2, None, None, 200.0, 4), ("S1", 8, 1, 8, 100.0, 1), ("S2", 8, 1, 8, 40.0, 3),
        ("S2", 10, 2, 1, 60.0, None), ("S3", 8, 1, 8, 300.0, 0),
    ]  # fmt: skip
    assert (found.unit, found.absent, found.not_gradable) == ("10*9/L", ("S4",), 1)
    assert found.unused == {
        "another record of the day counts": 1, "no number": 1, "no complete date": 1,
        "not in the unit": 1,
    }  # fmt: skip


def test_the_median_is_of_all_subjects_also_those_not_shown() -> None:
    found = _told(most=1)
    assert (set(found.values["USUBJID"]), found.shown, found.not_shown) == ({"S2"}, 1, 2)
    assert plain(found.median, "DAY", "MEDIAN", "N") == [
        (-2, 200.0, 1),
        (8, 100.0, 3),
        (10, 60.0, 1),
    ]
    by_cycle = _told(axis="cycle").median
    assert plain(by_cycle, "CYCLE", "CYCLEDY", "N") == [(1, 8, 3), (2, 1, 1)]


def test_multiples_of_the_upper_limit_need_a_range() -> None:
    of = _frames(value("S1", 8, 150.0), value("S1", 9, 150.0, ANRHI=None))
    found = _told(of, multiple=True)
    assert (plain(found.values, "VALUE"), found.unit) == ([0.5], "x ULN")
    assert found.unused == {"no upper limit of normal": 1}


def test_a_value_that_was_never_graded_keeps_its_own_unit() -> None:
    record, _ = value("S1", 8, 150.0)
    of = frames(LEVELS, measurement=[record, record | {"KEY": "n", "VALUESTATE": "not_done"}])
    assert plain(_told(of).values, "VALUE", "GRADE") == [(150.0, None)]


@pytest.mark.parametrize(
    ("low", "high", "grade"), [(0, 0, 0), (0, None, None), (2, None, 2), (None, None, None)]
)
def test_grade_0_needs_both_directions(low, high, grade) -> None:
    record, graded = value("S1", 8, 150.0, low, TERM="Low")
    other = graded | {"TERM": "High", "ATOXGR": high}
    of = frames(LEVELS, measurement=[record], grade=[graded, other])
    assert plain(_told(of).values, "GRADE") == [grade]


def test_nothing_measured_and_the_order_of_rows() -> None:
    found = _told(frames(LEVELS))
    assert (len(found.values), len(found.median), found.absent) == (0, 0, tuple(LEVELS))
    assert len(_told(frames()).values) == 0
    assert _told(shuffled(FRAMES)).values.equals(_told().values)


NUMBERS = st.lists(
    st.tuples(st.sampled_from(list(LEVELS)), st.integers(1, 20), st.none() | st.integers(1, 400)),
    max_size=10, unique_by=lambda v: v[:2],
)  # fmt: skip


@pytest.mark.property
@settings(max_examples=12)
@given(NUMBERS)
def test_every_value_is_shown_or_counted(told) -> None:
    found = _told(_frames(*(value(s, d, None if n is None else float(n)) for s, d, n in told)))
    assert len(found.values) + sum(found.unused.values()) == len(told)
    assert found.shown + found.not_shown == len(LEVELS) - len(found.absent)
