"""Grading a file into a file: forms, bad rows, bounds, and nothing half written."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safety import gradefile
from safety.ctcae.table import grade_table
from safety.errors import WrongUseError

HEADER = "testcd,value,unit,lln,uln\n"
ROWS = "HGB,95,g/L,120,160\nPLAT,<25,10^9/L,150,400\nALT,250,U/L,10,40\n"
GRADES = ["2", "0", "", "4", "3"]  # anemia, hemoglobin increased, hemolysis, platelets, ALT


def run(source, target, **changes):
    options = {"policy": "number_only", "ctcae": "5.0", "encoding": "utf-8", "max_bytes": 10**8}
    return gradefile.grade_file(source, target, **(options | changes))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


def read_csv(path, delimiter=","):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_csv_to_csv_keeps_input_and_order(source, tmp_path) -> None:
    summary = run(source, tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")
    assert list(rows[0]) == [
        "testcd", "value", "unit", "lln", "uln", "row", "ctcae_term", "meddra_code", "direction",
        "grade", "possible_grades", "reasons", "criterion",
    ]  # fmt: skip
    assert [r["grade"] for r in rows] == GRADES
    assert [r["row"] for r in rows] == ["1", "1", "1", "2", "3"]
    assert rows[0] == {
        "testcd": "HGB", "value": "95", "unit": "g/L", "lln": "120", "uln": "160", "row": "1",
        "ctcae_term": "Anemia", "meddra_code": "10002272", "direction": "low", "grade": "2",
        "possible_grades": "2|3|4", "reasons": "facts_unknown", "criterion": "10002272-05",
    }  # fmt: skip
    assert summary.as_dict()["grades"] == {
        "0": 1, "2": 1, "3": 1, "4": 1, "not gradable": 1,
    }  # fmt: skip
    assert (summary.rows_in, summary.rows_out, summary.broken) == (3, 5, 0)


@pytest.mark.parametrize("suffix", [".tsv", ".parquet", ".jsonl", ".json"])
def test_the_suffix_decides_the_form_of_the_result(source, tmp_path, suffix) -> None:
    out = tmp_path / f"out{suffix}"
    run(source, out)
    if suffix == ".tsv":
        found = [r["grade"] for r in read_csv(out, "\t")]
    elif suffix == ".parquet":
        found = ["" if g is None else str(g) for g in pq.read_table(out)["grade"].to_pylist()]
    else:
        text = out.read_text(encoding="utf-8")
        records = json.loads(text) if suffix == ".json" else map(json.loads, text.splitlines())
        found = ["" if r["grade"] is None else str(r["grade"]) for r in records]
    assert found == GRADES


def test_parquet_in_gives_what_csv_gives(source, tmp_path) -> None:
    frame = pd.read_csv(source)
    frame.to_parquet(tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", tmp_path / "a.csv")
    run(source, tmp_path / "b.csv")
    kept = ["row", "ctcae_term", "direction", "grade", "possible_grades", "reasons", "criterion"]
    a, b = (read_csv(tmp_path / n) for n in ("a.csv", "b.csv"))
    assert [[r[c] for c in kept] for r in a] == [[r[c] for c in kept] for r in b]


def test_the_file_and_the_function_agree(source, tmp_path) -> None:
    run(source, tmp_path / "out.parquet", policy="worst_case")
    graded = grade_table(pd.read_csv(source), policy="worst_case")
    found = pq.read_table(tmp_path / "out.parquet").to_pandas()
    assert found["grade"].astype("Int8").equals(graded["grade"])
    assert found["reasons"].astype("str").tolist() == graded["reasons"].tolist()


def test_rows_of_the_wrong_length_come_out_with_a_reason_and_their_number(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(
        HEADER + "HGB,95\nPLAT,20,10^9/L,150,400\nALT,250,U/L,10,40,9\nK,7.1,mmol/L,3.5,5.1,,\n",
        encoding="utf-8",
    )
    summary = run(source, tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")
    assert [(r["row"], r["grade"], r["reasons"]) for r in rows] == [
        ("1", "", "row_unreadable"),
        ("2", "4", ""),
        ("3", "", "row_unreadable"),
        ("4", "", "row_unreadable"),
    ]
    assert summary.broken == 3


def test_numbers_of_broken_rows_hold_across_blocks(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(gradefile.reader, "CSV_BLOCK", 300)
    lines = [f"PLAT,{i},10^9/L,150,400" if i % 7 else "PLAT,1" for i in range(1, 101)]
    source = tmp_path / "in.csv"
    source.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    run(source, tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")
    assert [r["row"] for r in rows] == [str(i) for i in range(1, 101)]
    assert [r["reasons"] == "row_unreadable" for r in rows] == [i % 7 == 0 for i in range(1, 101)]
    assert [r["value"] for r in rows] == [str(i) if i % 7 else "" for i in range(1, 101)]


def test_a_cell_that_is_not_utf8_spoils_no_other(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(HEADER.encode() + b"HGB,95,g/L,120,160\nCREAT,90,\xb5mol/L,40,80\n")
    run(source, tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")
    assert [(r["ctcae_term"], r["grade"]) for r in rows] == [
        ("Anemia", "2"), ("Hemoglobin increased", "0"), ("Hemolysis", ""),
        ("Creatinine increased", "1"),
    ]  # fmt: skip


def test_a_named_encoding_is_read(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes("testcd,value,unit,说明\nPROT,阴性,,正常\n".encode("gb18030"))
    run(source, tmp_path / "out.csv", encoding="gb18030")
    [row] = read_csv(tmp_path / "out.csv")
    assert (row["说明"], row["ctcae_term"], row["grade"]) == ("正常", "Proteinuria", "0")


def test_a_byte_order_mark_and_crlf_are_no_part_of_the_data(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"\xef\xbb\xbf" + (HEADER + ROWS).replace("\n", "\r\n").encode())
    run(source, tmp_path / "out.csv")
    assert [r["grade"] for r in read_csv(tmp_path / "out.csv")] == GRADES


def test_extra_columns_are_given_back_and_a_spreadsheet_runs_none_of_them(tmp_path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('note,TESTCD,Value,UNIT,grade\n"=1+1,""x""",K,7.1,mmol/L,9\n', "utf-8")
    run(source, tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")
    assert {r["note"] for r in rows} == {'\'=1+1,"x"'}
    run(source, tmp_path / "out.jsonl")
    first = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0]
    assert json.loads(first)["note"] == '=1+1,"x"'
    assert {r["grade_input"] for r in rows} == {"9"}
    assert [r["grade"] for r in rows] == ["4", ""]  # high, and low without LLN


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".jsonl"])
def test_a_file_without_rows_gives_one_without_rows(tmp_path, suffix) -> None:
    source = tmp_path / "in.csv"
    source.write_text(HEADER, encoding="utf-8")
    summary = run(source, tmp_path / f"out{suffix}")
    assert (summary.rows_in, summary.rows_out) == (0, 0)
    if suffix == ".json":
        assert json.loads((tmp_path / "out.json").read_text()) == []
    if suffix == ".parquet":
        assert "grade" in pq.read_schema(tmp_path / "out.parquet").names


