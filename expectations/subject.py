"""Checks on subjects (DM)."""

from __future__ import annotations

from datetime import datetime, time

from expectations.check import Check, Severity
from expectations.common import CLOCK_TOLERANCE, compared, of_this_study
from expectations.cross_domain import SUITES


def _not_in_the_future(
    check: str, title: str, delivered: str, earliest: str, severity: Severity
) -> Check:
    return Check(
        check, "subject", f"{title} is not in the future", (delivered, earliest),
        lambda gx, c: gx.ExpectColumnValuesToBeBetween(
            column=earliest, max_value=datetime.combine(c.as_of + CLOCK_TOLERANCE, time())
        ),
        severity, "query", "fault 7",
    )  # fmt: skip


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
        "critical", "reject", "fault 3", releasable=True, alert="P4",
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
    Check(
        "DM-009", "subject", "Date of consent is a possible ISO 8601 date",
        ("RFICDTC", "RFICDTSTATE"),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="RFICDTSTATE", value_set=["complete", "partial", "missing"]
        ),
        "warning", "query", "fault 8",
    ),
    Check(
        "DM-010", "subject", "Date of death is a possible ISO 8601 date", ("DTHSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="DTHSTATE", value_set=["complete", "partial", "missing"]
        ),
        "critical", "query", "fault 8",
    ),
    _not_in_the_future("DM-011", "Date of consent", "RFICDTC", "RFICDTMIN", "warning"),
    _not_in_the_future("DM-012", "First-dose date", "RFSTDTC", "RFSTDTMIN", "warning"),
    _not_in_the_future("DM-013", "Date of death", "DTHDTC", "DTHDTMIN", "critical"),
    Check(
        "DM-014", "subject", "Date of death is complete", ("DTHSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(column="DTHSTATE", value_set=["partial"]),
        "warning", "query", "fault 10; check_ae_ds_partial_death_dates",
    ),
    compared(
        "DM-015", "subject", "Subject id has all its leading zeros", "LOSTZEROS", "fault 54",
        severity="critical", handling="reject", releasable=True,
    ),
    *SUITES["subject"],
]  # fmt: skip
