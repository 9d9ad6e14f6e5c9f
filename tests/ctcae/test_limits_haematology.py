"""Limits of blood counts: just below, at and just above. Typed from NCI CTCAE v5.0."""

from __future__ import annotations

import pytest

from tests.build import lab, one

PLATELETS = [
    (150.0, 0),  # D02: exactly LLN
    (149.999, 1),
    (75.001, 1),
    (75.0, 1),  # D03: the far end belongs to the milder grade
    (74.999, 2),
    (50.001, 2),
    (50.0, 2),
    (49.999, 3),
    (25.001, 3),
    (25.0, 3),
    (24.999, 4),
    (0.0, 4),
]


@pytest.mark.parametrize(("value", "grade"), PLATELETS)
def test_platelets(value: float, grade: int) -> None:
    row = lab("PLAT", value, "10*9/L", lln=150, uln=450)
    assert one(row, "Platelet count decreased")["ATOXGR"] == grade


@pytest.mark.parametrize(("value", "grade"), PLATELETS)
def test_platelets_per_cubic_millimetre_are_compared_as_printed(value: float, grade: int) -> None:
    # NCI prints <75,000/mm3 beside <75.0 x 10e9/L: D23, no conversion
    row = lab("PLAT", value * 1000, "10*6/L", lln=150_000, uln=450_000)
    found = one(row, "Platelet count decreased")
    assert (found["ATOXGR"], found["GUNIT"], found["REASONS"]) == (grade, "10*6/L", "")


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (2.0, 0),
        (1.999, 1),
        (1.5, 1),
        (1.499, 2),
        (1.0, 2),
        (0.999, 3),
        (0.5, 3),
        (0.499, 4),
        (0.0, 4),
    ],
)
def test_neutrophils(value: float, grade: int) -> None:
    si = one(lab("NEUT", value, "10*9/L", lln=2, uln=7), "Neutrophil count decreased")
    printed = one(
        lab("NEUT", value * 1000, "10*6/L", lln=2000, uln=7000), "Neutrophil count decreased"
    )
    assert (si["ATOXGR"], printed["ATOXGR"]) == (grade, grade)


@pytest.mark.parametrize(
    ("value", "unit", "lln", "grade"),
    [
        (12.0, "g/dL", 12.0, 0),
        (11.99, "g/dL", 12.0, 1),
        (10.0, "g/dL", 12.0, 1),
        (9.99, "g/dL", 12.0, 2),
        (8.0, "g/dL", 12.0, 2),
        (7.99, "g/dL", 12.0, 3),
        (0.5, "g/dL", 12.0, 3),  # D39: grade 4 is clinical only, the number stops at 3
        (120, "g/L", 120, 0),
        (119.9, "g/L", 120, 1),
        (100, "g/L", 120, 1),
        (99.9, "g/L", 120, 2),
        (80, "g/L", 120, 2),
        (79.9, "g/L", 120, 3),
        (7.4, "mmol/L", 7.4, 0),
        (7.39, "mmol/L", 7.4, 1),
        (6.2, "mmol/L", 7.4, 1),
        (6.199, "mmol/L", 7.4, 2),  # 9.99 g/dL; NCI prints 6.2, not 6.2056 (D23)
        (4.9, "mmol/L", 7.4, 2),  # 7.9 g/dL would be 3: the printed mmol/L limit decides
        (4.899, "mmol/L", 7.4, 3),
    ],
)
def test_haemoglobin_in_each_printed_unit(value, unit, lln, grade) -> None:
    row = lab("HGB", value, unit, lln=lln, uln=99999)
    assert one(row, "Anemia")["ATOXGR"] == grade


def test_anaemia_grade_4_stays_possible() -> None:
    # D39: life-threatening anaemia is a clinical fact
    found = one(lab("HGB", 7.0, "g/dL", lln=12, uln=16), "Anemia")
    assert (found["ATOXGR"], found["POSSIBLE"], found["NUMPOSS"]) == (3, "3|4", "3")
    assert found["REASONS"] == "facts_unknown"


@pytest.mark.parametrize(
    ("value", "unit", "uln", "grade"),
    [
        (16.0, "g/dL", 16.0, 0),  # D17: above ULN
        (16.1, "g/dL", 16.0, 1),
        (18.0, "g/dL", 16.0, 1),
        (18.1, "g/dL", 16.0, 2),
        (20.0, "g/dL", 16.0, 2),
        (20.1, "g/dL", 16.0, 3),
        (180, "g/L", 160, 1),
        (181, "g/L", 160, 2),
        (201, "g/L", 160, 3),
    ],
)
def test_haemoglobin_increased(value, unit, uln, grade) -> None:
    row = lab("HGB", value, unit, lln=1, uln=uln)
    assert one(row, "Hemoglobin increased")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "base", "grade"),
    [
        (0.5, 0.3, 0),  # exactly ULN
        (0.501, 0.3, 1),
        (0.501, 0.501, 0),  # D41: above ULN but not above baseline
        (0.6, 0.501, 1),
        (0.49, 0.3, 0),
        (90.0, 0.3, 1),  # higher grades are clinical
    ],
)
def test_eosinophilia_needs_both_range_and_baseline(value, base, grade) -> None:
    row = lab("EOS", value, "10*9/L", uln=0.5, base=base, state=1)
    assert one(row, "Eosinophilia")["ATOXGR"] == grade


def test_eosinophilia_without_baseline_is_not_gradable() -> None:
    # D41; below ULN the missing baseline changes nothing
    above = one(lab("EOS", 0.6, "10*9/L", uln=0.5), "Eosinophilia")
    assert (above["ATOXGR"], above["REASONS"].split(";")[0]) == (None, "baseline_missing")
    assert one(lab("EOS", 0.4, "10*9/L", uln=0.5), "Eosinophilia")["ATOXGR"] == 0


@pytest.mark.parametrize(
    ("testcd", "term", "value", "unit", "uln", "grade"),
    [
        # D44: no lower grades, ULN is not used
        ("WBC", "Leukocytosis", 100.0, "10*9/L", 11, 0),
        ("WBC", "Leukocytosis", 100.001, "10*9/L", 11, 3),
        ("WBC", "Leukocytosis", 100_000, "10*6/L", 11_000, 0),
        ("WBC", "Leukocytosis", 100_001, "10*6/L", 11_000, 3),
        ("LYM", "Lymphocyte count increased", 4.0, "10*9/L", 3, 0),
        ("LYM", "Lymphocyte count increased", 4.001, "10*9/L", 3, 2),
        ("LYM", "Lymphocyte count increased", 20.0, "10*9/L", 3, 2),
        ("LYM", "Lymphocyte count increased", 20.001, "10*9/L", 3, 3),
    ],
)
def test_increased_counts_d44(testcd, term, value, unit, uln, grade) -> None:
    assert one(lab(testcd, value, unit, lln=1, uln=uln), term)["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("testcd", "term", "limits"),
    [
        ("WBC", "White blood cell decreased", (4.0, 3.0, 2.0, 1.0)),
        ("LYM", "Lymphocyte count decreased", (1.1, 0.8, 0.5, 0.2)),
        ("CD4", "CD4 lymphocytes decreased", (0.6, 0.5, 0.2, 0.05)),  # D42: misprint read as 0.2
    ],
)
def test_decreased_counts(testcd, term, limits) -> None:
    for grade, limit in enumerate(limits):
        at = one(lab(testcd, limit, "10*9/L", lln=limits[0]), term)
        below = one(lab(testcd, limit - 0.001, "10*9/L", lln=limits[0]), term)
        assert (at["ATOXGR"], below["ATOXGR"]) == (grade, grade + 1)
