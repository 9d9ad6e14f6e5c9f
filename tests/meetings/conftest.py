"""The study of tests/signing, with people who have roles in it."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from safety.store import tables
from tests.signing.conftest import settings, shot, world

__all__ = ["committee", "settings", "shot", "world"]


@pytest.fixture
def committee(world):
    """The chair is a; b and c are members."""
    with world.begin() as connection:
        for name, role in (("a", "chair"), ("b", "committee"), ("c", "committee")):
            connection.execute(insert(tables.role_grant).values(
                account_id=name * 4, study="T1", role=role, granted_at="", granted_by=""
            ))  # fmt: skip
