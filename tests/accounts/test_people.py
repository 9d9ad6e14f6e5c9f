"""Every act on an account is checked, written and told to the trail, without a hash."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from safety.accounts import passwords, people, sessions
from safety.accounts.stored import shared
from safety.audit import verify
from safety.errors import WrongUseError
from safety.store.tables import account
from tests import databases
from tests.accounts.conftest import GOOD, LEE, NOW, OTHER

CHAIR = {"T1": frozenset({"chair"})}


def entries(used) -> list[tuple[str, ...]]:
    query = "SELECT study, actor, action, object_type, reason FROM audit ORDER BY number"
    return databases.rows(used.db_url, query)


def person(used, username: str):
    with shared(used.db_url).connect() as connection:
        return people.by_username(connection, username)


@pytest.fixture
def ada(small) -> str:
    """The id of an account with a password."""
    return people.create(small, "ada", "Ada Brown", LEE, password=GOOD).account_id


def test_the_life_of_an_account(home) -> None:
    made = people.create(home, " Ada ", "Ada Brown ", LEE, password=GOOD, language="en")
    assert (made.username, made.name, made.state, made.demo) == (
        "ada",
        "Ada Brown",
        "active",
        False,
    )
    people.grant(home, made.account_id, "T1", "chair", LEE)
    people.grant(home, made.account_id, "*", "auditor", LEE)
    people.rename(home, made.account_id, "Ada Green", LEE)
    people.set_language(home, made.account_id, "", LEE)
    people.set_password(home, made.account_id, OTHER, LEE)
    people.bind_oidc(home, made.account_id, "https://id.example.org", "u-77", LEE)
    people.revoke(home, made.account_id, "*", "auditor", LEE)
    people.disable(home, made.account_id, LEE)
    people.enable(home, made.account_id, LEE)
    found = person(home, "ADA")
    assert found.roles == CHAIR
    assert found.account == replace(
        made, name="Ada Green", language="", issuer="https://id.example.org", subject="u-77"
    )
    assert entries(home) == [
        ("", "A. Lee", action, table, "new in the committee")
        for action, table in (
            ("create", "account"), ("grant", "role_grant"), ("grant", "role_grant"),
            ("rename", "account"), ("language", "account"), ("password", "account"),
            ("bind", "account"), ("revoke", "role_grant"), ("disable", "account"),
            ("enable", "account"),
        )
    ]  # fmt: skip
    assert verify.run(home).problems == []


def test_the_trail_has_no_hash_and_yet_finds_one_that_was_exchanged(small, ada) -> None:
    people.set_password(small, ada, OTHER, LEE)
    [[kept]] = databases.rows(small.db_url, "SELECT password FROM account")
    told = databases.rows(small.db_url, "SELECT before, after FROM audit")
    assert "argon2" not in str(told)
    assert set(json.loads(told[1][1])) == {"password_sha256", "revision"}
    assert verify.run(small).problems == []
    _overwrite(small, password=passwords.HASHER.hash(GOOD))
    [found] = verify.run(small).problems
    assert found.what == f"account {ada} was altered: password is not what the trail says"
    _overwrite(small, password=kept, state="disabled")
    [found] = verify.run(small).problems
    assert found.what == f"account {ada} was altered: state is not what the trail says"


def _overwrite(used, **values: str) -> None:
    from safety.store.engine import writer

    engine = writer(used.db_url)
    with engine.begin() as connection:
        connection.execute(account.update().values(values))
    engine.dispose()


def test_a_grant_past_toxwatch_is_found(small, ada) -> None:
    from safety.store.engine import writer
    from safety.store.tables import role_grant

    row = {"account_id": ada, "study": "*", "role": "chair", "granted_at": "", "granted_by": ""}
    engine = writer(small.db_url)
    with engine.begin() as connection:
        connection.execute(role_grant.insert().values(row))
    engine.dispose()
    found = [p for p in verify.run(small).problems if p.kind == "object"]
    assert [(p.study, p.what) for p in found] == [
        ("", f'role_grant ["{ada}","*","chair"] is in its table, but the trail has no entry of it')
    ]


def test_a_role_that_was_revoked_can_be_granted_again(small, ada) -> None:
    for act in (people.grant, people.revoke, people.grant):
        act(small, ada, "T1", "chair", LEE)
    assert person(small, "ada").roles == CHAIR
    assert verify.run(small).problems == []


def test_what_cannot_be_done_is_told_and_changes_nothing(small, ada) -> None:
    people.grant(small, ada, "T1", "chair", LEE)
    other = people.create(small, "eve", "Eve Wu", LEE).account_id
    people.bind_oidc(small, other, "https://id.example.org", "u-1", LEE)
    before = entries(small)
    for told, act in (
        ("an account ada already", lambda: people.create(small, "Ada", "Ada", LEE)),
        ("is chair in T1 already", lambda: people.grant(small, ada, "T1", "chair", LEE)),
        ("is not chair in T2", lambda: people.revoke(small, ada, "T2", "chair", LEE)),
        ("accounts belong to no study", lambda: people.grant(small, ada, "T1", "admin", LEE)),
        ("is not disabled", lambda: people.enable(small, ada, LEE)),
        ("no such account", lambda: people.disable(small, "nobody", LEE)),
        ("15 to 256 characters", lambda: people.set_password(small, ada, "short", LEE)),
        ("names of the account", lambda: people.set_password(small, ada, "Ada Brown, Ada 1", LEE)),
        ("the name: give", lambda: people.rename(small, ada, "", LEE)),
        ("signs in as eve", lambda: people.bind_oidc(small, ada, "https://id.example.org", "u-1",
                                                     LEE)),
        ("both issuer and subject", lambda: people.bind_oidc(small, ada, "", "u-1", LEE)),
        ("there are accounts", lambda: people.create_first_admin(small, "boss", "B", GOOD, NOW)),
    ):  # fmt: skip
        with pytest.raises(WrongUseError, match=told):
            act()
    assert entries(small) == before


def test_the_first_admin_creates_all_others(home) -> None:
    assert not people.exist(home.db_url)
    people.create_first_admin(home, "boss", "B. Oss", GOOD, NOW)
    assert people.exist(home.db_url)
    assert person(home, "boss").roles == {"*": frozenset({"admin"})}
    assert [e[1:3] for e in entries(home)] == [("boss", "create"), ("boss", "grant")]


def test_an_account_is_listed_without_its_hash(small, ada) -> None:
    people.grant(small, ada, "T1", "chair", LEE)
    people.grant(small, ada, "*", "auditor", LEE)
    people.create(small, "eve", "Eve Wu", LEE)
    with shared(small.db_url).connect() as connection:
        found = people.listing(connection)
        assert people.person(connection, ada) == person(small, "ada")
        assert people.person(connection, "nobody") is None
        assert (
            connection.scalar(select(account.c.password).where(account.c.username == "eve")) == ""
        )
    assert found[["USERNAME", "ROLES", "SIGNS IN BY"]].to_numpy().tolist() == [
        ["ada", "auditor in *, chair in T1", "password"], ["eve", "", "nothing"],
    ]  # fmt: skip
    assert "argon2" not in found.to_csv()


def test_without_accounts_the_list_is_empty(small) -> None:
    with shared(small.db_url).connect() as connection:
        assert people.listing(connection).columns[0] == "USERNAME"
        assert sessions.active(connection, "nobody") == []
