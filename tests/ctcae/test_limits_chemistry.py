"""Limits of electrolytes, glucose and others: below, at, above. NCI CTCAE v5.0."""

from __future__ import annotations

import pytest

from tests.build import lab, one


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (135, 0),
        (134.9, 1),
        (130, 1),
        (129.9, 2),  # D05: no gap between 129 and 130; D13: without symptoms
        (125, 2),
        (124.9, 3),
        (120, 3),
        (119.9, 4),
    ],
)
def test_hyponatraemia(value, grade) -> None:
    row = lab("SODIUM", value, "mmol/L", lln=135, uln=145)
    assert one(row, "Hyponatremia")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "grade"),
    [(145, 0), (145.1, 1), (150, 1), (150.1, 2), (155, 2), (155.1, 3), (160, 3), (160.1, 4)],
)
def test_hypernatraemia(value, grade) -> None:
    row = lab("SODIUM", value, "mmol/L", lln=135, uln=145)
    assert one(row, "Hypernatremia")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "grade"),
    [(3.5, 0), (3.49, 1), (3.0, 1), (2.99, 3), (2.5, 3), (2.49, 4)],  # D12: <LLN-3.0 is 1
)
def test_hypokalaemia(value, grade) -> None:
    row = lab("K", value, "mmol/L", lln=3.5, uln=5.0)
    assert one(row, "Hypokalemia")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "grade"),
    [(5.0, 0), (5.01, 1), (5.5, 1), (5.51, 2), (6.0, 2), (6.01, 3), (7.0, 3), (7.01, 4)],
)
def test_hyperkalaemia(value, grade) -> None:
    row = lab("K", value, "mmol/L", lln=3.5, uln=5.0)
    assert one(row, "Hyperkalemia")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "unit", "lln", "grade"),
    [
        (70, "mg/dL", 70, 0),
        (69.9, "mg/dL", 70, 1),
        (55, "mg/dL", 70, 1),
        (54.9, "mg/dL", 70, 2),
        (40, "mg/dL", 70, 2),
        (39.9, "mg/dL", 70, 3),
        (30, "mg/dL", 70, 3),
        (29.9, "mg/dL", 70, 4),
        (3.9, "mmol/L", 3.9, 0),
        (3.89, "mmol/L", 3.9, 1),
        (3.0, "mmol/L", 3.9, 1),  # 54.0 mg/dL would be 2: no conversion (D23)
        (2.99, "mmol/L", 3.9, 2),
        (2.2, "mmol/L", 3.9, 2),
        (2.19, "mmol/L", 3.9, 3),
        (1.7, "mmol/L", 3.9, 3),
        (1.69, "mmol/L", 3.9, 4),
    ],
)
def test_hypoglycaemia(value, unit, lln, grade) -> None:
    assert one(lab("GLUC", value, unit, lln=lln, uln=999), "Hypoglycemia")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("value", "unit", "grade"),
    [
        (149.9, "mg/dL", 0),
        (150, "mg/dL", 1),  # D18: inclusive as printed
        (300, "mg/dL", 1),
        (300.1, "mg/dL", 2),
        (500.1, "mg/dL", 3),
        (1000, "mg/dL", 3),
        (1000.1, "mg/dL", 4),
        (1.70, "mmol/L", 0),
        (1.71, "mmol/L", 1),
        (3.42, "mmol/L", 1),
        (5.7, "mmol/L", 2),
        (11.4, "mmol/L", 3),
        (11.41, "mmol/L", 4),
    ],
)
def test_triglycerides_d18(value, unit, grade) -> None:
    row = lab("TRIG", value, unit, uln=50)  # ULN is not used
    assert one(row, "Hypertriglyceridemia")["ATOXGR"] == grade


@pytest.mark.parametrize("testcd", ["LIPASE", "LIPASET"])
@pytest.mark.parametrize(
    ("value", "number_only", "worst_case"),
    [
        (60, 0, 0),
        (60.1, 1, 1),
        (90, 1, 1),
        (90.1, 2, 2),
        (120, 2, 2),
        (120.1, 2, 3),  # D11: >2.0-5.0 x ULN, symptoms unknown
        (300, 2, 3),
        (300.1, 3, 4),
    ],
)
def test_lipase_d11(testcd, value, number_only, worst_case) -> None:
    row = lab(testcd, value, "U/L", lln=10, uln=60)
    assert one(row, "Lipase increased")["ATOXGR"] == number_only
    assert one(row, "Lipase increased", policy="worst_case")["ATOXGR"] == worst_case


@pytest.mark.parametrize(
    ("value", "grade"), [(1.2, 0), (1.21, 1), (1.5, 1), (1.51, 2), (2.5, 2), (2.51, 3)]
)
def test_inr_without_anticoagulation(value, grade) -> None:
    # D15: not known to be on anticoagulation, so absolute limits only
    row = lab("INR", value, "{INR}", uln=1.1, base=1.0, state=1)
    assert one(row, "INR increased")["ATOXGR"] == grade


@pytest.mark.parametrize(("value", "grade"), [(4.19, 0), (4.2, 0), (4.21, 1), (90, 1)])
def test_tsh(value, grade) -> None:
    row = lab("TSH", value, "m[IU]/L", lln=0.4, uln=4.2)
    assert one(row, "Thyroid stimulating hormone increased")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("term", "testcd", "value", "shown"),
    [
        ("Hyperglycemia", "GLUC", 300, "high"),  # D45: not numeric in v5, suggested at most
        ("Hyperphosphatemia", "PHOS", 300, "high"),
        ("Hypophosphatemia", "PHOS", 1, "low"),
    ],
)
def test_terms_without_numbers_are_suggested_only_d45(term, testcd, value, shown) -> None:
    found = one(lab(testcd, value, "mg/dL", lln=2, uln=100, base=50, state=1), term)
    assert (found["ATOXGR"], found["DIRECTION"]) == (None, shown)
    assert "not_numeric_in_this_version" in found["REASONS"].split(";")
    assert one(lab(testcd, 50, "mg/dL", lln=2, uln=100, base=50, state=1), term)["ATOXGR"] == 0
