"""What is not there: required samples that were not seen, of whom the figure can say nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.components import table
from dashboards.i18n import mark, t
from dashboards.labs_page import analyte
from dashboards.shown import Column, Shown, shown
from dashboards.view import View

OPEN = ("late", "missing", "due")  # what a sample that was not seen can be called
WORDS = {"late": mark("late"), "missing": mark("missing"), "due": mark("due")}


@shown("labs-missing")
def expected(view: View) -> Shown:
    """Return required assessments of the test that are late, missed or due, in chosen subjects."""
    found = analyte.chosen(view)
    named = _required(view, found.code) if found else {}
    rows = view.population().of(view.frame("surveillance"))
    rows = rows[rows["ASSESSMENT"].isin(named) & rows["STATUS"].isin(OPEN)]
    listed = rows.assign(
        TEXT=rows["ASSESSMENT"].map(named),
        SAID=[t(WORDS[s]) for s in rows["STATUS"]],
    ).sort_values(["STATUS", "DUEBY", "USUBJID"], ascending=[False, True, True])
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("TEXT", t("Required"), wide=True),
        Column("DUEWINDOW", t("Window")), Column("DUEBY", t("Due by")),
        Column("SAID", t("State")),
    )  # fmt: skip
    return Shown(
        t("Required samples not seen"), listed, columns,
        t("What the study file requires of this test; done ones are not listed."),
        _none(named, view),
    )  # fmt: skip


def _none(named: dict[str, str], view: View) -> str:
    if named:
        return t("Every required sample of this test was seen, or is not due yet, in {n} subjects.",
                 n=len(view.population()))  # fmt: skip
    return t("The study file requires no samples of this test: nobody can say which are missing.")


def _required(view: View, code: str) -> dict[str, str]:
    """Return the assessments that a test belongs to, by id, in words."""
    if view.study is None:
        return {}
    tests = {code, f"{code}/URINE"}
    return {
        a.id: a.text for a in view.study.dose_limiting.surveillance if not tests.isdisjoint(a.tests)
    }


@shown("labs-absent")
def absent(view: View) -> Shown:
    """Return the chosen subjects without any value of the test."""
    found = analyte.chosen(view)
    people = view.population().table
    seen: set[Any] = set()
    if found is not None:
        measured = view.frame("measurement", paramcd=found.code)
        seen = set(measured.loc[measured["VALUESTATE"].ne("not_done"), "USUBJID"])
    rows: pd.DataFrame = people[~people["USUBJID"].isin(seen)]
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("TRTSDT", t("First dose")),
    )  # fmt: skip
    return Shown(t("Subjects without any value"), rows, columns,
                 t("{n} of {m} subjects.", n=len(rows), m=len(people)),
                 t("Every chosen subject has a value."))  # fmt: skip


def parts(view: View) -> list[Any]:
    """Return what is missing; who has no value only where there is somebody."""
    nobody = absent(view).rows.empty
    return [table.part("labs-missing", view), None if nobody else table.part("labs-absent", view)]
