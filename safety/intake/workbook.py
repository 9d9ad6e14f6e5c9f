"""NCI's workbook as a file: read with bounds, and its checked wording kept below the home.

The file is untrusted: its size, what it unpacks to, rows and cells are bounded before they are
used, XML entities are refused (defusedxml, which openpyxl uses) and no formula is evaluated.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from safety.ctcae.official import Checked, Sheet, TermWording
from safety.errors import WrongUseError

MAX_BYTES = 20_000_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 100  # sheets of text pack to a tenth or so; a bomb to a thousandth
MAX_PARTS = 1_000
MAX_SHEETS = 30
MAX_ROWS = 10_000
MAX_COLUMNS = 40
MAX_CELL = 10_000
_REMEDY = "Give the CTCAE workbook (.xlsx) as NCI publishes it."
# What openpyxl, zipfile and expat raise for files that are not what they say.
_UNREADABLE = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """Imported wording by MedDRA code, and the file it came from."""

    version: str
    file: str
    sha256: str
    terms: dict[str, TermWording]


def read(path: Path) -> tuple[list[Sheet], str]:
    """Return the sheets as text, and the file's sha256; raise WrongUseError for an unfit file."""
    data = _bytes(path)
    _check_archive(path, data)
    if not openpyxl.DEFUSEDXML:
        raise WrongUseError("defusedxml is missing or switched off: install it to read workbooks.")
    try:
        with warnings.catch_warnings():  # styles and validations it leaves out do not matter here
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheets = [_sheet(path, s) for s in book.worksheets[:MAX_SHEETS]]
            book.close()
    except _UNREADABLE as error:
        fault = type(_root(error)).__name__
        raise WrongUseError(f"{path}: cannot be read as a workbook ({fault}). {_REMEDY}") from error
    return sheets, hashlib.sha256(data).hexdigest()


def save(home: Path, checked: Checked, file: str, sha256: str) -> Path:
    """Write checked wording below the home in one step and return the place."""
    place = _place(home, checked.version)
    place.parent.mkdir(parents=True, exist_ok=True)
    terms = {
        code: {"definition": w.definition, "note": w.note, "grades": w.grades}
        for code, w in checked.wording.items()
    }
    content = {"version": checked.version, "file": file, "sha256": sha256, "terms": terms}
    handle, temporary = tempfile.mkstemp(dir=place.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            json.dump(content, written, ensure_ascii=False, indent=1, sort_keys=True)
            written.flush()
            os.fsync(written.fileno())
        Path(temporary).replace(place)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return place


def load(home: Path, version: str) -> Stored | None:
    """Return the imported wording of a version, or None when none was imported."""
    place = _place(home, version)
    if not place.is_file():
        return None
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
        terms = {code: _wording(w) for code, w in content["terms"].items()}
        return Stored(content["version"], content["file"], content["sha256"], terms)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WrongUseError(f"{place}: cannot be read. Import the workbook again.") from error


def _place(home: Path, version: str) -> Path:
    return home / "ctcae" / f"wording_{version.replace('.', '_')}.json"


def _wording(content: dict[str, Any]) -> TermWording:
    grades = {int(g): str(text) for g, text in content["grades"].items()}
    return TermWording(str(content["definition"]), str(content["note"]), grades)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise WrongUseError(f"{path}: there is no such file. {_REMEDY}")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise WrongUseError(f"{path}: it is larger than {MAX_BYTES // 1_000_000} MB. {_REMEDY}")
    return data


def _check_archive(path: Path, data: bytes) -> None:
    """Refuse what is no XLSX file, or unpacks to more than a table of terms can need."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise WrongUseError(f"{path}: it is not an XLSX workbook. {_REMEDY}") from error
    names = {p.filename for p in parts}
    if "xl/workbook.xml" not in names:
        raise WrongUseError(f"{path}: it is not an XLSX workbook. {_REMEDY}")
    if any(n.endswith("vbaProject.bin") for n in names):
        raise WrongUseError(f"{path}: it holds macros. {_REMEDY}")
    unpacked = sum(p.file_size for p in parts)  # zipfile never reads more than it declares
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED, MAX_RATIO * len(data)):
        raise WrongUseError(f"{path}: it unpacks to far more than CTCAE holds. {_REMEDY}")


def _root(error: BaseException) -> BaseException:
    """Return the error that began it: openpyxl wraps what the XML reader says."""
    while (earlier := error.__cause__ or error.__context__) is not None:
        error = earlier
    return error


def _sheet(path: Path, sheet: Any) -> Sheet:
    rows: list[list[str]] = []
    filled = 0
    for number, cells in enumerate(_cells(sheet), start=1):
        rows.append(["" if c is None else str(c) for c in cells])
        if any(rows[-1]):
            filled = number
        if any(len(c) > MAX_CELL for c in rows[-1]):
            raise WrongUseError(
                f"{path}: sheet {sheet.title!r}, row {number}: a cell holds more than "
                f"{MAX_CELL:,} characters. {_REMEDY}"
            )
    if filled > MAX_ROWS:
        raise WrongUseError(
            f"{path}: sheet {sheet.title!r} has more than {MAX_ROWS:,} rows. {_REMEDY}"
        )
    return Sheet(sheet.title, rows[:filled])


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # the size a sheet declares is not believed: the bounds are ours
    return sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
