"""What must hold for every value, not only for those a table lists."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.build import NAN, grades, lab
from tests.strategies import lab_rows, policies

pytestmark = pytest.mark.property

ORDERED = [
    # term's test, unit, usual range, baseline
    ("PLAT", "10*9/L", 150, 400),
    ("NEUT", "10*9/L", 2, 7),
    ("HGB", "g/dL", 12, 16),
    ("ALT", "U/L", 5, 40),
    ("BILI", "mg/dL", 0.1, 1.0),
    ("CREAT", "mg/dL", 0.5, 1.2),
    ("K", "mmol/L", 3.5, 5.0),
    ("SODIUM", "mmol/L", 135, 145),
    ("CA", "mg/dL", 8.5, 10.5),
    ("GLUC", "mg/dL", 70, 110),
    ("LIPASE", "U/L", 10, 60),
    ("MG", "mg/dL", 1.7, 2.4),
    ("FIBRINO", "mg/dL", 200, 400),
]


@given(
    test=st.sampled_from(ORDERED),
    values=st.tuples(st.floats(0, 2000), st.floats(0, 2000)),
    baseline=st.tuples(st.floats(0.1, 500), st.sampled_from([1, 2])),
    ranged=st.booleans(),
    policy=policies,
)
def test_a_worse_value_never_has_a_lower_grade(test, values, baseline, ranged, policy) -> None:
    testcd, unit, lln, uln = test
    base, state = baseline
    limits = {"lln": lln, "uln": uln} if ranged else {}
    low, high = sorted(values)
    found = grades(
        *(lab(testcd, v, unit, base=base, state=state, **limits) for v in (low, high)),
        policy=policy,
    )
    for _, rows in found.groupby(["TERM", "DIRECTION"]):
        better, worse = (
            rows["ATOXGR"] if rows["DIRECTION"].iloc[0] == "high" else rows["ATOXGR"][::-1]
        )
        assert pd.isna(better) or pd.isna(worse) or worse >= better


@given(rows=st.lists(lab_rows(), min_size=1, max_size=4), policy=policies)
def test_the_grade_is_among_the_possible_ones(rows, policy) -> None:
    for row in grades(*rows, policy=policy).to_dict("records"):
        possible = {int(g) for g in row["POSSIBLE"].split("|")}
        assert possible <= {0, 1, 2, 3, 4}
        assert {int(g) for g in row["NUMPOSS"].split("|")} <= possible
        assert pd.isna(row["ATOXGR"]) or row["ATOXGR"] in possible


@given(rows=st.lists(lab_rows(), min_size=1, max_size=4), policy=policies)
def test_no_grade_comes_with_a_reason(rows, policy) -> None:
    for row in grades(*rows, policy=policy).to_dict("records"):
        assert row["REASONS"] or not pd.isna(row["ATOXGR"])
        assert bool(row["CRITERION"]) == (not pd.isna(row["ATOXGR"]) and row["ATOXGR"] > 0)


@given(rows=st.lists(lab_rows(), min_size=2, max_size=6), data=st.data())
def test_row_order_changes_nothing(rows, data) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    straight = grades(*rows)
    mixed = grades(*(rows[i] for i in order))
    mixed["POS"] = mixed["POS"].map(dict(enumerate(order)))
    keys = ["POS", "TERM", "DIRECTION", "GUNIT", "REASONS"]
    back = mixed.sort_values(keys).reset_index(drop=True)
    pd.testing.assert_frame_equal(straight.sort_values(keys).reset_index(drop=True), back)


@given(row=lab_rows(st.just("")), other=lab_rows())
def test_a_row_does_not_change_another(row, other) -> None:
    alone = grades(row)
    beside = grades(row, other)
    beside = beside[beside["POS"].eq(0)].reset_index(drop=True) if len(beside) else beside
    assert alone.astype("str").to_dict("records") == beside.astype("str").to_dict("records")


@given(
    test=st.sampled_from(ORDERED),
    sign=st.sampled_from(["<", "<=", ">", ">="]),
    bound=st.floats(0.5, 1000),
    share=st.floats(0.01, 0.99),
)
def test_a_bound_has_a_grade_only_if_every_value_has_it(test, sign, bound, share) -> None:
    # D27: any value the bound allows must have the bound's grade
    testcd, unit, lln, uln = test
    value = bound * share if sign.startswith("<") else bound / share
    limits = {"lln": lln, "uln": uln, "base": (lln + uln) / 2, "state": 1}
    found = grades(
        lab(testcd, bound, unit, COMPARATOR=sign, **limits), lab(testcd, value, unit, **limits)
    )
    for _, rows in found.groupby(["TERM", "DIRECTION"]):
        of_bound, of_value = rows["ATOXGR"]
        assert pd.isna(of_bound) or of_bound == of_value
        assert pd.isna(of_value) or str(of_value) in rows["POSSIBLE"].iloc[0].split("|")


@given(row=lab_rows(st.just("")))
def test_a_missing_value_never_has_a_grade(row) -> None:
    assume(not math.isnan(row["AVAL"]))
    found = grades(row | {"AVAL": NAN})
    assert found["ATOXGR"].isna().all()
    assert found["REASONS"].str.contains("value_missing|population|unit").all()
