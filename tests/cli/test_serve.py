"""Where the dashboard may listen: passwords never go over a network in plain text."""

from __future__ import annotations

import pytest

from tests import command

OTHERS = ("serve", "--host", "0.0.0.0")
HTTPS = {"TOXWATCH_DASHBOARD_URL": "https://tox.example.org"}
PLAIN = {"TOXWATCH_DASHBOARD_PLAIN": "allowed"}


@pytest.fixture
def serve(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr("dashboards.server.serve", lambda *of, **how: started.append((of, how)))
    monkeypatch.setenv("TOXWATCH_HOME", str(tmp_path))
    monkeypatch.delenv("TOXWATCH_DB_URL", raising=False)
    return lambda environ, *arguments: (command.here(environ, *arguments), started)


@pytest.mark.parametrize(
    ("environ", "arguments"),
    [
        ({}, OTHERS),
        (HTTPS, (*OTHERS, "--demo")),
        (PLAIN, (*OTHERS, "--demo")),
    ],
)
def test_what_would_give_passwords_away_is_not_served(serve, environ, arguments) -> None:
    done, started = serve(environ, *arguments)
    assert (done.returncode, started) == (2, [])


@pytest.mark.parametrize(
    ("environ", "arguments", "started"),
    [
        ({}, ("serve",), (("127.0.0.1", 8050), {"demo": False})),
        ({}, ("serve", "--demo"), (("127.0.0.1", 8050), {"demo": True})),
        (HTTPS, OTHERS, (("0.0.0.0", 8050), {"demo": False})),
        (PLAIN, OTHERS, (("0.0.0.0", 8050), {"demo": False})),
    ],
)
def test_what_is_private_is_served(serve, environ, arguments, started) -> None:
    assert serve(environ, *arguments)[1] == [started]
