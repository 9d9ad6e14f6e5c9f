"""Partial dates as bounds; nothing is imputed."""

from __future__ import annotations

import calendar
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from safety.intake import dates
from tests.strategies import days, months, texts, years


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2024-03-01", "2024-03-01", "2024-03-01"),
        ("2024-03-01T08:30", "2024-03-01", "2024-03-01"),
        ("2024-03-01T08", "2024-03-01", "2024-03-01"),
        ("2024-03-01T08:30:15", "2024-03-01", "2024-03-01"),
        ("2024-03-01T08:30:15+08:00", "2024-03-01", "2024-03-01"),
        ("2024-03-01T23:59Z", "2024-03-01", "2024-03-01"),
        ("2024-03-01T08:30:15.250", "2024-03-01", "2024-03-01"),
        ("2024-02", "2024-02-01", "2024-02-29"),  # leap year
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024---15", "2024-01-15", "2024-12-15"),  # month unknown
        ("1900-01-01", "1900-01-01", "1900-01-01"),
        ("2100-12-31", "2100-12-31", "2100-12-31"),
    ],
)
def test_bounds(text, earliest, latest) -> None:
    assert dates.bounds(text) == (earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "NaT",
        "2024-02-30",
        "2023-02-29",
        "2024-00-01",
        "2024-01-00",
        "2024-13",
        "2024-13-01",
        "1899-12-31",  # wrong century
        "2101-01-01",
        "0024-03-01",
        "24-03-01",
        "2024-3-1",
        "2024/03/01",
        "01MAR2024",
        "01-03-2024",
        "20240301",
        "2024-03T08:30",  # a time of an unknown day
        "2024T08:30",
        "2024-03-01 08:30",
        "2024-03-01x",
        "x2024-03-01",
        "2024-03-01\n",
        "2024-03-01T25:99junk",
        "2024-03-01T24:00",
        "2024-03-01T08:60",
        "2024-03-01T08:30junk",
        "2024-03-01T",
        "٢٠٢٤-٠٣-٠١",  # Arabic-Indic digits
        "２０２４-03-01",  # full-width
        "9" * 10_000,
    ],
)
def test_not_a_date(text) -> None:
    assert dates.bounds(text) is None


@pytest.mark.property
@given(year=years, month=months, day=days)
def test_bounds_contain_every_completion(year, month, day) -> None:
    full = date(year, month, day).isoformat()
    for partial in (full, full[:7], full[:4], f"{full[:4]}---{full[8:]}"):
        found = dates.bounds(partial)
        assert found is not None
        assert found.earliest <= full <= found.latest
    assert dates.bounds(full[:7]).latest[8:] == str(calendar.monthrange(year, month)[1])


@pytest.mark.property
@given(text=texts)
def test_any_text_is_bounds_in_order_or_none(text) -> None:
    found = dates.bounds(text)
    assert found is None or found.earliest <= found.latest


def test_columns_of_bounds() -> None:
    frame = pd.DataFrame({"D": pd.array(["2024-03-01", "2024-03", None, "01MAR2024"], dtype="str")})
    dates.add_bounds(frame, "D", "X")
    assert frame["XSTATE"].tolist() == ["complete", "partial", "missing", "invalid"]
    assert frame["XMIN"].fillna("-").tolist() == ["2024-03-01", "2024-03-01", "-", "-"]
    assert frame["XMAX"].fillna("-").tolist() == ["2024-03-01", "2024-03-31", "-", "-"]


@pytest.mark.parametrize("size", [0, 3])
def test_columns_of_bounds_of_nothing(size) -> None:
    frame = pd.DataFrame({"D": pd.array([None] * size, dtype="str")})
    dates.add_bounds(frame, "D", "X")
    assert frame["XSTATE"].tolist() == ["missing"] * size
    assert frame["XMIN"].isna().all()
    assert frame["XMIN"].dtype == frame["XMAX"].dtype == frame["D"].dtype


