"""People with accounts, who prove who they are whenever they sign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from safety.signing.signer import Signer
from safety.stamp import stamp
from safety.store import tables

AT = datetime(2024, 4, 1, 21, tzinfo=UTC)


def signer(username: str, now: datetime, ago: int = 0) -> Signer:
    """A person who proved who it is so many seconds ago."""
    proof = stamp(now - timedelta(seconds=ago))
    return Signer(username * 4, username, f"Dr {username.upper()}", "password", proof)


def give_accounts(world, *usernames: str) -> None:
    with world.begin() as connection:
        for name in usernames:
            connection.execute(insert(tables.account).values(
                account_id=name * 4, username=name, name=f"Dr {name.upper()}", password="",
                language="", state="active", demo=0, created_at=stamp(AT), password_at=stamp(AT),
                revision=0,
            ))  # fmt: skip
