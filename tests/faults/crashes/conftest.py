"""One story, prepared once, and one server for all tests of this folder."""

from __future__ import annotations

import pytest

from tests.faults.crashes import account, rounds
from tests.faults.crashes.servers import Server
from tests.faults.crashes.world import prepare


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Two days of one study, and a delivery that is withdrawn between them."""
    return prepare(account.story(1, 2), tmp_path_factory.mktemp("crashes") / "made")


@pytest.fixture(scope="session")
def first(made):
    return made.story[0]


@pytest.fixture(scope="session")
def server():
    started = Server()
    yield started
    started.close()


@pytest.fixture
def sqlite_round(made, tmp_path):
    with rounds.opened(tmp_path / "sqlite", made, 1) as played:
        yield played


@pytest.fixture
def server_round(made, server, tmp_path):
    with rounds.opened(tmp_path / "server", made, 1, server) as played:
        yield played


@pytest.fixture(params=["sqlite", "postgresql"])
def either_round(request):
    return request.getfixturevalue("sqlite_round" if request.param == "sqlite" else "server_round")
