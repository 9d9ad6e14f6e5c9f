"""What is not known: clinical facts under both policies, and missing baselines."""

from __future__ import annotations

import pytest

from safety.ctcae.scales import BaselineState
from tests.build import grades, lab, one, vital

ALT = "Alanine aminotransferase increased"


@pytest.mark.parametrize(
    ("row", "term", "number_only", "worst_case", "possible"),
    [
        (lab("K", 3.2, "mmol/L", lln=3.5), "Hypokalemia", 1, 2, "1|2|3|4"),  # D12
        (lab("SODIUM", 127, "mmol/L", lln=135), "Hyponatremia", 2, 3, "2|3|4"),  # D13
        (lab("URATE", 500, "umol/L", uln=420), "Hyperuricemia", 1, 3, "1|3|4"),  # D14
        (lab("LIPASE", 200, "U/L", uln=60), "Lipase increased", 2, 3, "2|3"),  # D11
        (vital("TEMP", 40.1, "Cel"), "Fever", 3, 4, "3|4"),  # D33
        (lab("SODIUM", 140, "mmol/L", lln=135), "Hyponatremia", 0, 0, "0"),
    ],
)
def test_policies(row, term, number_only, worst_case, possible) -> None:
    found = one(row, term)
    assert (found["ATOXGR"], found["POSSIBLE"]) == (number_only, possible)
    assert one(row, term, policy="worst_case")["ATOXGR"] == worst_case


def test_a_clinical_fact_may_raise_but_never_lower_d01() -> None:
    # semicolon is "or": 7.0 mg/dL calcium with unknown symptoms is at least grade 2
    found = one(lab("CA", 7.5, "mg/dL", lln=8.5), "Hypocalcemia")
    assert (found["ATOXGR"], found["POSSIBLE"], found["NUMPOSS"]) == (2, "2|3|4", "2")


def test_grade_5_is_never_derived() -> None:
    found = grades(lab("PLAT", 0, "10*9/L", lln=150), lab("K", 20, "mmol/L", lln=3.5, uln=5))
    assert found["ATOXGR"].max() == 4
    assert not found["POSSIBLE"].str.contains("5").any()


def test_baseline_flagged_high_without_a_value_d09() -> None:
    row = lab("ALT", 150, "U/L", uln=40, state=BaselineState.HIGH_WITHOUT_VALUE)
    found = one(row, ALT)
    assert (found["ATOXGR"], found["NUMPOSS"]) == (None, "0|1|2|3|4")


def test_missing_baseline_keeps_only_the_grades_it_allows_d09() -> None:
    # 100 U/L is 2.5 x ULN: with any abnormal baseline (> 40) it is at most 2.5 x, so 0 or 1
    found = one(lab("ALT", 100, "U/L", uln=40), ALT)
    assert (found["ATOXGR"], found["NUMPOSS"], found["REASONS"]) == (1, "0|1", "baseline_missing")
