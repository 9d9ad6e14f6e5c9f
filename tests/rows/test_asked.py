"""What no listing can answer is refused, and no refusal quotes a value."""

from __future__ import annotations

import pytest

from safety.errors import WrongUseError
from safety.rows.asked import MAX_VALUES, Asked, Condition
from safety.rows.listed import LISTED, columns
from safety.store.read import Cut
from safety.store.tables import BITEMPORAL

CUT = Cut("T1", 1)
WRONG = {
    ("STUDY", "is", ("T2",)): "measurement has no column 'STUDY'; it has KEY, ROW_HASH, TX_FROM,",
    ("aval", "is", (1,)): "measurement has no column 'aval'",
    ("AVAL", "like", (1,)): "AVAL: 'like' is no test; give is, in, not, contains, least, most,",
    ("AVAL", "is", ()): "AVAL: 'is' takes 1 values, not 0.",
    ("AVAL", "missing", (1,)): "AVAL: 'missing' takes 0 values, not 1.",
    ("PARAM", "not", ()): "PARAM: 'not' takes 1 to 10,000 values, not 0.",
    ("AVAL", "contains", ("6",)): "AVAL holds numbers: ask by 'is', 'least' or 'most'.",
    ("AVAL", "is", ("SECRET",)): "AVAL: give a number to 'is'.",
    ("AVAL", "is", (True,)): "AVAL: give a number to 'is'.",
    ("AVAL", "least", (float("nan"),)): "AVAL: give a number to 'least'.",
    ("SRCROW", "most", (10**30,)): "SRCROW: give a number to 'most'.",
    ("PARAM", "is", (1,)): "PARAM: give a text of at most 1000 characters to 'is'.",
    ("PARAM", "is", ("SECRET" * 200,)): "PARAM: give a text of at most 1000 characters to 'is'.",
    ("PARAM", "in", ("a", "SECRET\x00")): "PARAM: give a text of at most 1000 characters to 'in'.",
    ("PARAM", "contains", ("SECRET\ud800",)): "PARAM: give a text of at most 1000 characters",
}


@pytest.mark.parametrize("condition", WRONG, ids=" ".join(map(str, range(len(WRONG)))).split())
def test_a_condition_that_cannot_be_met_is_refused(condition) -> None:
    with pytest.raises(WrongUseError) as refused:
        Asked("measurement", CUT, (Condition(*condition),))
    assert str(refused.value).startswith(WRONG[condition])
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(("first", "most"), [(-1, 100), (0, 0), (0, 1001), (2**60, 100)])
def test_a_page_that_is_none_is_refused(first, most) -> None:
    with pytest.raises(WrongUseError, match="a page begins at 0 or later"):
        Asked("measurement", CUT, first=first, most=most)


def test_an_unknown_table_and_an_order_by_no_column_are_refused() -> None:
    with pytest.raises(WrongUseError, match="'session' is no table: give one of adverse_event, "):
        Asked("session", CUT)
    with pytest.raises(WrongUseError, match="measurement has no column 'AVAL; DROP'"):
        Asked("measurement", CUT, order=(("AVAL; DROP", False),))


def test_more_values_than_a_database_binds_are_refused() -> None:
    some = Condition("USUBJID", "in", tuple(str(n) for n in range(MAX_VALUES)))
    Asked("measurement", CUT, (some,))
    with pytest.raises(WrongUseError, match="more than 10,000 values are asked for"):
        Asked("measurement", CUT, (some, Condition("PARAM", "is", ("x",))))


def test_every_table_is_listed_and_two_are_put_together() -> None:
    assert set(LISTED) == {*BITEMPORAL, "graded_value", "event"}
    assert columns("subject") == {
        "KEY": "text", "ROW_HASH": "text", "TX_FROM": "count", "USUBJID": "text", "SITEID": "text",
        "SEX": "text", "ARMCD": "text", "ARM": "text", "ACTARMCD": "text", "ACTARM": "text",
        "RFSTDTC": "text", "RFENDTC": "text", "RFICDTC": "text", "DTHDTC": "text", "DTHFL": "text",
        "AGE": "number", "DOMAIN": "text", "FEED": "text", "SRCFILE": "text", "SRCROW": "count",
    }  # fmt: skip
    assert {"ATOXGR", "AVAL", "ANRHI", "SRCROW"} < set(columns("graded_value"))
    assert {"AETERM", "POSSIBLE", "ASTDY", "TRTEMFL", "REL"} < set(columns("event"))
