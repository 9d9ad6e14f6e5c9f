"""The commands by which people follow and settle alerts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from safety.cli import app
from safety.errors import WrongUseError
from safety.store import tables
from tests import databases, delivery, trail
from tests.alerts import told
from tests.alerts.told import fact

WHO = ["--by", "A. Lee", "--reason", "asked by telephone"]
P1, P2 = fact().alert_id("T1")[:12], fact("S2", "P2").alert_id("T1")[:12]


@pytest.fixture
def call(tmp_path, monkeypatch):
    used = delivery.settings(tmp_path)
    monkeypatch.setenv("TOXWATCH_STUDIES", str(used.studies))
    for name, value in databases.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TOXWATCH_HOME", str(tmp_path))
    trail.give_key(tmp_path)
    told.snapshot(used.db_url, fact(), fact("S2", "P2"))

    def invoke(*arguments: str):
        return CliRunner().invoke(app, ["alerts", *arguments])

    return invoke


def test_the_list_is_for_people_and_programs(call) -> None:
    listed = json.loads(call("list", "t1", "--json").stdout)
    assert [(a["ALERT"], a["TIER"], a["STATE"], a["CONDITION"], a["OWNER"]) for a in listed] == [
        (P1, "P1", "open", "holds", ""), (P2, "P2", "open", "holds", ""),
    ]  # fmt: skip
    shown = call("list", "t1")
    assert shown.exit_code == 0
    assert P1 in shown.stdout


def test_a_study_is_named_by_its_id_too_as_alerts_name_it(call) -> None:
    listed = json.loads(call("list", "T1", "--json").stdout)
    assert [a["ALERT"] for a in listed] == [P1, P2]
    done = call("acknowledge", "T1", P1, *WHO)
    assert done.stdout.startswith(f"{fact().alert_id('T1')} is acknowledged")
    assert isinstance(call("list", "T0").exception, WrongUseError)


def test_an_act_is_done_and_its_history_shown(call) -> None:
    done = call("acknowledge", "t1", P1, *WHO)
    assert done.stdout == (
        f"{fact().alert_id('T1')} is acknowledged, its condition holds, revision 1\n"
    )
    shown = json.loads(call("show", "t1", P1, "--json").stdout)
    assert shown["alert"]["state"] == "acknowledged"
    assert shown["possible"] == ["review", "resolve", "reopen", "assign"]
    assert [(e["ACTION"], e["ACTOR"], e["REASON"]) for e in shown["events"]] == [
        ("raise", "toxwatch", "a rule is met"), ("acknowledge", "A. Lee", "asked by telephone"),
    ]  # fmt: skip
    lines = call("show", "t1", P1).stdout.split("\n")
    assert lines[:4] == ["P1 T1 S1: DLT rash", "", "DLT rash of S1", "Rule R1"]
    assert "possible: review, resolve, reopen, assign" in lines


def test_every_act_has_its_command(call) -> None:
    until = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    for arguments, state in (
        (["acknowledge"], "acknowledged"),
        (["review"], "in_review"),
        (["resolve", "--outcome", "data_error"], "resolved"),
        (["reopen"], "open"),
        (["suppress", "--until", until], "suppressed"),
        (["unsuppress"], "open"),
        (["assign", "--to", "B. Wu"], "open"),
    ):
        name, *options = arguments
        assert call(name, "t1", P2, *options, *WHO).exit_code == 0
        shown = json.loads(call("show", "t1", P2, "--json").stdout)["alert"]
        assert shown["state"] == state
    assert shown["owner"] == "B. Wu"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["suppress", "t1", P1, "--until", "2000-01-01", *WHO], "give a time after now"),
        (["review", "t1", P1, *WHO], "is open: review is not possible"),
        (["acknowledge", "t1", P1, "--revision", "7", *WHO], "told anew since"),
        (["acknowledge", "t1", P1, "--by", " ", "--reason", "x"], "the name of a person"),
        (["show", "t1", "abc"], "names no alert of T1"),
    ],
)
def test_wrong_use_is_refused(call, arguments, error) -> None:
    done = call(*arguments)
    assert isinstance(done.exception, WrongUseError)
    assert error in str(done.exception)


def test_an_outcome_of_the_list_must_be_given(call) -> None:
    assert call("resolve", "t1", P1, "--outcome", "maybe", *WHO).exit_code == 2
    assert call("resolve", "t1", P1, *WHO).exit_code == 2


def test_who_reads_alerts_is_kept(call, tmp_path) -> None:
    call("list", "t1")
    call("show", "t1", P1)
    read = [e for e in told.rows(databases.of(tmp_path), tables.audit) if e["action"] == "read"]
    assert [(e["object_id"], e["after"]) for e in read] == [
        ("alerts", '{"rows":2}'), (f"alerts {fact().alert_id('T1')}", '{"rows":1}'),
    ]  # fmt: skip
