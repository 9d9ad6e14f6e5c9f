"""Limits of calcium, total or corrected and ionised: below, at, above. NCI CTCAE v5.0."""

from __future__ import annotations

import pytest

from tests.build import lab, one

CORRECTED = [
    ("Hypercalcemia", 10.5, "mg/dL", 0),
    ("Hypercalcemia", 10.51, "mg/dL", 1),
    ("Hypercalcemia", 11.5, "mg/dL", 1),
    ("Hypercalcemia", 11.51, "mg/dL", 2),
    ("Hypercalcemia", 12.5, "mg/dL", 2),
    ("Hypercalcemia", 12.51, "mg/dL", 3),
    ("Hypercalcemia", 13.5, "mg/dL", 3),
    ("Hypercalcemia", 13.51, "mg/dL", 4),
    ("Hypocalcemia", 8.5, "mg/dL", 0),
    ("Hypocalcemia", 8.49, "mg/dL", 1),
    ("Hypocalcemia", 8.0, "mg/dL", 1),
    ("Hypocalcemia", 7.99, "mg/dL", 2),
    ("Hypocalcemia", 7.0, "mg/dL", 2),
    ("Hypocalcemia", 6.99, "mg/dL", 3),
    ("Hypocalcemia", 6.0, "mg/dL", 3),
    ("Hypocalcemia", 5.99, "mg/dL", 4),
    ("Hypercalcemia", 2.9, "mmol/L", 1),
    ("Hypercalcemia", 2.91, "mmol/L", 2),
    ("Hypercalcemia", 3.1, "mmol/L", 2),
    ("Hypercalcemia", 3.4, "mmol/L", 3),
    ("Hypercalcemia", 3.41, "mmol/L", 4),
    ("Hypocalcemia", 2.0, "mmol/L", 1),
    ("Hypocalcemia", 1.99, "mmol/L", 2),
    ("Hypocalcemia", 1.75, "mmol/L", 2),
    ("Hypocalcemia", 1.5, "mmol/L", 3),
    ("Hypocalcemia", 1.49, "mmol/L", 4),
]


@pytest.mark.parametrize("testcd", ["CA", "CACR"])
@pytest.mark.parametrize(("term", "value", "unit", "grade"), CORRECTED)
def test_calcium(testcd, term, value, unit, grade) -> None:
    low, high = (8.5, 10.5) if unit == "mg/dL" else (2.1, 2.6)
    assert one(lab(testcd, value, unit, lln=low, uln=high), term)["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("term", "value", "unit", "grade"),
    [
        ("Hypercalcemia", 1.5, "mmol/L", 1),
        ("Hypercalcemia", 1.51, "mmol/L", 2),
        ("Hypercalcemia", 1.6, "mmol/L", 2),
        ("Hypercalcemia", 1.8, "mmol/L", 3),
        ("Hypercalcemia", 1.81, "mmol/L", 4),
        ("Hypocalcemia", 1.0, "mmol/L", 1),
        ("Hypocalcemia", 0.99, "mmol/L", 2),
        ("Hypocalcemia", 0.8, "mmol/L", 3),
        ("Hypocalcemia", 0.79, "mmol/L", 4),
        ("Hypocalcemia", 4.01, "mg/dL", 1),  # D23: 1.0 mmol/L is 4.0078 mg/dL
        ("Hypocalcemia", 4.0, "mg/dL", 2),
    ],
)
def test_ionised_calcium(term, value, unit, grade) -> None:
    low, high = (1.1, 1.3) if unit == "mmol/L" else (4.4, 5.2)
    assert one(lab("CAION", value, unit, lln=low, uln=high), term)["ATOXGR"] == grade
