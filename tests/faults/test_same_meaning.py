"""What must not matter does not; and what is wrong in one row stays in that row."""

from __future__ import annotations

import csv
import io
import re
from random import Random

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests import delivery
from tests.faults import oracle
from tests.faults.corpus import FORMATS
from tests.faults.spoilt_tables import CELLS, COLUMN_OF
from tests.faults.table import SUBJECT, table

ROWS = 6
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
IN_TEXT = ["csv", "csv, gb18030", "central_lab"]


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    return delivery.settings(tmp_path_factory.mktemp("same"))


def records(used, shape: str, content: bytes) -> pd.DataFrame:
    """Return the canonical records of a file, by their rows in it."""
    found = oracle.deliver(FORMATS[shape], content, used)
    assert found.kind == "used", found.said
    (intake,) = found.intakes
    frame = intake.records.set_index("SRCROW")
    return frame[frame["SRCFILE"].eq(frame["SRCFILE"].iloc[-1])]


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether records are alike, whatever the order of their columns."""
    return one.astype("str").equals(other[one.columns].astype("str"))


def as_crlf(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


def with_blank_lines_at_the_end(content: bytes) -> bytes:
    return content + b"\n\n"


def with_every_cell_quoted(content: bytes, encoding: str) -> bytes:
    text = content.decode(encoding)
    delimiter = ";" if ";" in text else ","
    held = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    writer = csv.writer(held, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows(rows)
    return held.getvalue().encode(encoding)


@pytest.mark.parametrize("shape", [s for s in FORMATS if s != "csv, daily"])
def test_the_order_of_columns_does_not_matter(used, shape) -> None:
    plain = table(ROWS)
    order = Random(shape).sample(range(len(plain.head)), len(plain.head))
    moved = records(used, shape, FORMATS[shape].encode(plain.rearranged(order)))
    assert same(records(used, shape, FORMATS[shape].encode(plain)), moved)


@pytest.mark.parametrize("shape", IN_TEXT)
def test_ends_of_lines_quotes_and_blank_lines_do_not_matter(used, shape) -> None:
    content, encoding = FORMATS[shape].encode(table(ROWS)), FORMATS[shape].feed.encoding
    expected = records(used, shape, content)
    for other in (
        as_crlf(content), with_blank_lines_at_the_end(content),
        with_every_cell_quoted(content, encoding),
    ):  # fmt: skip
        assert same(expected, records(used, shape, other))


@pytest.mark.parametrize("shape", ["csv", "json", "ndjson", "odm_xml"])
def test_a_mark_of_utf_8_does_not_matter_where_that_is_declared(used, shape) -> None:
    content = FORMATS[shape].encode(table(ROWS))
    assert same(records(used, shape, content), records(used, shape, b"\xef\xbb\xbf" + content))


@pytest.mark.parametrize(
    ("shape", "old", "new"),
    [
        ("json", b", ", b" ,\n\t"), ("ndjson", b", ", b" ,  "), ("odm_xml", b"><", b">\n  <"),
        ("odm_xml", b"<ClinicalData", b"<!-- a note --><?page 1?><ClinicalData"),
        ("odm_xml", b"Value=", b"\n Value = "), ("fhir", b": ", b" :  "), ("redcap", b", ", b","),
    ],
)  # fmt: skip
def test_spaces_and_remarks_do_not_matter(used, shape, old, new) -> None:
    content = FORMATS[shape].encode(table(ROWS))
    assert old in content
    assert same(records(used, shape, content), records(used, shape, content.replace(old, new)))


@pytest.mark.parametrize(
    "how",
    [{"compression": "none"}, {"compression": "gzip"}, {"row_group_size": 1},
     {"use_dictionary": False}, {"version": "1.0"}, {"data_page_version": "2.0"}],
)  # fmt: skip
def test_how_parquet_is_stored_does_not_matter(used, how) -> None:
    content, held = FORMATS["parquet"].encode(table(ROWS)), io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(content)), held, **how)
    assert same(records(used, "parquet", content), records(used, "parquet", held.getvalue()))


@pytest.mark.parametrize("shape", ["csv", "xpt", "json", "central_lab", "odm_xml", "redcap"])
def test_a_wrong_cell_changes_no_other_row(used, shape) -> None:
    """Every second row gets a wrong cell, one of every kind."""
    cells = [(COLUMN_OF[k], c) for k in CELLS if k != "subjects" for c in CELLS[k]]
    if shape == "odm_xml":  # XML has no word for a control character, whatever it is in the table
        cells = [(column, c) for column, c in cells if not CONTROL.search(c)]
    plain = spoilt = table(2 * len(cells))
    for number, (column, cell) in enumerate(cells):
        spoilt = spoilt.with_cell(2 * number, column, cell)
    expected = records(used, shape, FORMATS[shape].encode(plain)).iloc[1::2]
    found = records(used, shape, FORMATS[shape].encode(spoilt))
    assert len(found) == 2 * len(cells)
    assert same(expected, found.loc[expected.index])


@pytest.mark.parametrize("shape", ["csv", "parquet", "json", "odm_xml", "central_lab"])
def test_an_id_that_looks_like_a_subject_is_not_that_subject(used, shape) -> None:
    """Only spaces around an id are no part of it."""
    ids = ["s1", "\uff331", "\u04211", "S\u0661", "S01", "S1\u200b", " S1 "]
    spoilt = table(len(ids))
    for number, cell in enumerate(ids):
        spoilt = spoilt.with_cell(number, SUBJECT, cell)
    found = records(used, shape, FORMATS[shape].encode(spoilt))
    assert found["USUBJID"].tolist() == [*ids[:-1], "S1"]
