"""Checks on dosing (EX, EC)."""

from __future__ import annotations

from expectations.check import Check
from expectations.common import after_death, compared, of_end, of_every_record
from expectations.cross_domain import SUITES
from expectations.free_text import of_free_text

# A doubtful amount is a query: the row is kept, because its date says when treatment began.
CHECKS: list[Check] = [
    *of_every_record("dose", "EX", "STDT", "Dose start"),
    Check(
        "EX-006", "dose", "Dose is a number of zero or more", ("DOSE",),
        lambda gx, _: gx.ExpectColumnValuesToBeBetween(column="DOSE", min_value=0),
        "critical", "query", "fault 43", alert="P2",
    ),
    Check(
        "EX-007", "dose", "Dose is present and numeric", ("DOSE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="DOSE"),
        "critical", "query", "fault 6",
        rows=lambda f, _: f["OCCUR"].fillna("Y").ne("N"),  # what was not taken has no amount
    ),
    Check(
        "EX-015", "dose", "Whether a dose was taken is told as Y or N", ("OCCUR",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="OCCUR", value_set=["Y", "N"]),
        "critical", "reject", "fault 6; CDISC terminology, NY",
    ),
    Check(
        "EX-008", "dose", "Dose start is present", ("STDTC",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="STDTC"),
        "critical", "reject", "fault 6",
    ),
    Check(
        "EX-009", "dose", "Dose does not end before it starts", ("STDTMIN", "ENDTMAX"),
        lambda gx, _: gx.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ENDTMAX", column_B="STDTMIN", or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
        "warning", "query", "fault 13",
    ),
    Check(
        "EX-010", "dose", "Dose end is present", ("ENDTC",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="ENDTC"),
        "info", "warn", "fault 45",
    ),
    Check(
        "EX-011", "dose", "Dose has the name of a drug", ("TRT",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="TRT"),
        "critical", "query", "fault 6",
    ),
    Check(
        "EX-012", "dose", "Dose start is a complete date", ("STDTSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(
            column="STDTSTATE", value_set=["partial"]
        ),
        "warning", "query", "fault 10",
    ),
    *of_end("dose", "EX", 13, "Dose end"),
    after_death("dose", "EX", "Dose"),
    compared(
        "EX-B03", "dose", "No more intakes of a day than the schedule has", "DOSETWICE",
        "fault 43", "TRT", severity="critical", alert="P2",
    ),
    compared(
        "EX-B04", "dose", "The diary has every day of a course", "DIARYGAP", "fault 45", "TRT"
    ),
    compared(
        "EX-B05", "dose", "The dose is one of a level or of the ladder", "OFFLADDER", "fault 43",
        "TRT", "DOSE", alert="P2",
    ),
    compared(
        "EX-B11", "dose", "The dose is a multiple of the smallest capsule", "CAPSULE", "fault 43",
        "TRT", "DOSE", alert="P2",
    ),
    compared(
        "EX-B12", "dose", "Rows of a drug do not tell of the same days", "OVERLAP", "fault 43",
        "TRT", severity="critical", alert="P2",
    ),
    compared(
        "EX-B15", "dose", "Drug is one of the study", "UNKNOWNDRUG", "fault 6", "TRT",
        severity="critical",
    ),
    *SUITES["dose"],
    *of_free_text("dose", "EX"),
]  # fmt: skip
