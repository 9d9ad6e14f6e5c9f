"""Hostile, damaged and differently encoded files: an error that says so, never a crash."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from safety.errors import HeldDeliveryError
from safety.feeds.sdtm_folder.reader import load, read
from safety.feeds.sdtm_folder.text import is_garbled

COLUMNS = [{"itemOID": f"IT.EC.{n}", "name": n, "label": n, "dataType": "string"}
           for n in ("USUBJID", "ECDOSE")]  # fmt: skip
HEAD = {
    "datasetJSONVersion": "1.1.0", "datasetJSONCreationDateTime": "2024-03-05T21:30:00",
    "name": "EC", "records": 2, "columns": COLUMNS,
}  # fmt: skip


def made(tmp_path: Path, name: str, content: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def dataset(rows: list[object], **head: object) -> str:
    return json.dumps(HEAD | {"rows": rows} | head)


def xpt(tmp_path: Path, rows: int = 30) -> Path:
    path = tmp_path / "lb.xpt"
    frame = pd.DataFrame({"USUBJID": [f"S{n:03d}" for n in range(rows)], "LBSEQ": range(rows)})
    pyreadstat.write_xport(frame, str(path), table_name="LB", file_format_version=5)
    return path


def changed(path: Path, at: int, new: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(new)] = new
    path.write_bytes(bytes(content))
    return path


def test_dataset_json_is_read_as_text(tmp_path) -> None:
    content = dataset([["S1", 200], ["S2", None]])
    found = load(made(tmp_path, "ec.json", content), "ec.json")
    assert found.frame.to_dict("list")["USUBJID"] == ["S1", "S2"]
    assert found.frame["ECDOSE"].iloc[0] == "200"
    assert pd.isna(found.frame["ECDOSE"].iloc[1])
    assert found.extracted == "2024-03-05T21:30:00"


@pytest.mark.parametrize(
    ("number", "text"),
    [("200.0", "200"), ("0.50", "0.5"), ("-3", "-3"), ("12345678901234567", "12345678901234567"),
     ("1e3", "1e3")],
)  # fmt: skip
def test_numbers_of_json_are_told_as_in_other_formats(tmp_path, number, text) -> None:
    content = dataset([["S1", 0], ["S2", 1]]).replace('["S1", 0]', f'["S1", {number}]')
    assert read(made(tmp_path, "ec.json", content), "ec.json")["ECDOSE"].iloc[0] == text


def test_a_line_a_row(tmp_path) -> None:
    lines = [json.dumps(HEAD), '["S1", 200]', '["S2", 250]']
    path = made(tmp_path, "ec.ndjson", "\n".join(lines) + "\n")
    assert read(path, "ec.ndjson")["ECDOSE"].tolist() == ["200", "250"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (dataset([["S1", 200]]), "it declares 2 records but holds 1"),
        (dataset([["S1", 200], ["S2", 1]])[:-20], "it is damaged, cut off or nested too deeply"),
        ("[" * 100_000, "it is damaged, cut off or nested too deeply"),
        (dataset([["S1", 200], ["S2", 1]]).replace("200", "NaN"), "it is damaged"),
        (dataset([["S1", 200], ["S2"]]), "row 2 has 1 values, there are 2 columns"),
        (dataset([["S1", 200], "S2"]), "row 2 has no list of values"),
        (dataset([["S1", [1]], ["S2", 1]]), "row 1 has a value that is no text"),
        (dataset([["S1", 200], ["S2", 1]], name="LB"), "the data set in it is LB, not EC"),
        (dataset([], columns=[]), "it names no columns"),
        (dataset([], columns=[{"label": "x"}]), "a column has no name"),
        (dataset([["a", "b"], ["c", "d"]], columns=[COLUMNS[0]] * 2), "USUBJID occurs twice"),
        (json.dumps(HEAD | {"rows": {"a": 1}}), "it has no rows"),
        ('{"clinicalData": {}}', "it is not of version 1.1"),
        ("[]", "it is no data set"),
        (b"\xff\xfe{}", "it is not UTF-8"),
    ],
)
def test_what_is_no_dataset_json_is_held(tmp_path, content, message) -> None:
    with pytest.raises(HeldDeliveryError, match=message):
        read(made(tmp_path, "ec.json", content), "ec.json")


def test_a_number_of_many_digits_stays_text(tmp_path) -> None:
    content = dataset([["S1", 200], ["S2", 1]]).replace("200", "9" * 5000)
    assert read(made(tmp_path, "ec.json", content), "ec.json")["ECDOSE"].iloc[0] == "9" * 5000


def test_an_xpt_file_tells_when_it_was_written(tmp_path) -> None:
    path = changed(xpt(tmp_path), 144, b"05MAR24:21:30:00")
    found = load(path, "lb.xpt")
    assert (len(found.frame), found.extracted) == (30, "2024-03-05T21:30:00")
    assert load(changed(path, 144, b"05FOO24:21:30:00"), "lb.xpt").extracted == ""
    assert load(changed(path, 144, b"31FEB24:21:30:00"), "lb.xpt").extracted == ""
    assert load(changed(path, 144, b"05MAR99:21:30:00"), "lb.xpt").extracted[:4] == "1999"


@pytest.mark.parametrize(
    ("at", "new", "message"),
    [
        (560 + 54, b"9999", "its head describes more than the file holds"),
        (560 + 54, b"0000", "its head describes more than the file holds"),
        (560 + 54, b"0003", "its head does not hold together"),
        (560 + 54, b"abcd", "its head describes more than the file holds"),
        (640 + 4, b"\x7f\xff", "its head does not hold together"),
        (640, b"\x00\x09", "its head does not hold together"),
        (240, b"NONSENSE", "its head describes more than the file holds"),
        (640 + 140 + 84, b"\x7f\xff\xff\xff", "its head does not hold together"),
    ],
)
def test_an_xpt_head_that_lies_is_not_believed(tmp_path, at, new, message) -> None:
    with pytest.raises(HeldDeliveryError, match=message):
        read(changed(xpt(tmp_path), at, new), "lb.xpt")


@pytest.mark.parametrize("records", [2, 3, 5])
def test_an_xpt_file_cut_between_records_is_noticed(tmp_path, records) -> None:
    path = xpt(tmp_path, rows=41)  # of 12 bytes; one record less would end with a row
    path.write_bytes(path.read_bytes()[: -80 * records])
    with pytest.raises(HeldDeliveryError, match="truncated: its last row is not whole"):
        read(path, "lb.xpt")


@pytest.mark.parametrize("size", [80, 240, 640, 700])
def test_an_xpt_file_of_a_head_alone_is_no_crash(tmp_path, size) -> None:
    path = xpt(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(HeldDeliveryError):
        read(path, "lb.xpt")


def test_gb18030_is_read_where_it_is_declared(tmp_path) -> None:
    path = made(tmp_path, "lb.csv", "USUBJID,LBORRESU,SEX\nS1,µmol/L,女\n".encode("gb18030"))
    found = read(path, "lb.csv", "gb18030")
    assert found.loc[0].tolist() == ["S1", "µmol/L", "女"]
    with pytest.raises(HeldDeliveryError, match=r"not UTF-8 \(byte"):
        read(path, "lb.csv")


@pytest.mark.parametrize("text", ["中性粒细胞", "µmol/L", "37 °C"])
def test_utf8_where_gb18030_is_declared_is_held(tmp_path, text) -> None:
    path = made(tmp_path, "lb.csv", f"USUBJID,X\nS1,{text}\n")
    with pytest.raises(HeldDeliveryError, match="the file is UTF-8, but the feed declares GB18030"):
        read(path, "lb.csv", "gb18030")


def test_plain_text_and_a_lone_character_that_reads_as_both_are_no_utf8(tmp_path) -> None:
    assert len(read(made(tmp_path, "lb.csv", "A,B\n1,2\n"), "lb.csv", "gb18030")) == 1
    path = made(tmp_path, "dm.csv", "SEX\n女\n".encode("gb18030"))
    assert read(path, "dm.csv", "gb18030")["SEX"].tolist() == ["女"]


@pytest.mark.parametrize(
    ("delimiter", "content"),
    [(";", "A;B\n1;2,5\n"), ("\t", "A\tB\n1\t2,5\n"), ("|", "A|B\n1|2,5\n")],
)
def test_the_delimiter_is_the_declared_one(tmp_path, delimiter, content) -> None:
    path = made(tmp_path, "lb.csv", content)
    assert read(path, "lb.csv", delimiter=delimiter).loc[0].tolist() == ["1", "2,5"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"A,B\n1,\x002\n", "NUL bytes"),
        (b"A,,B\n1,2,3\n", "a column has no name"),
        (b"A,B,A\n1,2,3\n", "column A occurs twice"),
        (b'A,B\n1,"2\n', "not CSV"),
        (b"A\n" + b"x" * 200_000 + b"\n", "field larger than field limit"),
        (b"A;B\n1;2;3,4\n", "its delimiter is not a comma"),
    ],
)
def test_damaged_csv_is_held(tmp_path, content, message) -> None:
    with pytest.raises(HeldDeliveryError, match=message):
        read(made(tmp_path, "lb.csv", content), "lb.csv")


def test_a_stray_nul_is_shown_and_left_to_the_checks_of_its_row(tmp_path) -> None:
    lines = "".join(f"{n},12.5\n" for n in range(100)) + "100,1\x002\n"
    found = read(made(tmp_path, "lb.csv", "ID,VALUE\n" + lines), "lb.csv")
    assert found["VALUE"].iloc[-1] == "1\u24002"
    assert len(found) == 101


def test_a_last_line_without_end_is_told(tmp_path) -> None:
    assert load(made(tmp_path, "a.csv", "A\n1\n"), "a.csv").is_ended is True
    assert load(made(tmp_path, "b.csv", "A\n1"), "b.csv").is_ended is False


def test_parquet_with_lists_is_held(tmp_path) -> None:
    path = tmp_path / "lb.parquet"
    pd.DataFrame({"A": [[1, 2]]}).to_parquet(path)
    with pytest.raises(HeldDeliveryError, match="lists or structures"):
        read(path, "lb.parquet")


@pytest.mark.parametrize(
    "text",
    ["恶心".encode().decode("gb18030", "replace"), "µmol/L".encode().decode("gb18030"),
     "头痛".encode("gb18030").decode("latin-1"), "°C".encode().decode("latin-1"),
     "na\ufffdve"],
)  # fmt: skip
def test_signs_of_a_wrong_encoding(text) -> None:
    assert is_garbled(["S1", text]) is True


@pytest.mark.parametrize(
    "text", ["恶心", "女", "男", "µmol/L", "naïve", "Müller", "°C", "plain", "é"]
)
def test_sound_text_is_not_garbled(text) -> None:
    assert is_garbled(["S1", text]) is False


def test_one_damaged_text_among_sound_ones_does_not_make_the_file_garbled() -> None:
    assert is_garbled(["恶心", "头痛", "na\ufffdve"]) is False


def formatted(tmp_path: Path, kind: str, *values: float | None) -> list[object]:
    """Return how the reader tells the values of a column of a SAS format."""
    path = tmp_path / "lb.xpt"
    frame = pd.DataFrame({"A": values, "B": ["x"] * len(values)})
    pyreadstat.write_xport(
        frame, str(path), table_name="LB", file_format_version=5, variable_format={"A": kind}
    )
    return list(read(path, "lb.xpt")["A"].fillna("-"))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("DATE9", 23440.0, "2024-03-05"), ("E8601DA", -1.0, "1959-12-31"),
        ("YYMMDDN8", 23440.0, "2024-03-05"), ("DATETIME20", 2025293400.0, "2024-03-05T21:30:00"),
        ("DTDATE9", 2025293400.0, "2024-03-05T21:30:00"), ("TIME8", 30600.0, "08:30:00"),
        ("TOD8", 0.0, "00:00:00"), ("BEST12", 23440.0, "23440"),
    ],
)  # fmt: skip
def test_dates_and_times_of_sas_are_told_by_their_format(tmp_path, kind, value, text) -> None:
    assert formatted(tmp_path, kind, value, None) == [text, "-"]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("DATE9", 3_000_000.0, "3000000"), ("DATE9", -1e15, "-1000000000000000.0"),
        ("DATETIME20", 1e15, "1000000000000000.0"), ("DATETIME20", 1e60, "1e+60"),
        ("TIME8", 86_400.0, "86400"), ("TIME8", -5.0, "-5"), ("TIME8", 1e15, "1000000000000000.0"),
    ],
)  # fmt: skip
def test_a_sas_date_beyond_the_calendar_is_its_number(tmp_path, kind, value, text) -> None:
    assert formatted(tmp_path, kind, value, 0.0)[0] == text


def test_a_formatted_column_without_values(tmp_path) -> None:
    assert formatted(tmp_path, "DATE9", None, None) == ["-", "-"]


def parquet(tmp_path: Path, column: pa.Array, name: str = "A") -> list[object]:
    path = tmp_path / "lb.parquet"
    pq.write_table(pa.table({name: column}), path)
    return list(read(path, "lb.parquet")[name].fillna("-"))


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([2**64 - 1, 0], pa.uint64()), ["18446744073709551615", "0"]),
        (pa.array([2**64 - 1, None], pa.uint64()), ["18446744073709551615", "-"]),
        (pa.array([2**53 + 1, None]), ["9007199254740993", "-"]),
        (pa.array([True, False]), ["Y", "N"]),
        (pa.array([True, None]), ["Y", "-"]),
        (pa.array([True, None]).dictionary_encode(), ["Y", "-"]),
        (pa.array([b" ab ", None]), ["ab", "-"]),
        (pa.array(["男", None]).dictionary_encode(), ["男", "-"]),
        (pa.array(["女"], pa.string_view()), ["女"]),
        (pa.array([1.5, None]), ["1.5", "-"]),
    ],
)
def test_cells_of_parquet_are_told_alike_beside_a_missing_one(tmp_path, column, texts) -> None:
    assert parquet(tmp_path, column) == texts


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"\xff\xfe", None]), pa.array([b"\xed\xa0\x80"]).view(pa.string()),
        pa.array([b"\xff"]).view(pa.string()).dictionary_encode(),
        pa.array([b"\xff\xfe"], pa.binary(2)),
    ],
)  # fmt: skip
def test_bytes_of_parquet_that_are_no_text_hold_the_file(tmp_path, column) -> None:
    with pytest.raises(HeldDeliveryError, match=r"column A\\x1b holds bytes that are no UTF-8"):
        parquet(tmp_path, column, "A\x1b")


def test_a_day_of_parquet_beyond_the_calendar_holds_the_file(tmp_path) -> None:
    with pytest.raises(HeldDeliveryError, match="year 275760 is out of range"):
        parquet(tmp_path, pa.array([10**8], pa.date32()))


@pytest.mark.parametrize("value", [2**63 - 1, -(2**62)])
def test_a_time_of_a_zone_beyond_the_calendar_holds_the_file(tmp_path, value) -> None:
    with pytest.raises(HeldDeliveryError, match="column A has a time beyond the calendar"):
        parquet(tmp_path, pa.array([value, None], pa.timestamp("us", tz="UTC")))


def test_a_time_of_a_zone_keeps_its_offset(tmp_path) -> None:
    times = pa.array([1_709_645_400, None], pa.timestamp("s", tz="Asia/Shanghai"))
    assert parquet(tmp_path, times) == ["2024-03-05T21:30:00+08:00", "-"]


def test_half_a_character_in_a_cell_of_json_is_one_damaged_cell(tmp_path) -> None:
    content = dataset([["男\ud83d", 200], ["\ud83d\ude00", 1]])  # cut off, and whole
    found = read(made(tmp_path, "ec.json", content), "ec.json")
    assert found["USUBJID"].tolist() == ["男\ufffd", "😀"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (dataset([["S1", 1], ["S2", 1]], name="\ud800"), r"data set in it is \\ud800, not EC"),
        (dataset([["S1", 1]], records="\ud800"), r"it declares \\ud800 records but holds 1"),
        (dataset([["S1", 1], ["S2", 1]], columns=[{"name": "A\ud800"}, {"name": "B"}]),
         r"the name of column A\\ud800 holds half a character"),
        (dataset([], columns=[{"name": "A\x1b"}] * 2, records=0), r"column A\\x1b occurs twice"),
        (dataset([["S1", 1], ["S2", 1]])[:-1] + ', "rows": []}', "it gives `rows` twice"),
        (dataset([])[:-1] + ', "\\ud800": 1, "\\ud800": 1}', r"it gives `\\ud800` twice"),
    ],
)  # fmt: skip
def test_hostile_json_is_held_with_a_reason_that_can_be_written(tmp_path, content, message) -> None:
    with pytest.raises(HeldDeliveryError, match=message) as held:
        read(made(tmp_path, "ec.json", content), "ec.json")
    assert str(held.value).encode()


def test_lines_without_a_count_are_held(tmp_path) -> None:
    head = {key: value for key, value in HEAD.items() if key != "records"}
    whole = json.dumps(head | {"rows": [["S1", 200]]})
    assert len(read(made(tmp_path, "ec.json", whole), "ec.json")) == 1
    lines = "\n".join([json.dumps(head), '["S1", 200]'])
    with pytest.raises(HeldDeliveryError, match="it has no `records`, so that one that was cut"):
        read(made(tmp_path, "ec.ndjson", lines), "ec.ndjson")


def test_a_separator_of_lines_in_a_cell_ends_no_line(tmp_path) -> None:
    lines = [json.dumps(HEAD), '["S\u2028\u00851", 200]', '["S2", 250]']
    found = read(made(tmp_path, "ec.ndjson", "\r\n".join(lines)), "ec.ndjson")
    assert found["USUBJID"].tolist() == ["S\u2028\u00851", "S2"]


@pytest.mark.parametrize("letter", [b".", b"A", b"Z", b"_"])
def test_the_special_missing_numbers_of_sas_are_missing(tmp_path, letter) -> None:
    path = tmp_path / "lb.xpt"
    frame = pd.DataFrame({"USUBJID": ["S1", "S2", "S3"], "LBSTRESN": [1.5, 2.5, 3.5]})
    pyreadstat.write_xport(frame, str(path), table_name="LB", file_format_version=5)
    number = b"\x41\x28" + bytes(6)  # 2.5 as IBM writes it
    assert path.read_bytes().count(number) == 1
    path.write_bytes(path.read_bytes().replace(number, letter + bytes(7)))
    assert read(path, "lb.xpt")["LBSTRESN"].fillna("-").tolist() == ["1.5", "-", "3.5"]
