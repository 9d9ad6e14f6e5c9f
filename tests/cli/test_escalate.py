"""`toxwatch escalate table` and `simulate`, with their exit codes."""

from __future__ import annotations

import json

import pytest

from tests import command

SIMULATE = ["simulate", "--truth", "0.1,0.2,0.3"]


@pytest.fixture
def call(tmp_path):
    home = {"TOXWATCH_HOME": str(tmp_path / "home")}
    return lambda *arguments: command.here(home, "escalate", *arguments)


def test_table(call) -> None:
    done = call("table", "--design", "boin", "--target", "0.30", "--max-n", "6")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "boin, target 0.3, lambda_e 0.236491, lambda_d 0.358519" in lines[0]
    assert [line.split("│")[1:-1] for line in lines if line.startswith("│ 3 ")] == [
        [" 3 ", " 0                  ", " 2                     ", " 3                   "]
    ]
    assert len([line for line in lines if line.startswith("│")]) == 6


def test_table_as_json(call) -> None:
    found = json.loads(call("table", "--design", "3+3", "--max-n", "3", "--json").stdout)
    assert found == {
        "design": "3+3",
        "target": 0.3,
        "lambda_e": None,
        "lambda_d": None,
        "rows": [
            {"n": 1, "escalate_if_le": None, "deescalate_if_ge": None, "eliminate_if_ge": None},
            {"n": 2, "escalate_if_le": None, "deescalate_if_ge": 2, "eliminate_if_ge": 2},
            {"n": 3, "escalate_if_le": 0, "deescalate_if_ge": 2, "eliminate_if_ge": 2},
        ],
    }


def test_table_has_18_rows_unless_said(call) -> None:
    assert len(json.loads(call("table", "--json").stdout)["rows"]) == 18


def test_simulate_as_json(call) -> None:
    done = call(*SIMULATE, "--trials", "500", "--seed", "6", "--json")
    found = json.loads(done.stdout)
    assert list(found) == [
        "design", "target", "truth", "trials", "selected_pct", "none_pct", "mean_n", "mean_total",
        "mean_dlt",
    ]  # fmt: skip
    assert (found["design"], found["target"], found["truth"]) == ("boin", 0.3, [0.1, 0.2, 0.3])
    assert found["trials"] == 500
    assert sum(found["selected_pct"]) + found["none_pct"] == pytest.approx(100)
    assert sum(found["mean_n"]) == pytest.approx(found["mean_total"])
    assert call(*SIMULATE, "--trials", "500", "--seed", "6", "--json").stdout == done.stdout
    assert call(*SIMULATE, "--trials", "500", "--seed", "7", "--json").stdout != done.stdout


def test_simulate_is_exact_for_3_plus_3(call) -> None:
    found = json.loads(call(*SIMULATE, "--design", "3+3", "--json").stdout)
    assert found["selected_pct"] == [28.544274, 34.433052, 26.979563]
    assert found["none_pct"] == 10.04311
    done = call(*SIMULATE, "--design", "3+3")
    assert "3+3, target 0.3, exact" in done.stdout
    assert "no level selected: 10.04 %\n" in done.stdout
    assert "subjects of a trial: 12.440, with a DLT: 2.388\n" in done.stdout


def test_simulate_start_and_early_stop(call) -> None:
    more = ["--trials", "10", "--start-level", "2", "--stop-n", "6", "--max-n", "30", "--json"]
    found = json.loads(call("simulate", "--truth", "0,0", *more).stdout)
    assert (found["mean_n"], found["selected_pct"]) == ([0, 6], [0, 100])


def test_simulate_for_people(call) -> None:
    done = call("simulate", "--truth", "0,1", "--max-n", "12", "--trials", "10")
    assert done.returncode == 0
    assert "boin, target 0.3, 10 simulated trials" in done.stdout
    assert done.stdout.splitlines()[-4:] == [
        "no level selected: 0.00 %",
        "subjects of a trial: 12.000, with a DLT: 3.000",
        "ended before 12 subjects: 0.00 % of trials",
        "at levels above the target: 25.00 % of subjects",
    ]


def test_simulate_tite_boin_knows_time(call) -> None:
    fast = ["--design", "tite-boin", "--trials", "60", "--max-n", "12", "--json"]
    early = json.loads(call(*SIMULATE, *fast, "--days-between", "2").stdout)
    late = json.loads(call(*SIMULATE, *fast, "--days-between", "2000").stdout)
    assert early["design"] == "tite-boin"
    assert early["mean_n"] != late["mean_n"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["table", "--design", "4+4"], "there are: boin, 3+3, rolling6, mtpi2"),
        (["table", "--target", "0"], "--target 0: give a DLT rate between 0 and 1"),
        (["table", "--target", "nan"], "--target nan"),
        (["table", "--target", "1"], "--target 1"),
        (["table", "--design", "blrm", "--target", "0.9"], "--design blrm, --target 0.9"),
        (["table", "--max-n", "0"], "--max-n 0: give a number from 1 to 200"),
        (["table", "--max-n", "201"], "--max-n 201"),
        (["table", "--levels", "21"], "--levels 21"),
        (["simulate", "--truth", "0.1,x"], "--truth 0.1,x: give DLT rates"),
        (["simulate", "--truth", ""], "give DLT rates"),
        (["simulate", "--truth", "0.1,1.1"], "from 0 to 1 for each level"),
        (["simulate", "--truth", ",".join(["0.1"] * 21)], "21 levels, of at most 20"),
        ([*SIMULATE, "--max-n", "201"], "--max-n 201"),
        ([*SIMULATE, "--cohort", "0"], "--cohort 0"),
        ([*SIMULATE, "--stop-n", "0"], "--stop-n 0"),
        ([*SIMULATE, "--start-level", "4"], "--start-level 4: give a number from 1 to 3"),
        ([*SIMULATE, "--start-level", "0"], "--start-level 0"),
        ([*SIMULATE, "--seed", "-1"], "--seed -1"),
        ([*SIMULATE, "--trials", "0"], "--trials 0"),
        ([*SIMULATE, "--trials", "1000001"], "from 1 to 1,000,000"),
        ([*SIMULATE, "--design", "crm", "--trials", "100001"], "from 1 to 100,000"),
        ([*SIMULATE, "--design", "tite-boin", "--window", "0"], "--window"),
    ],
)
def test_wrong_use(call, arguments: list[str], told: str) -> None:
    done = call(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in " ".join(done.stderr.split())


def test_variants_of_designs(call) -> None:
    usual = json.loads(call("table", "--design", "3+3", "--max-n", "6", "--json").stdout)
    kind = json.loads(
        call("table", "--design", "3+3", "--max-n", "6", "--two-of-six-ok", "--json").stdout
    )
    assert [found["rows"][5]["deescalate_if_ge"] for found in (usual, kind)] == [2, 3]
    stops = [
        json.loads(call(*SIMULATE, "--target", "0.3", "--seed", "1", *more, "--json").stdout)
        for more in ((), ("--extrasafe",))
    ]
    assert stops[1]["none_pct"] > stops[0]["none_pct"]


def test_a_time_that_is_none_is_refused(call) -> None:
    assert call(*SIMULATE, "--design", "tite-boin", "--window", "nan").returncode == 2
