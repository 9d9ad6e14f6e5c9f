"""Files to text columns: nothing is converted or dropped, and a damaged file is held."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from safety.errors import HeldDeliveryError
from safety.feeds.sdtm_folder.reader import read

FRAME = pd.DataFrame(
    {"USUBJID": ["S1", "S2", ""], "LBSEQ": [1.0, 2.5, None], "LBORRES": ["7.50", " <5 ", "7,5"]}
)
EXPECTED = [["S1", "1", "7.50"], ["S2", "2.5", "<5"], ["-", "-", "7,5"]]


def _text(frame: pd.DataFrame) -> list[list[str]]:
    return frame.fillna("-").to_numpy().tolist()


def _write_xpt(path: Path) -> None:
    pyreadstat.write_xport(FRAME, str(path), table_name="LB", file_format_version=5)


def _csv(path: Path, text: str) -> pd.DataFrame:
    path.write_text(text, encoding="utf-8")
    return read(path, path.name)


def test_xpt(tmp_path) -> None:
    _write_xpt(tmp_path / "lb.xpt")
    found = read(tmp_path / "lb.xpt", "LB.XPT")
    assert (list(found.columns), _text(found)) == (["USUBJID", "LBSEQ", "LBORRES"], EXPECTED)


def test_parquet(tmp_path) -> None:
    FRAME.to_parquet(tmp_path / "lb.parquet", index=False)
    assert _text(read(tmp_path / "lb.parquet", "lb.parquet")) == EXPECTED


def test_csv(tmp_path) -> None:
    found = _csv(tmp_path / "lb.csv", 'USUBJID,LBSEQ,LBORRES\nS1,1,7.50\nS2,2.5, <5 \n,,"7,5"\n')
    assert _text(found) == EXPECTED


@pytest.mark.parametrize("text", ["A,B\nNA,NaN\n", "\ufeffA,B\r\nNA,NaN\r\n"])
def test_csv_words_for_missing_are_kept_as_received(tmp_path, text) -> None:
    found = _csv(tmp_path / "x.csv", text)
    assert (list(found.columns), _text(found)) == (["A", "B"], [["NA", "NaN"]])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (0.1, "0.1"),
        (-2.0, "-2"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e20, "1e+20"),
        (float("inf"), "inf"),
        (float("nan"), "-"),
    ],
)
def test_numbers_are_written_in_their_shortest_form(tmp_path, value, text) -> None:
    pd.DataFrame({"X": [value]}).to_parquet(tmp_path / "x.parquet", index=False)
    assert _text(read(tmp_path / "x.parquet", "x.parquet")) == [[text]]


def test_a_column_without_values(tmp_path) -> None:
    frame = pd.DataFrame({"A": ["x", "y"], "B": [None, None], "C": [float("nan")] * 2})
    frame.to_parquet(tmp_path / "x.parquet", index=False)
    assert _text(read(tmp_path / "x.parquet", "x.parquet")) == [["x", "-", "-"], ["y", "-", "-"]]


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, -(2**53) - 1])
def test_large_whole_numbers_are_exact(tmp_path, number) -> None:
    frame = pd.DataFrame({"X": pd.array([number, number - 1], dtype="int64")})
    frame.to_parquet(tmp_path / "x.parquet", index=False)
    found = _text(read(tmp_path / "x.parquet", "x.parquet"))
    assert found == [[str(number)], [str(number - 1)]]


def test_timestamps_become_iso_8601(tmp_path) -> None:
    days = pd.to_datetime(["2024-03-01T08:30:00", None])
    pd.DataFrame({"LBDTC": days}).to_parquet(tmp_path / "x.parquet", index=False)
    assert _text(read(tmp_path / "x.parquet", "x.parquet")) == [["2024-03-01T08:30:00"], ["-"]]


def test_a_column_stored_as_an_index_is_not_lost(tmp_path) -> None:
    FRAME.set_index("LBORRES").to_parquet(tmp_path / "x.parquet")
    found = read(tmp_path / "x.parquet", "x.parquet")
    assert set(found.columns) == {"USUBJID", "LBSEQ", "LBORRES"}
    assert found["LBORRES"].tolist() == ["7.50", "<5", "7,5"]


@pytest.mark.parametrize("end", ["\n", "\n\n", "\n\n\n", "\r\n\r\n"])
def test_blank_lines_at_the_end_are_tolerated(tmp_path, end) -> None:
    assert _text(_csv(tmp_path / "x.csv", f"A,B\n1,2{end}")) == [["1", "2"]]


def test_a_header_without_rows_is_an_empty_frame(tmp_path) -> None:
    found = _csv(tmp_path / "x.csv", "A,B\n")
    assert (list(found.columns), len(found)) == (["A", "B"], 0)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("x.csv", b"", "empty"),
        ("x.xpt", b"", "empty"),
        ("x.csv", b"\xef\xbb\xbf", "empty"),  # a byte-order mark alone
        ("x.csv", b"\n\n", "empty"),
        ("x.csv", b"A,B\n1,2\n\n3,4\n", "line 3 has 0 fields"),
        ("x.csv", b"A,B\n1\n", "line 2 has 1 fields, the header has 2"),
        ("x.csv", b"A,B\n1,2,3\n", "line 2 has 3 fields"),
        ("x.csv", b"A;B\n1;2,5\n", "delimiter is not a comma"),
        ("x.csv", b"A,A\n1,2\n", "column A occurs twice"),
        ("x.csv", b"A\n\xe9\n", "not UTF-8"),
        ("x.csv", b'A\n"open\n', "not CSV"),
        ("x.xpt", b"A,B\n1,2\n" * 10, "not a SAS XPT v5 file"),
        ("x.parquet", b"A,B\n1,2\n", "not a Parquet file"),
        ("x.parquet", b"PAR1" + b"\0" * 100, "cannot be read"),
    ],
)
def test_a_damaged_file_is_held(tmp_path, name, content, fault) -> None:
    path = tmp_path / "landed"
    path.write_bytes(content)
    with pytest.raises(HeldDeliveryError, match=fault) as held:
        read(path, name)
    assert held.value.file == name


def test_a_truncated_xpt_is_held(tmp_path) -> None:
    path = tmp_path / "lb.xpt"
    _write_xpt(path)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(HeldDeliveryError, match="truncated"):
        read(path, "lb.xpt")
