"""NCI's workbook: what is checked, what is forgiven and what is refused. Wording is our own."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from safety.ctcae import official
from safety.ctcae.official import Checked, Sheet, TermWording
from safety.errors import WrongUseError
from safety.intake import workbook
from tests import workbooks

TITLE = "CTCAE v5.0 Clean Copy"
# rows of the sheet as cells; row 1 is a note and row 2 the header, so the first term is row 3
CONTENT = workbooks.rows("5.0")
ANEMIA, ALOPECIA = 3, 3 + next(i for i, r in enumerate(CONTENT) if r[2] == "Alopecia")


def _sheet(content: Iterable[list[object]], title: str = TITLE) -> Sheet:
    cells = [["Common Terminology Criteria"], workbooks.HEADER, *content]
    return Sheet(title, [[str(c) for c in row] for row in cells])


def _changed(row: int, column: int, text: object) -> list[list[object]]:
    content = [list(r) for r in CONTENT]
    content[row - 3][column] = text
    return content


def _check(content: Iterable[list[object]], versions: Iterable[str] = ("5.0", "6.0")) -> Checked:
    checked = official.check([_sheet(content)], tuple(versions))
    assert checked is not None
    return checked


def _said(content: Iterable[list[object]]) -> list[str]:
    return [str(d) for d in _check(content).differences]


def test_a_workbook_that_agrees_gives_its_wording() -> None:
    checked = _check(CONTENT)
    assert (checked.version, checked.differences, len(checked.wording)) == ("5.0", (), 837)
    assert checked.wording["10001760"] == TermWording(
        "What Alopecia means.", "", {1: "words of grade 1", 2: "words of grade 2"}
    )


def test_the_version_is_the_one_it_agrees_with() -> None:
    checked = official.check([_sheet(workbooks.rows("6.0"))], ("5.0", "6.0"))
    assert checked is not None
    assert (checked.version, checked.differences, len(checked.wording)) == ("6.0", (), 850)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (0, "10001760"),
        (0, 10001760.0),
        (1, "Skin and\u00a0subcutaneous  tissue disorders "),
        (2, " alopecia"),
        (5, ""),
        (5, "-"),
        (5, " \u2013 "),
        (5, "\u00a0"),
        (8, "Hair\u00a0is lost_x000D_\nin places"),
    ],
)
def test_what_spreadsheets_do_to_text_is_no_difference(column, text) -> None:
    assert _said(_changed(ALOPECIA, column, text)) == []


def test_dashes_and_quotes_are_no_difference() -> None:
    row = 3 + next(i for i, r in enumerate(CONTENT) if r[2] == "Cardiac disorders - Other, specify")
    assert _said(_changed(row, 2, "Cardiac disorders \u2013 Other,specify")) == []


def test_wording_is_cleaned_and_kept_otherwise() -> None:
    checked = _check(_changed(ALOPECIA, 8, "Hair\u00a0is  lost \x1b[2J\n\u226550 %"))
    assert checked.wording["10001760"].definition == "Hair is lost [2J \u226550 %"


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        (2, "Alopezia", "10001760 is called 'Alopezia', not 'Alopecia'."),
        (2, "", "10001760 is called '', not 'Alopecia'."),
        (1, "Eye disorders", "stands under 'Eye disorders', not 'Skin and"),
        (4, "-", "has grades 1, not grades 1, 2."),
        (5, "bald", "has grades 1, 2, 3, not grades 1, 2."),
        (8, '=HYPERLINK("x")', "a cell holds the formula '=HYPERLINK"),
        (3, "=1+1", "a cell holds the formula '=1+1'"),
    ],
)  # fmt: skip
def test_a_difference_is_named_with_sheet_row_and_remedy(column, text, message) -> None:
    said = _said(_changed(ALOPECIA, column, text))
    assert len(said) == 1
    assert said[0].startswith(f"sheet '{TITLE}', row {ALOPECIA}: ")
    assert message in said[0]
    assert said[0].endswith(("as NCI publishes it.", "Give plain text."))


@pytest.mark.parametrize("code", ["10001761", "", "ten"])
def test_a_code_that_is_none_of_ctcae(code) -> None:
    said = _said(_changed(ALOPECIA, 0, code))
    assert f"code {code!r} ('Alopecia') is not a term of CTCAE 5.0." in said[0]
    assert "10001760 'Alopecia' is missing." in said[1]


def test_a_missing_and_a_doubled_term() -> None:
    assert _said(CONTENT[1:]) == [
        f"sheet '{TITLE}': 10002272 'Anemia' is missing. Use the workbook as NCI publishes it."
    ]
    assert "row 840: 10002272 'Anemia' is there a second time." in _said([*CONTENT, CONTENT[0]])[0]


def test_lines_that_name_a_class_take_the_place_of_the_column() -> None:
    content: list[list[object]] = []
    for row, before in zip(CONTENT, [None, *CONTENT], strict=False):
        if before is None or before[1] != row[1]:
            content.append([row[1]])
        content.append([row[0], "", *row[2:]])
    assert _said(content) == []


def test_a_class_named_once_for_all_its_rows() -> None:
    content = [list(r) for r in CONTENT]
    for before, row in zip(CONTENT, content[1:], strict=False):
        if before[1] == row[1]:
            row[1] = ""
    assert _said(content) == []


def test_other_columns_and_headers_of_v6() -> None:
    header = [
        "CTCAE v6.0 MedDRA 28.0 LLT Code", "CTCAE v6.0 MedDRA 28.0 SOC",
        "CTCAE v6.0 MedDRA 28.0 Term", *workbooks.HEADER[3:],
    ]  # fmt: skip
    cells = [header, *[[str(c) for c in row] for row in workbooks.rows("6.0")]]
    checked = official.check([Sheet("x", cells)], ("6.0",))
    assert checked is not None
    assert checked.differences == ()


def test_the_clean_copy_goes_before_other_sheets() -> None:
    tracked = _sheet(CONTENT, "CTCAE v5.0 Tracked Changes")
    clean = _sheet(_changed(ALOPECIA, 2, "Alopezia"))
    checked = official.check([tracked, clean], ("5.0",))
    assert checked is not None
    assert (checked.sheet, len(checked.differences)) == (TITLE, 1)


def test_sheets_without_the_columns_are_no_table() -> None:
    assert (
        official.check([Sheet("x", [["MedDRA Code", "Grade 1"]]), Sheet("y", [])], ("5.0",)) is None
    )


# --- the file ---


def _read(path: Path) -> Checked:
    sheets, _ = workbook.read(path)
    checked = official.check(sheets, ("5.0", "6.0"))
    assert checked is not None
    return checked


def test_a_file_is_read_kept_and_loaded(tmp_path) -> None:
    path = workbooks.write(tmp_path / "a.xlsx", CONTENT)
    checked = _read(path)
    assert checked.differences == ()
    place = workbook.save(tmp_path / "home", checked, "a.xlsx", "f00")
    assert place == tmp_path / "home" / "ctcae" / "wording_5_0.json"
    assert [p.name for p in place.parent.iterdir()] == ["wording_5_0.json"]
    stored = workbook.load(tmp_path / "home", "5.0")
    assert stored is not None
    assert (stored.version, stored.file, stored.sha256) == ("5.0", "a.xlsx", "f00")
    assert stored.terms == checked.wording
    assert workbook.load(tmp_path / "home", "6.0") is None


def test_kept_wording_that_is_broken_says_what_to_do(tmp_path) -> None:
    place = tmp_path / "ctcae" / "wording_5_0.json"
    place.parent.mkdir()
    for text in ("{", "[]", json.dumps({"terms": {"1": {}}})):
        place.write_text(text, encoding="utf-8")
        with pytest.raises(WrongUseError, match="Import the workbook again"):
            workbook.load(tmp_path, "5.0")


def test_a_formula_in_a_file_is_not_evaluated(tmp_path) -> None:
    path = workbooks.write(tmp_path / "a.xlsx", _changed(ALOPECIA, 4, "=1+1"))
    assert "a cell holds the formula '=1+1'" in str(_read(path).differences[0])


@pytest.mark.parametrize("content", [b"", b"MedDRA Code,CTCAE Term\n", b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_workbook_is_refused(tmp_path, content) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(WrongUseError, match=r"not an XLSX workbook.*as NCI publishes it"):
        workbook.read(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(WrongUseError, match="no such file"):
            workbook.read(path)


def _with_parts(path: Path, parts: dict[str, bytes]) -> Path:
    """Write a small workbook some parts of which have other content."""
    source = workbooks.write(path.with_name("source.xlsx"), CONTENT[:3])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            content = parts[name] if name in parts else old.read(name)
            if name == "[Content_Types].xml" and "xl/sharedStrings.xml" in parts:
                content = content.replace(b"</Types>", SHARED + b"</Types>")
            new.writestr(name, content)
    return path


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;">' % (i + 1, i, i) for i in range(97, 110))
    + b"]>"
)


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("xl/workbook.xml", b"<workbook>&n;</workbook>"),
        ("xl/sharedStrings.xml", b"<sst><si><t>&n;</t></si></sst>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>&n;</sheetData></worksheet>"),
        ("[Content_Types].xml", b"<Types>&n;</Types>"),
    ],
)
def test_xml_entities_are_refused(tmp_path, part, body) -> None:
    path = _with_parts(tmp_path / "a.xlsx", {part: BOMB + body})
    with pytest.raises(WrongUseError, match=r"cannot be read as a workbook \(EntitiesForbidden\)"):
        workbook.read(path)


def test_shared_texts_in_runs_are_read_as_excel_writes_them(tmp_path) -> None:
    strings = b"<sst %s><si><r><t>Alo</t></r><r><t>pecia</t></r></si></sst>" % MAIN
    rows = b'<row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3"><v>10001760</v></c></row>'
    sheet = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (MAIN, rows)
    parts = {"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": sheet}
    sheets, _ = workbook.read(_with_parts(tmp_path / "a.xlsx", parts))
    assert sheets[0].rows[2][:4] == ["", "Alopecia", "10001760", ""]


def test_the_reader_relies_on_defusedxml(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("openpyxl.DEFUSEDXML", False)
    with pytest.raises(WrongUseError, match="defusedxml is missing or switched off"):
        workbook.read(workbooks.write(tmp_path / "a.xlsx", CONTENT[:3]))


def test_broken_xml_is_refused(tmp_path) -> None:
    path = _with_parts(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<workbook"})
    with pytest.raises(WrongUseError, match="cannot be read as a workbook"):
        workbook.read(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path) -> None:
    path = _with_parts(tmp_path / "a.xlsx", {"xl/media/x.bin": b"\0" * 20_000_000})
    with pytest.raises(WrongUseError, match="unpacks to far more than CTCAE holds"):
        workbook.read(path)


def test_macros_are_refused(tmp_path) -> None:
    path = _with_parts(tmp_path / "a.xlsx", {"xl/vbaProject.bin": b"x"})
    with pytest.raises(WrongUseError, match="it holds macros"):
        workbook.read(path)


def test_size_rows_and_cells_are_bounded(tmp_path, monkeypatch) -> None:
    path = workbooks.write(tmp_path / "a.xlsx", CONTENT[:8])
    for name, bound, message in [
        ("MAX_CELL", 30, "a cell holds more than 30 characters"),
        ("MAX_ROWS", 9, "has more than 9 rows"),
        ("MAX_PARTS", 3, "unpacks to far more"),
        ("MAX_BYTES", 1000, "larger than 0 MB"),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(workbook, name, bound)
            with pytest.raises(WrongUseError, match=message):
                workbook.read(path)
    assert len(workbook.read(path)[0][1].rows) == 10


def test_rows_far_below_are_not_read(tmp_path) -> None:
    def far(book):
        book.worksheets[1].cell(row=1_000_000, column=500, value="far")

    assert _read(workbooks.write(tmp_path / "a.xlsx", CONTENT, change=far)).differences == ()
