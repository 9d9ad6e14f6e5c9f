"""Stray quotes, odd types and broken files: nothing vanishes, and every refusal says why."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safety import gradefile
from safety.errors import WrongUseError

HEADER = "testcd,value,unit,lln,uln\n"
OK = "PLAT,20,10^9/L,150,400"


def run(source, target, encoding="utf-8"):
    return gradefile.grade_file(
        source, target, policy="number_only", ctcae="5.0", encoding=encoding, max_bytes=10**8
    )


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def graded(tmp_path, text, encoding="utf-8", suffix=".csv"):
    """Row number, value and whether the row was readable, of every row that came out."""
    source, target = tmp_path / f"in{suffix}", tmp_path / "out.jsonl"
    source.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    run(source, target, encoding)
    rows = [json.loads(x) for x in target.read_text(encoding="utf-8").splitlines()]
    return [(r["row"], r["value"], r["reasons"] != "row_unreadable") for r in rows]


# Quotes


@pytest.mark.parametrize("scan", [7, 100, 4 << 20])
@pytest.mark.parametrize("stray", ['HAPTOG,"3.2,g/L,3.5,5,10', 'PLAT,"3,10^9/L,150,400'])
def test_a_stray_quote_spoils_its_own_row_only(tmp_path, monkeypatch, scan, stray) -> None:
    monkeypatch.setattr(gradefile.quotes, "SCAN", scan)
    lines = [stray if i == 10 else OK for i in range(1, 1001)]
    found = graded(tmp_path, HEADER + "\n".join(lines) + "\n")
    assert found == [
        (i, None, False) if i == 10 else (i, "20", True) for i in range(1, 1001)
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_stray_quote_is_found_in_every_encoding(tmp_path, encoding, newline) -> None:
    text = HEADER + f'{OK}\nPLAT,"3,10^9/L,150,400\n{OK}\n{OK}'
    found = graded(tmp_path, text.replace("\n", newline), encoding)
    assert found == [(1, "20", True), (2, None, False), (3, "20", True), (4, "20", True)]


@pytest.mark.parametrize("scan", [7, 100, 4 << 20])
def test_a_cell_may_hold_line_breaks_delimiters_and_quotes(tmp_path, monkeypatch, scan) -> None:
    monkeypatch.setattr(gradefile.quotes, "SCAN", scan)
    notes = ["plain", "two\nlines", 'said ""low""\n\n, again', '\n"" \n', "a\n" * 199]
    (tmp_path / "in.csv").write_text(
        'testcd,value,"the\nnote",unit\n' + "".join(f'PLAT,20,"{n}",10^9/L\n' for n in notes),
        encoding="utf-8",
    )
    run(tmp_path / "in.csv", tmp_path / "out.jsonl")
    rows = [json.loads(x) for x in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [r["the\nnote"] for r in rows] == [n.replace('""', '"') for n in notes]
    assert [(r["row"], r["grade"]) for r in rows] == [(1, 4), (2, 4), (3, 4), (4, 4), (5, 4)]


def test_a_cell_of_too_many_lines_is_reported_and_what_follows_is_read(tmp_path) -> None:
    text = HEADER + 'PLAT,20,"' + "a\n" * 201 + f'",150,400\n{OK}\n'
    found = graded(tmp_path, text)
    assert found[0] == (1, None, False)
    assert not any(readable for _, _, readable in found[:-1])
    assert found[-1][1:] == ("20", True)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['K,"5,mmol/L', "NA,140,mmol/L", 'CL,"100,mmol/L'], [None, "140", None]),
        (['K,"5,mmol/L', "NA,140,mmol/L", 'CL,100",mmol/L'], [None, "140", '100"']),
        (['K,"5,mmol/L', 'NA,"140,mmol/L'], [None, None]),
        (['K,"5,mmol/L', 'NA,"140",mmol/L', '"CL","100","mmol/L"'], [None, "140", "100"]),
        (['K,"5,mmol/L', 'NA,"140",mmol/L,"a', "CL,100,mmol/L"], [None, None, "100"]),
        (["K,5,mmol/L", 'NA,140,"mmol/L'], ["5", None]),
        (["K,5,mmol/L", 'NA,140,"'], ["5", None]),
        (['K,5"","mmol/L', "NA,140,mmol/L"], [None, "140"]),
    ],
)
def test_stray_quotes_near_each_other_cost_the_rows_that_hold_them(
    tmp_path, lines, expected
) -> None:
    found = graded(tmp_path, "testcd,value,unit\n" + "\n".join(lines) + "\n")
    values = {row: (value, readable) for row, value, readable in found}
    assert values == {i: (x, x is not None) for i, x in enumerate(expected, 1)}


def test_a_quote_inside_a_cell_that_is_not_quoted_is_text(tmp_path) -> None:
    text = f'testcd,value,unit,note\nPLAT,20,10^9/L,5" tube\nPLAT,"2"0,10^9/L,\n{OK[:-8]},\n'
    assert graded(tmp_path, text) == [(1, "20", True), (2, "20", True), (3, "20", True)]


def test_a_stray_quote_in_a_tsv_file(tmp_path) -> None:
    text = 'testcd\tvalue\tunit\nPLAT\t"3\t10^9/L\nPLAT\t20\t10^9/L\n'
    assert graded(tmp_path, text, suffix=".tsv") == [(1, None, False), (2, "20", True)]


def test_blank_lines_are_no_rows(tmp_path) -> None:
    text = f'\n\n{HEADER}\n\n{OK}\n\nPLAT,"3,10^9/L,150,400\n\n{OK}\n\n'
    assert graded(tmp_path, text) == [(1, "20", True), (2, None, False), (3, "20", True)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'"testcd,value\nK,5\n', "a quote in the header is not closed"),
        (b"\n\n", "the file is empty"),
        ("testcd,value,说明\nK,5,x\n".encode("gb18030"), "the header is not UTF-8"),
        (b"testcd,value\n" + b"x" * 200, "a line is longer than 100 bytes"),
    ],
)
def test_text_that_cannot_be_used_is_refused(tmp_path, monkeypatch, content, message) -> None:
    monkeypatch.setattr(gradefile.reader, "CSV_BLOCK", 100)
    monkeypatch.setattr(gradefile.quotes, "SCAN", 50)
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(WrongUseError, match=message):
        run(tmp_path / "in.csv", tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


# Encodings, headers, names


@pytest.mark.parametrize("encoding", ["nope", "", "rot13", "hex", "a\0b", "undefined"])
def test_an_encoding_nobody_knows_is_named(tmp_path, encoding) -> None:
    (tmp_path / "in.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(WrongUseError) as caught:
        run(tmp_path / "in.csv", tmp_path / "out.csv", encoding)
    assert f"--encoding {encoding!r} is not known" in str(caught.value)


def test_a_file_that_is_not_in_its_encoding_is_refused(tmp_path) -> None:
    (tmp_path / "in.csv").write_bytes((HEADER + OK).encode("utf-16")[:-1])
    with pytest.raises(WrongUseError, match=r"in\.csv: 'utf-16.*truncated data"):
        run(tmp_path / "in.csv", tmp_path / "out.csv", "utf-16")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_header_alone_is_a_file_without_rows(tmp_path, ending) -> None:
    (tmp_path / "in.csv").write_text("testcd,value" + ending, encoding="utf-8", newline="")
    assert run(tmp_path / "in.csv", tmp_path / "out.csv").rows_in == 0
    assert (tmp_path / "out.csv").read_text("utf-8").startswith('"testcd","value","row",')


def test_columns_of_the_same_name_are_both_kept(tmp_path) -> None:
    (tmp_path / "in.csv").write_text("x,testcd,value,x,x_2,x\n1,K,5,2,3,4\n", encoding="utf-8")
    columns = [pa.array([v]) for v in ("1", "K", "5", "2", "3", "4")]
    table = pa.table(columns, names=["x", "testcd", "value", "x", "x_2", "x"])
    pq.write_table(table, tmp_path / "in.parquet")
    for name in ("in.csv", "in.parquet"):
        run(tmp_path / name, tmp_path / "out.jsonl")
        row = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
        assert [row[c] for c in ("x", "x_3", "x_2", "x_4")] == ["1", "2", "3", "4"]


# JSON


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_json_holds_no_word_that_json_does_not_have(tmp_path, suffix) -> None:
    table = pa.table({
        "testcd": ["K"], "value": [float("nan")], "far": [float("inf")], "b": [b"a\xff"],
        "deep": [{"x": [float("-inf"), 1.5]}], "d": pa.array(["1.50"]).cast(pa.decimal128(5, 2)),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", tmp_path / f"out{suffix}")
    text = (tmp_path / f"out{suffix}").read_text(encoding="utf-8")
    if suffix == ".jsonl":
        text = text.splitlines()[0]
    found = json.loads(text, parse_constant=pytest.fail)
    row = found[0] if suffix == ".json" else found
    assert {c: row[c] for c in ("value", "far", "b", "deep", "d")} == {
        "value": None, "far": None, "b": "a\ufffd", "deep": {"x": [None, 1.5]}, "d": "1.50",
    }  # fmt: skip


def test_jsonl_without_rows_is_empty(tmp_path) -> None:
    (tmp_path / "in.csv").write_text(HEADER, encoding="utf-8")
    run(tmp_path / "in.csv", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == b""


# Parquet

TEXTS = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(),
         pa.binary_view(), pa.dictionary(pa.int8(), pa.large_string()),
         pa.dictionary(pa.int32(), pa.binary())]  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS, ids=str)
@pytest.mark.parametrize("out", ["out.csv", "out.parquet", "out.jsonl"])
def test_text_of_every_type_is_read(tmp_path, kind, out) -> None:
    texts = {"testcd": "PLAT", "value": "20", "unit": "10*9/L", "note": "é"}
    binary = "binary" in str(kind)
    cells = {c: pa.array([x.encode() if binary else x], kind) for c, x in texts.items()}
    pq.write_table(pa.table(cells), tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", tmp_path / out)
    if out == "out.csv":
        [row] = read_csv(tmp_path / out)
    elif out == "out.parquet":
        [row] = pq.read_table(tmp_path / out).to_pylist()
    else:
        row = json.loads((tmp_path / out).read_text(encoding="utf-8"))
    note = "é".encode() if binary and out == "out.parquet" else "é"
    assert (row["ctcae_term"], str(row["grade"]), row["note"]) == (
        "Platelet count decreased", "4", note,
    )  # fmt: skip


def test_bytes_that_are_not_utf8_spoil_no_other_row(tmp_path) -> None:
    for kind in (pa.binary(), pa.dictionary(pa.int32(), pa.binary())):
        units = pa.array([b"\xb5mol/L", b"mmol/L"], kind)
        table = pa.table({"testcd": ["K", "K"], "value": [7.1, 7.1], "unit": units})
        pq.write_table(table, tmp_path / "in.parquet")
        run(tmp_path / "in.parquet", tmp_path / "out.csv")
        rows = read_csv(tmp_path / "out.csv")
        assert {(r["row"], r["unit"]) for r in rows} == {("1", "\ufffdmol/L"), ("2", "mmol/L")}


@pytest.mark.parametrize(
    ("column", "cells", "out", "message"),
    [
        ("value", pa.array([[1.0]]), "out.parquet", "column 'value' holds list"),
        ("unit", pa.array([{"a": 1}]), "out.parquet", "column 'unit' holds struct"),
        ("note", pa.array([[1.0]]), "out.csv", "column 'note' holds list"),
        ("note", pa.array([{"a": 1}]), "out.tsv", "column 'note' holds struct"),
        ("note", pa.array([b"\xff"]), "out.csv", "column 'note' holds bytes that are not UTF-8"),
    ],
)
def test_a_column_that_cannot_be_used_is_named(tmp_path, column, cells, out, message) -> None:
    columns = {"testcd": pa.array(["K"]), "value": pa.array([5.0])} | {column: cells}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    with pytest.raises(WrongUseError) as caught:
        run(tmp_path / "in.parquet", tmp_path / out)
    assert message in str(caught.value)
    assert (".parquet" in str(caught.value)) is (column == "note")
    assert [p.name for p in tmp_path.iterdir()] == ["in.parquet"]
    if column == "note":
        assert run(tmp_path / "in.parquet", tmp_path / "out.parquet").rows_in == 1
        assert run(tmp_path / "in.parquet", tmp_path / "out.json").rows_in == 1


@pytest.mark.parametrize("damage", ["footer", "page", "short"])
def test_a_broken_parquet_file_is_called_so(tmp_path, damage) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"testcd": ["K"] * 1000, "value": [5.0] * 1000}), source)
    data = bytearray(source.read_bytes())
    if damage == "footer":
        data[-60:-8] = b"\xff" * 52
    elif damage == "page":
        data[4:40] = b"\xff" * 36
    else:
        data = data[:-20]
    source.write_bytes(data)
    with pytest.raises(WrongUseError, match=r"in\.parquet"):
        run(source, tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["in.parquet"]
