"""Limits of temperature and blood pressure: below, at, above. NCI CTCAE v5.0."""

from __future__ import annotations

import pytest

from tests.build import one, vital


@pytest.mark.parametrize(
    ("value", "unit", "grade"),
    [
        (37.99, "Cel", 0),
        (38.0, "Cel", 1),
        (39.0, "Cel", 1),
        (39.01, "Cel", 2),
        (40.0, "Cel", 2),
        (40.01, "Cel", 3),  # D33: without duration
        (100.3, "[degF]", 0),
        (100.4, "[degF]", 1),
        (102.2, "[degF]", 1),
        (102.3, "[degF]", 2),
        (104.0, "[degF]", 2),
        (104.1, "[degF]", 3),
    ],
)
def test_fever(value, unit, grade) -> None:
    assert one(vital("TEMP", value, unit), "Fever")["ATOXGR"] == grade


def test_fever_of_unknown_duration_d33() -> None:
    found = one(vital("TEMP", 40.5, "Cel"), "Fever")
    assert (found["ATOXGR"], found["POSSIBLE"]) == (3, "3|4")
    assert one(vital("TEMP", 40.5, "Cel"), "Fever", policy="worst_case")["ATOXGR"] == 4


@pytest.mark.parametrize(
    ("value", "unit", "grade"),
    [
        (35.01, "Cel", 0),
        (35.0, "Cel", 2),
        (32.01, "Cel", 2),
        (32.0, "Cel", 3),
        (28.01, "Cel", 3),
        (28.0, "Cel", 4),
        (95.0, "[degF]", 2),
        (89.6, "[degF]", 3),
        (82.4, "[degF]", 4),
    ],
)
def test_hypothermia(value, unit, grade) -> None:
    assert one(vital("TEMP", value, unit), "Hypothermia")["ATOXGR"] == grade


@pytest.mark.parametrize(
    ("testcd", "value", "grade"),
    [
        ("SYSBP", 119, 0),
        ("SYSBP", 120, 1),
        ("SYSBP", 139, 1),
        ("SYSBP", 140, 2),  # D34: previously normal is assumed
        ("SYSBP", 159, 2),
        ("SYSBP", 160, 3),
        ("SYSBP", 260, 3),
        ("DIABP", 79, 0),
        ("DIABP", 80, 1),
        ("DIABP", 89, 1),
        ("DIABP", 90, 2),
        ("DIABP", 99, 2),
        ("DIABP", 100, 3),
    ],
)
def test_hypertension_d34(testcd, value, grade) -> None:
    assert one(vital(testcd, value, "mm[Hg]"), "Hypertension")["ATOXGR"] == grade


def test_hypertension_grade_4_is_clinical_d34() -> None:
    found = one(vital("SYSBP", 170, "mm[Hg]"), "Hypertension")
    assert (found["POSSIBLE"], found["REASONS"]) == ("3|4", "facts_unknown;single_reading")


def test_pressure_in_kilopascal_is_converted() -> None:
    # 21.34 kPa / 0.13332239 = 160.06 mmHg
    found = one(vital("SYSBP", 21.34, "kPa"), "Hypertension")
    assert (found["ATOXGR"], found["GUNIT"]) == (3, "mm[Hg]")
    assert "unit_converted" in found["REASONS"].split(";")
