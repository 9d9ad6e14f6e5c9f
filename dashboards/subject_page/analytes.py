"""The worst analytes of the subject, each on the bands of its grades."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc

from dashboards.components import figure, grades
from dashboards.components.parts import nothing, section
from dashboards.figures.labs import lab_figure
from dashboards.figures.profile import on_axis, span
from dashboards.i18n import t
from dashboards.labs_page.common import ladders, of_one
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import evidence, timeline, whose
from dashboards.view import View
from safety.ctcae.bands import Band
from safety.ctcae.reasons import describe

MOST = 3
NAMES = tuple(f"subject-analyte-{n}" for n in range(1, MOST + 1))
KEYS = ["TERM", "DIRECTION", "PARAMCD"]
MEASURED = ["KEY", "PARAM", "AVALC", "AVALU", "UCUM", "ANRLO", "ANRHI", "SPEC", "ADTC", "VISIT",
            "TPT", "SRCFILE", "SRCROW"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Analyte:
    """A term, its direction and the test it was graded by. worst: grade after the first dose."""

    term: str
    direction: str
    code: str
    worst: int


def worst(view: View, usubjid: str) -> list[Analyte]:
    """Return the analytes with the worst grades after the first dose, at most MOST, one a test."""
    graded = view.frame("grade", usubjid=usubjid)
    after = graded[graded["TRTEMFL"].eq("Y") & graded["ATOXGR"].gt(0)]
    found = after.groupby(KEYS, as_index=False).agg(
        WORST=("ATOXGR", "max"), TIMES=("ATOXGR", "size")
    )
    order = found.sort_values(["WORST", "TIMES", *KEYS],
                              ascending=[False, False, True, True, True])  # fmt: skip
    return [
        Analyte(r.TERM, r.DIRECTION, r.PARAMCD, int(r.WORST))
        for r in order.drop_duplicates("PARAMCD").head(MOST).itertuples(index=False)
    ]


def part(view: View, usubjid: str) -> Any:
    """Return the figures, on the axis of the profile."""
    found = worst(view, usubjid)
    if not found:
        return section(t("Worst analytes"), "", nothing(_silence(view, usubjid)))
    drawn = [
        figure.part(name, _figure(view, usubjid, analyte), view, alt=_said(analyte),
                    lead=_link(view, usubjid, analyte))
        for name, analyte in zip(NAMES, found, strict=False)
    ]  # fmt: skip
    return dmc.Stack(drawn, gap="xs")


def _silence(view: View, usubjid: str) -> str:
    """Return that no value has a grade, and of how many that were looked at nobody can say."""
    graded = view.frame("grade", usubjid=usubjid)
    after = graded[graded["TRTEMFL"].eq("Y")]
    if after.empty:
        return t("No value after a first dose was graded: there is none that could be worst.")
    return t("None of {n} grades after the first dose is above 0; {m} of them cannot be judged.",
             n=len(after), m=int(after["ATOXGR"].isna().sum()))  # fmt: skip


def _said(of: Analyte) -> str:
    return t("{code}: {term}, worst grade {n}", code=of.code, term=of.term, n=of.worst)


def _link(view: View, usubjid: str, of: Analyte) -> dcc.Link:
    href = view.address.to("/labs", subject=view.handle(usubjid), term=of.term, param=of.code)
    return dcc.Link(t("Labs and vitals"), href=href)


def values(view: View, usubjid: str, of: Analyte) -> pd.DataFrame:
    """Return the graded values of an analyte, with what was measured."""
    graded = view.frame("grade", usubjid=usubjid)
    own = graded[graded["TERM"].eq(of.term) & graded["DIRECTION"].eq(of.direction)
                 & graded["PARAMCD"].eq(of.code)]  # fmt: skip
    measured = view.frame("measurement", usubjid=usubjid)[MEASURED]
    rows = own.drop(columns="KEY").merge(
        measured, left_on="MKEY", right_on="KEY", validate="one_to_one"
    )
    told = rows.assign(GRADE=[grades.mark(g) for g in rows["ATOXGR"]],
                       WHY=[describe(r) for r in rows["REASONS"]])  # fmt: skip
    return told.sort_values(["ADTMIN", "ADTC", "TPT", "KEY"])


def _figure(view: View, usubjid: str, of: Analyte) -> Any:
    rows = values(view, usubjid, of)
    unit = str(rows["GUNIT"].iloc[-1])
    drawn = rows[rows["GUNIT"].eq(unit)]
    hover = [
        t("day {day}, {date}: {value} {unit}, grade {grade}", day=r.ADY, date=r.ADTC,
          value=r.AVALC, unit=r.AVALU, grade=r.GRADE)
        for r in drawn.itertuples(index=False)
    ]  # fmt: skip
    found = lab_figure(drawn.assign(AVAL=drawn["GVAL"], TEXT=hover), _bands(view, drawn, of, unit),
                       title=of.code, unit=unit, last_dose_day=None)  # fmt: skip
    on_axis(found, span(timeline.found(view, usubjid)[1]))
    found.update_layout(height=280, title={"text": f"{usubjid}: {of.term}", "font": {"size": 13},
                                           "x": 0, "xref": "paper"})  # fmt: skip
    return found


def _bands(view: View, rows: pd.DataFrame, of: Analyte, unit: str) -> tuple[Band, ...]:
    """Return the bands for the limits of the newest value; none where it was converted."""
    last = rows.iloc[-1]
    found = ladders(view.shot.ctcae, of.code, rows["SPEC"].unique(), [of.term])
    return of_one(found[0], unit, last) if found and last["UCUM"] == unit else ()


def table(view: View, place: int) -> Shown:
    """Return the values of the analyte at a place, 0 the worst."""
    usubjid = whose.subject(view)
    found = worst(view, usubjid)
    columns = _columns(evidence.records(view, usubjid))
    if place >= len(found):
        return Shown(t("Worst analytes"), pd.DataFrame(columns=[c.name for c in columns]), columns)
    rows = values(view, usubjid, found[place])
    apart = int(rows["GUNIT"].ne(rows["GUNIT"].iloc[-1]).sum() + rows["GVAL"].isna().sum())
    note = t(
        "{n} values, {apart} of them not drawn; bands are for the limits of the newest value; "
        "numbers are grades above 0, a diamond is the baseline",
        n=len(rows), apart=apart,
    )  # fmt: skip
    return Shown(_said(found[place]), rows, columns, note)


def _columns(of: evidence.Records) -> tuple[Column, ...]:
    return (
        Column("ADY", t("Day"), "number"), Column("ADTC", t("Sample")),
        Column("VISIT", t("Visit")), Column("TPT", t("Time point")),
        Column("AVALC", t("Result"), href=lambda row: of.href(str(row["MKEY"]))),
        Column("AVALU", t("Unit")), Column("ANRLO", t("LLN"), "number"),
        Column("ANRHI", t("ULN"), "number"), Column("BASE", t("Baseline"), "number"),
        Column("GRADE", t("Grade"), "grade"), Column("POSSIBLE", t("May be")),
        Column("WHY", t("Because")), Column("SRCFILE", t("File")),
        Column("SRCROW", t("Row"), "number"),
    )  # fmt: skip


for _place, _name in enumerate(NAMES):
    shown(_name)(partial(table, place=_place))
