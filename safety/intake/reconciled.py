"""Findings on records that were compared after grading, in the form of all findings."""

from __future__ import annotations

import pandas as pd

from expectations import runner
from expectations.check import Context, Finding
from safety.intake import findings as tables
from safety.intake.records import Intake

# Kind of comparison: the domain under which it stands where no record could be compared.
NO_DOMAIN = {"reconciliation": "AE", "deviation": "EX"}


def findings(
    compared: pd.DataFrame, context: Context, record: str = "reconciliation"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what to add to the tables of findings and of failing records.

    compared: rows of `reconcile`, or with record "deviation" of `deviated`. One finding a check and
    domain in which there was something to compare, and one that says so where there was nothing in
    any.
    """
    found = [
        f
        for name, rows in compared.groupby("DOMAIN")
        for f in _of(str(name), rows, context, record)
    ]
    asked = {f.check_id for f, _ in found}
    nothing = _of(NO_DOMAIN[record], compared.iloc[:0], context, record, keep=True)
    found += [(f, intake) for f, intake in nothing if f.check_id not in asked]
    return tables.summary([f for f, _ in found]), tables.rows(found)


def _of(
    domain: str, rows: pd.DataFrame, context: Context, record: str, *, keep: bool = False
) -> list[tuple[Finding, Intake]]:
    files = ", ".join(sorted(set(rows["SRCFILE"].dropna())))
    # of the intake only the rows are used: records of any kind stand in it
    intake = Intake(domain, "adverse_event", files, rows, rows, 0, frozenset())
    found = runner.run(rows, record, domain, files, context)
    return [(f, intake) for f in found if keep or f.status != "not_applicable"]