@pytest.mark.parametrize(
    ("day", "first", "expected"),
    [
        ("2024-03-01", "2024-03-01", 1),  # there is no day 0
        ("2024-03-02", "2024-03-01", 2),
        ("2024-02-29", "2024-03-01", -1),
        ("2025-03-01", "2024-03-01", 366),
        (None, "2024-03-01", None),
        ("2024-03-01", None, None),
        (None, None, None),
    ],
)
def test_study_day(day, first, expected) -> None:
    found = dates.study_day(pd.Series([day], dtype="str"), pd.Series([first], dtype="str"))
    assert (None if pd.isna(found[0]) else int(found[0])) == expected


@pytest.mark.parametrize(
    ("low", "high", "first", "first_max", "expected"),
    [
        ("2024-03-05", "2024-03-05", "2024-03-01", "2024-03-01", [5, 5, 5]),
        ("2024-03-01", "2024-03-31", "2024-03-01", "2024-03-01", [None, 1, 31]),
        ("2024-03-25", "2024-03-25", "2024-03-01", "2024-03-31", [None, -6, 25]),
        ("2024-03-01", "2024-03-31", "2024-03-01", "2024-03-31", [None, -30, 31]),
        (None, None, "2024-03-01", "2024-03-01", [None, None, None]),
        ("2024-03-05", "2024-03-05", None, None, [None, None, None]),
    ],
)
def test_study_days_of_two_intervals(low, high, first, first_max, expected) -> None:
    columns = {"XMIN": low, "XMAX": high, "TRTSDT": first, "TRTSDTMAX": first_max}
    frame = pd.DataFrame({c: pd.array([v], dtype="str") for c, v in columns.items()})
    dates.add_study_days(frame, "X", "DY")
    row = frame[["DY", "DYMIN", "DYMAX"]].iloc[0]
    assert [None if pd.isna(v) else int(v) for v in row] == expected


def test_study_day_keeps_the_index() -> None:
    day = pd.Series(["2024-03-03"], index=[7], dtype="str")
    assert dates.study_day(day, day).to_dict() == {7: 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-01T08:30", "08:30:00"),
        ("2024-03-01T08:30:00", "08:30:00"),
        ("2024-03-01T08:30:15", "08:30:15"),
        ("2024-03-01T08", None),
        ("2024-03-01", None),
        (None, None),
    ],
)
def test_time_of_day(text, expected) -> None:
    found = dates.time_of_day(pd.Series([text], dtype="str"))[0]
    assert (None if pd.isna(found) else found) == expected


def test_days_of_missing_text() -> None:
    found = dates.days(pd.Series(["2024-03-01", None], dtype="str"))
    assert (found[0], np.isnat(found[1])) == (np.datetime64("2024-03-01"), True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05T20:30:00Z", "2024-03-06T04:30:00"),
        ("2024-03-05T20:30Z", "2024-03-06T04:30:00"),
        ("2024-03-05T08:30:15.5-05:00", "2024-03-05T21:30:15"),
        ("2024-03-05T20:30:00+08:00", "2024-03-05T20:30:00"),
        ("2024-03-05T20:30:00", "2024-03-05T20:30:00"),  # local already
        ("2024-03-05", "2024-03-05"),
        ("2024-03", "2024-03"),
        ("2024-02-30T20:30:00Z", "2024-02-30T20:30:00Z"),  # no date: left to the checks
        ("2024-03-05T20:30:00+99:00", "2024-03-05T20:30:00+99:00"),
        ("haemolysed", "haemolysed"),
    ],
)
def test_a_time_with_an_offset_is_told_at_the_site(text, expected) -> None:
    assert dates.at_site(text, "Asia/Shanghai") == expected


def test_the_day_of_a_change_of_clocks_is_told_right() -> None:
    assert dates.at_site("2024-03-31T00:30:00Z", "Europe/Berlin") == "2024-03-31T01:30:00"
    assert dates.at_site("2024-03-31T01:30:00Z", "Europe/Berlin") == "2024-03-31T03:30:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024-03-05", "2024-03-05T00:00:00"), ("2024-03-05T10", "2024-03-05T10:00:00"),
     ("2024-03-05T10:30", "2024-03-05T10:30:00"), ("2024-03-05T20:30Z", "2024-03-06T04:30:00"),
     ("2024-03", ""), ("", ""), ("soon", "")],
)  # fmt: skip
def test_moments_sort_as_text(text, expected) -> None:
    assert dates.site_moment(text, "Asia/Shanghai") == expected
