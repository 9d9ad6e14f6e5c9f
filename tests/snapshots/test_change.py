"""Which rows and cells differ between two states of a table."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.snapshots.change import GROUP_OF, Cell, compare
from safety.store.tables import BITEMPORAL


def frame(*rows: tuple[str, object, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["KEY", "AVAL", "SRCROW"]).assign(USUBJID="S1")


def found(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, str, tuple[Cell, ...]]]:
    return [(c.what, c.key, c.cells) for c in compare("measurement", before, after)]


def test_rows_are_new_changed_or_gone() -> None:
    before, after = frame(("a", 1.0, 1), ("b", 2.0, 2)), frame(("b", 3.0, 2), ("c", 4.0, 3))
    who = Cell("USUBJID", None, "S1")
    assert found(before, after) == [
        ("gone", "a", (Cell("AVAL", 1, None), Cell("USUBJID", "S1", None))),
        ("changed", "b", (Cell("AVAL", 2, 3),)),
        ("new", "c", (Cell("AVAL", None, 4), who)),
    ]


def test_where_a_row_stands_is_no_change() -> None:
    assert found(frame(("a", 1.0, 1)), frame(("a", 1.0, 7))) == []


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [(5, 5.0, False), (None, float("nan"), False), ("", None, False), ("x", "x", False),
     (5, 5.5, True), (None, 0, True), ("0", None, True), ("x", "X", True)],
)  # fmt: skip
def test_equal_values_of_another_type_are_equal(before, after, moved) -> None:
    assert bool(found(frame(("a", before, 1)), frame(("a", after, 1)))) is moved


def test_a_change_seen_from_the_other_side() -> None:
    [new] = compare("measurement", frame(), frame(("a", 1.0, 1)))
    assert (new.reversed().what, new.reversed().cells[0]) == ("gone", Cell("AVAL", 1, None))
    assert new.reversed().reversed() == new


def test_every_table_has_a_group() -> None:
    assert set(GROUP_OF) == {*BITEMPORAL, "alert"}
