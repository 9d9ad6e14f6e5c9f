"""A world of snapshots, and the study whose design is asked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from safety.study.load import load
from safety.study.model import Study
from tests.snapshots.world import World


@cache
def _study() -> Study:
    return load(Path("studies/nct06038461.yaml")).model_copy(update={"studyid": "T1"})


@pytest.fixture
def study() -> Study:
    return _study()


@pytest.fixture
def world(db_url, study):
    made = World(db_url, study=study)
    yield made
    made.close()
