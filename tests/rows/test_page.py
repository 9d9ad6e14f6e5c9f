"""Pages of a listing on both kinds of database: the same rows, in the same order."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.errors import WrongUseError
from safety.rows import page as pages
from safety.rows.asked import Asked, Condition
from safety.store.engine import writer
from tests import databases
from tests.rows import stored
from tests.rows.stored import FIRST, SECOND


@pytest.fixture(scope="module", params=databases.KINDS)
def connection(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("rows")
    engine = writer(databases.fresh(request.param, home))
    with engine.begin() as opened:
        stored.write_all(opened)
        yield opened
    engine.dispose()
    databases.forget(home)


def keys(connection, table: str, *where: Condition, order=(), cut=FIRST) -> list[str]:
    found = pages.page(connection, Asked(table, cut, where, tuple(order)))
    assert found.total == len(found.rows)
    return found.rows["KEY"].tolist()


WHERE = {
    ("USUBJID", "is", ("S1",)): "12",
    ("USUBJID", "in", ("S2", "S7")): "34",
    ("USUBJID", "in", ()): "",
    ("PARAM", "not", ("Hemoglobin",)): "234",  # missing is not it either
    ("PARAM", "contains", ("HEMO",)): "13",
    ("PARAM", "contains", ("0%_R",)): "2",
    ("PARAM", "contains", ("%",)): "2",  # a sign like every other
    ("PARAM", "contains", ("e_o",)): "",
    ("PARAM", "missing", ()): "4",
    ("PARAM", "present", ()): "123",
    ("PARAM", "most", ("A",)): "2",  # missing is not small
    ("PARAM", "least", ("a",)): "3",  # by characters: capitals come first
    ("AVAL", "is", (60,)): "14",
    ("AVAL", "not", (60.0,)): "23",
    ("AVAL", "least", (2.5,)): "124",
    ("AVAL", "most", (2.49,)): "",
    ("AVAL", "missing", ()): "3",
    ("SRCROW", "least", (2.5,)): "34",
    ("SRCROW", "in", (1, 1.5, 10**12)): "1",
}


@pytest.mark.parametrize("asked", WHERE, ids=" ".join(map(str, range(len(WHERE)))).split())
def test_a_condition_takes_the_rows_it_says(connection, asked) -> None:
    expected = [f"LB|{number}" for number in WHERE[asked]]
    assert keys(connection, "measurement", Condition(*asked)) == expected


def test_all_conditions_must_be_met(connection) -> None:
    two = (Condition("USUBJID", "is", ("S2",)), Condition("AVAL", "present"))
    assert keys(connection, "measurement", *two) == ["LB|4"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([("AVAL", False)], "2143"),
        ([("AVAL", True)], "1423"),  # missing last this way too; equal ones by their key
        ([("PARAM", False)], "2134"),
        ([("PARAM", True)], "3124"),
        ([("USUBJID", True), ("AVAL", False)], "4321"),
        ([("KEY", True)], "4321"),
    ],
)
def test_rows_are_in_the_order_asked_for(connection, order, expected) -> None:
    assert keys(connection, "measurement", order=order) == [f"LB|{n}" for n in expected]


def test_a_row_is_as_the_snapshot_has_it(connection) -> None:
    [then] = pages.page(connection, Asked("measurement", FIRST, most=1)).rows.to_dict("records")
    expected = {"KEY": "LB|1", "AVAL": 60.0, "TX_FROM": 1, "DOMAIN": "LB", "FEED": "lab",
                "SRCFILE": "lb.csv", "SRCROW": 1}  # fmt: skip
    assert {column: then[column] for column in expected} == expected
    now = pages.page(connection, Asked("measurement", SECOND))
    assert now.rows["KEY"].tolist() == ["LB|1", "LB|3", "LB|4"]
    assert now.rows.loc[0, ["AVAL", "TX_FROM"]].tolist() == [95.0, 2]
    assert now.total == 3
    assert not {"ID", "STUDY", "TX_TO"} & set(now.rows.columns)


def test_another_study_has_none_of_them(connection) -> None:
    assert keys(connection, "measurement", cut=FIRST._replace(study="T2")) == []


def test_a_total_that_is_known_is_not_counted_again(connection) -> None:
    assert pages.page(connection, Asked("measurement", FIRST), 77).total == 77


def test_grades_are_told_with_their_values(connection) -> None:
    asked = Asked("graded_value", FIRST, order=(("AVAL", False),))
    found = pages.page(connection, asked).rows
    assert found["MKEY"].tolist() == ["LB|2", "LB|1", "LB|4", "LB|9"]
    assert found["AVAL"].tolist()[:3] == [2.5, 60.0, 60.0]
    assert found["ATOXGR"].astype("object").tolist() == [pd.NA, 4, 2, 3]
    assert pd.isna(found["AVAL"].iloc[3])  # its value is not there, the grade is
    assert found["SRCROW"].tolist()[:3] == [2, 1, 4]


def test_a_condition_on_the_value_chooses_grades(connection) -> None:
    grades = keys(connection, "graded_value", Condition("AVAL", "least", (50,)))
    assert grades == ["LB|1#Anemia#low", "LB|4#Anemia#low"]


def test_a_grade_whose_value_was_corrected_is_another_row(connection) -> None:
    then, now = (pages.page(connection, Asked("graded_value", cut)).rows for cut in (FIRST, SECOND))
    assert now["AVAL"].iloc[0] == 95.0
    assert then["ROW_HASH"].str.len().tolist() == [32, 32, 32, 16]
    assert then["ROW_HASH"].ne(now["ROW_HASH"]).tolist() == [True, True, False, False]
    assert now["TX_FROM"].tolist() == [2, 1, 1, 1]


def test_events_are_told_with_what_was_derived_of_them(connection) -> None:
    found = pages.page(connection, Asked("event", FIRST)).rows
    told = ["KEY", "AETERM", "AETOXGR", "ATOXGR", "ASTDY", "TRTEMFL", "REL"]
    assert found[told].iloc[0].tolist() == ["AE|1", "Anaemia", "3", 3, 8, "Y", "Y"]
    assert found["KEY"].tolist() == ["AE|1", "AE|2"]
    assert found[["ATOXGR", "ASTDY", "TRTEMFL"]].iloc[1].isna().all()


def test_a_table_without_rows_has_its_columns(connection) -> None:
    found = pages.page(connection, Asked("medication", FIRST))
    assert (found.total, len(found.rows)) == (0, 0)
    assert found.rows.columns.tolist()[:4] == ["KEY", "ROW_HASH", "TX_FROM", "USUBJID"]
    assert found.rows["SRCROW"].dtype == "Int64"
    [chunk] = pages.every(connection, Asked("medication", FIRST), 10)
    pd.testing.assert_frame_equal(chunk, found.rows)


@pytest.mark.property
@settings(max_examples=15)  # each asks a database up to seven times
@given(
    table=st.sampled_from(["measurement", "graded_value"]),
    order=st.lists(
        st.tuples(st.sampled_from(["AVAL", "PARAM", "USUBJID", "SRCROW"]), st.booleans()),
        max_size=3,
    ),
    most=st.integers(1, 3),
)
def test_pages_put_together_are_the_whole(connection, table, order, most) -> None:
    cuts = pairwise(range(0, 4 + 2 * most, most))
    each = [
        pages.page(connection, Asked(table, FIRST, order=tuple(order), first=first, most=most), 4)
        for first, _ in cuts
    ]
    whole = pd.concat(pages.every(connection, Asked(table, FIRST, order=tuple(order)), 4))
    assert len(whole) == 4
    together = pd.concat([p.rows for p in each], ignore_index=True)
    pd.testing.assert_frame_equal(together, whole.reset_index(drop=True))


def test_an_export_comes_in_chunks_and_is_refused_above_its_limit(connection, monkeypatch) -> None:
    monkeypatch.setattr(pages, "CHUNK", 3)
    asked = Asked("measurement", FIRST, first=2, most=1)
    chunks = list(pages.every(connection, asked, 4))
    assert [c["KEY"].tolist() for c in chunks] == [["LB|1", "LB|2", "LB|3"], ["LB|4"]]
    with pytest.raises(WrongUseError, match="4 rows are too many for one file, which may have 3"):
        next(pages.every(connection, asked, 3))
