"""CTCAE workbooks as NCI lays them out, with wording of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from safety.ctcae import catalogue
from safety.ctcae.official import TermWording

HEADER = [
    "MedDRA Code", "MedDRA SOC ", "CTCAE\nTerm", "Grade 1 \u00a0\u00a0", "Grade 2", "Grade 3 ",
    "Grade 4", " Grade 5", "Definition", "Navigational Note", "CTCAE v5.0 Change",
]  # fmt: skip
Row = list[Any]


def rows(version: str, wording: Mapping[str, TermWording] | None = None) -> list[Row]:
    """One row a term, in NCI's order of columns; grades that do not exist are a dash."""
    made = []
    for term in catalogue.terms(version):
        said = (wording or {}).get(term.meddra_code) or TermWording(
            f"What {term.term} means.", "", {g: f"words of grade {g}" for g in term.grades}
        )
        grades = [said.grades.get(g, " -") for g in (1, 2, 3, 4, 5)]
        made.append([
            int(term.meddra_code), term.soc, term.term, *grades, said.definition or "-",
            said.note or "-", "No change",
        ])  # fmt: skip
    return made


def write(
    path: Path,
    content: list[Row],
    title: str = "CTCAE v5.0 Clean Copy",
    change: Callable[[Any], None] | None = None,
) -> Path:
    """Write a workbook with notes above the header and a sheet of notes before the table."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["Notes about the terms"])
    sheet = book.create_sheet(title)
    sheet.append(["Common Terminology Criteria"])
    sheet.append(HEADER)
    for row in content:
        sheet.append(row)
    if change is not None:
        change(book)
    book.save(path)
    return path
