"""Reading accounts and grants: an account as a Person, by its id, username or OpenID subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from safety.accounts.account import Account, Person, username_of
from safety.store.engine import reader
from safety.store.tables import account, role_grant


@lru_cache(maxsize=8)
def shared(db_url: str) -> Engine:
    """Return a reader that is kept: a session is looked up with every request."""
    return reader(db_url)


def person(connection: Connection, account_id: str) -> Person | None:
    """Return an account with its grants, or None; it may be a disabled one."""
    return _person(connection, account.c.account_id == account_id)


def by_username(connection: Connection, username: str) -> Person | None:
    """Return the account of a username with its grants, or None; it may be a disabled one."""
    return _person(connection, account.c.username == username_of(username))


def row_of(connection: Connection, condition: ColumnElement[bool]) -> dict[str, Any] | None:
    """Return the one row of table account that fits, or None."""
    found = connection.execute(select(account).where(condition)).mappings().one_or_none()
    return dict(found) if found else None


def account_of(row: Mapping[Any, Any]) -> Account:
    """Return an account; its hash stays in the row."""
    return Account(
        row["account_id"], row["username"], row["name"], row["language"], row["state"],
        bool(row["demo"]), bool(row["password"]), row["issuer"] or "", row["subject"] or "",
    )  # fmt: skip


def _person(connection: Connection, condition: ColumnElement[bool]) -> Person | None:
    grants = role_grant.c.account_id == account.c.account_id
    query = select(account, role_grant.c.study, role_grant.c.role).outerjoin(role_grant, grants)
    rows = connection.execute(query.where(condition)).mappings().all()
    if not rows:
        return None
    roles = defaultdict[str, set[str]](set)
    for row in rows:
        if row["role"] is not None:
            roles[row["study"]].add(row["role"])
    return Person(account_of(rows[0]), {study: frozenset(of) for study, of in roles.items()})
