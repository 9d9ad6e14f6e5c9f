"""What spoilt files have found, each by its name: it is held, and told as its reader needs it."""

from __future__ import annotations

import json

import pytest

from tests import delivery
from tests.faults import oracle
from tests.faults.corpus import FORMATS, STAMP
from tests.faults.spoilt_layouts import two_members
from tests.faults.table import table
from tests.faults.xpt import encode_xpt


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    return delivery.settings(tmp_path_factory.mktemp("found"))


def said(used, shape: str, content: bytes) -> str:
    found = oracle.deliver(FORMATS[shape], content, used)
    assert found.kind == "held"
    return found.said


def test_an_xpt_with_a_variable_twice(used) -> None:
    """The reader behind gave the second one another name, and the first was believed."""
    plain = table(3)
    twice = encode_xpt(plain.rearranged([*range(len(plain.head)), plain.at("LBORRES")]))
    assert said(used, "xpt", twice) == (
        "lb.xpt: column LBORRES occurs twice. Ask for a corrected file."
    )


@pytest.mark.parametrize(
    "spoilt", [encode_xpt(table(3)) * 2, two_members(encode_xpt(table(3)), None)]
)
def test_an_xpt_of_two_data_sets(used, spoilt) -> None:
    """The head of the second one was read as rows of the first."""
    assert said(used, "xpt", spoilt) == (
        "lb.xpt: it holds more than one data set. Deliver a file for each."
    )


def test_an_xpt_in_another_encoding(used) -> None:
    """The message was that of the codec: bytes in position 0-1."""
    spoilt = encode_xpt(table(3).with_cell(1, "VISIT", "WEEK ??")).replace(b"??", b"\xb5\xda")
    assert said(used, "xpt", spoilt) == (
        "lb.xpt: it holds text that is not UTF-8, or is damaged. Export it again in UTF-8."
    )


@pytest.mark.parametrize(
    ("part", "value"),
    [("id", "S1"), ("id", "a/b/c/d"), ("content", {"fields": []}),
     ("content", {"fields": {"lborres": ["1"]}}), ("content", {"fields": {"lborres": 1}})],
)  # fmt: skip
def test_a_pull_of_redcap_with_a_line_of_another_form(used, part, value) -> None:
    first, *lines = FORMATS["redcap"].encode(table(3)).decode().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {part: value})
    spoilt = "\n".join([first, *lines, ""]).encode()
    assert STAMP.encode() in spoilt
    assert said(used, "redcap", spoilt) == "it is no whole file of a pull (fault 51)"


def test_a_csv_may_be_as_wide_as_any_domain_and_no_wider(used) -> None:
    """A million columns took minutes, and memory by the gigabyte."""
    plain = table(3)
    assert said(used, "csv", b",".join([b"A"] * 5_001) + b"\n") == (
        "lb.csv: it has 5,001 columns, more than 5,000. Split it."
    )
    wide = FORMATS["csv"].encode(plain).splitlines()
    names = ",".join(f"X{n}" for n in range(400)).encode()
    spare = b"," * 399
    content = b"\n".join([wide[0] + b"," + names, *(w + b"," + spare for w in wide[1:]), b""])
    assert oracle.deliver(FORMATS["csv"], content, used).rows == 3
