"""Tables for a spreadsheet: what was delivered is shown there and never run as a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from safety.errors import WrongUseError
from safety.formulas import safe

MAX_EXPORTED = 200_000  # rows: more do not fit a sheet that people work with
MAX_CELL = 32_767  # characters of a cell of a workbook
CUT = " [cut]"
_TAKEN = ("=", "#")  # what openpyxl may take for a formula or an error begins so
# what XML cannot hold
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_MADE = (1980, 1, 1, 0, 0, 0)  # of every file inside a workbook: same rows give the same bytes


def write_csv(frame: pd.DataFrame, target: Path | TextIO) -> None:
    """Write a table as CSV; a file is UTF-8 with the mark by which Excel knows it."""
    if isinstance(target, Path):
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            write_csv(frame, file)
    else:
        # quoted, so that no semicolon divides a cell where the list separator is one
        table = csv.writer(target, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
        table.writerows(_lines(frame))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a CSV file."""
    text = io.StringIO(newline="")
    write_csv(frame, text)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(frame: pd.DataFrame, path: Path, title: str) -> None:
    """Write a table as a workbook of one sheet; `title` names it."""
    path.write_bytes(xlsx_bytes([(title, frame)]))


def xlsx_bytes(sheets: Iterable[tuple[str, pd.DataFrame]]) -> bytes:
    """Return tables as a workbook, a sheet each by its title; the same tables, the same bytes.

    Of a title a sheet keeps 31 characters, without those that it cannot have.
    """
    book = Workbook(write_only=True)
    for title, frame in sheets:
        sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
        sheet.freeze_panes = "A2"
        for number, line in enumerate(_lines(frame)):
            sheet.append([_cell(sheet, value, header=number == 0) for value in line])
    made = io.BytesIO()
    book.save(made)
    return _same(made.getvalue())


def require_at_most(rows: int, most: int = MAX_EXPORTED) -> None:
    """Raise WrongUseError if there are more rows than an export may have."""
    if rows > most:
        raise WrongUseError(
            f"{rows:,} rows are too many for one file, which may have {most:,}: choose fewer "
            "subjects or a shorter time, and export in parts."
        )


def _lines(frame: pd.DataFrame) -> Iterator[list[Any]]:
    """Yield the header and every row; missing cells are None."""
    yield [safe(str(name)) for name in frame.columns]
    rows: Iterable[tuple[Any, ...]] = frame.astype("object").itertuples(index=False, name=None)
    for row in rows:
        yield [None if pd.isna(value) else safe(value) for value in row]


def _cell(sheet: Any, value: Any, *, header: bool) -> Any:
    """Return a cell; a text is never taken for a formula or an error. A plain text is quicker."""
    if not isinstance(value, str):
        return value
    text = _fitting(value)
    if not header and not text.startswith(_TAKEN):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.font = Font(bold=header)
    return cell


def _fitting(value: str) -> str:
    """Return a text as a cell of a workbook can hold it; what is cut off is told."""
    text = _UNWRITABLE.sub("\ufffd", value)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(CUT)] + CUT


def _same(content: bytes) -> bytes:
    """Return a workbook without the time at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, _MADE), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
