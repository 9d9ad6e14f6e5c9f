"""Checks on measurements beside what is possible, their subject, and its other measurements."""

from __future__ import annotations

import pandas as pd

from expectations.check import Check, Context, Handling, Rows, Severity
from expectations.common import after_death, compared
from expectations.cross_domain import SUITES

BODY = ("WEIGHT", "HEIGHT")
PRESSURES = ("SYSBP", "DIABP")


def _of(*tests: str) -> Rows:
    """Rows of some tests."""
    return lambda frame, _: frame["PARAMCD"].isin(tests)


def _of_others(frame: pd.DataFrame, _: Context) -> pd.Series:
    return ~frame["PARAMCD"].isin((*BODY, *PRESSURES, "TEMP"))


def _possible(check: str, what: str, citation: str, rows: Rows) -> Check:
    """A result that nobody can have is kept from grading, with the unit it may be in."""
    return Check(
        check, "measurement", f"{what} is possible in its unit", ("IMPLAUSIBLE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="IMPLAUSIBLE", value_set=[""]),
        "critical", "reject", citation, rows=rows, says="IMPLAUSIBLE", releasable=True,
    )  # fmt: skip


def _beside(
    number: int, title: str, column: str, citation: str, severity: Severity, handling: Handling
) -> Check:
    """What is held by one of these is only implausible: a named user may let it in."""
    return compared(
        f"ME-{number:03}", "measurement", title, column, citation, severity=severity,
        handling=handling, releasable=handling == "reject",
    )  # fmt: skip


CHECKS: list[Check] = [
    after_death("measurement", "ME", "Sample date"),
    compared(
        "ME-F01", "measurement", "Every cell has the form that the feed declares", "FORM",
        "faults 9 and 25", severity="critical", handling="reject",
    ),
    _possible("ME-019", "Result", "fault 19", _of_others),
    _possible("ME-020", "Blood pressure", "faults 19 and 46", _of(*PRESSURES)),
    _possible("ME-021", "Temperature", "faults 19 and 47", _of("TEMP")),
    _possible("ME-022", "Weight or height", "faults 19 and 48", _of(*BODY)),
    _beside(
        23, "Reference range is that of the subject's other results", "RANGEDIFFERS", "fault 22",
        "info", "warn",
    ),
    _beside(
        24, "Sample is not from before consent, nor long before treatment", "TOOEARLY", "fault 11",
        "warning", "warn",
    ),
    _beside(
        25, "A test that CTCAE compares with baseline has one", "NOBASELINE", "fault 50",
        "warning", "warn",
    ),
    _beside(
        26, "Cells of one kind are not more than the white cells", "ABOVEWBC", "fault 26",
        "critical", "query",
    ),
    _beside(
        27, "A count of cells is no percentage", "PERCENT", "fault 27", "critical", "reject",
    ),
    _beside(
        28, "Result has the unit most results of the test have", "OTHERUNIT", "faults 18 and 47",
        "info", "warn",
    ),
    _beside(
        29, "Blood pressure was read once on an occasion", "READAGAIN", "fault 46", "info", "warn"
    ),
    _beside(
        30, "Weight and height are near those before", "BODYCHANGE", "fault 48",
        "warning", "query",
    ),
    _beside(
        33, "Temperature is above 34 and below 43 Cel", "ODDTEMP", "fault 47", "warning", "query"
    ),
    _beside(
        34, "A blood pressure of 160/100 or more was read again within a day", "HIGHONCE",
        "fault 46", "info", "warn",
    ),
    _beside(
        35, "Height and weight fit each other", "BODYMASS", "fault 48", "warning", "query"
    ),
    _beside(
        36, "Weight is in the unit of those before", "POUNDS", "fault 48", "critical", "reject"
    ),
    _beside(
        37, "One sample has one result of a test", "TWORESULTS",
        "SDTMIG 3.4, LB: one record a result; fault 3", "warning", "query",
    ),
    _beside(
        38, "Reference range of a test and laboratory stays the same", "RANGECHANGED", "fault 22",
        "info", "warn",
    ),
    _beside(
        39, "Result has no sign of an error of the sample", "LABERROR",
        "delta checks, CLSI EP33; sources in laboratory_errors.yaml", "warning", "query",
    ),
    *SUITES["measurement"],
]  # fmt: skip
