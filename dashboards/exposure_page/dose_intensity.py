"""Relative dose intensity by level, subject and cycle; below 80 % is said in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.exposure_page.regimen import recorded
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays import intensity as numbers
from safety.displays.intensity import Intensity, intensity

FLAGS = {numbers.YES: mark("below 80 %"), numbers.NO: mark("80 % or more"),
         numbers.UNKNOWN: mark("cannot be judged"), "": mark("nothing due yet")}  # fmt: skip
PERCENT = ("RDI", "RDIMAX")


def found_of(view: View) -> Intensity:
    """Return the intensities of the chosen subjects."""
    return intensity(view.frames("dose_account"), view.population())


def note(view: View, found: Intensity) -> str:
    """Return what the intensity is of, and who has none."""
    said = t("Taken / planned mg over planned time that has elapsed. What no record tells of "
             "counts as not taken; beside it as taken.")  # fmt: skip
    if not found.absent:
        return said
    n, m = len(found.absent), len(view.population())
    return said + " " + t("{n} of {m} subjects have no account of doses.", n=n, m=m)


@shown("exposure-levels")
def by_level(view: View) -> Shown:
    """Return the intensity by level and drug."""
    found = found_of(view)
    rows = found.levels
    for name in ("MEDIAN", "LOWEST", "HIGHEST"):
        rows = rows.assign(**{name: percent(rows[name])})

    def accounts(row: dict[str, Any]) -> str:
        return raw.href_at(view, row["LEVEL"], "dose_account", drug=row["DRUG"])

    columns = (
        Column("LEVEL", t("Level")), Column("DRUG", t("Drug")),
        Column("N", t("Subjects with an RDI"), "count", href=accounts),
        Column("UNKNOWN", t("Without"), "count", href=accounts),
        Column("MEDIAN", t("Median (%)"), "number"), Column("LOWEST", t("Lowest (%)"), "number"),
        Column("HIGHEST", t("Highest (%)"), "number"),
        Column("IS_LOW", t("Below 80 %"), "count", href=accounts),
    )  # fmt: skip
    return Shown(t("Relative dose intensity by level and drug"), rows, columns, note(view, found),
                 none(view))  # fmt: skip


def none(view: View) -> str:
    """Return why there is no intensity."""
    if view.study is None or view.study.treatment is None:
        return t("The study file has no drugs and no planned doses: no dose intensity can be told. "
                 "The doses are shown as recorded.")  # fmt: skip
    return t("No dose of the chosen subjects was due yet.")


@shown("exposure-intensity")
def by_subject(view: View) -> Shown:
    """Return the intensity by subject and drug, over all cycles."""
    found = found_of(view)
    return Shown(t("Relative dose intensity by subject and drug"), _told(found.totals),
                 _columns(view, cycle=False), note(view, found), none(view))  # fmt: skip


@shown("exposure-low")
def low(view: View) -> Shown:
    """Return who is below 80 %, or may be."""
    found = found_of(view)
    rows = found.totals[found.totals["IS_LOW"].isin([numbers.YES, numbers.UNKNOWN])]
    said = t("{n} of {m} subjects and drugs; the others had 80 % or more, or nothing was due.",
             n=len(rows), m=len(found.totals))  # fmt: skip
    return Shown(t("Below 80 %, or cannot be judged"), _told(rows), _columns(view, cycle=False),
                 said, t("Nobody is below 80 %, and everybody can be judged."))  # fmt: skip


@shown("exposure-cycles")
def by_cycle(view: View) -> Shown:
    """Return the intensity by subject, drug and cycle."""
    found = found_of(view)
    return Shown(t("Relative dose intensity by cycle"), _told(found.cycles),
                 _columns(view, cycle=True), note(view, found), none(view))  # fmt: skip


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Return amounts as they are shown, the flag in words."""
    percents = {name: percent(rows[name]) for name in PERCENT}
    return rows.assign(**percents, SAID=[t(FLAGS[x]) for x in rows["IS_LOW"]])


def percent(share: pd.Series) -> pd.Series:
    """Return shares as percent with one decimal."""
    return (share.astype("float64") * 100).round(1)


def _columns(view: View, *, cycle: bool) -> tuple[Column, ...]:
    def doses(row: dict[str, Any]) -> str:
        spelt = recorded(view, row["DRUG"])
        return raw.href(view, "dose", subject=view.handle(row["USUBJID"]), drug=spelt)

    def accounts(row: dict[str, Any]) -> str:
        return raw.href(view, "dose_account", drug=row["DRUG"], subject=view.handle(row["USUBJID"]))

    number = [Column("CYCLE", t("Cycle"), "number")] if cycle else []
    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("DRUG", t("Drug")), *number,
        Column("RDI", t("RDI (%)"), "number", href=accounts),
        Column("RDIMAX", t("RDI if all unrecorded were taken (%)"), "number"),
        Column("SAID", t("Flag")),
        Column("PLANNED", t("Intakes planned"), "number"),
        Column("TAKEN", t("Taken"), "number", href=doses),
        Column("UNRECORDED", t("No record"), "number"),
        Column("PLANNEDMG", t("Planned (mg)"), "number"),
        Column("TAKENMG", t("Taken (mg)"), "number"),
        Column("REDUCEDMG", t("Less by reduction (mg)"), "number"),
    )  # fmt: skip