def test_an_empty_parquet_file_is_no_error(tmp_path) -> None:
    pq.write_table(pa.table({"testcd": pa.array([], pa.string()), "value": pa.array([], "f8")}),
                   tmp_path / "in.parquet")  # fmt: skip
    assert run(tmp_path / "in.parquet", tmp_path / "out.csv").rows_in == 0


def test_batches_change_nothing(source, tmp_path, monkeypatch) -> None:
    table = pa.table({
        "testcd": ["HGB", "PLAT", "ALT", "K"] * 50, "unit": ["g/L", "10*9/L", "U/L", "mmol/L"] * 50,
        "value": [float(v) for v in range(200)], "lln": [50.0] * 200, "uln": [100.0] * 200,
    })  # fmt: skip
    pq.write_table(table, tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", tmp_path / "whole.csv")
    monkeypatch.setattr(gradefile.reader, "CHUNK", 7)
    run(tmp_path / "in.parquet", tmp_path / "pieces.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "pieces.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "out", "message"),
    [
        ("in.csv", "", "out.csv", "in.csv: "),
        ("in.csv", "a,b\n1,2\n", "out.csv", "column 'value' is missing"),
        ("in.csv", "value\n1\n", "out.csv", "columns 'testcd' and 'ctcae_term' are missing"),
        ("in.csv", "value,VALUE,testcd\n1,2,K\n", "out.csv", "are both 'value'"),
        ("in.xml", "x", "out.csv", "give .csv, .tsv or .parquet"),
        ("in.csv", HEADER, "out.xlsx", "give one of .csv, .tsv, .parquet, .jsonl, .json"),
        ("in.parquet", "no parquet", "out.csv", "in.parquet: "),
        ("in.csv", HEADER, "in.csv", "is the input itself"),
        ("in.csv", HEADER, "nowhere/out.csv", "no such folder"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    tmp_path, name, content, out, message
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(WrongUseError) as caught:
        run(tmp_path / name, tmp_path / out)
    assert message in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_size_and_version_are_bounded(source, tmp_path) -> None:
    with pytest.raises(WrongUseError, match="TOXWATCH_MAX_FILE_MB"):
        run(source, tmp_path / "out.csv", max_bytes=10)
    with pytest.raises(WrongUseError, match="no numeric criteria for CTCAE version"):
        run(source, tmp_path / "out.csv", ctcae="6.0")
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_an_old_result_stays_when_the_new_one_fails(source, tmp_path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    with pytest.raises(WrongUseError):
        run(source, out, ctcae="4.0")
    assert out.read_text(encoding="utf-8") == "old"
