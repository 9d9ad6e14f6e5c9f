"""Checks that every record of a subject must pass."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Unpack

from expectations.check import Check, Weight

CLOCK_TOLERANCE = timedelta(days=1)  # fault 7: sites and servers disagree by a time zone


def compared(
    check: str, record: str, title: str, column: str, citation: str, *about: str,
    **weight: Unpack[Weight],
) -> Check:  # fmt: skip
    """A comparison made before the checks: `column` says what is wrong with a row, "" is nothing.

    A row with nothing to compare has no text and is not judged. Usually it is a warning and asked
    about.
    """
    return Check(
        check, record, title, (*about, column),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column=column, value_set=[""]),
        weight.get("severity", "warning"), weight.get("handling", "query"), citation, says=column,
        releasable=weight.get("releasable", False), alert=weight.get("alert", ""),
    )  # fmt: skip


def of_this_study(record: str, prefix: str) -> Check:
    """No row of another study or environment gets in."""
    return Check(
        f"{prefix}-000", record, "Row belongs to this study", ("STUDYID",),
        lambda gx, c: gx.ExpectColumnValuesToBeInSet(column="STUDYID", value_set=[c.studyid]),
        "critical", "reject", "fault 1",
    )  # fmt: skip


def of_every_subject(record: str, prefix: str) -> list[Check]:
    """Checks on study, subject and natural key of a kind of record."""
    return [
        of_this_study(record, prefix),
        Check(
            f"{prefix}-001", record, "Subject id is present", ("USUBJID",),
            lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="USUBJID"),
            "critical", "reject", "fault 6",
        ),
        Check(
            f"{prefix}-002", record, "Subject is in DM", ("USUBJID",),
            lambda gx, c: gx.ExpectColumnValuesToBeInSet(
                column="USUBJID", value_set=sorted(c.subjects)
            ),
            "critical", "reject", "fault 1",
        ),
        Check(
            f"{prefix}-003", record, "Natural key names one row", ("KEY",),
            lambda gx, _: gx.ExpectColumnValuesToBeUnique(column="KEY"),
            "critical", "reject", "fault 3", releasable=True, alert="P4",
        ),
    ]  # fmt: skip


def of_every_record(record: str, prefix: str, date_prefix: str, date_text: str) -> list[Check]:
    """Checks on subject, natural key and main date of a kind of record."""
    return [
        *of_every_subject(record, prefix),
        Check(
            f"{prefix}-004", record, f"{date_text} is a possible ISO 8601 date",
            (f"{date_prefix}STATE",),
            lambda gx, _: gx.ExpectColumnValuesToBeInSet(
                column=f"{date_prefix}STATE", value_set=["complete", "partial", "missing"]
            ),
            "critical", "reject", "faults 8 and 9",
        ),
        Check(
            f"{prefix}-005", record, f"{date_text} is not in the future", (f"{date_prefix}MIN",),
            lambda gx, c: gx.ExpectColumnValuesToBeBetween(
                column=f"{date_prefix}MIN",
                max_value=datetime.combine(c.as_of + CLOCK_TOLERANCE, time()),
            ),
            "critical", "reject", "fault 7", releasable=True,
        ),
        compared(
            f"{prefix}-B01", record, f"{date_text} is not before the subject was born",
            "BEFOREBIRTH", "fault 8", severity="critical", handling="reject", releasable=True,
        ),
    ]  # fmt: skip


def after_death(record: str, prefix: str, date_text: str) -> Check:
    """No record of what happened after the subject died."""
    return compared(
        f"{prefix}-B02", record, f"{date_text} is not after the death", "AFTERDEATH", "fault 14"
    )


def of_end(record: str, prefix: str, number: int, date_text: str) -> list[Check]:
    """Checks on the date on which something ended; wrong, it is asked about and the start used."""
    return [
        Check(
            f"{prefix}-{number:03}", record, f"{date_text} is a possible ISO 8601 date",
            ("ENDTSTATE",),
            lambda gx, _: gx.ExpectColumnValuesToBeInSet(
                column="ENDTSTATE", value_set=["complete", "partial", "missing"]
            ),
            "warning", "query", "fault 8",
        ),
        Check(
            f"{prefix}-{number + 1:03}", record, f"{date_text} is not in the future", ("ENDTMIN",),
            lambda gx, c: gx.ExpectColumnValuesToBeBetween(
                column="ENDTMIN",
                max_value=datetime.combine(c.as_of + CLOCK_TOLERANCE, time()),
            ),
            "warning", "query", "fault 7",
        ),
    ]  # fmt: skip
