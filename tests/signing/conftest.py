"""A study with a snapshot, three people with accounts, and a key of the trail."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from safety.settings import from_environment
from safety.study.load import load
from safety.study.model import Study
from tests.nextdose.rows import exposed, person
from tests.signing.people import give_accounts
from tests.snapshots.world import World
from tests.trail import give_key

NUMBERS = (1, 2, 3)


@cache
def _study() -> Study:
    return load(Path("studies/nct06038461.yaml")).model_copy(update={"studyid": "T1"})


@pytest.fixture
def world(db_url):
    made = World(db_url, study=_study())
    give_accounts(made, "a", "b", "c")
    yield made
    made.close()


@pytest.fixture
def shot(world):
    """Three of L1 without DLT: up to L2."""
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    return world.publish(
        "2024-04-01", verdict=[person(n) for n in NUMBERS],
        exposure=[exposed(n, "2024-03-01") for n in NUMBERS],
    )  # fmt: skip


@pytest.fixture
def settings(world, shot, tmp_path):
    give_key(tmp_path)
    return from_environment({"TOXWATCH_HOME": str(tmp_path), "TOXWATCH_DB_URL": world.db_url})
