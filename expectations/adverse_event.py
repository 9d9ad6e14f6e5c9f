"""Checks on adverse events (AE)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from expectations.check import Check, Context
from expectations.common import after_death, compared, of_end, of_every_record
from expectations.cross_domain import SUITES
from expectations.free_text import of_free_text

RESOLVED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")
CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")


def _start_may_be_wrong(checks: list[Check]) -> list[Check]:
    """A start in the future is asked about: only the date of the event is wrong (fault 7)."""
    return [
        replace(c, severity="warning", handling="query", releasable=False)
        if c.id == "AE-005"
        else c
        for c in checks
    ]


def _has_criterion(frame: pd.DataFrame, _: Context) -> pd.Series:
    return frame[list(CRITERIA)].eq("Y").any(axis=1)


def _is_fatal(frame: pd.DataFrame, _: Context) -> pd.Series:
    return frame["AESDTH"].eq("Y") | frame["AETOXGR"].eq("5")


CHECKS: list[Check] = [
    *_start_may_be_wrong(of_every_record("adverse_event", "AE", "STDT", "Event start")),
    Check(
        "AE-006", "adverse_event", "Event has a term", ("AETERM",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="AETERM"),
        "critical", "reject", "fault 6",
    ),
    Check(
        "AE-007", "adverse_event", "Event start is present", ("STDTC",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="STDTC"),
        "warning", "query", "fault 10",
    ),
    Check(
        "AE-008", "adverse_event", "Event start is a complete date", ("STDTSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(
            column="STDTSTATE", value_set=["partial"]
        ),
        "warning", "query", "fault 10",
    ),
    Check(
        "AE-009", "adverse_event", "Event does not end before it starts", ("STDTMIN", "ENDTMAX"),
        lambda gx, _: gx.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ENDTMAX", column_B="STDTMIN", or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
        "warning", "query", "fault 13",
    ),
    Check(
        "AE-010", "adverse_event", "Toxicity grade is reported", ("AETOXGR",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="AETOXGR"),
        "warning", "query", "fault 34",
    ),
    Check(
        "AE-011", "adverse_event", "Toxicity grade is 1 to 5", ("AETOXGR",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(
            column="AETOXGR", value_set=["1", "2", "3", "4", "5"]
        ),
        "warning", "query", "fault 35",
    ),
    Check(
        "AE-012", "adverse_event", "Attribution is present", ("AEREL",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="AEREL"),
        "warning", "query", "fault 38",
    ),
    Check(
        "AE-013", "adverse_event", "Attribution is on the study's scale", ("AEREL",),
        lambda gx, c: gx.ExpectColumnValuesToBeInSet(
            column="AEREL", value_set=[*c.related, *c.unrelated]
        ),
        "warning", "query", "fault 38",
    ),
    Check(
        "AE-014", "adverse_event", "A seriousness criterion makes the event serious", ("AESER",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="AESER", value_set=["Y"]),
        "critical", "query", "fault 41; ICH E2A II.B", alert="P2",
        rows=_has_criterion, needs_one_of=CRITERIA,
    ),
    Check(
        "AE-015", "adverse_event", "A serious event names its criterion", ("AESER",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(column="AESER", value_set=["Y"]),
        "warning", "query", "fault 41; ICH E2A II.B", alert="P2",
        rows=lambda f, _: ~f[list(CRITERIA)].eq("Y").any(axis=1), needs_one_of=CRITERIA,
    ),
    Check(
        "AE-016", "adverse_event", "A fatal event and its outcome agree", ("AEOUT",),
        lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="AEOUT", value_set=["FATAL"]),
        "critical", "query", "fault 40", rows=_is_fatal, alert="P1",
    ),
    Check(
        "AE-017", "adverse_event", "A resolved event has an end date", ("ENDTC",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="ENDTC"),
        "info", "query", "fault 15",
        rows=lambda f, _: f["AEOUT"].isin(RESOLVED),
    ),
    compared(
        "AE-018", "adverse_event", "Reported term is a CTCAE term", "TERMQUERY", "fault 36",
        "CTCAETERM", alert="P4",
    ),
    compared(
        "AE-019", "adverse_event", "Code is that of a CTCAE term", "CODEQUERY", "fault 36",
        "CTCAECODE", alert="P4",
    ),
    compared(
        "AE-020", "adverse_event", "Code and name are of one CTCAE term", "PAIRQUERY", "fault 36",
        "CTCAETERM", "CTCAECODE", alert="P4",
    ),
    compared(
        "AE-021", "adverse_event", "CTCAE has the reported grade for the term", "GRADEQUERY",
        "fault 33", "CTCAEGR", alert="P3",
    ),
    compared(
        "AE-022", "adverse_event", "No event is told twice", "DUPLICATE",
        "fault 4; check_ae_dup", "AETERM",
    ),
    compared("AE-024", "adverse_event", "What goes on has no end date", "ENDQUERY", "fault 15"),
    compared(
        "AE-026", "adverse_event", "A fatal outcome is of grade 5", "FATALGRADE",
        "fault 40; check_ae_fatal", "AEOUT", "AETOXGR", severity="critical", alert="P1",
    ),
    Check(
        "AE-029", "adverse_event", "Event end is a complete date", ("ENDTSTATE",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(
            column="ENDTSTATE", value_set=["partial"]
        ),
        "warning", "query", "fault 10",
    ),
    *of_end("adverse_event", "AE", 30, "Event end"),
    Check(
        "AE-032", "adverse_event", "An event with a criterion says whether it is serious",
        ("AESER",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="AESER"),
        "critical", "query", "fault 41; ICH E2A II.B", rows=_has_criterion,
        needs_one_of=CRITERIA, alert="P2",
    ),
    Check(
        "AE-033", "adverse_event", "A fatal event has an outcome", ("AEOUT",),
        lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="AEOUT"),
        "critical", "query", "fault 40", rows=_is_fatal, alert="P1",
    ),
    compared(
        "AE-034", "adverse_event", "Grade is not lower than the seriousness implies",
        "SERIOUSGRADE", "fault 41; CTCAE 5.0 general grade scale, ICH E2A II.B", "AETOXGR",
        alert="P2",
    ),
    compared(
        "AE-035", "adverse_event", "An event that is resolved has no row that goes on", "OVERBUT",
        "fault 15; check_ae_aeout_aeendtc_nonfatal", "AEOUT", severity="info", handling="warn",
    ),
    compared(
        "AE-036", "adverse_event", "Seriousness and its criteria are told as Y or N", "FLAGQUERY",
        "fault 41; CDISC terminology, NY", severity="critical", alert="P2",
    ),
    after_death("adverse_event", "AE", "Event start"),
    *SUITES["adverse_event"],
    *of_free_text("adverse_event", "AE"),
]  # fmt: skip
