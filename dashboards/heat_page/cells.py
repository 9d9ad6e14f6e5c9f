"""One cell of the table of worst grades: its text, what it means in words, and how it looks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.components import grades
from dashboards.i18n import t
from safety.displays.heat_cells import GRADED, NO_DATA, NOT_GRADABLE, NOT_REPORTED

Cell = dict[str, Any]
DOT, NO_DATA_MARK = ".", "n.d."
HATCHED = {
    "background": "repeating-linear-gradient(45deg, #ffffff 0 5px, #d5dade 5px 7px)",
    "color": "#212529",
}


def text(cell: Cell) -> str:
    """Return the text of a cell: the grade, and D for a DLT, S for serious."""
    flags = (" D" if cell["DLT"] else "") + (" S" if cell["SERIOUS"] else "")
    return f"{grade(cell)}{flags}"


def grade(cell: Cell) -> str:
    """Return the grade of a cell, or the mark of why there is none."""
    marks = {NOT_REPORTED: DOT, NO_DATA: NO_DATA_MARK, NOT_GRADABLE: grades.NOT_GRADABLE_MARK}
    known = marks.get(cell["STATE"], cell["TEXT"])
    doubt = "" if pd.isna(cell["MAYBE"]) else f" ({cell['MAYBE']}?)"
    return f"{known}{doubt}"


def said(cell: Cell) -> str:
    """Return what a cell means in words."""
    is_graded = cell["STATE"] == GRADED
    parts = [
        cell["TERM"], cell["USUBJID"],
        t("grade {g}", g=cell["TEXT"]) if is_graded else t(cell["STATE"]),
        t("reported and measured") if cell["SOURCE"] == "both" else t(cell["SOURCE"]),
        t("DLT") if cell["DLT"] else "",
        t("serious") if cell["SERIOUS"] else "",
        t("{n} values without a grade", n=cell["UNGRADED"]) if cell["UNGRADED"] else "",
        "" if pd.isna(cell["MAYBE"]) else t("one of them may be grade {g}", g=cell["MAYBE"]),
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)


def kind(cell: Cell) -> str:
    """Return the classes of a cell: the colour is that of its highest grade, whose digit it has."""
    return f"{_kind(cell)} toxwatch-dlt" if cell["DLT"] else _kind(cell)


def _kind(cell: Cell) -> str:
    if cell["STATE"] == NO_DATA:
        return "toxwatch-nd"
    if cell["STATE"] == NOT_GRADABLE:
        return "toxwatch-ng"
    if pd.notna(cell["HIGH"]) and cell["HIGH"] > 0:
        return f"toxwatch-g{int(cell['HIGH'])}"
    return "toxwatch-zero"
