"""Checks on whole files and days of a feed: one row a thing to be told, a column a check.

What is held is decided where files are received, before anything of them is parsed; these checks
tell it in the form of all others. A file that is held has no rows that could be judged.
"""

from __future__ import annotations

from expectations.check import Check, Handling, Severity, Tier
from expectations.common import compared

OUT_OF_ORDER = "section 2, out of order"


def column(check: str) -> str:
    """Return the column in which it stands what a check has to tell, as IN002."""
    return check.replace("-", "")


def _told(
    check: str, title: str, citation: str, severity: Severity, handling: Handling, alert: Tier = ""
) -> Check:
    return compared(
        check, "file", title, column(check), citation, severity=severity, handling=handling,
        alert=alert,
    )  # fmt: skip


CHECKS: list[Check] = [
    _told(
        "IN-001", "Every delivered file is one the study uses or ignores on purpose", "fault 51",
        "warning", "warn",
    ),
    _told(
        "IN-002", "Every delivered file can be used", "faults 9, 37 and 51", "critical", "hold",
        "P2",  # what stands in a held file alarms nobody
    ),
    _told(
        "IN-003", "No file has far fewer rows or subjects than before", "fault 52", "critical",
        "hold", "P2",
    ),
    _told("IN-004", "A daily feed delivers in time", "fault 53", "critical", "warn", "P4"),
    _told("IN-005", "No extract comes after a newer one", OUT_OF_ORDER, "info", "warn"),
    _told("IN-006", "No file has a column that is new", "fault 51", "warning", "warn", "P4"),
    _told("IN-007", "An extract has one version of a row", "fault 3", "warning", "query"),
    _told(
        "IN-008", "Every name among the deliveries is a day", "fault 51", "warning", "warn"
    ),
    _told("IN-009", "Times are those of the site's clocks", "fault 16", "info", "convert"),
    _told(
        "IN-010", "A file keeps its content once it was used", OUT_OF_ORDER, "warning", "warn"
    ),
    _told(
        "IN-011", "Every delivered code is in the declared map", "fault 36", "warning", "query"
    ),
    _told(
        "IN-012", "Cells are of the form the feed declares", "fault 25", "info", "convert"
    ),
    _told("IN-013", "Exact copies of a row count once", "fault 2", "info", "warn"),
    _told("IN-014", "Of the versions of a row the newest counts", "fault 28", "info", "warn"),
    _told("IN-015", "Rows that the source took back do not count", "fault 29", "info", "warn"),
    _told("IN-016", "Dipstick results are told in plusses", "fault 49", "info", "convert"),
    _told("IN-017", "Units are told as UCUM spells them", "fault 18", "info", "convert"),
]  # fmt: skip
