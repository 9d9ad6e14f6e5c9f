"""Only what every room shares."""

from __future__ import annotations

import pytest
from hypothesis import settings

from safety.study.model import Study
from tests import build, databases

# The same examples in every run; no deadline, because a busy machine is not a failure.
settings.register_profile("toxwatch", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("toxwatch")


@pytest.fixture
def study() -> Study:
    return build.study()


@pytest.fixture(params=databases.KINDS)
def db_kind(request) -> str:
    """Each kind of database: a test that takes it runs once on SQLite and once on PostgreSQL."""
    return request.param


@pytest.fixture
def db_url(db_kind, tmp_path) -> str:
    """The address of a migrated, empty database, once of each kind."""
    return databases.fresh(db_kind, tmp_path)


@pytest.fixture(autouse=True, scope="session")
def _no_database_stays():
    yield
    databases.stop()


@pytest.fixture(autouse=True)
def _databases_of_a_test_go_with_it(request):
    home = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    if home is not None:
        databases.forget(home)
