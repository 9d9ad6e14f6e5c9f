"""One small home, made once; a test that changes something takes a copy."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from safety.settings import Settings
from tests import databases
from tests.audit import home
from tests.audit.tamper import Bench, Copy


@pytest.fixture(scope="session", params=databases.KINDS)
def made(request, tmp_path_factory) -> Iterator[Settings]:
    """A home with rows in every table, once of each kind of database. Only to be read."""
    place = tmp_path_factory.mktemp("made")
    databases.fresh(request.param, place)
    yield home.small(place)
    databases.forget(place)


@pytest.fixture(scope="session")
def bench(tmp_path_factory) -> Bench:
    place = tmp_path_factory.mktemp("bench")
    databases.fresh("sqlite", place / "home")
    return Bench(home.small(place / "home"), place / "copy")


@pytest.fixture
def copy(bench) -> Iterator[Copy]:
    """A copy of a small home of which everything may be changed."""
    with bench.copy(random.Random(1)) as copied:
        yield copied
