"""Small files that would be endless: held, or read, within the memory and time of any other."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.corpus import FORMATS
from tests.faults.table import Table, table

pytestmark = pytest.mark.xdist_group("bombs")  # what they share is made once

MOST_MB = 3_000  # of address space beyond what the libraries take; a bomb would ask for far more
SECONDS = 300  # far more than any of them takes, on any machine


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lb.csv", bytes(5_000_000))
    return held.getvalue()


def gzipped() -> bytes:
    return gzip.compress(bytes(5_000_000), mtime=0)


def _parquet(columns: dict[str, pa.Array]) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table(columns), held, compression="zstd")
    return held.getvalue()


def parquet_of_endless_rows() -> bytes:
    rows = pa.DictionaryArray.from_arrays(pa.nulls(2_000_000, pa.int32()).fill_null(0), ["x"])
    return _parquet(dict.fromkeys(["USUBJID", "LBORRES"], rows))


def parquet_of_one_long_text_in_every_row() -> bytes:
    long = pa.array(["x" * 1_000_000])
    rows = pa.DictionaryArray.from_arrays(pa.array([0] * 2_500, pa.int32()), long)
    return _parquet({"VISIT": rows})


def csv_of_a_million_columns() -> bytes:
    names = [f"C{n}" for n in range(1_000_000)]
    return FORMATS["csv"].encode(Table(names, [["x"] * len(names)]))


def parquet_of_many_columns() -> bytes:
    return _parquet({f"C{n}": pa.array(["x"]) for n in range(20_000)})


def json_of_many_columns() -> bytes:
    names = [f"C{n}" for n in range(20_000)]
    return FORMATS["ndjson"].encode(Table(names, [["x"] * len(names)]))


def csv_of_one_long_cell() -> bytes:
    return FORMATS["csv"].encode(table(3).with_cell(1, "VISIT", "x" * 1_000_000))


def csv_of_one_long_quote() -> bytes:
    return FORMATS["csv"].encode(table(3)) + b'"' + b"a,b\n" * 100_000


def json_nested_deeply() -> bytes:
    return b'{"datasetJSONVersion": "1.1", "rows": ' + b"[" * 100_000


def a_long_number() -> bytes:
    content = FORMATS["json"].encode(table(3))
    return content.replace(b'"2.0"', b"2.0").replace(b'"1.0"', b"9" * 100_000)


def odm_of_many_items() -> bytes:
    content = FORMATS["odm_xml"].encode(table(3))
    many = b"".join(b'<ItemData ItemOID="I%d" Value="x"/>' % n for n in range(5_000))
    return content.replace(b"<ItemData", many + b"<ItemData", 1)


def odm_nested_deeply() -> bytes:
    return FORMATS["odm_xml"].encode(table(3)).replace(b"<ItemData", b"<a>" * 10_000 + b"<ItemData")


def pull_nested_deeply() -> bytes:
    return b"[" * 50_000 + b"\n"


BOMBS: list[tuple[str, Callable[[], bytes], str]] = [
    ("csv", zipped, "lb.csv: the file"),
    ("csv", gzipped, "lb.csv: the file"),
    ("xpt", zipped, "lb.xpt: this is not a SAS XPT v5 file"),
    ("parquet", gzipped, "lb.parquet: this is not a Parquet file"),
    ("json", zipped, "lb.json: this is no Dataset-JSON 1.1: it is not UTF-8"),
    ("odm_xml", gzipped, "x.xml: it is damaged or cut off: line 1"),
    ("parquet", parquet_of_endless_rows, "lb.parquet: it has 2,000,000 rows"),
    ("parquet", parquet_of_one_long_text_in_every_row, "lb.parquet: its texts are more than"),
    ("parquet", parquet_of_many_columns, "lb.parquet: it has 20,000 columns, more than 5,000"),
    ("csv", csv_of_a_million_columns, "lb.csv: it has 1,000,000 columns, more than 5,000"),
    ("ndjson", json_of_many_columns, "lb.ndjson: this is no Dataset-JSON 1.1"),
    ("csv", csv_of_one_long_cell, "lb.csv: the file is not CSV: field larger than field limit"),
    ("csv", csv_of_one_long_quote, "lb.csv: the file is not CSV"),
    ("json", json_nested_deeply, "damaged, cut off or nested too deeply"),
    ("json", a_long_number, ""),
    ("odm_xml", odm_of_many_items, "an item group has more than 2,000 items"),
    ("odm_xml", odm_nested_deeply, "nested more than 60 deep"),
    ("redcap", pull_nested_deeply, "it is no whole file of a pull"),
]  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> list[str]:
    """What became of every bomb, in one process that may take little memory."""
    folder = tmp_path_factory.mktemp("bombs")
    asked = []
    for number, (shape, made, _) in enumerate(BOMBS):
        (folder / f"bomb{number}").write_bytes(made())
        asked += [shape, f"bomb{number}"]
    command = [sys.executable, "-m", "tests.faults.bomb", str(folder), str(MOST_MB), *asked]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.splitlines()


def test_every_bomb_was_put_through(outcomes) -> None:
    assert len(outcomes) == len(BOMBS)


@pytest.mark.parametrize("number", range(len(BOMBS)), ids=[made.__name__ for _, made, _ in BOMBS])
def test_a_bomb_is_held_or_harmless(outcomes, number) -> None:
    expected = BOMBS[number][2]
    kind, _, said = outcomes[number].partition(" ")
    assert kind == ("held" if expected else "used"), said
    assert expected in said
