"""One subject's values of one term, on the bands of their own grades, with file and row."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import dcc

from dashboards.components import figure, grades
from dashboards.components.parts import nothing
from dashboards.figures.labs import lab_figure
from dashboards.i18n import t
from dashboards.labs_page import analyte
from dashboards.labs_page.analyte import Analyte
from dashboards.labs_page.common import ladders, of_one
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.ctcae.bands import Band
from safety.ctcae.reasons import describe
from safety.errors import WrongUseError

MEASURED = ["KEY", "PARAM", "AVAL", "AVALC", "AVALU", "UCUM", "ANRLO", "ANRHI", "SPEC", "ADTC",
            "VISIT", "POS", "TPT", "SRCFILE", "SRCROW"]  # fmt: skip


def part(view: View, found: Analyte) -> Any:
    """Return the figure and the table of the subject in the address."""
    back = dcc.Link(t("All subjects"), href=view.address.here(subject=""))
    rows = rows_of(view, found)
    if rows.empty:
        said = t("{who} has no value that was graded for {term}.", who=whose(view), term=found.term)
        return [back, nothing(said)]
    drawn = _figure(view, found, rows)
    alt = t("Values of {code} over study days with their grades", code=found.code)
    return [back, figure.part("labs-subject", drawn, view, alt=alt)]


def whose(view: View) -> str:
    """Return the subject of the address; raise WrongUseError if it is none of the study."""
    found = view.chosen()
    if found is None:
        raise WrongUseError("the subject of this address is none of this study: choose one again.")
    return found


def rows_of(view: View, found: Analyte) -> pd.DataFrame:
    """Return the graded values of a term and test in the subject, with what was measured."""
    who = whose(view)
    graded = view.frame("grade", usubjid=who)
    graded = graded[graded["TERM"].eq(found.term) & graded["PARAMCD"].eq(found.code)]
    measured = view.frame("measurement", usubjid=who)[MEASURED]
    rows = graded.drop(columns="KEY").merge(
        measured, left_on="MKEY", right_on="KEY", validate="many_to_one"
    )
    return rows.assign(
        GRADE=[grades.mark(g) for g in rows["ATOXGR"]],
        WHY=[describe(r) for r in rows["REASONS"].fillna("").astype("str")],
    ).sort_values(["ADTMIN", "ADTC", "TPT", "KEY"])  # fmt: skip


@shown("labs-subject")
def values(view: View) -> Shown:
    """Return the values of the subject in the address."""
    found = analyte.chosen(view)
    columns = _columns()
    if found is None:
        return Shown(t("Values"), pd.DataFrame(columns=[c.name for c in columns]), columns)
    rows = rows_of(view, found)
    told = t("{n} values. Bands are for the limits of the newest value; a diamond is the baseline; "
             "numbers are grades above 0.", n=len(rows))  # fmt: skip
    return Shown(f"{whose(view)}: {found.term} ({found.code})", rows, columns, told)


def _columns() -> tuple[Column, ...]:
    return (
        Column("ADY", t("Day"), "number"), Column("ADTC", t("Sample")), Column("VISIT", t("Visit")),
        Column("TPT", t("Time point")), Column("AVALC", t("Result")), Column("AVALU", t("Unit")),
        Column("ANRLO", t("LLN"), "number"), Column("ANRHI", t("ULN"), "number"),
        Column("BASE", t("Baseline"), "number"), Column("GRADE", t("Grade"), "grade"),
        Column("POSSIBLE", t("Grade may be")), Column("WHY", t("Because")),
        Column("CRITERION", t("Criterion")), Column("SRCFILE", t("File")),
        Column("SRCROW", t("Row"), "number"),
    )  # fmt: skip


def _figure(view: View, found: Analyte, rows: pd.DataFrame) -> Any:
    """Return the figure of the values in the unit of most."""
    units = rows["GUNIT"].fillna("").astype("str")
    unit = str(units.value_counts().idxmax())
    drawn = rows[units.eq(unit)]
    exposure = view.frame("exposure").set_index("USUBJID")["EXPDAYS"]
    days = exposure.get(whose(view))
    return lab_figure(
        drawn.assign(AVAL=drawn["GVAL"], TEXT=[_hover(r) for r in drawn.to_dict("records")]),
        _bands(view, found, drawn, unit),
        title=str(drawn["PARAM"].iloc[0]),
        unit=unit,
        last_dose_day=None if pd.isna(days) else float(days),
    )


def _hover(row: dict[str, Any]) -> str:
    graded = t("graded as {value} {unit}", value=f"{row['GVAL']:g}", unit=row["GUNIT"])
    said = t("grade {grade}", grade=row["GRADE"])
    return (f"D{row['ADY']}, {row['ADTC']}<br>{row['AVALC']} {row['AVALU']} ({graded})<br>"
            f"{said}; {row['POSSIBLE']}<br>{row['WHY']}")  # fmt: skip


def _bands(view: View, found: Analyte, rows: pd.DataFrame, unit: str) -> tuple[Band, ...]:
    """Return the bands for the newest value; none where its limits are in another unit."""
    last = rows.iloc[-1]
    ways = ladders(view.shot.ctcae, found.code, [last["SPEC"]], [found.term])
    if len(ways) != 1 or last["UCUM"] != unit:
        return ()
    return of_one(ways[0], unit, last)
