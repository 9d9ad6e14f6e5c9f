"""Exports for spreadsheets: nothing that was delivered is run as a formula."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from safety import export, formulas
from safety.gradefile.writer import writer

RUN = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "\u3000=1", "\u00a0@x",
       "\ufeff=1", "＝1", "＋1", "－1", "＠x", "\u2212x", "-", "=cmd|' /C calc'!A0"]  # fmt: skip
LEFT = ["ALT", "-1.5", "+3", "-2e-5", "1-2", "<5", "a=b", "", " x", "5 @ 3", "'=1"]


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text) -> None:
    assert formulas.safe(text) == "'" + text


@pytest.mark.parametrize("value", [*LEFT, -1.5, 3, None])
def test_other_texts_and_numbers_stay(value) -> None:
    assert formulas.safe(value) == value


def test_csv_has_a_mark_for_excel_and_escaped_names_and_cells(tmp_path) -> None:
    frame = pd.DataFrame({"=A": ["=1", None, "说"], "N": [-1.5, np.nan, 2.0], "I": [1, 2, -3]})
    export.write_csv(frame, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (
        '\ufeff"\'=A","N","I"\r\n"\'=1",-1.5,1\r\n"","",2\r\n"说",2.0,-3\r\n'.encode()
    )
    memory = io.StringIO()
    export.write_csv(frame[["I"]], memory)
    assert memory.getvalue() == '"I"\r\n1\r\n2\r\n-3\r\n'


def test_a_workbook_holds_no_formula_and_is_the_same_every_time(tmp_path) -> None:
    texts = [*RUN, "#N/A", "#DIV/0!", "a\x07b", "y" * 40_000]
    frame = pd.DataFrame({"A": texts, "N": [-1.5] * len(texts)})
    for name in ("a.xlsx", "b.xlsx"):
        export.write_xlsx(frame, tmp_path / name, "T1: queries [open]")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.title == "T1  queries  open "
    cells = [sheet.cell(row, 1) for row in range(2, len(frame) + 2)]
    assert {c.data_type for c in cells} == {"s"}
    assert cells[0].value == "'=1+1"
    assert cells[-2].value == "a\ufffdb"
    assert (len(cells[-1].value), cells[-1].value[-6:]) == (32_767, " [cut]")
    assert (sheet.cell(2, 2).value, sheet.cell(2, 2).data_type) == (-1.5, "n")


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_graded_files_escape_the_same_texts(tmp_path, suffix) -> None:
    texts = [t for t in [*RUN, *LEFT] if "\n" not in t and "\r" not in t and "\t" not in t]
    out = tmp_path / f"out{suffix}"
    with writer(out) as write:
        write(pa.table({"=T": texts, "N": [-1.5] * len(texts)}))
    found = pd.read_csv(out, sep="\t" if suffix == ".tsv" else ",", keep_default_na=False,
                        dtype={"'=T": "str"})  # fmt: skip
    assert found["'=T"].tolist() == [formulas.safe(t) for t in texts]
    assert set(found["N"]) == {-1.5}


def test_missing_texts_of_a_graded_file_stay_missing(tmp_path) -> None:
    with writer(tmp_path / "out.csv") as write:
        write(pa.table({"T": ["=1", None, "x"], "N": [1, 2, 3]}))
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines == ['"T","N"', '"\'=1",1', ",2", '"x",3']
