"""Results of which only a bound is known (D27)."""

from __future__ import annotations

import pytest

from safety.ctcae.scales import BaselineState
from tests.build import grades, lab, one, vital

PLT = "Platelet count decreased"
ALT = "Alanine aminotransferase increased"


@pytest.mark.parametrize(
    ("sign", "value", "grade", "possible"),
    [
        ("<", 25, 4, "4"),
        ("<=", 25, None, "3|4"),  # 25 itself is grade 3
        ("<", 25.1, None, "3|4"),
        ("<", 75, None, "2|3|4"),
        ("<", 150, None, "1|2|3|4"),
        ("<", 1000, None, "0|1|2|3|4"),
        (">", 150, 0, "0"),
        (">=", 150, 0, "0"),
        (">", 149, None, "0|1"),
        (">", 74.9, None, "0|1|2"),
        (">=", 25, None, "0|1|2|3"),
    ],
)
def test_platelets_d27(sign, value, grade, possible) -> None:
    row = lab("PLAT", value, "10*9/L", lln=150, uln=400, COMPARATOR=sign)
    found = one(row, PLT)
    assert (found["ATOXGR"], found["POSSIBLE"]) == (grade, possible)
    assert ("value_censored" in found["REASONS"]) == (grade is None)


@pytest.mark.parametrize(
    ("sign", "value", "grade"),
    [
        (">", 800, 4),  # above 20 x ULN every value is grade 4
        (">=", 800, None),
        (">", 799, None),
        ("<", 40, 0),
        ("<=", 40, 0),
        ("<", 40.1, None),
        ("<", 5, 0),  # below the assay's limit is normal for an increase
    ],
)
def test_alt_d27(sign, value, grade) -> None:
    row = lab("ALT", value, "U/L", lln=0, uln=40, base=30, state=1, COMPARATOR=sign)
    assert one(row, ALT)["ATOXGR"] == grade


def test_limits_by_baseline_are_probed_too() -> None:
    row = {"uln": 40, "base": 60, "state": BaselineState.ABNORMAL}
    above = one(lab("ALT", 1200, "U/L", COMPARATOR=">", **row), ALT)
    within = one(lab("ALT", 90, "U/L", COMPARATOR="<", **row), ALT)
    assert (above["ATOXGR"], within["ATOXGR"]) == (4, 0)
    assert one(lab("ALT", 91, "U/L", COMPARATOR="<", **row), ALT)["POSSIBLE"] == "0|1"


def test_a_bound_is_converted_like_a_value() -> None:
    # < 0.025 x 10*12/L = < 25 x 10*9/L
    row = lab("PLAT", 0.025, "10*12/L", lln=0.15, COMPARATOR="<")
    assert one(row, PLT)["ATOXGR"] == 4


def test_a_bound_without_unit_is_not_gradable() -> None:
    found = one(lab("PLAT", 25, "", lln=150, COMPARATOR="<", UNITSTATE=1), PLT)
    assert found["ATOXGR"] is None
    assert found["REASONS"] == "unit_missing;likely_unit=10*9/L"  # a hint, never used


def test_a_bound_without_range() -> None:
    low = one(lab("PLAT", 25, "10*9/L", COMPARATOR="<"), PLT)
    high = one(lab("PLAT", 500, "10*9/L", COMPARATOR=">"), PLT)
    assert (low["ATOXGR"], high["ATOXGR"], high["POSSIBLE"]) == (4, None, "0|1")


def test_other_rows_of_the_same_test_are_not_touched() -> None:
    found = grades(
        lab("PLAT", 200, "10*9/L", lln=150),
        lab("PLAT", 1000, "10*9/L", lln=150, COMPARATOR="<"),
        lab("PLAT", 20, "10*9/L", lln=150),
    )
    assert found["ATOXGR"].fillna(-1).tolist() == [0, -1, 4]


def test_policy_applies_to_every_value_the_bound_allows() -> None:
    row = vital("TEMP", 40.0, "Cel", COMPARATOR=">")
    assert one(row, "Fever")["ATOXGR"] == 3
    assert one(row, "Fever", policy="worst_case")["ATOXGR"] == 4
