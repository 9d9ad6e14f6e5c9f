"""NCI's wording, taken from NCI's own workbook after checking it term by term.

Pure: cells in, checked wording or differences out. `safety.intake.workbook` reads the file.
Source of what must be there: the catalogue (NCI CTCAE v5.0 and v6.0).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from safety.ctcae import catalogue
from safety.ctcae.catalogue import Term

HEADER_WITHIN = 20  # rows searched for the header: notes may stand above it
_GRADES = (1, 2, 3, 4, 5)
_AS_PUBLISHED = "Use the workbook as NCI publishes it."
# What spreadsheets and word processors write for the same character.
_SAME = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("‘’‛′", "'"),
                       **dict.fromkeys("“”‟″", '"')})  # fmt: skip
_CARRIAGE_RETURN = re.compile("_x000D_", re.IGNORECASE)

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of text cells: `rows[0]` is row 1. Empty cells are empty texts."""

    title: str
    rows: Sequence[Cells]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a workbook and the catalogue disagree. Row 0 stands for the sheet as a whole."""

    sheet: str
    row: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"sheet {self.sheet!r}" + (f", row {self.row}" if self.row else "")
        return f"{place}: {self.what} {self.remedy}"


@dataclass(frozen=True, slots=True)
class TermWording:
    """NCI's sentences for one term; grades that do not exist are not in `grades`."""

    definition: str
    note: str
    grades: dict[int, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sheet compared with a version. The wording is whole where `differences` is empty."""

    version: str
    sheet: str
    wording: dict[str, TermWording]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    header: int
    code: int
    soc: int
    term: int
    grades: dict[int, int]
    definition: int
    note: int | None


@dataclass(slots=True)
class _Comparison:
    """What was found so far while the rows of a sheet are compared."""

    sheet: str
    version: str
    wording: dict[str, TermWording] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def differ(self, row: int, what: str, remedy: str = _AS_PUBLISHED) -> None:
        self.differences.append(Difference(self.sheet, row, what, remedy))


def clean(text: str) -> str:
    """Return a cell's text with plain spaces and without control characters."""
    spaced = (
        " " if unicodedata.category(c) in {"Cc", "Zs", "Zl", "Zp"} else c
        for c in _CARRIAGE_RETURN.sub(" ", text)
        if unicodedata.category(c) != "Cf"
    )  # fmt: skip
    return " ".join("".join(spaced).split())


def check(sheets: Sequence[Sheet], versions: Sequence[str]) -> Checked | None:
    """Compare the sheets with the versions and return the comparison that agrees best.

    Returns None when no sheet has the columns of a CTCAE table. A sheet called a clean copy goes
    before one that tracks changes: both hold every term, but only the first holds plain wording.
    """
    tables = [(s, c) for s in sheets if (c := _columns(s)) is not None]
    clean_copies = [t for t in tables if "clean" in t[0].title.casefold()]
    compared = [_compare(s, c, v) for s, c in clean_copies or tables for v in versions]
    return min(compared, key=lambda x: len(x.differences), default=None)


def _columns(sheet: Sheet) -> _Columns | None:
    for number, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
        names = [clean(c).casefold() for c in cells]
        code = _first(names, r"(.*\b)?meddra\b.*\bcode")
        soc = _first(names, r"(.*\b)?soc")
        term = _first(names, r"(.*\b)?ctcae\b.*\bterm")
        definition = _first(names, r"definition")
        grades = {g: _first(names, rf"grade {g}") for g in _GRADES}
        found = {g: at for g, at in grades.items() if at is not None}
        if len(found) < len(_GRADES):
            continue
        if code is not None and soc is not None and term is not None and definition is not None:
            note = _first(names, r"navigational note")
            return _Columns(number, code, soc, term, found, definition, note)
    return None


def _first(names: Sequence[str], pattern: str) -> int | None:
    return next((at for at, name in enumerate(names) if re.fullmatch(pattern, name)), None)


def _compare(sheet: Sheet, columns: _Columns, version: str) -> Checked:
    found = _Comparison(sheet.title, version)
    classes = {_bare(t.soc): t.soc for t in catalogue.terms(version)}
    soc = ""
    for at in range(columns.header + 1, len(sheet.rows)):
        cells = _padded(sheet.rows[at], columns)
        texts = [text for c in cells if (text := _wording(c))]
        soc = clean(cells[columns.soc]) or soc  # a merged cell names the class once
        if len(texts) == 1:
            soc = classes.get(_bare(texts[0]), soc)  # a line that names a class, or a note
        elif texts:
            _compare_row(found, at + 1, cells, columns, soc)
    for term in catalogue.terms(version):
        if term.meddra_code not in found.wording:
            found.differ(0, f"{term.meddra_code} {term.term!r} is missing.")
    return Checked(version, sheet.title, found.wording, tuple(found.differences))


def _compare_row(found: _Comparison, row: int, cells: Cells, columns: _Columns, soc: str) -> None:
    code, named = _code(cells[columns.code]), clean(cells[columns.term])
    term = catalogue.by_code(code, found.version)
    if term is None:
        found.differ(row, f"code {code!r} ({named!r}) is not a term of CTCAE {found.version}.")
        return
    if code in found.wording:
        found.differ(row, f"{code} {term.term!r} is there a second time.", "Delete one of them.")
        return
    grades = {g: text for g, at in columns.grades.items() if (text := _wording(cells[at]))}
    for what in _faults(term, named, soc, tuple(grades)):
        found.differ(row, what)
    note = "" if columns.note is None else _wording(cells[columns.note])
    wording = TermWording(_wording(cells[columns.definition]), note, grades)
    for text in (wording.definition, wording.note, *grades.values()):
        if text.startswith("="):
            found.differ(row, f"a cell holds the formula {text[:40]!r}.", "Give plain text.")
    found.wording[code] = wording


def _faults(term: Term, named: str, soc: str, grades: tuple[int, ...]) -> Iterator[str]:
    if _bare(named) != _bare(term.term):
        yield f"{term.meddra_code} is called {named!r}, not {term.term!r}."
    if _bare(soc) != _bare(term.soc):
        yield f"{term.meddra_code} {term.term!r} stands under {soc!r}, not {term.soc!r}."
    if grades != term.grades:
        yield (
            f"{term.meddra_code} {term.term!r} has {_listed(grades)}, not {_listed(term.grades)}."
        )


def _listed(grades: tuple[int, ...]) -> str:
    return "grades " + ", ".join(str(g) for g in grades) if grades else "no grade"


def _bare(text: str) -> str:
    """Return a name without what spreadsheets change: spaces, dashes, quotes, letter case."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME)
    return "".join(plain.split()).casefold()


def _wording(cell: str) -> str:
    """Return the text of a cell; a lone dash means that there is none."""
    text = clean(cell)
    return "" if not _bare(text).strip("-") else text


def _code(cell: str) -> str:
    """Return a MedDRA code; a spreadsheet may hold it as a number with a decimal."""
    return clean(cell).removesuffix(".0")


def _padded(cells: Cells, columns: _Columns) -> list[str]:
    last = max(columns.code, columns.soc, columns.term, columns.definition, columns.note or 0,
               *columns.grades.values())  # fmt: skip
    return [*cells, *[""] * (last + 1 - len(cells))]
