"""A file that ends early is noticed wherever its format can tell; else no cell is made up."""

from __future__ import annotations

import pytest

from safety.errors import HeldDeliveryError
from tests import delivery
from tests.faults import cases, oracle
from tests.faults.corpus import DAYS, FORMATS
from tests.faults.table import table

# A CSV and an XPT do not say how many rows they have.
TELLING = [s for s in FORMATS if "csv" not in s and s not in {"central_lab", "xpt"}]
ALL_OF_IT = {"odm_xml": 1, "json": 0, "ndjson": 1, "fhir": 1, "redcap": 1, "parquet": 0}


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    return delivery.settings(tmp_path_factory.mktemp("cut"))


@pytest.mark.parametrize("shape", TELLING)
def test_a_format_that_tells_its_end_is_held_when_cut(used, shape) -> None:
    content = FORMATS[shape].encode(table())
    last = len(content) - ALL_OF_IT[shape]  # the end of the last line may be missing
    for at in [*cases.cuts(shape, 8), last - 1]:
        if at < last:
            found = oracle.deliver(FORMATS[shape], content[:at], used)
            assert found.kind == "held", at


@pytest.mark.parametrize("shape", ["csv", "csv, gb18030", "xpt"])
def test_of_a_format_that_does_not_whole_rows_are_used_and_no_others(used, shape) -> None:
    content = FORMATS[shape].encode(table())
    (every,) = oracle.deliver(FORMATS[shape], content, used).intakes
    ends = [n + 1 for n, byte in enumerate(content) if byte == ord("\n")]
    for at in [*cases.cuts(shape, 8), *ends[10:12]]:
        found = oracle.deliver(FORMATS[shape], content[:at], used)
        assert found.kind == "used" or found.said
        for intake in found.intakes:
            assert intake.raw.equals(every.raw.iloc[: len(intake.raw)]), at


@pytest.mark.parametrize("shape", ["csv", "csv, gb18030", "central_lab"])
def test_a_csv_cut_in_its_last_cell_is_held(used, shape) -> None:
    """So cut, every line has its number of fields, and 2024-03-12 has become 2024-03."""
    found = oracle.deliver(FORMATS[shape], FORMATS[shape].encode(table())[:-4], used)
    assert found.said == (
        "lb.csv: its last line has no end: it may be cut off, and a cell with it. Send it again; "
        "if it is whole, end its last line."
    )


def test_a_daily_csv_cut_in_its_last_cell_is_held(used) -> None:
    content = FORMATS["csv, daily"].encode(table())
    found = oracle.deliver(FORMATS["csv, daily"], content[:-2], used)
    assert found == oracle.Outcome(
        "held", "the file is truncated: its last line has no end (fault 51)"
    )


def test_a_first_day_that_cannot_be_used_says_why(used) -> None:
    first = {f"{DAYS[0]}/lb.csv": b"A,B\n1\n"}
    with pytest.raises(HeldDeliveryError) as held:
        oracle.received(FORMATS["csv, daily"], first, used)
    assert held.value.fault == (
        "the delivery has no file for LB that can be used; 2024-03-30/lb.csv is held: line 2 has 1 "
        "fields, the header has 2 (fault 51)."
    )


def test_a_daily_csv_cut_at_the_end_of_a_line_is_held_when_much_is_gone(used) -> None:
    lines = FORMATS["csv, daily"].encode(table()).splitlines(keepends=True)
    found = oracle.deliver(FORMATS["csv, daily"], b"".join(lines[:32]), used)
    assert found.said == "31 rows instead of 40 (fault 52)"
    assert oracle.deliver(FORMATS["csv, daily"], b"".join(lines[:33]), used).kind == "used"
