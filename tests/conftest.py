"""Only what every room shares."""

from __future__ import annotations

import pytest
from hypothesis import settings

from safety.study.model import Study
from tests import build

# The same examples in every run; no deadline, because a busy machine is not a failure.
settings.register_profile("toxwatch", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("toxwatch")


@pytest.fixture
def study() -> Study:
    return build.study()
