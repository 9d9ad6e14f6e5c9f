"""Results as received: numbers, bounds, text. Nothing is guessed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.ctcae.results import parse_result
from safety.intake import values
from tests.strategies import texts


@pytest.mark.parametrize(
    ("text", "number", "sign", "state"),
    [
        ("7", 7.0, "", "number"),
        ("7.5", 7.5, "", "number"),
        ("7.", 7.0, "", "number"),
        ("-1.5", -1.5, "", "number"),
        ("+3", 3.0, "", "number"),
        ("007", 7.0, "", "number"),
        ("1e3", 1000.0, "", "number"),
        ("2.5E-1", 0.25, "", "number"),
        ("0", 0.0, "", "number"),
        ("1e308", 1e308, "", "number"),
        ("<0.5", 0.5, "<", "bound"),
        ("< 0.5", 0.5, "<", "bound"),
        ("<=0.5", 0.5, "<=", "bound"),
        (">1000", 1000.0, ">", "bound"),
        (">= 1000", 1000.0, ">=", "bound"),
        ("≤5", 5.0, "<=", "bound"),
        ("≥5", 5.0, ">=", "bound"),
    ],
)
def test_numbers_and_bounds(text, number, sign, state) -> None:
    assert parse_result(text) == (number, sign, state)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "7,5",  # a decimal comma is not guessed
        "1,000",
        "7.5.1",
        "1e",
        "e5",
        "5-10",
        "~5",
        "5 mg/dL",
        "5*",
        "H 5",
        "<",
        "<>5",
        "=5",
        "<<5",
        "+-5",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "0x10",
        "1_000",
        "NEGATIVE",
        "NOT DONE",
        "x" * 100_000,
        "1e400",  # too large for a number: not infinite
        "-1e400",
        ">1e400",
        "9" * 400,
        "٧",  # Arabic-Indic digits
        "<٥",
        "７.5",  # full-width
    ],
)
def test_text_is_not_a_number(text) -> None:
    number, sign, state = parse_result(text)
    assert math.isnan(number)
    assert (sign, state) == ("", "text")


@pytest.mark.property
@given(text=texts)
def test_a_state_goes_with_its_number(text) -> None:
    number, sign, state = parse_result(text)
    assert (state == "text") == math.isnan(number)
    assert (state == "bound") == bool(sign)


@pytest.mark.property
@given(number=st.floats(-1e12, 1e12))
def test_a_written_number_is_read_back(number) -> None:
    assert parse_result(repr(number)) == (number, "", "number")


def _frame(results: list[str | None], stat: list[str | None] | None = None) -> pd.DataFrame:
    stat = stat or [None] * len(results)
    return pd.DataFrame(
        {"AVALC": pd.array(results, dtype="str"), "STAT": pd.array(stat, dtype="str")}
    )


def test_columns_of_values() -> None:
    frame = _frame(
        ["5", "<2", "few", None, None, "4"], [None, None, None, None, "NOT DONE", "NOT DONE"]
    )
    values.add_values(frame)
    assert frame["AVAL"].fillna(-1).tolist() == [5, 2, -1, -1, -1, 4]
    assert frame["COMPARATOR"].tolist() == ["", "<", "", "", "", ""]
    # a value beside NOT DONE is a value
    states = ["number", "bound", "text", "missing", "not_done", "number"]
    assert frame["VALUESTATE"].tolist() == states


@pytest.mark.parametrize("size", [0, 2])
def test_columns_of_no_values(size) -> None:
    frame = _frame([None] * size)
    values.add_values(frame)
    assert frame["AVAL"].dtype == np.float64
    assert frame["AVAL"].isna().all()
    assert frame["COMPARATOR"].tolist() == [""] * size
    assert frame["VALUESTATE"].tolist() == ["missing"] * size


def test_columns_of_units() -> None:
    frame = pd.DataFrame({"AVALU": pd.array(["U/L", "furlong", None, "MG/DL"], dtype="str")})
    values.add_units(frame)
    assert frame["UCUM"].tolist() == ["U/L", "", "", "mg/dL"]
    assert frame["UNITSTATE"].tolist() == [0, 2, 1, 0]  # known, unknown, missing, known


@pytest.mark.parametrize("size", [0, 2])
def test_columns_of_no_units(size) -> None:
    frame = pd.DataFrame({"AVALU": pd.array([None] * size, dtype="str")})
    values.add_units(frame)
    assert frame["UCUM"].tolist() == [""] * size
    assert frame["UNITSTATE"].tolist() == [1] * size


def _urine(text: str | None, unit: str | None = None, **changes: str) -> dict:
    row = {"PARAMCD": "PROT", "SPEC": "URINE", "AVALC": text, "AVALU": unit, "STAT": None}
    columns = (row | changes).items()
    frame = pd.DataFrame({c: pd.array([x], dtype="str") for c, x in columns})
    values.add_values(frame)
    values.add_units(frame)
    values.add_dipsticks(frame)
    return frame.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("text", "unit", "number", "sign"),
    [
        ("2+", None, 2, ""),
        ("++", None, 2, ""),
        ("+2", None, 2, ""),
        ("NEGATIVE", None, 0, ""),
        ("Neg", "mg/dL", 0, ""),
        ("TRACE", None, 0.5, ""),
        ("trace", "NO UNITS", 0.5, ""),
        ("POSITIVE", None, 1, ">="),
    ],
)
def test_dipsticks_are_read_in_plusses(text, unit, number, sign) -> None:
    found = _urine(text, unit)
    assert (found["AVAL"], found["COMPARATOR"]) == (number, sign)
    assert (found["UCUM"], found["UNITSTATE"]) == ("{plus}", 0)
    assert found["VALUESTATE"] == ("bound" if sign else "number")
    assert _urine(text, unit, PARAMCD="GLUC")["UCUM"] == "{plus}"


@pytest.mark.parametrize(
    "row",
    [
        {"text": "2+", "SPEC": "BLOOD"},
        {"text": "2+", "SPEC": ""},
        {"text": "2+", "PARAMCD": "KETONES"},
        {"text": "see comment"},
        {"text": "5+"},
        {"text": None},
    ],
)
def test_what_is_no_dipstick_stays_as_it_is(row) -> None:
    found = _urine(**row)
    assert (np.isnan(found["AVAL"]), found["UCUM"], found["UNITSTATE"]) == (True, "", 1)
    assert found["VALUESTATE"] == ("missing" if row["text"] is None else "text")


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("+2", "g/day", (2, "g/d", 0)),  # a number with its unit
        ("2", "plus", (2, "{plus}", 0)),
        ("2", None, (2, "", 1)),  # of what is not guessed
        ("+2", "furlong", (2, "", 2)),
    ],
)
def test_a_number_keeps_its_unit(text, unit, expected) -> None:
    found = _urine(text, unit)
    assert (found["AVAL"], found["UCUM"], found["UNITSTATE"]) == expected


def test_a_dipstick_that_was_not_done_is_not_negative() -> None:
    found = _urine(None, STAT="NOT DONE")
    assert (np.isnan(found["AVAL"]), found["VALUESTATE"]) == (True, "not_done")


def test_limits_are_plain_numbers_only() -> None:
    texts_ = pd.Series(["10", "1.5", "<5", "1,5", None, "nan", "-2", "1e400"], dtype="str")
    assert values.number(texts_).fillna(-99).tolist() == [10, 1.5, -99, -99, -99, -99, -2, -99]
