"""Peaks of liver tests, and Hy's law by time."""

from __future__ import annotations

import pytest

from safety.displays.edish import HysLawRule, edish
from tests.displays.frames import everyone, frames, plain, shuffled

LEVELS = {"S1": "L1"}
ULN = {"ALT": 40.0, "AST": 40.0, "BILI": 20.0, "ALP": 100.0}
NORMAL = 1  # BASESTATE
HIGH = 2


def value(test: str, day: int, number, subject: str = "S1", **more) -> tuple[dict, dict]:
    """Return a measurement on a day of March and its grade; BASE and BASESTATE go to the grade."""
    date = None if day == 0 else f"2024-03-{day:02}"
    key = f"{subject}{test}{day}"
    record = {
        "KEY": key, "USUBJID": subject, "PARAMCD": test, "AVAL": number, "ANRHI": ULN[test],
        "COMPARATOR": "", "VALUESTATE": "number", "ADTMIN": date, "ADTMAX": date,
    }  # fmt: skip
    graded = {"MKEY": key, "USUBJID": subject, "TERM": test, "POSTFL": "Y", "BASESTATE": NORMAL}
    own = {k: v for k, v in more.items() if k in {"BASE", "BASESTATE", "POSTFL"}}
    return record | {k: v for k, v in more.items() if k not in own}, graded | own


def told(*values, levels=None, rule=None):
    of = frames(
        levels or LEVELS, measurement=[m for m, _ in values],
        grade=[g for _, g in values if g],
    )  # fmt: skip
    return edish(of, everyone(of), rule)


ALT5, BILI3, ALP1 = value("ALT", 5, 200.0), value("BILI", 10, 60.0), value("ALP", 7, 90.0)


def test_peaks_their_days_and_quadrant() -> None:
    found = told(ALT5, value("AST", 8, 160.0), BILI3, ALP1, value("ALT", 1, 400.0, POSTFL=""))
    columns = ("TEST", "ALT", "ALTDY", "BILI", "BILIDY", "DAYS", "QUADRANT", "HYS")
    assert plain(found.peaks, *columns) == [
        ("ALT", 5.0, 5, 3.0, 10, 5, "Hy's law range", "met")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("alt", "bili", "quadrant"),
    [
        (120.0, 40.0, "normal or near normal"),  # at the limits, not above
        (121.0, 40.0, "Temple's corollary"),
        (120.0, 41.0, "cholestasis"),
        (121.0, 41.0, "Hy's law range"),
    ],
)
def test_quadrants(alt, bili, quadrant) -> None:
    found = told(value("ALT", 5, alt), value("BILI", 5, bili), value("ALP", 5, 90.0))
    assert plain(found.peaks, "QUADRANT") == [quadrant]
    assert plain(found.peaks, "HYS") == ["met" if quadrant == "Hy's law range" else "not met"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([ALT5, value("BILI", 19, 60.0), ALP1], "met"),  # 14 days apart
        ([ALT5, value("BILI", 20, 60.0), ALP1], "not met"),
        ([value("BILI", 5, 60.0), value("ALT", 10, 200.0), ALP1], "met"),  # either may be first
        ([ALT5, BILI3], "cannot be judged"),  # no alkaline phosphatase
        ([ALT5, BILI3, value("ALP", 12, 90.0)], "cannot be judged"),  # none between the two
        ([ALT5, BILI3, value("ALP", 7, 200.0)], "not met"),
        ([ALT5, BILI3, value("ALP", 6, 250.0), ALP1], "met"),  # the lowest counts
        ([ALT5, BILI3, value("ALP", 7, 250.0, COMPARATOR="<")], "cannot be judged"),
        ([value("ALT", 5, 200.0, COMPARATOR="<"), BILI3, ALP1], "cannot be judged"),
        ([value("ALT", 5, 120.0, COMPARATOR=">"), BILI3, ALP1], "met"),
        ([value("ALT", 5, 200.0, BASE=80.0, BASESTATE=HIGH), BILI3, ALP1], "not met"),
        ([value("ALT", 5, 200.0, BASE=60.0, BASESTATE=HIGH), BILI3, ALP1], "met"),
        # the baseline's own range is missing: it may have been abnormal
        ([value("ALT", 5, 200.0, BASE=80.0, BASESTATE=4), BILI3, ALP1], "cannot be judged"),
        ([ALT5, value("BILI", 8, 10.0), value("BILI", 9, None), ALP1], "cannot be judged"),
    ],
)
def test_hys_law_is_of_time_and_of_no_cholestasis(values, expected) -> None:
    assert plain(told(*values).peaks, "HYS") == [expected]


def test_the_days_between_are_the_studys() -> None:
    late = (ALT5, value("BILI", 20, 60.0), ALP1)
    assert plain(told(*late, rule=HysLawRule(within=30)).peaks, "HYS") == ["met"]


def test_multiples_of_an_abnormal_baseline() -> None:
    found = told(value("ALT", 5, 240.0, BASE=80.0, BASESTATE=HIGH), BILI3)
    assert plain(found.peaks, "ALT", "ALTX", "BILIX") == [(6.0, 3.0, 3.0)]


def test_who_cannot_be_drawn_is_listed_with_the_reason() -> None:
    found = told(
        value("ALT", 5, 200.0, ANRHI=None), BILI3, value("BILI", 5, 60.0, "S2"),
        levels={"S1": "L1", "S2": "L1", "S3": "L2"},
    )  # fmt: skip
    none = "no value after the first dose"
    assert plain(found.not_evaluable, "USUBJID", "REASON") == [
        ("S1", "ALT or AST: no upper limit of normal"),
        ("S2", f"ALT or AST: {none}"),
        ("S3", f"ALT or AST: {none}; BILI: {none}"),
    ]
    assert len(found.peaks) == 0


def test_values_that_cannot_be_used_are_counted() -> None:
    found = told(
        ALT5, BILI3, ALP1, value("ALT", 6, 900.0, ANRHI=0.0), value("ALT", 0, 900.0),
        (value("AST", 9, 999.0)[0], {}),
        (value("AST", 9, None)[0] | {"KEY": "x", "VALUESTATE": "not_done"}, {}),
    )  # fmt: skip
    assert plain(found.unused, "TEST", "REASON") == [
        ("ALT", "no upper limit of normal"), ("ALT", "no date"),
        ("AST", "not graded: its specimen or unit is not known"),
    ]  # fmt: skip
    assert plain(found.peaks, "ALT", "UNUSED") == [(5.0, 3)]


def test_nothing_measured_and_the_order_of_rows() -> None:
    empty = frames()
    assert len(edish(empty, everyone(empty)).peaks) == 0
    of = frames(LEVELS, measurement=[m for m, _ in (ALT5, BILI3, ALP1)],
                grade=[g for _, g in (ALT5, BILI3, ALP1)])  # fmt: skip
    other = shuffled(of)
    assert edish(of, everyone(of)).peaks.equals(edish(other, everyone(other)).peaks)
