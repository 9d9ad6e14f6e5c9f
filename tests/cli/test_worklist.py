"""The commands by which people settle held rows and queries."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from safety.cli import app
from safety.errors import WrongUseError
from tests import databases, delivery, trail
from tests.worklist.published import QUERY, ROW, publish

WHO = ["--by", "A. Lee", "--reason", "asked by telephone"]
ROW_KEY, QUERY_KEY = ROW["KEY"], QUERY["KEY"]


@pytest.fixture
def call(tmp_path, monkeypatch):
    used = delivery.settings(tmp_path)
    monkeypatch.setenv("TOXWATCH_STUDIES", str(used.studies))
    for name, value in databases.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    trail.give_key(tmp_path)
    publish(tmp_path, "s1", "2024-04-01", [ROW], [QUERY])

    def invoke(*arguments: str):
        return CliRunner().invoke(app, list(arguments))

    return invoke


def test_lists_are_for_people_and_programs(call) -> None:
    listed = json.loads(call("quarantine", "list", "t1", "--json").stdout)
    assert [(r["KEY"], r["STATE"], r["AGE"], r["OWNER"], r["TIMES SEEN"]) for r in listed] == [
        (ROW_KEY, "held", 0, "data engineering", 1)
    ]
    assert listed[0]["REASON"] == ROW["REASON"]
    told = call("queries", "list", "t1")
    assert told.exit_code == 0
    assert "RE-001" in told.stdout


def test_an_act_is_done_and_its_history_shown(call) -> None:
    done = call("queries", "send", "t1", QUERY_KEY, *WHO)
    assert done.stdout == f"{QUERY_KEY} is sent, owner site\n"
    shown = json.loads(call("queries", "show", "t1", QUERY_KEY, "--json").stdout)
    assert (shown["item"]["state"], shown["possible"]) == ("sent", ["answer", "close", "reopen"])
    assert [(e["ACTION"], e["ACTOR"], e["REASON"]) for e in shown["events"]] == [
        ("open", "toxwatch", "found by the checks"), ("send", "A. Lee", "asked by telephone"),
    ]  # fmt: skip
    assert (
        "possible: answer, close, reopen, assign" in call("queries", "show", "t1", QUERY_KEY).stdout
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["quarantine", "withdraw", "t1", ROW_KEY, *WHO], "possible: ask, release, expire, assign"),
        (["quarantine", "ask", "t1", "LB|nothing", *WHO], "names no held row of T1"),
        (["quarantine", "ask", "t1", ROW_KEY, "--by", " ", "--reason", "x"], "name of a person"),
        (["queries", "close", "t1", QUERY_KEY, "--by", "x", "--reason", ""], "the reason: give"),
        (["queries", "export", "t1", "--out", "q.txt"], "give .csv or .xlsx"),
        (["queries", "assign", "t1", QUERY_KEY, "--to", "", *WHO], "name of a person"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(call, arguments, told) -> None:
    done = call(*arguments)
    assert isinstance(done.exception, WrongUseError)
    assert told in str(done.exception)
    assert json.loads(call("quarantine", "list", "t1", "--json").stdout)[0]["STATE"] == "held"


@pytest.mark.parametrize("name", ["ask", "release", "expire", "withdraw", "assign"])
def test_who_and_why_cannot_be_left_out(call, name) -> None:
    done = call("quarantine", name, "t1", ROW_KEY)
    assert done.exit_code == 2
    assert "Missing option" in done.output


def test_a_row_changes_hands(call) -> None:
    call("quarantine", "assign", "t1", ROW_KEY, "--to", "B. Wu", *WHO)
    assert json.loads(call("quarantine", "list", "t1", "--json").stdout)[0]["OWNER"] == "B. Wu"


def test_queries_are_exported(call, tmp_path) -> None:
    out = tmp_path / "queries.csv"
    assert call("queries", "export", "t1", "--out", str(out)).exit_code == 0
    assert pd.read_csv(out)["QUERY"].tolist() == ["'=Please look at this"]


def test_what_is_over_is_listed_when_asked_for(call) -> None:
    call("queries", "close", "t1", QUERY_KEY, *WHO)
    assert json.loads(call("queries", "list", "t1", "--json").stdout) == []
    listed = json.loads(call("queries", "list", "t1", "--all", "--json").stdout)
    assert [q["STATE"] for q in listed] == ["closed"]
