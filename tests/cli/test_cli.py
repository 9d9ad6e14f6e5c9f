"""The command line: exit codes, errors for the reader, JSON alone on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import build, command, databases, delivery

TOXWATCH = Path(sys.executable).with_name("toxwatch")


@pytest.fixture
def environ(tmp_path):
    used = delivery.settings(tmp_path)
    of_home = databases.environment(tmp_path)
    return os.environ | of_home | {"TOXWATCH_STUDIES": str(used.studies)}


@pytest.fixture
def call(environ):
    return lambda *arguments: command.here(environ, *arguments)


def test_a_clean_run_ends_with_0_and_only_json(call, tmp_path):
    delivery.write(tmp_path, delivery.rows())
    done = call("run", "t1", "--as-of", "2024-04-01", "--json")
    assert done.returncode == 0
    summary = json.loads(done.stdout)
    assert summary["rows"]["received"] == 6
    listed = call("snapshots", "list", "t1", "--json")
    assert [s["SNAPSHOT"] for s in json.loads(listed.stdout)] == [summary["snapshot_id"]]


def test_quarantined_rows_end_with_1_and_are_listed(call, tmp_path):
    delivery.write(tmp_path, delivery.rows(lb=[build.measurement(USUBJID="NOBODY")]))
    done = call("run", "t1", "--as-of", "2024-04-01")
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    assert "1 quarantined" in told
    assert "ME-002 LB Subject is in DM critical reject fail 1 1" in told
    found = json.loads(call("checks", "show", "t1", "--json").stdout)
    assert [f["CHECKID"] for f in found if f["STATUS"] == "fail" and f["HANDLING"] == "reject"] == [
        "ME-002"
    ]
    row = json.loads(call("quarantine", "list", "t1", "--json").stdout)[0]
    assert (row["SRCFILE"], row["SRCROW"], row["USUBJID"]) == ("lb.csv", 1, "NOBODY")
    assert "subject is in dm" in row["REASON"]


def test_a_held_delivery_ends_with_1_and_says_why(call, tmp_path):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "lb.csv").write_bytes(b"")
    done = call("run", "t1", "--as-of", "2024-04-01")
    assert done.returncode == 1
    assert "Delivery held: lb.csv: the file is empty" in done.stderr
    assert "previous snapshot stays current" in done.stderr
    judged = call("assess", str(folder), "--study", "t1", "--as-of", "2024-04-01", "--json")
    assert (judged.returncode, judged.stdout) == (1, "")
    assert "Error: lb.csv: the file is empty" in judged.stderr
    assert "Nothing was assessed." in judged.stderr
    assert "snapshot" not in judged.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "t1"], "no folder"),
        (["run", "nobody"], "no study 'nobody'"),
        (["run", "../t1"], "not a study name"),
        (["run", "t1", "--as-of", "yesterday"], "give a date as 2024-03-05"),
        (["run", "t1", "--as-of", "20240601"], "give a date as 2024-03-05"),
        (["run", "t1", "--as-of", "2024-W10-1"], "give a date as 2024-03-05"),
        (["run", "t1", "--as-of", "9999-12-31"], "give a year from 1900 to 2100"),
        (["sample", "x", "--format", "sas"], "give one of xpt, parquet, csv, json, ndjson"),
        (["alerts", "list", "t1"], "has no snapshot yet"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_use_ends_with_2(call, arguments, message):
    done = call(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_study_file_is_checked_with_line_and_remedy(call, tmp_path):
    assert call("study", "check", "t1").returncode == 0
    file = tmp_path / "studies" / "t1.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("phase:", "fase:"), encoding="utf-8")
    done = call("study", "check", "t1")
    assert done.returncode == 2
    message = " ".join(done.stderr.split())
    assert "fase: unknown field; did you mean phase?" in message
    assert "line" in message


def test_a_bad_setting_is_named(tmp_path):
    environ = {"TOXWATCH_HOME": str(tmp_path), "TOXWATCH_SMTP_PORT": "many"}
    done = command.here(environ, "alerts", "dispatch")
    assert done.returncode == 2
    assert "TOXWATCH_SMTP_PORT is 'many'" in done.stderr


RUN = ["run", "t1", "--as-of", "2024-04-01"]


def test_two_runs_at_once_both_end_well(environ, tmp_path):
    delivery.write(tmp_path, delivery.rows())
    runs = [
        subprocess.Popen(
            [TOXWATCH, *RUN, "--json"], env=environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    told = [r.communicate() for r in runs]
    assert [r.returncode for r in runs] == [0, 0], told
    results = [json.loads(out) for out, _ in told]
    assert len({r["snapshot_id"] for r in results}) == 1
    assert sorted(r["changed"] for r in results) == [False, True]


def test_an_alert_that_did_not_leave_ends_with_1(environ, tmp_path):
    low = build.measurement("PLAT", "20", "10^9/L", LBORNRLO="125", LBORNRHI="350")
    delivery.write(tmp_path, delivery.rows(lb=[low]))
    dead = environ | {"TOXWATCH_ALERT_CHANNEL": "smtp", "TOXWATCH_SMTP_PORT": "1"}
    done = command.here(dead, *RUN)
    assert done.returncode == 1
    assert "2 failed to send" in " ".join(done.stdout.split())


def test_a_database_that_is_none_is_said_without_a_traceback(environ, tmp_path):
    delivery.write(tmp_path, delivery.rows())
    none = tmp_path / "none.db"
    none.write_bytes(b"this is no database at all, only text" * 100)
    done = command.here(environ | {"TOXWATCH_DB_URL": f"sqlite:///{none}"}, *RUN)
    assert done.returncode == 2
    assert "Cannot read or write" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_an_address_is_refused(tmp_path):
    environ = {"TOXWATCH_HOME": str(tmp_path / "a?b")}
    done = command.here(environ, "db", "upgrade")
    assert done.returncode == 2
    assert "has a ? in it" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []
