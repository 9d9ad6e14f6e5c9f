"""Read one CSV file of a laboratory into text columns, its cells told by the declared form.

A cell of another form stays as it was received and its row is named (column FORM); where most
cells of a column are of another form, the whole file is: the form declared is then not its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds import mapping
from safety.feeds.central_lab import forms
from safety.feeds.dataset import FORM, Dataset, domain_by_name
from safety.feeds.sdtm_folder import reader as table
from safety.feeds.sdtm_folder.text import shown
from safety.feeds.wide import form_of
from safety.study.cells import Cells
from safety.study.feeds import Domain, Feed

SUFFIXES: tuple[str, ...] = (".csv",)
NUMBERS = ("AVALC", "ANRLOC", "ANRHIC")  # fields
LARGE = 20  # cells of a column from which a share of them says something
Tell = Callable[[str, Cells], str | None]


def domains_of(file: str, feed: Feed) -> tuple[str, ...]:
    """Return the domain that a file is named after."""
    return domain_by_name(file, feed, SUFFIXES)


def load_domain(path: Path, name: str, feed: Feed, domain: str) -> Dataset:
    """Return the rows of a file. Raises HeldDeliveryError for what is no CSV as declared."""
    if feed.cells is None:
        raise ValueError(f"feed {feed.id} declares no cells")
    data = table.load(path, name, feed.encoding, feed.delimiter)
    wide = feed.domains[domain].wide
    columns = _columns(feed, domain, feed.domains[domain], feed.cells)
    _require(data.frame, [c for c, _, _ in columns], feed.cells, name)
    frame = _with_times(data.frame, feed.cells)
    said = {FORM: pd.Series("", index=frame.index, dtype="str")}
    misfits, converted = [], 0
    for column, tell, form in columns:
        given = frame[column]
        told = given.map({t: tell(t, feed.cells) for t in given.dropna().unique()}).astype("str")
        wrong = given.notna() & told.isna()
        fault = f" {column} is not of the form {form}: " + given[wrong].map(shown) + "."
        place = form_of(column) if wide is not None and column in wide.columns else FORM
        said[place] = said.get(place, "") + fault.reindex(frame.index, fill_value="")
        if _is_most(wrong, given.notna(), feed.cells.held_above):
            misfits.append(f"most cells of {column} are not of the form {form}")
        frame[column] = told.fillna(given)
        converted += int((told.notna() & told.ne(given)).sum())
    frame = frame.assign(**{place: faults.str.strip() for place, faults in said.items()})
    return replace(data, frame=frame, misfit="; ".join(misfits), converted=converted)


def _require(frame: pd.DataFrame, columns: list[str], cells: Cells, name: str) -> None:
    """Raise HeldDeliveryError without a column whose form is declared, or that of its time."""
    times = [time for day, time in cells.time_columns.items() if day in columns]
    missing = [c for c in (*columns, *times) if c not in frame]
    if missing:
        raise HeldDeliveryError(
            name, f"column {', '.join(missing)} is missing.",
            "Send it again with the column, or correct the study file.",
        )  # fmt: skip


def _is_most(wrong: pd.Series[bool], given: pd.Series[bool], share: float) -> bool:
    return int(given.sum()) >= LARGE and int(wrong.sum()) > share * int(given.sum())


def _with_times(frame: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """Return the frame with the times of columns of their own after their dates."""
    joined = {
        day: frame[day].where(frame[time].isna(), frame[day] + " " + frame[time])
        for day, time in cells.time_columns.items()
        if day in frame and time in frame
    }
    return frame.assign(**joined)


def _columns(feed: Feed, name: str, domain: Domain, cells: Cells) -> list[tuple[str, Tell, str]]:
    """Return the columns whose form is declared, with what tells their cells and the form."""
    columns = mapping.columns(feed, name, domain)
    dates = [c for field, c in columns.items() if field.endswith("DTC") and c]
    dates += [domain.updated] if domain.updated else []
    if domain.wide is None:
        numbers = [columns[field] for field in NUMBERS if columns.get(field)]
    else:  # the row a test, of which `columns` speaks, is made of what is told here
        tests = domain.wide.tests.values()
        numbers = [c for test in tests for c in test.numbers]
    told: list[tuple[str, Tell, str]] = []
    told += [(c, forms.moment, forms.date_form(cells)) for c in dict.fromkeys(dates)]
    told += [(c, forms.number, forms.number_form(cells)) for c in dict.fromkeys(numbers)]
    return told
