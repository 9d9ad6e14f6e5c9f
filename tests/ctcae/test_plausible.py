"""Suspect values and likely units: the faults of a unit, and true values of very ill people."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.ctcae.plausible import likely_unit, plausible_range, suspect
from safety.ctcae.units import conversion

NAN = float("nan")


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("safety.ctcae").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


ROWS = [(code, r) for r in _rows("plausible.csv") for code in r["testcds"].split()]


@pytest.mark.parametrize(
    ("testcd", "specimen", "ucum", "value", "expected"),
    [
        ("HGB", "BLOOD", "g/L", 12.0, True),  # fault 19: it is g/dL
        ("HGB", "BLOOD", "g/L", 120.0, False),
        ("HGB", "BLOOD", "g/dL", 2.6, False),
        ("PLAT", "BLOOD", "10*9/L", 0.2, True),  # fault 19: it is 10*12/L
        ("PLAT", "BLOOD", "10*9/L", 200_000.0, True),  # fault 19: it is /uL
        ("PLAT", "BLOOD", "10*9/L", 1.0, False),
        ("PLAT", "BLOOD", "10*9/L", 0.0, False),  # what an analyser reports below 0.5
        ("CREAT", "BLOOD", "mg/dL", 80.0, True),  # fault 19: it is umol/L
        ("CREAT", "BLOOD", "umol/L", 80.0, False),
        ("NEUT", "BLOOD", "10*9/L", 0.0, False),
        ("NEUT", "BLOOD", "10*9/L", 4500.0, True),
        ("TEMP", "", "[degF]", 100.4, False),
        ("TEMP", "", "Cel", 98.6, True),
        ("TEMP", "", "[degF]", 37.0, True),
        ("SYSBP", "", "kPa", 16.0, False),
        ("SYSBP", "", "kPa", 120.0, True),
        ("K", "BLOOD", "mmol/L", 9.0, False),
        ("K", "BLOOD", "mmol/L", 40.0, True),
        ("GLUC", "URINE", "mg/dL", 4000.0, False),
        ("GLUC", "BLOOD", "mg/dL", 4000.0, True),
        ("PROT", "URINE", "{plus}", 3.0, False),
        ("PROT", "URINE", "{plus}", 300.0, True),
        ("HGB", "BLOOD", "g/dL", NAN, False),
        ("HGB", "BLOOD", "{plus}", 900.0, False),  # no range in this unit
        ("NOSUCH", "BLOOD", "g/dL", 900.0, False),
    ],
)
def test_suspect(testcd, specimen, ucum, value, expected) -> None:
    assert suspect(testcd, specimen, ucum, np.array([value])).tolist() == [expected]


@pytest.mark.parametrize(
    ("testcd", "specimen", "ucum", "expected"),
    [
        ("HGB", "BLOOD", "g/dL", (2, 25)),
        ("HGB", "BLOOD", "g/L", (20, 250)),
        ("TEMP", "", "[degF]", (77, 113)),
        ("CREATCLR", "BLOOD", "mL/min", (0, 400)),
        ("CREATCLR", "BLOOD", "mL/min/{1.73_m2}", (0, 300)),
    ],
)
def test_range_in_a_unit(testcd, specimen, ucum, expected) -> None:
    assert plausible_range(testcd, specimen, ucum) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("testcd", "specimen", "ucum"),
    [("HGB", "URINE", "g/dL"), ("HGB", "BLOOD", "s"), ("NOSUCH", "", "g/L")],
)
def test_no_range(testcd, specimen, ucum) -> None:
    assert plausible_range(testcd, specimen, ucum) is None


@pytest.mark.parametrize(
    ("testcd", "value", "lln", "uln", "expected"),
    [
        ("HGB", 130.0, NAN, NAN, "g/L"),
        ("HGB", 13.0, NAN, NAN, "g/dL"),
        ("HGB", 8.1, NAN, NAN, ""),  # g/dL or mmol/L
        ("HGB", 8.1, 7.4, 9.9, "mmol/L"),
        ("HGB", 8.1, 12.0, 16.0, "g/dL"),
        ("HGB", 81.0, 120.0, 160.0, "g/L"),
        ("HGB", 8.1, 120.0, 160.0, ""),  # value and range of two units
        ("HGB", 8.1, 16.0, 12.0, ""),  # a reversed range says nothing
        ("PLAT", 0.2, NAN, NAN, ""),
        ("PLAT", 180.0, 150.0, 400.0, "10*9/L"),
        ("PLAT", 180_000.0, NAN, NAN, "10*6/L"),
        ("CREAT", 80.0, NAN, NAN, "umol/L"),
        ("CREAT", 0.9, NAN, NAN, "mg/dL"),
        ("GLUC", 5.5, NAN, 6.1, "mmol/L"),
        ("BILI", 12.0, NAN, NAN, ""),  # 12 mg/dL is jaundice, 12 umol/L is normal
        ("BILI", 12.0, NAN, 21.0, "umol/L"),
        ("BILI", 12.0, 0.2, 1.2, "mg/dL"),
        ("ALT", 0.5, NAN, 0.75, "ukat/L"),
        ("MG", 0.8, 0.7, 1.0, "mmol/L"),
        ("MG", 0.8, 1.6, 2.6, "mg/dL"),
        ("TROPONI", 30.0, NAN, 26.0, "ng/L"),
        ("TROPONI", 30.0, NAN, NAN, ""),
        ("HGB", NAN, NAN, NAN, ""),
        ("NOSUCH", 1.0, NAN, NAN, ""),
    ],
)
def test_likely_unit(testcd, value, lln, uln, expected) -> None:
    arrays = (np.array([x]) for x in (value, lln, uln))
    assert likely_unit(testcd, "BLOOD", *arrays).tolist() == [expected]


def test_likely_unit_row_by_row() -> None:
    found = likely_unit("TEMP", "", np.array([37.0, 99.0, 60.0]), np.full(3, NAN), np.full(3, NAN))
    assert found.tolist() == ["Cel", "[degF]", ""]


def test_every_test_with_criteria_has_a_range() -> None:
    graded = {
        (code, r["specimen"]) for r in _rows("criteria_5_0.csv") for code in r["testcds"].split()
    }
    assert graded - {(code, r["specimen"]) for code, r in ROWS} == set()


@pytest.mark.parametrize(("code", "row"), ROWS)
def test_rows_are_sound(code, row) -> None:
    assert float(row["low"]) < float(row["high"])
    assert row["source"]
    for ucum in row["units"].split():
        assert conversion(code, row["unit"], ucum) is not None
    if row["usual_low"]:
        assert float(row["low"]) <= float(row["usual_low"])
        assert float(row["usual_low"]) < float(row["usual_high"]) <= float(row["high"])
    if row["lln_low"]:
        assert float(row["lln_low"]) <= float(row["lln_high"])
        assert float(row["lln_high"]) <= float(row["uln_high"])
    if row["uln_low"]:
        assert float(row["uln_low"]) < float(row["uln_high"]) <= float(row["high"])


@pytest.mark.property
@given(st.sampled_from([(c, r) for c, r in ROWS if r["units"]]), st.data())
def test_units_do_not_change_what_is_suspect(case, data) -> None:
    code, row = case
    ucum = data.draw(st.sampled_from(row["units"].split()))
    value = data.draw(st.floats(float(row["low"]), float(row["high"])))
    step = conversion(code, row["unit"], ucum)
    assert step is not None
    there = np.array([value * step.factor + step.offset])
    assert not suspect(code, row["specimen"], ucum, there)[0]
    beyond = np.array([(2 * float(row["high"]) + 1) * step.factor + step.offset])
    assert suspect(code, row["specimen"], ucum, beyond)[0]


@pytest.mark.property
@given(
    st.sampled_from(ROWS),
    st.floats(allow_nan=True),
    st.floats(allow_nan=True),
    st.floats(allow_nan=True),
)
def test_a_suggestion_is_never_implausible(case, value, lln, uln) -> None:
    code, row = case
    values = np.array([value])
    found = likely_unit(code, row["specimen"], values, np.array([lln]), np.array([uln]))[0]
    assert found == "" or not suspect(code, row["specimen"], found, values)[0]
