"""Homes with an empty database, and passwords that cost next to nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from safety.accounts import passwords
from safety.accounts.passwords import Hasher
from safety.settings import Settings, from_environment
from safety.signed import sign
from tests import databases

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = "2026-03-02T09:00:00+00:00"
LEE = sign("A. Lee", "new in the committee", NOW)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "seven cranes over wet slate"
OTHER = "nine lamps beside dry moss"


@pytest.fixture(autouse=True)
def cheap(monkeypatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", Hasher(CHEAP))


@pytest.fixture
def home(db_url, tmp_path) -> Settings:
    """A home of each kind of database, without an account."""
    return from_environment(databases.environment(tmp_path))


@pytest.fixture
def small(tmp_path) -> Settings:
    """The same of one kind, for what does not depend on the database."""
    return from_environment(databases.environment(tmp_path))
