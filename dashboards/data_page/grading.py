"""What was graded, and what could not be: a value without a grade is never counted as grade 0."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards import raw
from dashboards.components import table
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.ctcae.reasons import describe


def part(view: View) -> Any:
    """Return the part of the page."""
    return dmc.Stack([table.part("grades", view), table.part("not-gradable", view)], gap="lg")


@shown("grades")
def graded(view: View) -> Shown:
    """Return how many values have which grade, as counted when the snapshot was published."""
    found, measured = view.shot.summary["grades"], view.shot.summary["measurements"]
    rows = pd.DataFrame(
        [{"GRADE": grade, "VALUES": n} for grade, n in found.items()], columns=["GRADE", "VALUES"]
    )
    note = t("{n} judgements of {with_criteria} measurements by CTCAE criteria, a term and "
             "direction each, with or without a grade; of {all} measurements in all {without} have "
             "no criteria and {not_done} were not done", n=f"{measured['terms_evaluated']:,}",
             with_criteria=f"{measured['with_criteria']:,}", all=f"{measured['all']:,}",
             without=f"{measured['without_criteria']:,}",
             not_done=f"{measured['not_done']:,}")  # fmt: skip
    return Shown(
        t("Grading"), rows,
        (
            Column("GRADE", t("Grade"), "grade"),
            Column("VALUES", t("Judgements"), "number", href=lambda row: raw.href_all(
                view, "graded_value", grade_is=str(row["GRADE"]))),
        ),
        note=note, none=t("No value has a grade."),
    )  # fmt: skip


@shown("not-gradable")
def ungraded(view: View) -> Shown:
    """Return why values have no grade."""
    found = view.shot.summary["not_gradable"]
    rows = pd.DataFrame(
        [{"REASONS": reasons, "WHY": describe(reasons), "VALUES": n}
         for reasons, n in found.items()],
        columns=["REASONS", "WHY", "VALUES"],
    )  # fmt: skip
    evaluated = view.shot.summary["measurements"]["terms_evaluated"]
    return Shown(
        t("Not gradable"), rows,
        (
            Column("WHY", t("Why"), wide=True),
            Column("VALUES", t("Judgements"), "number", href=lambda row: raw.href_all(
                view, "graded_value", grade_is=raw.NO_GRADE, reasons=row["REASONS"])),
        ),
        note=t("{n} of {m}; never counted as grade 0", n=f"{sum(found.values()):,}",
               m=f"{evaluated:,}"),
        none=t("Every value has a grade."),
    )  # fmt: skip
