"""Counts of one kind of white blood cell beside all white cells of the sample or day."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.intake.beside import with_beside
from tests import build
from tests.build import measurement

NOON = "2024-03-10T12:00"


def lab(testcd, value, unit="10^9/L", day="2024-03-10", **changes):
    return measurement(testcd, value, unit, day, LBORNRLO=None, LBORNRHI=None, **changes)


def cells(*rows):
    """ABOVEWBC and PERCENT of every row but the first, None for missing."""
    intakes = [build.intake("DM", build.subject()), build.intake("LB", *rows)]
    frame = with_beside(intakes, build.study())[1].records[["ABOVEWBC", "PERCENT"]].iloc[1:]
    return [tuple(None if pd.isna(x) else x for x in row) for row in frame.to_numpy().tolist()]


QUERY, REJECT, NOTHING, NOT_COMPARED = "query", "reject", ("", ""), (None, None)


def _told(text, how):
    return (text, "") if how == QUERY else ("", f"{text}: may be a percentage")


@pytest.mark.parametrize(
    ("white", "row", "expected"),
    [
        ("6", lab("NEUT", "6"), NOTHING),
        ("6", lab("NEUT", "6.04"), NOTHING),
        ("6", lab("NEUT", "6.05"), NOTHING),
        ("6", lab("NEUT", "6.5"), _told("NEUT 6.5 10*9/L with white cells of 6", QUERY)),
        ("6", lab("NEUT", "6.6"), _told("NEUT 6.6 10*9/L with white cells of 6", QUERY)),
        ("6", lab("NEUT", "6.7"), _told("NEUT 6.7 10*9/L with white cells of 6", REJECT)),
        ("6", lab("NEUT", "45"), _told("NEUT 45 10*9/L with white cells of 6", REJECT)),
        ("6", lab("NEUT", "100"), _told("NEUT 100 10*9/L with white cells of 6", REJECT)),
        ("6", lab("NEUT", "101"), _told("NEUT 101 10*9/L with white cells of 6", QUERY)),
        ("6", lab("LYM", "30"), _told("LYM 30 10*9/L with white cells of 6", REJECT)),
        ("6", lab("EOS", "30"), _told("EOS 30 10*9/L with white cells of 6", QUERY)),
        # as told per microlitre it is no percentage
        ("6", lab("NEUT", "7000", "/uL"), _told("NEUT 7 10*9/L with white cells of 6", QUERY)),
        ("6", lab("NEUT", "5000", "/uL"), NOTHING),
        ("6", lab("NEUT", "<7"), NOT_COMPARED),
        ("6", lab("NEUT", "45", "%"), NOT_COMPARED),
        # 5 % of 0.8 is 0.04
        ("0.8", lab("NEUT", "5"), _told("NEUT 5 10*9/L with white cells of 0.8", REJECT)),
        ("0.8", lab("NEUT", "0.85"), NOTHING),
        ("0.8", lab("NEUT", "0.86"), _told("NEUT 0.86 10*9/L with white cells of 0.8", QUERY)),
        ("0.3", lab("NEUT", "0.35"), NOTHING),
        # below 1 the count is grave either way
        ("0.3", lab("NEUT", "0.99"), _told("NEUT 0.99 10*9/L with white cells of 0.3", QUERY)),
        ("0.3", lab("NEUT", "1"), _told("NEUT 1 10*9/L with white cells of 0.3", REJECT)),
        ("12", lab("NEUT", "12.1"), NOTHING),
        ("12", lab("NEUT", "12.2"), _told("NEUT 12.2 10*9/L with white cells of 12", QUERY)),
    ],
)
def test_cells_of_one_kind_beside_the_white_cells(white, row, expected):
    assert cells(lab("WBC", white), row) == [expected]


@pytest.mark.parametrize(
    ("of_cells", "of_white", "is_compared"),
    [
        (NOON, NOON, True),
        (NOON, "2024-03-10T12:05", True),
        (NOON, "2024-03-10", True),
        ("2024-03-10", NOON, True),
        ("2024-03", "2024-03", True),
        (NOON, "2024-03-11T12:00", False),
        (NOON, "2024-03", False),
        ("2024-03", NOON, False),
        (None, NOON, False),
    ],
)
def test_white_cells_of_the_same_time_or_else_of_the_day(of_cells, of_white, is_compared):
    rows = [lab("WBC", "0.8", day=of_white), lab("NEUT", "45", day=of_cells)]
    text = "NEUT 45 10*9/L with white cells of 0.8: may be a percentage"
    assert cells(*rows) == [("", text) if is_compared else NOT_COMPARED]


def test_white_cells_of_the_sample_go_before_those_of_the_day():
    white = [lab("WBC", "0.8", day="2024-03-10T08:00"), lab("WBC", "6", day=NOON, VISITNUM="2")]
    assert cells(*white, lab("NEUT", "5", day=NOON)) == [NOT_COMPARED, NOTHING]
    text = "NEUT 5 10*9/L with white cells of 0.8: may be a percentage"
    early = lab("NEUT", "5", day="2024-03-10T08:00")
    assert cells(*white, early) == [NOT_COMPARED, ("", text)]
    # of several of the day the highest: nobody is accused by a choice
    assert cells(*white, lab("NEUT", "5", day="2024-03-10T09:00")) == [NOT_COMPARED, NOTHING]


def test_white_cells_of_another_subject_are_not_compared():
    assert cells(lab("WBC", "0.8"), lab("NEUT", "45", USUBJID="S2")) == [NOT_COMPARED]
