"""The command `toxwatch pull`, and that a run says what was not pulled."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from safety.cli import app
from safety.cli import pull as command
from safety.feeds.fhir import sample
from tests import databases
from tests.feeds import served
from tests.feeds.fhir.server import FhirServer
from tests.feeds.served import NOW, TOKEN


@pytest.fixture
def server():
    with served.serving(FhirServer(), "/fhir") as running:
        yield running


@pytest.fixture
def call(server, tmp_path, monkeypatch):
    pull = sample.pull_settings(server.url)
    used = served.settings(tmp_path, "fhir", sample.domains("T1"), pull)
    monkeypatch.setenv("TOXWATCH_STUDIES", str(used.studies))
    for name, value in databases.environment(used.home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TOXWATCH_CONNECTION_EHR", f"https://:{TOKEN}@")
    return lambda *words: CliRunner().invoke(app, ["pull", "t1", *words])


def test_a_pull_is_told_as_a_line_a_feed(call):
    done = call()
    assert done.exit_code == 0
    assert "ehr  9 new or changed, 0 removed (everything asked for)  2" in done.output
    assert "nothing is new" in call().output


def test_as_json(call):
    (found,) = json.loads(call("--json").stdout)
    assert (found["feed"], found["lines"], found["error"]) == ("ehr", 9, "")


def test_a_server_that_refuses(call, monkeypatch):
    monkeypatch.setenv("TOXWATCH_CONNECTION_EHR", "https://:wr0ng-secret@")
    done = call()
    assert done.exit_code == 1
    told = " ".join(done.stderr.split())
    assert "Not pulled: feed ehr: the server refused the connection ehr (401)." in told
    assert "wr0ng-secret" not in done.output


def test_who_accepts_removals_is_kept(call, server, tmp_path):
    call()
    for name in [n for n in server.resources if n.startswith("Observation")]:
        del server.resources[name]
    del server.resources["Patient/p2"], server.resources["MedicationAdministration/m2"]
    assert call("--full").exit_code == 1
    assert call("--full", "--accept-removals", "DM: moved").exit_code == 0
    newest = max(tmp_path.rglob("pull_*.ndjson"))
    assert json.loads(newest.read_text("utf-8").splitlines()[0])["accepted"] == "DM: moved"


def test_a_feed_that_is_not_pulled(call):
    done = call("--feed", "edc")
    assert str(done.exception) == "T1 has no feed edc that is pulled."


def test_a_run_goes_on_and_says_so(call, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("TOXWATCH_CONNECTION_EHR")
    from safety.settings import from_environment

    found = command.before_run(from_environment(), "t1", None, quiet=True)
    assert [p.error[:35] for p in found] == ["there is no connection ehr. Set TOX"]
    assert command.before_run(from_environment(), "t1", NOW.date(), quiet=True) == []
