"""Tables as files: what is shown, safe from formulas, with what it was made from."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from safety import export
from safety.errors import WrongUseError
from safety.report import stamped

STAMP = stamped.Stamp(
    study="T1/x", snapshot_id="0123456789abcdef" * 4, as_of="2024-04-01", rule_set="r1",
    ctcae="6.0", code_version="c1", title="Adverse events: all [grade 3]", filters="=grade 3",
    population="2 of 7 subjects", made_at="2024-04-03T09:00:00+00:00", made_by="lee",
)  # fmt: skip
FRAME = pd.DataFrame({
    "USUBJID": ["S1", "S2"], "AETERM": ["=HYPERLINK(1)", None],
    "ATOXGR": pd.array([3, None], dtype="Int64"), "AVAL": [-1.5, 2.0],
})  # fmt: skip


def test_each_row_of_a_csv_says_of_which_data_it_is() -> None:
    assert (
        stamped.csv(FRAME, STAMP)
        == (
            '\ufeff"USUBJID","AETERM","ATOXGR","AVAL","STUDY","SNAPSHOT","AS OF","POPULATION",'
            '"FILTERS"\r\n'
            '"S1","\'=HYPERLINK(1)",3,-1.5,"T1/x","0123456789ab","2024-04-01","2 of 7 subjects",'
            '"\'=grade 3"\r\n'
            '"S2","","",2.0,"T1/x","0123456789ab","2024-04-01","2 of 7 subjects","\'=grade 3"\r\n'
        ).encode()
    )


def test_a_csv_reads_back_as_it_was() -> None:
    read = pd.read_csv(io.BytesIO(stamped.csv(FRAME.drop(columns="AETERM"), STAMP)))
    back = read[["USUBJID", "ATOXGR", "AVAL"]].astype({"ATOXGR": "Int64"})
    pd.testing.assert_frame_equal(back, FRAME[["USUBJID", "ATOXGR", "AVAL"]])


def test_a_workbook_has_the_table_and_what_it_was_made_from() -> None:
    content = stamped.xlsx(FRAME, STAMP)
    assert content == stamped.xlsx(FRAME, STAMP)
    table, about = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    assert (table.title, about.title) == ("Adverse events  all  grade 3 ", "About")
    assert table.freeze_panes == "A2"
    assert [[cell.value for cell in row] for row in table.rows] == [
        ["USUBJID", "AETERM", "ATOXGR", "AVAL"], ["S1", "'=HYPERLINK(1)", 3, -1.5],
        ["S2", None, None, 2],
    ]  # fmt: skip
    assert table["A1"].font.bold
    assert not table["A2"].font.bold
    assert {row[0].value: row[1].value for row in about.iter_rows(min_row=2)} == {
        "TITLE": "Adverse events: all [grade 3]", "STUDY": "T1/x", "AS OF": "2024-04-01",
        "POPULATION": "2 of 7 subjects", "FILTERS": "'=grade 3", "SNAPSHOT": STAMP.snapshot_id,
        "RULE SET": "r1", "CTCAE": "6.0", "CODE VERSION": "c1",
        "MADE AT": "2024-04-03T09:00:00+00:00", "MADE BY": "lee", "ROWS": "2",
    }  # fmt: skip


def test_a_table_without_a_row_still_says_what_it_was_made_from() -> None:
    table, about = openpyxl.load_workbook(io.BytesIO(stamped.xlsx(FRAME[:0], STAMP))).worksheets
    assert (table.max_row, about["B13"].value) == (1, "0")


@pytest.mark.parametrize("made", [stamped.csv, stamped.xlsx])
def test_too_many_rows_are_refused(made) -> None:
    many = pd.DataFrame({"N": range(export.MAX_EXPORTED + 1)})
    with pytest.raises(WrongUseError, match="200,001 rows are too many for one file, which may"):
        made(many, STAMP)


def test_a_column_of_the_stamp_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="the table has a column 'STUDY' already"):
        stamped.csv(FRAME.assign(STUDY="U"), STAMP)


def test_a_file_is_named_by_what_it_was_made_from() -> None:
    name = stamped.file_name(STAMP, "../graded value", "csv")
    assert name == "T1-x_graded-value_2024-04-01_0123456789ab.csv"
