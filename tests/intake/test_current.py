"""Of one natural key the newest version counts, and every row is in exactly one count."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.intake.current import Part, Selection, select
from safety.study.feeds import Domain
from tests.build import text_frame

ZONE = "Asia/Shanghai"
PLAIN = Domain(record="measurement", key=["ID"])
TIMED = PLAIN.model_copy(update={"updated": "UPD"})
DELETING = Domain.model_validate(
    {"record": "measurement", "key": ["ID"], "updated": "UPD",
     "deleted": {"column": "STATE", "values": ["X"]}}
)  # fmt: skip
Row = tuple[str | None, str, str | None, str]  # key, value, source's time, state


def part(file: str, *rows: Row, moment: str = "") -> Part:
    names = ("ID", "VALUE", "UPD", "STATE")
    frame = text_frame([dict(zip(names, row, strict=True)) for row in rows])
    return Part(file, frame.reindex(columns=list(names)).astype("str"), moment)


def kept(found: Selection) -> list[tuple[str, str, int]]:
    rows = found.raw.loc[found.kept]
    source = found.source.loc[found.kept]
    return list(zip(rows["VALUE"], source["FILE"], source["ROW"], strict=True))


def counts(found: Selection) -> dict[str, tuple[int, int, int, int]]:
    return {a.file: (a.received, a.duplicates, a.superseded, a.deleted) for a in found.accounts}


def test_rows_of_one_file_without_versions_all_count_but_copies() -> None:
    found = select([part("a", ("1", "x", None, "F"), ("1", "y", None, "F"),
                         ("1", "x", None, "F"))], PLAIN, ZONE)  # fmt: skip
    assert kept(found) == [("x", "a", 1), ("y", "a", 2)]
    assert counts(found) == {"a": (3, 1, 0, 0)}
    assert found.revised == ()


def test_the_newest_version_of_a_key_is_current() -> None:
    found = select([part("a", ("1", "old", "2024-03-01T10:00", "F"), ("2", "z", "2024-03-01", "F")),
                    part("b", ("1", "new", "2024-03-02", "C"))], TIMED, ZONE)  # fmt: skip
    assert kept(found) == [("z", "a", 2), ("new", "b", 1)]
    assert counts(found) == {"a": (2, 0, 1, 0), "b": (1, 0, 0, 0)}


def test_an_older_version_that_comes_later_is_not() -> None:
    found = select([part("a", ("1", "new", "2024-03-02", "F")),
                    part("b", ("1", "old", "2024-03-01", "F"))], TIMED, ZONE)  # fmt: skip
    assert kept(found) == [("new", "a", 1)]


def test_an_offset_counts_when_versions_are_compared() -> None:
    found = select([part("a", ("1", "new", "2024-03-01T13:00Z", "F")),  # 21:00 at the site
                    part("b", ("1", "old", "2024-03-01T20:00", "F"))], TIMED, ZONE)  # fmt: skip
    assert kept(found) == [("new", "a", 1)]


def test_two_versions_of_one_time_both_count() -> None:
    found = select([part("a", ("1", "x", "2024-03-01", "F")),
                    part("b", ("1", "y", "2024-03-01", "F"))], TIMED, ZONE)  # fmt: skip
    assert kept(found) == [("x", "a", 1), ("y", "b", 1)]


def test_a_row_that_is_sent_again_is_a_copy() -> None:
    row = ("1", "x", "2024-03-01", "F")
    found = select([part("a", row), part("b", row)], TIMED, ZONE)
    assert kept(found) == [("x", "a", 1)]
    assert counts(found) == {"a": (1, 0, 0, 0), "b": (1, 1, 0, 0)}


def test_without_times_the_later_file_counts_even_if_it_takes_a_change_back() -> None:
    values = [part(file, ("1", value, None, "F")) for file, value in zip("abc", "xyx", strict=True)]
    assert kept(select(values, PLAIN, ZONE)) == [("x", "c", 1)]


@pytest.mark.parametrize("updated", [None, "soon", "2099-01-01"])
def test_a_time_that_cannot_be_right_is_that_of_the_file(updated) -> None:
    found = select([part("a", ("1", "old", updated, "F"), moment="2024-03-01T23:59:59"),
                    part("b", ("1", "new", "2024-03-02T08:00", "F"), moment="2024-03-02T23:59:59")],
                   TIMED, ZONE)  # fmt: skip
    assert kept(found) == [("new", "b", 1)]


def test_a_deleted_row_takes_its_versions_away() -> None:
    found = select([part("a", ("1", "x", "2024-03-01", "F"), ("2", "y", "2024-03-01", "F")),
                    part("b", ("1", "x", "2024-03-02", "x"))], DELETING, ZONE)  # fmt: skip
    assert kept(found) == [("y", "a", 2)]
    assert counts(found) == {"a": (2, 0, 1, 0), "b": (1, 0, 0, 1)}


def test_a_deletion_that_is_taken_back_is_none() -> None:
    found = select([part("a", ("1", "x", "2024-03-01", "X")),
                    part("b", ("1", "x", "2024-03-02", "F"))], DELETING, ZONE)  # fmt: skip
    assert kept(found) == [("x", "b", 1)]


def test_a_deletion_of_the_same_time_as_a_value_leaves_both_to_the_checks() -> None:
    found = select([part("a", ("1", "x", "2024-03-01", "F"), ("1", "x", "2024-03-01", "X"))],
                   DELETING, ZONE)  # fmt: skip
    assert len(found.kept) == 2


def test_a_key_that_is_not_whole_is_no_key() -> None:
    found = select([part("a", (None, "x", "2024-03-01", "F")),
                    part("b", (None, "y", "2024-03-02", "F"))], TIMED, ZONE)  # fmt: skip
    assert len(found.kept) == 2


def test_two_versions_in_one_file_are_told() -> None:
    found = select([part("a", ("1", "old", "2024-03-01", "F"), ("1", "new", "2024-03-02", "F"),
                         ("2", "z", "2024-03-01", "F"))], TIMED, ZONE)  # fmt: skip
    assert kept(found) == [("new", "a", 2), ("z", "a", 3)]
    assert found.revised == (2,)


def test_a_column_that_came_later_is_missing_before() -> None:
    new = part("b", ("2", "y", None, "F"))
    wide = Part("b", new.raw.assign(EXTRA=["1"]), "")
    found = select([part("a", ("1", "x", None, "F")), wide], PLAIN, ZONE)
    assert found.raw["EXTRA"].isna().tolist() == [True, False]


def test_no_rows_at_all() -> None:
    found = select([part("a"), part("b")], DELETING, ZONE)
    assert (len(found.kept), counts(found)) == (0, {"a": (0, 0, 0, 0), "b": (0, 0, 0, 0)})


ROW = st.tuples(
    st.sampled_from(["1", "2", None]), st.sampled_from("xy"),
    st.sampled_from([None, "2024-03-01", "2024-03-02"]), st.sampled_from("FX"),
)  # fmt: skip


@pytest.mark.property
@settings(max_examples=200)
@given(
    files=st.lists(st.lists(ROW, max_size=4), min_size=1, max_size=4),
    domain=st.sampled_from([PLAIN, TIMED, DELETING]),
)
def test_every_row_is_in_exactly_one_count(files, domain) -> None:
    parts = [part(str(n), *rows, moment=f"2024-03-0{n + 3}T23:59:59")
             for n, rows in enumerate(files)]  # fmt: skip
    found = select(parts, domain, ZONE)
    for number, (account, rows) in enumerate(zip(found.accounts, files, strict=True)):
        left = int(found.source.loc[found.kept, "FILE"].eq(str(number)).sum())
        assert account.received == len(rows)
        assert account.received == (
            left + account.duplicates + account.superseded + account.deleted
        )
    keys = {row[0] for rows in files for row in rows}
    if domain is PLAIN:  # nothing is deleted: no key vanishes
        assert {None if pd.isna(k) else k for k in found.raw.loc[found.kept, "ID"]} == keys
