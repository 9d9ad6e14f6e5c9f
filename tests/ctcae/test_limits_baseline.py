"""Limits that are multiples of ULN or of the baseline: below, at, above. NCI CTCAE v5.0."""

from __future__ import annotations

import pytest

from safety.ctcae.scales import BaselineState
from tests.build import NAN, lab, one, vital

NORMAL, ABNORMAL = BaselineState.NORMAL, BaselineState.ABNORMAL


@pytest.mark.parametrize("state", [NORMAL, BaselineState.MISSING, BaselineState.NOT_APPLICABLE])
@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (39.9, 0),
        (40, 0),  # D02
        (40.1, 1),
        (119.9, 1),
        (120, 1),  # D03: 3 x ULN is 1
        (120.1, 2),
        (200, 2),  # D03: 5 x ULN is 2
        (200.1, 3),
        (800, 3),
        (800.1, 4),
    ],
)
def test_alt_by_uln(state, value, grade) -> None:
    # D09: a missing baseline is graded by ULN; D07: so is the baseline record itself
    base = 30 if state == NORMAL else NAN
    row = lab("ALT", value, "U/L", lln=5, uln=40, base=base, state=state)
    assert one(row, "Alanine aminotransferase increased")["ATOXGR"] == grade


@pytest.mark.parametrize("testcd_term", ["ALT/Alanine", "AST/Aspartate"])
@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (60, 0),  # 1 x baseline, though above ULN
        (89.9, 0),
        (90, 1),  # D19: 1.5 x baseline is included
        (180, 1),
        (180.1, 2),
        (300, 2),
        (300.1, 3),
        (1200, 3),
        (1200.1, 4),
    ],
)
def test_transaminases_by_abnormal_baseline(testcd_term, value, grade) -> None:
    testcd, name = testcd_term.split("/")
    row = lab(testcd, value, "U/L", lln=5, uln=40, base=60, state=ABNORMAL)
    assert one(row, f"{name} aminotransferase increased")["ATOXGR"] == grade


def test_low_baseline_is_not_abnormal_for_an_increase() -> None:
    # D06: a baseline below LLN uses ULN limits; 3 x baseline would be grade 1 or 2
    row = lab("ALT", 12, "U/L", lln=5, uln=40, base=4, state=NORMAL)
    assert one(row, "Alanine aminotransferase increased")["ATOXGR"] == 0


@pytest.mark.parametrize(
    ("term", "testcd", "value", "grade"),
    [
        # D19: 2.0 x baseline is included for ALP and GGT
        ("Alkaline phosphatase increased", "ALP", 399.9, 0),
        ("Alkaline phosphatase increased", "ALP", 400, 1),
        ("Alkaline phosphatase increased", "ALP", 500, 1),
        ("Alkaline phosphatase increased", "ALP", 500.1, 2),
        ("GGT increased", "GGT", 399.9, 0),
        ("GGT increased", "GGT", 400, 1),
    ],
)
def test_alp_and_ggt_by_abnormal_baseline_d19(term, testcd, value, grade) -> None:
    row = lab(testcd, value, "U/L", uln=100, base=200, state=ABNORMAL)
    assert one(row, term)["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "base", "state", "grade"),
    [
        (1.0, 0.8, NORMAL, 0),
        (1.01, 0.8, NORMAL, 1),
        (1.5, 0.8, NORMAL, 1),
        (1.51, 0.8, NORMAL, 2),
        (3.0, 0.8, NORMAL, 2),
        (3.01, 0.8, NORMAL, 3),
        (10.0, 0.8, NORMAL, 3),
        (10.01, 0.8, NORMAL, 4),
        (2.0, 2.0, ABNORMAL, 0),  # D19: 1.0 x baseline is excluded for bilirubin
        (2.01, 2.0, ABNORMAL, 1),
        (3.0, 2.0, ABNORMAL, 1),
        (3.01, 2.0, ABNORMAL, 2),
        (6.0, 2.0, ABNORMAL, 2),
        (6.01, 2.0, ABNORMAL, 3),
        (20.0, 2.0, ABNORMAL, 3),
        (20.01, 2.0, ABNORMAL, 4),
    ],
)
def test_bilirubin(value, base, state, grade) -> None:
    row = lab("BILI", value, "mg/dL", uln=1.0, base=base, state=state)
    assert one(row, "Blood bilirubin increased")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "base", "grade"),
    [
        (1.2, 1.2, 0),
        (1.21, 1.2, 1),
        (1.8, 1.2, 1),
        (1.81, 1.2, 2),
        (3.6, 1.2, 2),
        (3.61, 1.2, 3),
        (7.2, 3.0, 3),
        (7.21, 3.0, 4),
        # D10: the baseline clause applies to any baseline, also inside the normal range
        (0.75, 0.5, 0),
        (0.76, 0.5, 2),
        (1.5, 0.5, 2),
        (1.51, 0.5, 3),
        (9.0, 0.5, 4),
    ],
)
def test_creatinine(value, base, grade) -> None:
    row = lab("CREAT", value, "mg/dL", uln=1.2, base=base, state=NORMAL)
    assert one(row, "Creatinine increased")["ATOXGR"] == grade


@pytest.mark.parametrize(("base", "state"), [(NAN, BaselineState.MISSING), (0, NORMAL)])
def test_creatinine_without_baseline_skips_the_clause_and_says_so(base, state) -> None:
    # D10; a baseline of 0 is none: every value would be infinitely many times it
    row = lab("CREAT", 1.0, "mg/dL", uln=1.2, base=base, state=state)
    found = one(row, "Creatinine increased")
    assert (found["ATOXGR"], found["REASONS"]) == (0, "baseline_missing")
    assert found["NUMPOSS"] == "0|2|3"


@pytest.mark.parametrize(
    ("testcd_term", "value", "grade"),
    [
        # D35: baseline 80 kg
        ("Weight loss", 76.1, 0),
        ("Weight loss", 76.0, 1),
        ("Weight loss", 72.1, 1),
        ("Weight loss", 72.0, 2),
        ("Weight loss", 64.1, 2),
        ("Weight loss", 64.0, 3),
        ("Weight gain", 83.9, 0),
        ("Weight gain", 84.0, 1),
        ("Weight gain", 87.9, 1),
        ("Weight gain", 88.0, 2),
        ("Weight gain", 95.9, 2),
        ("Weight gain", 96.0, 3),
    ],
)
def test_weight_d35(testcd_term, value, grade) -> None:
    row = vital("WEIGHT", value, "kg", base=80, state=BaselineState.RANGE_MISSING)
    assert one(row, testcd_term)["ATOXGR"] == grade


@pytest.mark.parametrize("term", ["Weight loss", "Weight gain"])
def test_weight_without_baseline_is_not_gradable(term) -> None:
    found = one(vital("WEIGHT", 70, "kg"), term)
    assert (found["ATOXGR"], "baseline_missing" in found["REASONS"]) == (None, True)
