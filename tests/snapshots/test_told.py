"""A difference in words: what comes first, what is cut short, what moved it."""

from __future__ import annotations

from safety.snapshots import told
from safety.snapshots.causes import Cause
from safety.snapshots.change import Cell, Change
from safety.snapshots.diff import Difference, Input
from safety.snapshots.inputs import Delivery
from safety.store.read import Snapshot

LAB = Delivery(5, "lab", "2024-04-02", "2024-04-02T08:00:00+00:00")


def shot(seq: int) -> Snapshot:
    as_of = f"2024-04-0{seq}"
    return Snapshot(seq, str(seq) * 64, "T1", seq, as_of, "r", "6.0", "c", "", "", "", {}, {})


def change(table: str, key: str, usubjid: str, *cells: Cell, what="changed") -> Change:
    return Change(table, key, usubjid, what, cells, 2, {"KEY": key})


VERDICT = change("verdict", "S2", "S2", Cell("VERDICT", "PENDING", "DLT"),
                 Cell("FLAGS", '["old"]', '["old","new"]'))  # fmt: skip
RECORDS = [
    change("measurement", f"k{n}", "S1", Cell("PARAMCD", None, "ALT"), Cell("AVALC", None, str(n)),
           what="new")
    for n in range(10)
]  # fmt: skip
FOUND = Difference(
    shot(1), shot(2), (Input("delivery", "", "5, feed lab, 2024-04-02"), Input("code", "c", "d")),
    (VERDICT, *RECORDS),
    {(2, "verdict", "S2"): (Cause("delivery", LAB, "lb.csv", 7, "k1"), Cause("code")),
     (2, "measurement", "k0"): (Cause("subject", LAB),)},
)  # fmt: skip


def test_the_text() -> None:
    assert list(told.lines(FOUND)) == [
        "T1: 111111111111 (as of 2024-04-01) -> 222222222222 (as of 2024-04-02)",
        "  delivery: none -> 5, feed lab, 2024-04-02",
        "  code: c -> d",
        "",
        "verdicts    1 changed",
        "records     10 new",
        "",
        "S2",
        (
            "  changed verdict S2: VERDICT PENDING -> DLT; FLAGS + new "
            "[delivery 5 (lab, 2024-04-02, lb.csv row 7); code changed]"
        ),
        "",
        "S1",
        (
            "  new     measurement k0: PARAMCD ALT AVALC 0 "
            "[other records, delivery 5 (lab, 2024-04-02)]"
        ),
        *(f"  new     measurement k{n}: PARAMCD ALT AVALC {n}" for n in range(1, 8)),
        "  and 2 more of measurement: see --json or --out",
    ]


def test_nothing_is_said_to_differ() -> None:
    none = Difference(shot(1), shot(2), (), (), {})
    assert list(told.lines(none))[1:] == ["Nothing differs."]


def test_a_long_cell_is_cut_in_the_text_alone() -> None:
    long = change("query", "q", "S1", Cell("TEXT", None, "x" * 100))
    one = Difference(shot(1), shot(2), (), (long,), {})
    assert list(told.lines(one))[-1] == f"  changed query q: TEXT none -> {'x' * 76} ..."
    assert told.frame(one)["AFTER"].tolist() == ["x" * 100]
    assert told.content(one)["changes"][0]["cells"][0]["after"] == "x" * 100


def test_only_a_subject_or_a_table() -> None:
    assert len(told.select(FOUND, "S2", "").changes) == 1
    assert len(told.select(FOUND, "", "records").changes) == 10
    assert told.select(FOUND, "S2", "measurement").changes == ()


def test_the_table_has_a_row_a_cell() -> None:
    table = told.frame(FOUND)
    assert len(table) == 22
    assert table.iloc[0].tolist() == [
        "verdicts", "verdict", "changed", "S2", "S2", "VERDICT", "PENDING", "DLT",
        "delivery 5 (lab, 2024-04-02, lb.csv row 7); code changed",
    ]  # fmt: skip
