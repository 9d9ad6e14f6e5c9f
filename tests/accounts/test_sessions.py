"""Sessions begin with a proof, last as long as they may, and end for all who must leave."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from safety.accounts import passwords, people, sessions
from safety.accounts.passwords import Hasher
from safety.accounts.sessions import Limits, Refused
from safety.accounts.stored import shared
from safety.audit import verify
from safety.store.engine import writer
from safety.store.tables import session
from tests import databases
from tests.accounts.conftest import AT, GOOD, LEE, NOW, OTHER

HERE = "10.0.0.1"
MINUTE = timedelta(minutes=1)
ISSUER, SUBJECT = "https://id.example.org", "u-77"


def add(used, username: str = "ada", password: str = GOOD) -> str:
    return people.create(used, username, "Ada Brown", LEE, password=password).account_id


@pytest.fixture
def ada(small) -> str:
    return add(small)


def enter(used, now=NOW, password: str = GOOD, username: str = "ada") -> str:
    return sessions.sign_in(used, username, password, HERE, now)


def told(used) -> list[tuple[str, ...]]:
    query = "SELECT actor, action, after FROM audit WHERE object_type = 'session' ORDER BY number"
    return databases.rows(used.db_url, query)


def test_who_signs_in_is_found_with_the_roles_of_the_moment(home) -> None:
    ada = add(home)
    token = sessions.sign_in(home, " ADA ", GOOD, HERE, NOW)
    found = sessions.find(home.db_url, token, NOW)
    assert (found.person.account.username, found.person.roles, found.method) == (
        "ada",
        {},
        "password",
    )
    assert (found.created_at, found.auth_at, found.seen_at) == (AT, AT, AT)
    people.grant(home, ada, "T1", "chair", LEE)
    assert sessions.find(home.db_url, token, NOW).person.may("T1", ["chair"])
    people.revoke(home, ada, "T1", "chair", LEE)
    assert not sessions.find(home.db_url, token, NOW).person.may("T1")
    assert sessions.find(home.db_url, "another", NOW) is None
    assert sessions.find(home.db_url, "", NOW) is None
    assert token not in str(databases.rows(home.db_url, "SELECT * FROM session"))
    assert verify.run(home).problems == []


@pytest.mark.parametrize(
    ("username", "password"), [("ada", OTHER), ("ada", ""), ("eve", GOOD), ("", ""), ("off", GOOD)]
)
def test_every_refusal_says_the_same(small, ada, username, password) -> None:
    people.disable(small, add(small, "off"), LEE)
    with pytest.raises(Refused) as refused:
        enter(small, username=username, password=password)
    assert str(refused.value) == (
        "The name and the password do not fit, or the account is not in use."
    )
    assert refused.value.wait == 0
    assert databases.rows(small.db_url, "SELECT * FROM session") == []
    known = username if username in {"ada", "off"} else ""
    assert told(small) == [(known, "refuse", '{"address":"10.0.0.1","method":"password"}')]


def test_after_five_failures_one_waits_and_the_trail_is_not_flooded(small, ada) -> None:
    waits = []
    for _ in range(9):
        with pytest.raises(Refused) as refused:
            enter(small, password=OTHER)
        waits.append(refused.value.wait)
    assert waits == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert str(refused.value).endswith("Wait 1 s before you try again.")
    assert len(told(small)) == 5
    with pytest.raises(Refused):
        enter(small)
    assert enter(small, NOW + timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        sessions.sign_in(small, "ada", OTHER, "10.0.0.2", NOW + timedelta(seconds=2))
    assert refused.value.wait == 0


def test_many_at_once_get_no_further_than_one_after_the_other(small, ada, monkeypatch) -> None:
    looked_at, plain = [], Hasher.verify

    def verify_(self, known, password):
        looked_at.append(password)
        return plain(self, known, password)

    def guess(number: int) -> bool:
        with pytest.raises(Refused):
            sessions.sign_in(small, "ada", OTHER, f"10.0.1.{number}", NOW)
        return True

    monkeypatch.setattr(Hasher, "verify", verify_)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(16))) == 16
    assert len(looked_at) == 5


def test_a_password_is_not_computed_while_one_waits(small, ada, monkeypatch) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            enter(small, password=OTHER)
    monkeypatch.setattr(passwords, "HASHER", None)
    with pytest.raises(Refused):
        enter(small)


def test_a_session_ends_by_the_clock(small, ada) -> None:
    token, now = enter(small), NOW
    for _ in range(50):
        now += timedelta(minutes=14)
        assert sessions.find(small.db_url, token, now)
    assert sessions.find(small.db_url, token, now + timedelta(minutes=30)) is None
    assert sessions.find(small.db_url, token, NOW + timedelta(hours=12)) is None
    tight = Limits(timedelta(minutes=5), timedelta(hours=12))
    assert sessions.find(small.db_url, token, now + timedelta(minutes=6), tight) is None
    with shared(small.db_url).connect() as connection:
        assert len(sessions.active(connection, ada)) == 1
        assert sessions.active(connection, ada, NOW + timedelta(hours=12)) == []


def test_when_it_was_seen_is_written_once_a_minute(small, ada) -> None:
    token = enter(small)
    for seconds, seen in ((59, AT), (60, "2026-03-02T09:01:00+00:00"),
                          (119, "2026-03-02T09:01:00+00:00")):  # fmt: skip
        found = sessions.find(small.db_url, token, NOW + timedelta(seconds=seconds))
        assert found.seen_at == seen
        assert databases.rows(small.db_url, "SELECT seen_at FROM session") == [(seen,)]


def test_a_run_that_writes_keeps_no_page_waiting(tmp_path) -> None:
    from safety.settings import from_environment

    databases.fresh("sqlite", tmp_path)
    used = from_environment(databases.environment(tmp_path))
    add(used)
    token, engine = enter(used), writer(used.db_url)
    with engine.begin():
        assert sessions.find(used.db_url, token, NOW + MINUTE)
    engine.dispose()
    assert databases.rows(used.db_url, "SELECT seen_at FROM session") == [(AT,)]


def test_who_signs_out_is_out_of_that_browser_only(small, ada) -> None:
    first, second = enter(small), enter(small)
    assert first != second
    found = sessions.find(small.db_url, first, NOW)
    assert sessions.end(small, found.session_id, NOW)
    assert not sessions.end(small, found.session_id, NOW)
    assert sessions.find(small.db_url, first, NOW) is None
    assert sessions.find(small.db_url, second, NOW)
    assert told(small)[-1] == (
        "ada", "end", f'{{"account_id":"{ada}","why":"signed out"}}'
    )  # fmt: skip


def test_an_admin_ends_all_sessions(small, ada) -> None:
    tokens = [enter(small) for _ in range(3)]
    assert sessions.end_all(small, ada, NOW, by="A. Lee", reason="lost laptop") == 3
    assert [sessions.find(small.db_url, t, NOW) for t in tokens] == [None] * 3
    query = "SELECT actor, reason FROM audit WHERE action = 'end'"
    assert databases.rows(small.db_url, query) == [("A. Lee", "lost laptop")] * 3


def test_another_password_ends_all_other_sessions(home) -> None:
    ada = add(home)
    mine, other = enter(home), enter(home)
    keep = sessions.find(home.db_url, mine, NOW).session_id
    people.set_password(home, ada, OTHER, LEE, keep=keep)
    assert sessions.find(home.db_url, mine, NOW)
    assert sessions.find(home.db_url, other, NOW) is None
    with pytest.raises(Refused):
        enter(home)
    assert enter(home, password=OTHER)


def test_a_disabled_account_has_no_session(small, ada) -> None:
    token = enter(small)
    people.disable(small, ada, LEE)
    assert sessions.find(small.db_url, token, NOW) is None
    people.enable(small, ada, LEE)
    assert sessions.find(small.db_url, token, NOW) is None
    assert enter(small)


def test_a_session_of_an_account_that_was_disabled_past_toxwatch_is_none(small, ada) -> None:
    token, engine = enter(small), writer(small.db_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET state = 'disabled'")
    engine.dispose()
    assert sessions.find(small.db_url, token, NOW) is None


def test_a_password_that_changed_while_it_was_looked_at_lets_nobody_in(
    small, ada, monkeypatch
) -> None:
    plain = Hasher.verify

    def slow(self, known, password):
        fits = plain(self, known, password)
        monkeypatch.setattr(Hasher, "verify", plain)
        people.set_password(small, ada, OTHER, LEE)
        return fits

    monkeypatch.setattr(Hasher, "verify", slow)
    with pytest.raises(Refused):
        enter(small)


def test_a_hash_of_before_is_made_anew(small, ada, monkeypatch) -> None:
    dearer = Hasher(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    monkeypatch.setattr(passwords, "HASHER", dearer)
    for _ in range(2):
        enter(small)
    [[kept]] = databases.rows(small.db_url, "SELECT password FROM account")
    assert "m=8,t=2,p=1" in kept
    query = "SELECT actor FROM audit WHERE action = 'rehash'"
    assert databases.rows(small.db_url, query) == [("ada",)]
    assert verify.run(small).problems == []


def test_one_proves_again_who_one_is_to_sign(home) -> None:
    add(home)
    token = enter(home)
    opened, later = sessions.find(home.db_url, token, NOW), NOW + MINUTE
    proved = sessions.confirm(home, opened, GOOD, HERE, later)
    assert proved.auth_at == "2026-03-02T09:01:00+00:00"
    assert sessions.find(home.db_url, token, later).auth_at == proved.auth_at
    with pytest.raises(Refused):
        sessions.confirm(home, opened, OTHER, HERE, later + MINUTE)
    assert sessions.find(home.db_url, token, later).auth_at == proved.auth_at
    assert [entry[:2] for entry in told(home)] == [
        ("ada", "sign in"), ("ada", "confirm"), ("ada", "refuse")
    ]  # fmt: skip


def test_a_session_that_ended_signs_nothing(small, ada) -> None:
    opened = sessions.find(small.db_url, enter(small), NOW)
    sessions.end(small, opened.session_id, NOW)
    with pytest.raises(Refused):
        sessions.confirm(small, opened, GOOD, HERE, NOW)


def test_who_guesses_at_a_signature_waits_too(small, ada) -> None:
    opened = sessions.find(small.db_url, enter(small), NOW)
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            sessions.confirm(small, opened, OTHER, HERE, NOW)
    assert refused.value.wait == 1
    with pytest.raises(Refused):
        sessions.confirm(small, opened, GOOD, HERE, NOW)


def test_a_person_of_a_provider_signs_in_as_the_account_that_is_bound(home) -> None:
    ada = people.create(home, "ada", "Ada Brown", LEE).account_id
    with pytest.raises(Refused):
        sessions.sign_in_oidc(home, ISSUER, SUBJECT, HERE, NOW, NOW)
    people.bind_oidc(home, ada, ISSUER, SUBJECT, LEE)
    token = sessions.sign_in_oidc(home, ISSUER, SUBJECT, HERE, NOW + MINUTE, NOW)
    found = sessions.find(home.db_url, token, NOW + MINUTE)
    assert (found.method, found.auth_at, found.person.account.username) == ("oidc", AT, "ada")
    for issuer, subject in (("https://other.example.org", SUBJECT), (ISSUER, "u-1"), ("", "")):
        with pytest.raises(Refused):
            sessions.sign_in_oidc(home, issuer, subject, HERE, NOW, NOW)
    with pytest.raises(Refused):  # it has no password: "" fits nothing
        enter(home, password="")
    people.bind_oidc(home, ada, "", "", LEE)
    assert sessions.find(home.db_url, token, NOW + MINUTE) is None
    with pytest.raises(Refused):
        sessions.sign_in_oidc(home, ISSUER, SUBJECT, HERE, NOW, NOW)


def test_a_provider_proves_again_only_by_what_is_fresh(small, ada) -> None:
    people.bind_oidc(small, ada, ISSUER, SUBJECT, LEE)
    people.bind_oidc(small, add(small, "eve"), ISSUER, "u-2", LEE)
    token = sessions.sign_in_oidc(small, ISSUER, SUBJECT, HERE, NOW, NOW)
    opened = sessions.find(small.db_url, token, NOW)

    def prove(subject: str, minutes: int):
        now = NOW + 10 * MINUTE
        auth_at = now - minutes * MINUTE
        return sessions.confirm_oidc(small, opened, ISSUER, subject, HERE, now, auth_at)

    assert prove(SUBJECT, 5).auth_at == "2026-03-02T09:05:00+00:00"
    for subject, minutes in ((SUBJECT, 6), ("u-2", 0), ("nobody", 0)):
        with pytest.raises(Refused):
            prove(subject, minutes)
    assert prove(SUBJECT, -60).auth_at == "2026-03-02T09:10:00+00:00"


def test_no_id_in_a_list_lets_anybody_in(small, ada) -> None:
    token = enter(small)
    with shared(small.db_url).connect() as connection:
        [found] = sessions.active(connection, ada, NOW)
        assert connection.scalar(session.select().with_only_columns(session.c.address)) == HERE
    assert found.address == HERE
    assert found.session_id != token
    assert sessions.find(small.db_url, found.session_id, NOW) is None
