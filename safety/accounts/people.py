"""Accounts: who there is, and every act on an account with its name, reason and entry."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from safety.accounts import account as accounts
from safety.accounts import passwords
from safety.accounts.account import ACTIVE, ADMIN, DISABLED, EVERY, Account, username_of
from safety.accounts.session import ACCOUNT_DISABLED, OIDC, PASSWORD, PASSWORD_CHANGED
from safety.accounts.stored import account_of, by_username, person, row_of, shared
from safety.accounts.written import (
    Desk,
    add_account,
    add_grant,
    change_account,
    end_sessions,
    remove_grant,
    writing,
)
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.signed import Signed, sign
from safety.store.tables import account, role_grant, session

__all__ = [
    "bind_oidc", "by_username", "create", "create_first_admin", "disable", "enable", "exist",
    "grant", "listing", "person", "rename", "revoke", "set_language", "set_password",
]  # fmt: skip


def exist(db_url: str) -> bool:
    """Return whether there is any account."""
    with shared(db_url).connect() as connection:
        return _any(connection)


def listing(connection: Connection) -> pd.DataFrame:
    """Return accounts by username with their roles and how they sign in; no hash is among it."""
    c = account.c
    query = select(account).order_by(c.username)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return pd.DataFrame(
        [_listed(row, _roles(connection, row["account_id"])) for row in rows],
        columns=["USERNAME", "NAME", "STATE", "ROLES", "SIGNS IN BY", "DEMO", "LANGUAGE",
                 "CREATED AT", "PASSWORD AT", "ACCOUNT ID"],
    )  # fmt: skip


def create(
    settings: Settings, username: str, name: str, signed: Signed, *,
    password: str = "", language: str = "", words: Collection[str] = (),
) -> Account:  # fmt: skip
    """Create an account without a role; return it.

    password: "" for who signs in by OpenID Connect only. words: what its password must not be made
    of, such as the ids of studies. Raises WrongUseError, as all acts here, and writes nothing.
    """
    row = _new(username, name, language, signed.at)
    if password:
        row["password"] = _hashed(password, row["username"], row["name"], words)
    with writing(settings) as desk:
        _require_free(desk, row["username"])
        add_account(desk, row, signed)
    return account_of(row)


def create_first_admin(
    settings: Settings, username: str, name: str, password: str, now: datetime,
    words: Collection[str] = (),
) -> Account:  # fmt: skip
    """Create the account that creates all others; only while there is none at all."""
    row = _new(username, name, "", "")
    signed = sign(row["username"], "first account", now)
    row |= {"created_at": signed.at, "password_at": signed.at}
    row["password"] = _hashed(password, row["username"], row["name"], words)
    with writing(settings) as desk:
        if _any(desk.connection):
            raise WrongUseError(
                "there are accounts already: an admin creates others, or `toxwatch accounts create`"
            )
        add_account(desk, row, signed)
        add_grant(desk, row["account_id"], EVERY, ADMIN, signed)
    return account_of(row)


def set_password(
    settings: Settings, account_id: str, password: str, signed: Signed, *,
    keep: str = "", words: Collection[str] = (),
) -> None:  # fmt: skip
    """Give an account another password, and end its sessions but `keep`, the id of one."""
    with shared(settings.db_url).connect() as connection:
        known = _row(connection, account_id)
    if known["demo"]:
        raise WrongUseError(f"{known['username']} is a demo account: its password stays.")
    made = _hashed(password, known["username"], known["name"], words)
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        change_account(desk, row, "password", signed, password=made, password_at=signed.at)
        _end(desk, account_id, PASSWORD_CHANGED, signed, keep)


def disable(settings: Settings, account_id: str, signed: Signed) -> None:
    """Let an account sign in no more, and end its sessions; it is never deleted."""
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        _require(row["state"] == ACTIVE, f"{row['username']} is disabled already.")
        change_account(desk, row, "disable", signed, state=DISABLED)
        _end(desk, account_id, ACCOUNT_DISABLED, signed)


def enable(settings: Settings, account_id: str, signed: Signed) -> None:
    """Let a disabled account sign in again, with the roles that it has."""
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        _require(row["state"] == DISABLED, f"{row['username']} is not disabled.")
        change_account(desk, row, "enable", signed, state=ACTIVE)


def grant(settings: Settings, account_id: str, study: str, role: str, signed: Signed) -> None:
    """Grant a role in a study, or in EVERY one; it holds at once."""
    accounts.check_grant(study, role)
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        is_new = add_grant(desk, account_id, study, role, signed)
        _require(is_new, f"{row['username']} is {role} in {study} already.")


def revoke(settings: Settings, account_id: str, study: str, role: str, signed: Signed) -> None:
    """Take a role away; it is gone at once."""
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        was_there = remove_grant(desk, account_id, study, role, signed)
        _require(was_there, f"{row['username']} is not {role} in {study} by a grant of its own.")


def rename(settings: Settings, account_id: str, name: str, signed: Signed) -> None:
    """Print another name beside signatures from now on; those that were given keep theirs."""
    accounts.check_name(name)
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        change_account(desk, row, "rename", signed, name=name.strip())


def set_language(settings: Settings, account_id: str, language: str, signed: Signed) -> None:
    """Choose the language of the pages; "" as the browser asks."""
    accounts.check_language(language)
    with writing(settings) as desk:
        change_account(
            desk, _row(desk.connection, account_id), "language", signed, language=language
        )


def bind_oidc(
    settings: Settings, account_id: str, issuer: str, subject: str, signed: Signed
) -> None:
    """Let who is `subject` at `issuer` sign in as this account; both "" end that."""
    if bool(issuer) != bool(subject):
        raise WrongUseError("give both issuer and subject as the provider tells them, or neither.")
    with writing(settings) as desk:
        row = _row(desk.connection, account_id)
        _require(not row["demo"], f"{row['username']} is a demo account: it signs in here only.")
        same = (account.c.issuer == issuer) & (account.c.subject == subject)
        other = row_of(desk.connection, same & (account.c.account_id != account_id))
        if other:
            raise WrongUseError(f"that subject signs in as {other['username']} already.")
        bound = {"issuer": issuer or None, "subject": subject or None}
        change_account(desk, row, "bind" if issuer else "unbind", signed, **bound)
        of_provider = session.c.method == OIDC  # opened by who was bound before
        end_sessions(
            desk, "bound anew", signed.at, session.c.account_id == account_id, of_provider,
            actor=signed.by, reason=signed.reason,
        )  # fmt: skip


def _new(username: str, name: str, language: str, at: str) -> dict[str, Any]:
    """Return the row of a new account."""
    known = username_of(username)
    accounts.check_username(known)
    accounts.check_name(name)
    accounts.check_language(language)
    return {
        "account_id": secrets.token_hex(16), "username": known, "name": name.strip(),
        "password": "", "issuer": None, "subject": None, "language": language, "state": ACTIVE,
        "demo": 0, "created_at": at, "password_at": at, "revision": 1,
    }  # fmt: skip


def _hashed(password: str, username: str, name: str, words: Collection[str]) -> str:
    passwords.check_new(password, username, name, words)
    return passwords.HASHER.hash(password)


def _end(desk: Desk, account_id: str, why: str, signed: Signed, keep: str = "") -> None:
    others = (session.c.account_id == account_id, session.c.session_id != keep)
    end_sessions(desk, why, signed.at, *others, actor=signed.by, reason=signed.reason)


def _any(connection: Connection) -> bool:
    return connection.scalar(select(account.c.account_id).limit(1)) is not None


def _row(connection: Connection, account_id: str) -> dict[str, Any]:
    found = row_of(connection, account.c.account_id == account_id)
    if found is None:
        raise WrongUseError("there is no such account.")
    return found


def _require_free(desk: Desk, username: str) -> None:
    if row_of(desk.connection, account.c.username == username):
        raise WrongUseError(f"there is an account {username} already.")


def _require(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise WrongUseError(otherwise)


def _roles(connection: Connection, account_id: str) -> str:
    c = role_grant.c
    query = select(c.role, c.study).where(c.account_id == account_id).order_by(c.study, c.role)
    return ", ".join(f"{role} in {study}" for role, study in connection.execute(query))


def _listed(row: dict[str, Any], roles: str) -> list[Any]:
    ways = [PASSWORD] * bool(row["password"]) + [OIDC] * bool(row["issuer"])
    return [
        row["username"], row["name"], row["state"], roles, " or ".join(ways) or "nothing",
        bool(row["demo"]), row["language"], row["created_at"], row["password_at"],
        row["account_id"],
    ]  # fmt: skip
