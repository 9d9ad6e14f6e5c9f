"""Addresses: what a browser sends is read and bounded, and no id of a subject stands in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import address, handles
from dashboards.address import Address
from safety.displays.population import Scope
from safety.errors import WrongUseError

KEY = b"k" * 32


def test_an_address_is_read_and_written_alike() -> None:
    search = "?study=T1&at=7f91&level=L-1~L1&related=1&grade=3&term=Nausea"
    found = address.read("/events", search)
    assert found == Address(
        "/events", "T1", "7f91", Scope(("L-1", "L1"), related=True, least_grade=3),
        {"term": "Nausea"},
    )  # fmt: skip
    assert address.read("/events", found.here().partition("?")[2]) == found


def test_another_page_keeps_the_filters_and_nothing_else() -> None:
    found = address.read("/events", "study=T1&level=L1&term=Nausea")
    assert found.to("/rows", table="event") == "/rows?study=T1&level=L1&table=event"
    assert found.here(term="", soc="A") == "/events?study=T1&level=L1&soc=A"
    assert Address("/").here() == "/"


@pytest.mark.parametrize(
    ("search", "told"),
    [
        ("?grade=7", "grade '7' is none"),
        ("?" + "a" * 2001, "longer than 2,000"),
        ("?term=" + "x" * 301, "asks something that no page knows: 'term'"),
        ("?UPPER=1", "asks something that no page knows: 'UPPER'"),
        ("?term=%00", "asks something that no page knows: 'term'"),
    ],
)
def test_what_is_no_address_is_told(search, told) -> None:
    with pytest.raises(WrongUseError, match=told):
        address.read("/", search)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"study", "at", *address.FILTERS}
)
VALUES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=40).filter(
    str.isprintable
)


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.integers(0, 5), st.booleans())
def test_whatever_is_asked_comes_back(asked, grade, emergent) -> None:
    here = Address("/p", "T1", "", Scope(least_grade=grade, emergent=emergent), asked)
    assert address.read("/p", here.here().partition("?")[2]) == here


def test_a_handle_says_nothing_without_the_key_and_is_found_with_it() -> None:
    mine = handles.handle(KEY, "T1", "T1-001")
    assert len(mine) == 16
    assert handles.handle(b"x" * 32, "T1", "T1-001") != mine
    assert handles.handle(KEY, "T2", "T1-001") != mine
    assert handles.subject(KEY, "T1", mine, ["T1-002", "T1-001"]) == "T1-001"
    assert handles.subject(KEY, "T1", mine, ["T1-002"]) is None
    assert handles.subject(KEY, "T1", "T1-001", ["T1-001"]) is None
