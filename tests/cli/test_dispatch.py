"""The commands of the dispatcher, and the process that runs until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from safety.cli import app
from tests import databases
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, running
from tests.alerts.waiting import change, put, rows

RUNNER = CliRunner()
TOXWATCH = Path(sys.executable).with_name("toxwatch")
BY = ["--by", "M. Weber", "--reason", "mended"]


@pytest.fixture
def environ(tmp_path, monkeypatch):
    waiting.settings(tmp_path)
    own = databases.environment(tmp_path) | {"TOXWATCH_STUDIES": str(tmp_path / "studies")}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return own


@pytest.fixture
def used(environ, tmp_path):
    return waiting.settings(tmp_path)


def said(*words: str) -> tuple[int, dict]:
    done = RUNNER.invoke(app, ["alerts", *words, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_one_pass(used):
    put(used, "a", "b")
    assert said("dispatch") == (0, {"sent": 2, "failed": 0})
    assert said("outbox") == (0, {"messages": [], "resting": []})


def test_a_pass_that_could_not_send_is_a_finding(used):
    put(used, "a", to="webhook:OPS", at=datetime.now(UTC))
    assert said("dispatch") == (1, {"sent": 0, "failed": 1})
    code, told = said("outbox")
    assert code == 0
    assert told["messages"][0]["last_error"].startswith("there is no channel webhook:OPS")


def test_dead_messages_are_seen_and_tried_again(used):
    put(used, "a")
    change(used, state="dead", last_error="550 no such mailbox")
    (dead,) = said("outbox", "--state", "dead")[1]["messages"]
    done = RUNNER.invoke(app, ["alerts", "retry", dead["key"], *BY])
    assert (done.exit_code, done.stdout) == (0, f"{dead['key']} waits again\n")
    assert said("dispatch") == (0, {"sent": 1, "failed": 0})


def test_reconcile(used):
    put(used, "a")
    code, told = said("reconcile", "t1")
    assert (code, told["urgent_messages_late"], told["sent_without_log"]) == (1, 1, 0)
    said("dispatch")
    code, told = said("reconcile")
    assert (code, sum(told.values())) == (0, 0)


def test_the_loop_stops_at_sigterm_and_leaves_nothing_leased(tmp_path, environ):
    """A mail server hangs until the process was told to stop; then the message still leaves."""
    inbox = Inbox()
    taken = inbox.handle_DATA
    with running(inbox):
        used = waiting.smtp(tmp_path, inbox.port)
        put(used, "a", "b", at=datetime.now(UTC))
        changes = {"TOXWATCH_ALERT_CHANNEL": "smtp", "TOXWATCH_SMTP_PORT": str(inbox.port)}
        loop = subprocess.Popen(
            [TOXWATCH, "alerts", "dispatch", "--forever", "--every", "60"],
            env=os.environ | environ | changes, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

        async def while_sending(*told):
            loop.send_signal(signal.SIGTERM)
            return await taken(*told)

        inbox.handle_DATA = while_sending
        _, told = loop.communicate(timeout=60)
    assert loop.returncode == 0
    assert "1 sent, 0 failed" in told
    assert inbox.subjects == ["a"]
    assert [(r["state"], r["leased_by"]) for r in rows(used)] == [("sent", ""), ("pending", "")]
