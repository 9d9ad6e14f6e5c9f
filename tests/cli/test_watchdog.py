"""`toxwatch watchdog`: exit code 0 if all moves, 1 if something stands still."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from typer.testing import CliRunner

from safety.cli import app
from safety.errors import WrongUseError
from tests import databases
from tests.alerts import clockwork as c
from tests.alerts.clockwork import at


def call(home, *arguments):
    environ = databases.environment(home) | {"TOXWATCH_STUDIES": str(home / "studies")}
    return CliRunner().invoke(app, ["watchdog", *arguments], env=environ)


def test_old_data_are_told(tmp_path):
    study = c.study(max_data_age_hours=36)
    c.snapshot(c.settings(tmp_path), study, at("2024-03-04 10:00"))
    title = "P4 T1: no new snapshot since 2024-03-04 10:00 Asia/Shanghai"
    found = call(tmp_path, "--json")
    assert found.exit_code == 1
    (fact,) = json.loads(found.stdout)
    assert (fact["study"], fact["title"]) == ("T1", title)
    assert title in " ".join(call(tmp_path).stdout.split())


def test_data_of_today_are_not(tmp_path):
    c.snapshot(c.settings(tmp_path), c.study(max_data_age_hours=36), datetime.now(UTC))
    found = call(tmp_path)
    assert (found.exit_code, found.stdout) == (0, "Everything moves.\n")
    assert json.loads(call(tmp_path, "--json").stdout) == []


def test_to_watch_nothing_is_wrong_use(tmp_path):
    assert isinstance(call(tmp_path).exception, WrongUseError)
