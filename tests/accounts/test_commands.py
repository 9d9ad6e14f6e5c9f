"""`toxwatch accounts`: by people who have this machine, with their names and reasons."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from safety.accounts import sessions
from safety.cli import app
from safety.errors import WrongUseError
from tests import databases
from tests.accounts.conftest import GOOD, OTHER

WHO = ["--by", "A. Lee", "--reason", "new in the committee"]
NAMED = ["--name", "Ada Brown"]


@pytest.fixture
def call(small, tmp_path, monkeypatch):
    for name, value in databases.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "new").write_text(f"{GOOD}\n")
    (tmp_path / "other").write_text(OTHER)

    def invoke(*arguments: str, typed: str = ""):
        given = [a.replace("@", f"{tmp_path}/") for a in arguments]
        return CliRunner().invoke(app, ["accounts", *given], input=typed)

    return invoke


def accounts(call) -> list[tuple[str, ...]]:
    listed = json.loads(call("list", "--json").stdout)
    return [(a["USERNAME"], a["NAME"], a["STATE"], a["ROLES"], a["SIGNS IN BY"]) for a in listed]


def test_accounts_are_made_and_get_roles(call, small) -> None:
    typed = f"{GOOD}\n{GOOD}\n"
    done = call("first-admin", "boss", "--name", "B. Oss", typed=typed)
    assert done.exit_code == 0
    assert done.stdout.endswith("boss is admin\n")
    assert GOOD not in done.output
    call("create", "ada", *NAMED, *WHO, "--password-file", "@new")
    call("create", "eve", "--name", "Eve Wu", *WHO, "--oidc-only")
    call("oidc", "eve", *WHO, "--issuer", "https://id.example.org", "--subject", "u-77")
    assert call("grant", "ada", "chair", "--study", "*", *WHO).stdout == "ada is chair in *\n"
    call("grant", "ada", "monitor", "--study", "*", *WHO)
    call("revoke", "ada", "monitor", "--study", "*", *WHO)
    call("rename", "ada", "--name", "Ada Green", *WHO)
    call("disable", "ada", *WHO)
    assert accounts(call) == [
        ("ada", "Ada Green", "disabled", "chair in *", "password"),
        ("boss", "B. Oss", "active", "admin in *", "password"),
        ("eve", "Eve Wu", "active", "", "oidc"),
    ]
    assert call("enable", "ada", *WHO).stdout == "ada is active\n"
    shown = json.loads(call("show", "ada", "--json").stdout)
    assert (shown["name"], shown["roles"]) == ("Ada Green", {"*": ["chair"]})
    assert "name: Ada Green" in call("show", "ada").stdout
    assert small.anchors.is_file()  # every act is anchored


def test_sessions_are_listed_and_ended(call, small) -> None:
    call("first-admin", "boss", "--name", "B. Oss", "--password-file", "@new")
    now = datetime.now(UTC)
    sessions.sign_in(small, "boss", GOOD, "10.0.0.1", now)
    [listed] = json.loads(call("sessions", "boss", "--json").stdout)
    assert (listed["METHOD"], listed["ADDRESS"]) == ("password", "10.0.0.1")
    assert call("end-sessions", "boss", *WHO).stdout == "1 sessions of boss have ended\n"
    assert json.loads(call("sessions", "boss", "--json").stdout) == []
    sessions.sign_in(small, "boss", GOOD, "10.0.0.1", now)
    done = call("password", "boss", *WHO, "--password-file", "@other")
    assert done.stdout == "boss has another password\n"
    assert json.loads(call("sessions", "boss", "--json").stdout) == []
    assert sessions.sign_in(small, "boss", OTHER, "10.0.0.1", now)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["first-admin", "boss", *NAMED, "--password-file", "@new"], "there are accounts already"),
        (["create", "ada", *NAMED, *WHO, "--password-file", "@new"], "an account ada already"),
        (["create", "Ada B", *NAMED, *WHO, "--oidc-only"], "give 2 to 64 of a-z"),
        (["grant", "ada", "boss", "--study", "*", *WHO], "give one of committee, chair"),
        (["grant", "eve", "chair", "--study", "*", *WHO], "there is no account eve"),
        (["grant", "ada", "chair", "--study", "no-such", *WHO], "no-such"),
        (["disable", "ada", "--by", "", "--reason", "x"], "the name of a person"),
        (["enable", "ada", *WHO], "ada is not disabled"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(call, small, arguments, told) -> None:
    call("create", "ada", *NAMED, *WHO, "--password-file", "@new")
    count = "SELECT count(*) FROM audit"
    before = databases.rows(small.db_url, count)
    done = call(*arguments)
    assert isinstance(done.exception, WrongUseError)
    assert told in str(done.exception)
    assert databases.rows(small.db_url, count) == before


@pytest.mark.parametrize("name", ["grant", "disable", "password", "oidc", "end-sessions"])
def test_who_and_why_cannot_be_left_out(call, name) -> None:
    done = call(name, "ada")
    assert done.exit_code == 2
    assert "Missing" in done.output
