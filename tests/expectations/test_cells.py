"""A check of different cells says the same as one of every row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from expectations import engine
from expectations.cells import Cells, every_row, table
from expectations.check import Check
from tests.expectations.test_checks import CONTEXT

ROWS = 600
DAYS = [None, "2024-01-01", "2024-01-02", "2024-01-03"]


def _frame() -> pd.DataFrame:
    """Cells that repeat, miss and lie on both sides of every test below."""
    rng = np.random.default_rng(5)

    def texts(values: list[str | None]) -> pd.api.extensions.ExtensionArray:
        return pd.array([values[i] for i in rng.integers(0, len(values), ROWS)], dtype="str")

    return pd.DataFrame(
        {
            "A": texts(["a", "b", None]), "B": texts(["a", "", "c", None]),
            "N": rng.choice([-1.0, 0.0, 2.5, np.nan], ROWS),
            "K": texts([f"k{i}" for i in range(700)]),
            "STDTMIN": texts(DAYS), "ENDTMAX": texts(DAYS),
        },
        index=range(1, ROWS + 1),
    )  # fmt: skip


BUILDS = {
    "in": (("A",), lambda gx, _: gx.ExpectColumnValuesToBeInSet(column="A", value_set=["a"])),
    "out": (("B",), lambda gx, _: gx.ExpectColumnValuesToNotBeInSet(column="B", value_set=["c"])),
    "null": (("A",), lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="A")),
    "all": (("K",), lambda gx, _: gx.ExpectColumnValuesToNotBeNull(column="K")),
    "low": (("N",), lambda gx, _: gx.ExpectColumnValuesToBeBetween(column="N", min_value=0)),
    "form": (("B",), lambda gx, _: gx.ExpectColumnValuesToMatchRegex(column="B", regex="^[a-b]")),
    "one": (("K",), lambda gx, _: gx.ExpectColumnValuesToBeUnique(column="K")),
    "days": (
        ("STDTMIN", "ENDTMAX"),
        lambda gx, _: gx.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ENDTMAX", column_B="STDTMIN", or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
    ),
}  # fmt: skip


def _expected(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """What every check says, told in plain pandas."""
    start, end = frame["STDTMIN"], frame["ENDTMAX"]
    return {
        "in": frame["A"].eq("b"),
        "out": frame["B"].eq("c"),
        "null": frame["A"].isna(),
        "all": frame["K"].isna(),
        "low": frame["N"].lt(0),
        "form": frame["B"].isin(["", "c"]),
        "one": frame["K"].duplicated(keep=False),
        "days": start.notna() & end.notna() & (end.fillna("") < start.fillna("")),
    }


@pytest.mark.parametrize("short", [0, ROWS])
def test_the_different_cells_answer_for_every_row(short, monkeypatch) -> None:
    monkeypatch.setattr(engine, "SHORT", short)
    frame = _frame()
    half = np.arange(ROWS) % 2 == 0
    asked = {}
    for name, (columns, build) in BUILDS.items():
        for part, keep in (("", None), (" half", half)):
            check = Check(name + part, "dose", name, columns, build, "info", "warn", "x")
            asked[name + part] = (check, keep)
    found = engine.ask(asked, Cells(frame), CONTEXT)
    assert {i: a.raised for i, a in found.items() if a.raised} == {}
    for name, rows in _expected(frame).items():
        assert found[name].failing.tolist() == rows.tolist(), name
        kept = frame["K"].where(half).duplicated(keep=False) if name == "one" else rows
        assert found[name + " half"].failing.tolist() == (kept & half).tolist(), name
    assert not found["all"].failing.any()
    assert found["null"].is_about_presence
    assert not found["in"].is_about_presence


def test_a_group_has_each_cell_once_and_knows_its_rows() -> None:
    frame = pd.DataFrame({"A": pd.array(["x", None, "x", "y", None], dtype="str"), "B": 1})
    cells = Cells(frame)
    group = cells.different(("A",), None)
    assert group.places.tolist() == [0, 1, 3]
    assert group.rows([1]).tolist() == [False, True, False, False, True]
    kept = cells.different(("A",), np.array([False, True, True, False, False]))
    assert kept.rows([0]).tolist() == [False, False, True, False, False]
    assert kept.rows([7]).tolist() == [False] * 5  # what fills a table up is nobody's row
    assert cells.present(("A", "B")).tolist() == [True, False, True, True, False]
    whole = every_row(("B",), np.ones(5, dtype=bool))
    made = table(frame, [group, whole])
    assert made["A#0"].fillna("-").tolist() == ["x", "-", "y", "x", "x"]
    assert made["B#1"].tolist() == [1] * 5
