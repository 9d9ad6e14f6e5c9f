"""What the accounts of the files say is what lies in the tables."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.errors import ToxwatchError
from safety.store import sync
from safety.store.engine import writer
from safety.store.rows_accounted import require
from tests import databases

HELD = pd.DataFrame([["LB|9#0", "LB", "lb.csv"]], columns=["KEY", "DOMAIN", "SRCFILE"], dtype="str")
RESULTS = pd.DataFrame(
    [["LB|1", "LB", "lb.csv", ""], ["LB|2", "LB", "old.csv", ""], ["LB|1#D", "LB", "lb.csv", "X"]],
    columns=["KEY", "DOMAIN", "SRCFILE", "DTYPE"], dtype="str",
)  # fmt: skip
ACCOUNTS = [
    {"domain": "LB", "file": "lb.csv", "accepted": 1, "quarantined": 1},
    {"domain": "LB", "file": "old.csv", "accepted": 1, "quarantined": 0},
    {"domain": "LB", "file": "late.csv", "accepted": 0, "quarantined": 0},
]


@pytest.fixture(scope="module", params=databases.KINDS)
def connection(request, tmp_path_factory):
    engine = writer(databases.fresh(request.param, tmp_path_factory.mktemp("db")))
    with engine.begin() as opened:
        for name, frame in (("measurement", RESULTS), ("quarantine", HELD)):
            sync.sync(opened, name, "T1", sync.prepare(name, frame), 1)
        yield opened
    engine.dispose()


def test_rows_that_add_up_pass(connection) -> None:
    require(connection, "T1", ACCOUNTS, {"measurement": RESULTS}, HELD)


@pytest.mark.parametrize(
    ("accounts", "results", "held", "told"),
    [
        (ACCOUNTS, RESULTS.iloc[1:], HELD,
         "LB/lb.csv: accepted: 1 rows are accounted for, but 0 are to be written"),
        (ACCOUNTS, RESULTS, HELD.iloc[:0],
         "LB/lb.csv: quarantined: 1 rows are accounted for, but 0 are to be written"),
        (ACCOUNTS[1:], RESULTS, HELD,
         "LB/lb.csv: accepted: 0 rows are accounted for, but 1 are to be written"),
        (ACCOUNTS, RESULTS.iloc[:2], HELD,
         "LB: measurement: 2 rows are accounted for, but 3 are stored"),
    ],
)  # fmt: skip
def test_rows_that_do_not_add_up_are_an_error(connection, accounts, results, held, told) -> None:
    with pytest.raises(ToxwatchError, match=told):
        require(connection, "T1", accounts, {"measurement": results}, held)


def test_rows_that_are_left_in_a_table_are_an_error(connection) -> None:
    with pytest.raises(ToxwatchError, match="LB: measurement: 0 rows are accounted for, but 3"):
        require(connection, "T1", [], {"measurement": RESULTS.iloc[:0]}, HELD.iloc[:0])
