"""Checks on subjects (DM)."""

from __future__ import annotations

from expectations.check import Check
from expectations.common import compared, of_this_study

CHECKS: list[Check] = [
    of_this_study("subject", "DM"),
    Check(
        "DM-001", "subject", "Subject id is present", ("USUBJID",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="USUBJID"),
        "critical", "reject", "fault 6",
    ),
    Check(
        "DM-002", "subject", "Subject id is plain text without look-alike letters", ("USUBJID",),
        lambda gx, _: gx.ExpectColumnValuesToMatchRegex(
            column="USUBJID", regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
        ),
        "critical", "reject", "fault 54",
    ),
    Check(
        "DM-003", "subject", "One row a subject", ("KEY",),
        lambda gx, _: gx.ExpectColumnValuesToBeUnique(column="KEY"),
        "critical", "reject", "fault 3",
    ),
    Check(
        "DM-004", "subject", "Age is 0 to 120 years", ("AGE",),
        lambda gx, _: gx.ExpectColumnValuesToBeBetween(column="AGE", min_value=0, max_value=120),
        "warning", "query", "fault 19",
    ),
    Check(
        "DM-005", "subject", "Age is present", ("AGE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="AGE"),
        "warning", "query", "CTCAE criteria differ by age",
    ),
    Check(
        "DM-006", "subject", "First-dose date is a possible ISO 8601 date", ("RFSTSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="RFSTSTATE", value_set=["complete", "partial", "missing"]
        ),
        "warning", "query", "fault 8",
    ),
    Check(
        "DM-007", "subject", "A date of death goes with the death flag", ("DTHFL", "DTHDTC"),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="DTHFL"),
        "warning", "query", "fault 40", rows=lambda f, _: f["DTHDTC"].notna(),
    ),
    Check(
        "DM-008", "subject", "The death flag goes with a date of death", ("DTHFL", "DTHDTC"),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="DTHDTC"),
        "warning", "query", "fault 40", rows=lambda f, _: f["DTHFL"].eq("Y"),
    ),
    compared(
        "DM-B04", "subject", "A death is told by an adverse event or the disposition",
        "UNTOLDDEATH", "fault 40", severity="critical",
    ),
]  # fmt: skip
