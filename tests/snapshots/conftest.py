"""A study in which nothing was published yet, on each kind of database."""

from __future__ import annotations

import pytest

from tests.snapshots.world import World


@pytest.fixture
def world(db_url):
    made = World(db_url)
    yield made
    made.close()
